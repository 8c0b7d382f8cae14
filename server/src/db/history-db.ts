/** The history of rows: what each change was, by whom and as part of which operation. Written by the write helpers alone. */
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { fromJson } from '../domain/stored-values.ts';
import { currentOperation, type Operation } from './operation.ts';
import { forEachRow, queryAll, run } from './query-helpers.ts';
import type { HistoryRow, UserTable } from './types.ts';

type Values = Record<string, unknown>;

/** Text that only grew at its end is recorded as what was added: an append to a long document stays short. */
const APPEND_FROM = 256;

/** More changes than anybody wants in one list. */
const MANY = 100_000;

export function recordInsert(table: UserTable, id: string, row: object): void {
  record(table, id, null, JSON.stringify(row));
}

export function recordDelete(table: UserTable, id: string, row: object): void {
  record(table, id, JSON.stringify(row), null);
}

/** A row that moved unchanged to another table. */
export function recordMove(from: UserTable, to: UserTable, id: string): void {
  record(from, id, JSON.stringify({ $table: from }), JSON.stringify({ $table: to }));
}

/**
 * Records the columns in which the two rows differ. A text that was appended to is recorded as
 * `{ $length }` before and `{ $append }` after.
 */
export function recordUpdate(table: UserTable, id: string, before: Values, after: Values): void {
  const old: Values = {};
  const changed: Values = {};
  for (const column of Object.keys(after)) {
    const from = before[column];
    const to = after[column];
    if (from === to) continue;
    if (typeof from === 'string' && typeof to === 'string' && from.length >= APPEND_FROM && to.startsWith(from)) {
      old[column] = { $length: from.length };
      changed[column] = { $append: to.slice(from.length) };
    } else {
      old[column] = from;
      changed[column] = to;
    }
  }
  record(table, id, JSON.stringify(old), JSON.stringify(changed));
}

/** Every recorded change of a row, oldest first. */
export function getRowHistory(rowId: string): HistoryRow[] {
  return queryAll<HistoryRow>('SELECT * FROM row_history WHERE row_id = ? ORDER BY seq', [rowId]);
}

/** What is recorded of these rows from one change on, newest first. */
export function getHistoryOfRows(rowIds: readonly string[], from: number): HistoryRow[] {
  return queryAll<HistoryRow>(
    'SELECT * FROM row_history WHERE row_id IN (SELECT value FROM json_each(?)) AND seq >= ? ORDER BY seq DESC',
    [JSON.stringify(rowIds), from],
  );
}

/** Everything that one operation changed, in the order it was done; of very much, the beginning. */
export function getOperationHistory(operationId: string, limit = MANY): HistoryRow[] {
  return queryAll<HistoryRow>('SELECT * FROM row_history WHERE operation_id = ? ORDER BY seq LIMIT (? + 0)', [
    operationId,
    limit,
  ]);
}

/** Everything that the calls of one session changed, in the order it was done; of very much, the beginning. */
export function getSessionHistory(sessionId: string, limit = MANY): HistoryRow[] {
  return queryAll<HistoryRow>('SELECT * FROM row_history WHERE session_id = ? ORDER BY seq LIMIT (? + 0)', [
    sessionId,
    limit,
  ]);
}

/** After the last change of that time or before it. */
const AFTER = `seq > coalesce((SELECT seq FROM row_history WHERE at <= ? ORDER BY seq DESC LIMIT 1), 0)`;

/** Everything that was recorded after a time, in the order it was done; of very much, the beginning. */
export function getHistoryAfter(time: string, limit = MANY): HistoryRow[] {
  return queryAll<HistoryRow>(`SELECT * FROM row_history WHERE ${AFTER} ORDER BY seq LIMIT (? + 0)`, [time, limit]);
}

/** Calls `fn` with everything that was recorded after a time, newest first, one at a time. */
export function forEachChangeSince(time: string, fn: (change: HistoryRow) => void): void {
  forEachRow<HistoryRow>(`SELECT * FROM row_history WHERE ${AFTER} ORDER BY seq DESC`, [time], fn);
}

/** Drops all that is recorded of these rows, and what the logs say of them and of the operations that wrote them. */
export function forgetHistory(rowIds: readonly string[]): void {
  const ids = JSON.stringify(rowIds);
  const gone = 'WITH gone (id) AS MATERIALIZED (SELECT value FROM json_each(?))';
  const writers = 'SELECT operation_id FROM row_history WHERE row_id IN gone';
  // Entries of older programs name no operation, but they name the row.
  for (const [log, text] of [
    ['event_log', 'data'],
    ['update_log', 'summary'],
  ]) {
    run(
      `${gone} DELETE FROM ${log} WHERE operation_id IN (${writers}) OR step_id IN gone OR plan_id IN gone
         OR EXISTS (SELECT 1 FROM gone WHERE instr(${text}, gone.id) > 0)`,
      [ids],
    );
  }
  run(`${gone} DELETE FROM row_history WHERE row_id IN gone`, [ids]);
}

/** Rewrites one column in every recorded change of a row. */
export function rewriteHistory(rowId: string, column: string, rewrite: (text: string) => string): void {
  const rewritten = (recorded: string | null) => {
    const row = fromJson<Values>(recorded);
    const text = row?.[column];
    return typeof text === 'string' ? JSON.stringify({ ...row, [column]: rewrite(text) }) : recorded;
  };
  for (const { seq, before, after } of getRowHistory(rowId)) {
    const [from, to] = [rewritten(before), rewritten(after)];
    if (from === before && to === after) continue;
    run('UPDATE row_history SET before = ?, after = ? WHERE seq = ?', [from, to, seq]);
  }
}

function record(table: UserTable, id: string, before: string | null, after: string | null): void {
  const operation = runningOperation();
  run(
    `INSERT INTO row_history (operation_id, table_name, row_id, before, after, session_id, tool, action, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [operation.id, table, id, before, after, operation.sessionId, operation.tool, operation.action, now()],
  );
}

function runningOperation(): Operation {
  const operation = currentOperation();
  if (operation === null) throw new MemoryError('internal', 'A row was written outside a transaction.');
  return operation;
}
