/** Dropping what is old, a piece at a time, so that nobody waits long for the lock. Each function answers how many rows went. */
import { now, nowMs, timestamp } from '../domain/clock.ts';
import { fileBytes } from './connection.ts';
import { setHistoryKeptSince } from './maintenance-db.ts';
import { queryOne, run, transaction } from './query-helpers.ts';
import { deleteRows, updateRows } from './write-helpers.ts';

/** Rows of one transaction. */
const PIECE = 1_000;

/** What a recorded change takes beside its text. */
const ROW_BYTES = 200;

/**
 * The last change of the history that may go: what is older than `before`, and the oldest beyond `maxBytes`. An operation goes
 * as a whole. 0 when all of it is to stay.
 */
export function oldHistoryEnd(before: string, maxBytes: number): number {
  const end = Math.max(lastOlder(before), lastBeyond(maxBytes));
  if (end === 0) return 0;
  const next = queryOne<{ seq: number }>(
    `SELECT seq FROM row_history WHERE seq > ? AND operation_id <> coalesce(
       (SELECT operation_id FROM row_history WHERE seq <= ? ORDER BY seq DESC LIMIT 1), '') ORDER BY seq LIMIT 1`,
    [end, end],
  );
  return next === undefined ? beforeNewest() : next.seq - 1;
}

/** The newest operation stays, however old: with nothing left, the numbers would begin anew, and be those that may go. */
function beforeNewest(): number {
  const last = queryOne<{ seq: number | null }>(
    `SELECT max(seq) AS seq FROM row_history
     WHERE operation_id <> (SELECT operation_id FROM row_history ORDER BY seq DESC LIMIT 1)`,
  );
  return last?.seq ?? 0;
}

function lastOlder(before: string): number {
  const first = queryOne<{ seq: number }>('SELECT seq FROM row_history WHERE at >= ? ORDER BY seq LIMIT 1', [before]);
  if (first !== undefined) return first.seq - 1;
  return queryOne<{ seq: number | null }>('SELECT max(seq) AS seq FROM row_history')?.seq ?? 0;
}

function lastBeyond(maxBytes: number): number {
  // A file that is smaller holds no more history than that, and the history need not be read.
  if (fileBytes() <= maxBytes) return 0;
  const last = queryOne<{ seq: number | null }>(
    `SELECT max(seq) AS seq FROM (
       SELECT seq, sum(coalesce(octet_length(before), 0) + coalesce(octet_length(after), 0) + ${ROW_BYTES})
         OVER (ORDER BY seq DESC) AS kept FROM row_history) WHERE kept > ?`,
    [maxBytes],
  );
  return last?.seq ?? 0;
}

/** Drops some of the history up to `end`, the oldest first, and notes how far back it goes from now on. */
export function dropHistory(end: number): number {
  return transaction(() => {
    const { changes } = run(
      'DELETE FROM row_history WHERE seq IN (SELECT seq FROM row_history WHERE seq <= ? ORDER BY seq LIMIT (? + 0))',
      [end, PIECE],
    );
    if (changes > 0) {
      const first = queryOne<{ at: string }>('SELECT at FROM row_history WHERE seq > ? ORDER BY seq LIMIT 1', [end]);
      setHistoryKeptSince(first?.at ?? now());
    }
    return changes;
  });
}

/** Drops entries of a log that are older than `before`, and the oldest beyond `most` of them. */
export function dropOldEntries(log: 'event_log' | 'update_log', before: string, most: number): number {
  return transaction(
    () =>
      run(
        `DELETE FROM ${log} WHERE seq IN (SELECT seq FROM ${log} WHERE seq < coalesce(
           (SELECT seq FROM ${log} WHERE created_at >= ? AND seq > (SELECT max(seq) FROM ${log}) - ? ORDER BY seq LIMIT 1),
           (SELECT max(seq) + 1 FROM ${log})) ORDER BY seq LIMIT (? + 0))`,
        [before, most, PIECE],
      ).changes,
  );
}

/** Drops the stored answers whose day is over. */
export function dropOldRequests(): number {
  return transaction(
    () => run('DELETE FROM request_ids WHERE created_at < ?', [timestamp(nowMs() - 24 * 3_600_000)]).changes,
  );
}

/** Of each context item only the newest `kept` former versions stay. */
export function dropOldVersions(kept: number): number {
  return deleteRows(
    'context_versions',
    `id IN (SELECT v.id FROM context_versions v WHERE v.version <=
       (SELECT max(w.version) FROM context_versions w WHERE w.context_id = v.context_id) - ? ORDER BY v.seq LIMIT ${PIECE})`,
    [kept],
  );
}

/** Marks open sessions as orphaned that have shown no sign of life since `before`. */
export function orphanSilentSessions(before: string): number {
  return updateRows('sessions', 'completed_at IS NULL AND is_orphaned = 0 AND last_seen_at < ?', [before], {
    is_orphaned: 1,
  }).length;
}
