/** Putting another file in the place of the database, so that no process goes on with the old one and what was there is kept. */
import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { nowMs } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { type Database, openAsItIs } from './connection.ts';
import { isHeldOpen } from './file-holders.ts';
import { hasContent } from './open-checks.ts';
import { translateError } from './sqlite-errors.ts';

/** Marks a file from which everything has moved: whoever waited for it finds a database of another program. */
const RETIRED = 0x0;

/** A server keeps the file open for as long as it runs: waiting is for a command that is about to end. */
const PATIENCE_MS = 1_000;

/**
 * Puts `replacement`, which lies in the same folder, where `file` is. Answers where what was there is kept: the file, or what
 * is left of it; null when there was nothing. @throws busy while another process has the file open
 */
export function replaceDatabase(file: string, replacement: string): string | null {
  const kept = `${file}.replaced-${new Date(nowMs()).toISOString().replace(/[-:.]/g, '')}.bak`;
  const answer = hasContent(file) ? leave(file, kept) : leaveLog(file, kept);
  renameSync(replacement, file);
  return answer;
}

function leave(file: string, kept: string): string {
  try {
    retire(file, kept);
  } catch (error) {
    rmSync(kept, { force: true });
    const known = translateError(error, file);
    if (!(known instanceof MemoryError) || known.code !== 'corrupt') throw known;
    // What is damaged may not let its locks be asked.
    if (isHeldOpen(file)) throw inUse(error);
    moveAside(file, kept, [...LOG_PARTS, '']);
  }
  return kept;
}

/** The log of a database that is gone would be applied to the new one, and damage it. */
function leaveLog(file: string, kept: string): string | null {
  if (isHeldOpen(file)) throw inUse();
  const hasLog = hasContent(`${file}-wal`);
  moveAside(file, kept, LOG_PARTS);
  return hasLog ? `${kept}-wal` : null;
}

const LOG_PARTS = ['-wal', '-shm'];

/**
 * All of the parts or none, in this order: a log must not lie without its file, which whoever opens it would be told is gone.
 * On Windows a file that is open cannot be moved or removed: moving it tells.
 */
function moveAside(file: string, kept: string, parts: readonly string[]): void {
  const moved: string[] = [];
  try {
    for (const part of parts.filter((name) => existsSync(file + name))) {
      renameSync(file + part, kept + part);
      moved.push(part);
    }
  } catch (error) {
    for (const part of moved.reverse()) renameSync(kept + part, file + part);
    throw process.platform === 'win32' ? inUse(error) : translateError(error, file);
  }
}

/** Copies the file to `kept` and marks it as left, while nobody else can open it. */
function retire(file: string, kept: string): void {
  const old = openAsItIs(file, { timeout: PATIENCE_MS });
  try {
    takeAlone(old, file);
    old.prepare('VACUUM INTO ?').run(kept);
    chmodSync(kept, 0o600);
    old.pragma(`application_id = ${RETIRED}`);
  } finally {
    old.close();
  }
}

/** In WAL mode every process that has the file open shares a lock on it, so the way back to one without a log tells. */
function takeAlone(db: Database, file: string): void {
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
  } catch (error) {
    const known = translateError(error, file);
    if (!(known instanceof MemoryError) || known.code !== 'busy') throw known;
    throw inUse(error);
  }
}

function inUse(cause?: unknown): MemoryError {
  return new MemoryError('busy', 'Another process has the database open: what it writes would be lost.', {
    hint: 'Stop every server and client that uses it, then try again; nothing was changed.',
    cause,
  });
}
