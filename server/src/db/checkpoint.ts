/**
 * Keeps the write-ahead log short. The engine moves the log into the database by itself, but where many write, the log is
 * never left alone long enough to begin anew, and grows without end.
 *
 * The log begins anew in the file it has: writing over what is there costs a flush half as much as making the file longer,
 * and every commit waits for a flush.
 */
import type { Handle } from './connection.ts';

/** So many commits of this process between two looks at the log. */
const COMMITS = 25;
/** Where nobody looks, because no process commits so much, the engine's own checkpoint comes at twice as many pages. */
export const LONG_PAGES = 2_000;

/** Call after each commit: every now and then a log that has grown long is moved, if nobody is in the way, and begins anew. */
export function checkpointWhenDue(handle: Handle): void {
  handle.unlooked += 1;
  if (handle.unlooked < COMMITS) return;
  handle.unlooked = 0;
  try {
    if (logPages(handle) > LONG_PAGES) handle.db.pragma('wal_checkpoint(RESTART)');
  } catch {
    // The write before it is safe in the log. What is wrong with the disk, the next write will be told.
  }
}

function logPages({ db }: Handle): number {
  const [state] = db.pragma('wal_checkpoint(NOOP)') as { log: number }[];
  return state?.log ?? 0;
}
