/**
 * Keeps the write-ahead log short. The engine moves the log into the database by itself, but where many write, the log is
 * never left alone long enough to begin anew, and grows without end.
 */
import type { Handle } from './connection.ts';

const COMMITS = 500;
/** Others were in the way: the next try comes that much sooner. */
const RETRY_COMMITS = 20;

/** Call after each commit: every few hundred of them, the log is moved and cut to nothing, if nobody is in the way. */
export function checkpointWhenDue(handle: Handle): void {
  handle.uncheckpointed += 1;
  if (handle.uncheckpointed < COMMITS) return;
  handle.uncheckpointed = tryCheckpoint(handle) ? 0 : COMMITS - RETRY_COMMITS;
}

/** Waits for nobody. Answers whether the log is empty now. */
function tryCheckpoint({ db }: Handle): boolean {
  try {
    const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return result?.busy === 0;
  } catch {
    // The write before it is safe in the log. What is wrong with the disk, the next write will be told.
    return false;
  }
}
