/** Drafts: files that get their name when they are whole. They carry the number of the process that makes them. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { config } from '../config.ts';
import { nowMs } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';

/** A draft that is this old belongs to a process that has died, whoever has its number now. */
const DRAFT_MS = 24 * 3_600_000;
/** One to which nothing was written for so long: a process in another container may work on it, which cannot be seen here. */
const QUIET_MS = 10 * 60_000;
/** Such as `project-memory.db.v3.4711.tmp` or `http-token.4711.tmp`. */
const DRAFT = /^(?:project-memory|http-token).*\.(\d+)\.tmp(?:-wal|-shm|-journal)?$/;
/** What lies beside a database and belongs to it. */
const PARTS = ['', '-wal', '-shm', '-journal'];

/** The whole path of a file that is to be made. @throws conflict when it is there, or something that belongs to one of its name */
export function newFile(target: string): string {
  const file = resolve(target);
  const there = PARTS.map((part) => file + part).find((path) => existsSync(path));
  if (there !== undefined) {
    throw new MemoryError('conflict', `There is already a file ${there}.`, {
      hint: 'Choose another name, or remove it first.',
    });
  }
  if (!existsSync(dirname(file))) {
    throw new MemoryError('not_found', `There is no folder ${dirname(file)}.`, { hint: 'Make it first.' });
  }
  return file;
}

/**
 * Runs `work`, which makes a file under this name and gives it another at the end, and leaves nothing of it behind. What a
 * process that had the same number has left goes first: its log would be applied to the new file.
 */
export async function withDraft<T>(draft: string, work: () => T | Promise<T>): Promise<T> {
  const drop = () => {
    for (const part of PARTS) rmSync(draft + part, { force: true });
  };
  drop();
  try {
    return await work();
  } finally {
    drop();
  }
}

/** What processes that have died have left. */
export function leftDrafts(): string[] {
  return drafts().filter((file) => {
    const quiet = nowMs() - lastWrite(file);
    return quiet > DRAFT_MS || (quiet > QUIET_MS && !isRunning(Number(DRAFT.exec(basename(file))?.[1])));
  });
}

/** To the draft or what lies beside it; now where all of it is gone meanwhile. */
function lastWrite(file: string): number {
  const draft = file.replace(/-(?:wal|shm|journal)$/, '');
  const written = PARTS.map((part) => statSync(draft + part, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...written) || nowMs();
}

/** In the data folder and in that of the scheduled copies. */
export function drafts(): string[] {
  const { databaseFile, backups } = config();
  return [dirname(databaseFile), backups.folder]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((file) => DRAFT.test(basename(file)));
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // One of another user may not be asked, and runs.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
