/** Overwriting what deleted rows have left behind: in the full text, in free places of the file, in the write-ahead log. */
import { MemoryError } from '../domain/errors.ts';
import { currentHandle } from './connection.ts';
import { scrubDone, scrubRequestedAt } from './maintenance-db.ts';
import { scrubSearchIndex } from './search-upkeep.ts';
import { translated } from './sqlite-errors.ts';

/**
 * Writes the whole file anew, so that nothing in it was ever part of a deleted row, and empties the log beside it. What is
 * still asked for when others do not let go of the log is done at the next maintenance.
 * @throws busy, unavailable when the disk has no room for a second copy
 */
export function scrub(): void {
  const requestedAt = scrubRequestedAt();
  if (requestedAt === null) return;
  const { db } = currentHandle();
  scrubSearchIndex();
  translated(() => {
    // Of a big file the copy that is made on the way belongs on the disk.
    db.pragma('temp_store = FILE');
    try {
      db.exec('VACUUM');
    } finally {
      db.pragma('temp_store = MEMORY');
    }
  });
  if (!emptyLog()) {
    throw new MemoryError(
      'busy',
      'It is purged, but its bytes still lie in the log beside the file, which others are reading.',
      {
        hint: 'They go at the next maintenance, or at once with project-memory doctor --fix.',
      },
    );
  }
  scrubDone(requestedAt);
  emptyLog();
}

/** Moves everything from the write-ahead log into the file and cuts the log to nothing. Answers whether that succeeded. */
export function emptyLog(): boolean {
  const { db } = currentHandle();
  const [result] = translated(() => db.pragma('wal_checkpoint(TRUNCATE)')) as { busy: number }[];
  return result?.busy === 0;
}
