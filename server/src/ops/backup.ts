/** Backups: a copy of the whole database in one file, made while everybody goes on, and putting one back. */
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { config } from '../config.ts';
import { copyDatabase, type FileFacts, inspectDatabase, refuseDrift, type Task } from '../db/index.ts';
import { now } from '../domain/clock.ts';
import { scheduledCopies } from './copies.ts';
import { newFile, withDraft } from './drafts.ts';
import { type Placed, replaceWith } from './replace.ts';
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
  const file = newFile(target);
  const draft = `${file}.${process.pid}.tmp`;
  return withDraft(draft, async () => {
    await copyDatabase(config().databaseFile, draft, { compact: options.compact === true });
    const facts = inspectDatabase(draft);
    renameSync(draft, file);
    return { file, bytes: statSync(file).size, ...facts };
  });
}

/**
 * Puts a backup in the place of the database: read through first, and what was there is kept beside it.
 * @throws not_found, corrupt, unavailable for a file that cannot be used, busy while another process has the database open
 */
export async function restore(source: string): Promise<FileFacts & Placed> {
  const from = resolve(source);
  inspectDatabase(from);
  return replaceWith('restore', async (draft) => {
    await copyDatabase(from, draft);
    // What is put in place is the copy, so it is the copy that counts.
    const facts = inspectDatabase(draft);
    refuseDrift(draft);
    return facts;
  });
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
