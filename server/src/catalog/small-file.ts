/** Reading small files of directories that somebody else may have filled. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const MAX_BYTES = 1024 * 1024;

/**
 * What a small file holds as text; null where there is none that can be read. A repository can hold a link to a device or a
 * pipe under any name: those are no files, and are not waited for.
 */
export function readSmallFile(file: string): string | null {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const facts = fstatSync(descriptor);
      return facts.isFile() && facts.size <= MAX_BYTES ? readFileSync(descriptor, 'utf8') : null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}
