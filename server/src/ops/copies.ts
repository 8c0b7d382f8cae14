/** The copies of the database that lie about: which there are, and which may go. */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { config } from '../config.ts';
import { replaceDatabase } from '../db/index.ts';
import { drafts, leftDrafts, withDraft } from './drafts.ts';

/** Of the files that restore and load have replaced, as of those before an upgrade, the last few are kept. */
const REPLACED_KEPT = 3;
/** A file that was replaced, with its time, or what was left of it. */
const REPLACED = /\.replaced-(\w+)\.bak(?:-wal|-shm)?$/;

/** Every copy that the program itself has made and that still lies where it made it, begun ones too. */
export function listCopies(): string[] {
  const { databaseFile, backups } = config();
  const name = basename(databaseFile);
  const beside = filesIn(dirname(databaseFile)).filter(
    (file) => file.startsWith(`${name}.`) && /\.bak(-wal)?$/.test(file),
  );
  return [
    ...drafts().filter((file) => !basename(file).startsWith('http-token')),
    ...beside.map((file) => join(dirname(databaseFile), file)),
    ...scheduledCopies().map((file) => join(backups.folder, file)),
  ];
}

/** The copies that `serve` has made, oldest first. */
export function scheduledCopies(): string[] {
  return filesIn(config().backups.folder).filter((file) => /^project-memory-\d{8}T\d{6}Z\.db$/.test(file));
}

export interface Placed {
  /** The database. */
  file: string;
  /** Where what was there before is kept; null when there was nothing. */
  kept: string | null;
}

/**
 * Lets `build` make another database under the name it is given, and puts it in the place of the present one. What earlier
 * calls have left goes: drafts of those that died before, the oldest replaced files afterwards.
 * @throws busy while another process has the database open
 */
export async function replaceWith<T>(draftName: string, build: (draft: string) => Promise<T>): Promise<T & Placed> {
  const { databaseFile: file } = config();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  removeAll(leftDrafts());
  const draft = `${file}.${draftName}.${process.pid}.tmp`;
  return withDraft(draft, async () => {
    const built = await build(draft);
    const kept = replaceDatabase(file, draft);
    removeAll(oldReplaced());
    return { ...built, file, kept };
  });
}

/** Removes drafts of processes that have died, and the oldest replaced files. */
export function dropLeftovers(): void {
  removeAll([...leftDrafts(), ...oldReplaced()]);
}

function removeAll(files: readonly string[]): void {
  for (const file of files) rmSync(file, { force: true });
}

function oldReplaced(): string[] {
  const folder = dirname(config().databaseFile);
  const replaced = filesIn(folder).filter((file) => REPLACED.test(file));
  const times = new Set(replaced.map((file) => REPLACED.exec(file)?.[1]).reverse());
  const kept = [...times].slice(0, REPLACED_KEPT);
  return replaced.filter((file) => !kept.includes(REPLACED.exec(file)?.[1])).map((file) => join(folder, file));
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
