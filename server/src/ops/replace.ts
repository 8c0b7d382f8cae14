/** Putting another database in the place of the present one: what restore and load have in common. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { config } from '../config.ts';
import { replaceDatabase } from '../db/index.ts';
import { dropLeftovers } from './copies.ts';
import { leftDrafts, withDraft } from './drafts.ts';

export interface Placed {
  /** The database. */
  file: string;
  /** Where what was there before is kept; null when there was nothing. */
  kept: string | null;
}

/**
 * Lets `build` make another database under the name it is given, and puts it in the place of the present one. What earlier
 * calls have left goes: drafts of those that died before, the oldest replaced files afterwards, since `build` may read one.
 * @throws busy while another process has the database open
 */
export async function replaceWith<T>(draftName: string, build: (draft: string) => Promise<T>): Promise<T & Placed> {
  const { databaseFile: file } = config();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  for (const left of leftDrafts()) rmSync(left, { force: true });
  const draft = `${file}.${draftName}.${process.pid}.tmp`;
  return withDraft(draft, async () => {
    const built = await build(draft);
    const kept = replaceDatabase(file, draft);
    dropLeftovers();
    return { ...built, file, kept };
  });
}
