/** Where the default agents, instructions and skills lie, and how they are read. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beside the bundle, or, in the sources, the root of the repository. */
export function contentFolder(): string {
  const bundled = fileURLToPath(new URL('./content', import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('../../..', import.meta.url));
}

/** Reads content files and answers them with what stores them. */
export async function loadContent(folder: string) {
  const { readContent, seedContent } = await import('../db/seed-content.ts');
  return { files: readContent(folder), seedContent };
}
