/** Backups: a copy of the whole database in one file, made while everybody goes on, and putting one back. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { config } from '../config.ts';
import { copyDatabase, type FileFacts, inspectDatabase, replaceDatabase, type Task } from '../db/index.ts';
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { scheduledCopies } from './copies.ts';
import { doTask } from './tasks.ts';

export interface Backup extends FileFacts {
  file: string;
  bytes: number;
}

/**
 * Copies the database to a new file and reads the copy through before it gets its name.
 * @throws conflict when there is a file of that name, unavailable when there is no room
 */
export async function backup(target: string, options: { compact?: boolean | undefined } = {}): Promise<Backup> {
  const file = resolve(target);
  if (existsSync(file)) {
    throw new MemoryError('conflict', `There is already a file ${file}.`, {
      hint: 'Choose another name, or remove it first.',
    });
  }
  if (!existsSync(dirname(file))) {
    throw new MemoryError('not_found', `There is no folder ${dirname(file)}.`, { hint: 'Make it first.' });
  }
  const draft = `${file}.${process.pid}.tmp`;
  rmSync(draft, { force: true });
  await copyDatabase(config().databaseFile, draft, { compact: options.compact === true });
  return whenSound(draft, () => {
    const facts = inspectDatabase(draft);
    renameSync(draft, file);
    return { file, bytes: statSync(file).size, ...facts };
  });
}

export interface Restored extends FileFacts {
  file: string;
  /** Where what was there before is kept; null when there was nothing. */
  kept: string | null;
}

/**
 * Puts a backup in the place of the database: read through first, and what was there is kept beside it.
 * @throws not_found, corrupt, unavailable for a file that cannot be used, busy while another process has the database open
 */
export async function restore(source: string): Promise<Restored> {
  const { databaseFile } = config();
  const from = resolve(source);
  inspectDatabase(from);
  mkdirSync(dirname(databaseFile), { recursive: true, mode: 0o700 });
  const draft = `${databaseFile}.restore.${process.pid}.tmp`;
  rmSync(draft, { force: true });
  await copyDatabase(from, draft);
  return whenSound(draft, () => {
    // What is put in place is the copy, so it is the copy that counts.
    const facts = inspectDatabase(draft);
    return { file: databaseFile, kept: replaceDatabase(databaseFile, draft), ...facts };
  });
}

/** Runs `fn`, and leaves no draft behind when it fails. */
export function whenSound<T>(draft: string, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

const LEASE_MS = 30 * 60_000;

/** Makes the scheduled copy if it is due and nobody else is at it, and drops the oldest ones. Answers the new file. */
export async function backupIfDue(holder: string): Promise<string | null> {
  const { folder, everyHours, keep } = config().backups;
  if (everyHours === 0) return null;
  const task: Task = { name: 'backup', everyMs: everyHours * 3_600_000, leaseMs: LEASE_MS };
  return await doTask(task, holder, async () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stamp = now().replace(/[-:]|\.\d+/g, '');
    const { file } = await backup(join(folder, `project-memory-${stamp}.db`));
    const copies = scheduledCopies();
    for (const old of copies.slice(0, Math.max(0, copies.length - keep))) rmSync(join(folder, old), { force: true });
    return file;
  });
}
