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
