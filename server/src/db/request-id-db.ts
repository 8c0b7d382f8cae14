/** Request ids: the answer of a write is kept for a day, so that a client which repeats a lost call gets it again. */
import { now, nowMs, timestamp } from '../domain/clock.ts';
import { queryOne, run } from './query-helpers.ts';
import type { RequestIdRow } from './types.ts';

const KEPT_MS = 24 * 60 * 60_000;

/** The stored answer of a request, if it is still kept. */
export function findRequest(requestId: string): RequestIdRow | null {
  const oldest = timestamp(nowMs() - KEPT_MS);
  return (
    queryOne<RequestIdRow>('SELECT * FROM request_ids WHERE request_id = ? AND created_at >= ?', [requestId, oldest]) ??
    null
  );
}

/** Keeps the answer of a request and drops those whose time is over. */
export function storeRequest(request: Omit<RequestIdRow, 'created_at'>): void {
  run('DELETE FROM request_ids WHERE created_at < ?', [timestamp(nowMs() - KEPT_MS)]);
  run('INSERT INTO request_ids (request_id, arguments_hash, operation_id, reply, created_at) VALUES (?, ?, ?, ?, ?)', [
    request.request_id,
    request.arguments_hash,
    request.operation_id,
    request.reply,
    now(),
  ]);
}

/** What stands where an answer was: the request was made, and neither its words nor its answer are known any more. */
const FORGOTTEN = 'null';

export function isForgotten({ reply }: RequestIdRow): boolean {
  return reply === FORGOTTEN;
}

/** Drops every stored answer: any may have shown what is purged. The ids stay, so that nothing is done a second time. */
export function forgetReplies(): void {
  run('UPDATE request_ids SET reply = ?, arguments_hash = ? WHERE reply <> ?', [FORGOTTEN, '', FORGOTTEN]);
}
