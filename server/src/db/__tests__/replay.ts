/** Taking the recorded changes of rows back, and making them again, on a copy of the tables in memory. */

import { queryAll } from '../query-helpers.ts';
import type { HistoryRow } from '../types.ts';
import { rowsOf, userTables } from './fixtures.ts';

type Row = Record<string, unknown>;
/** Table → id → row. */
type State = Map<string, Map<string, Row>>;

/** Signs of life leave no history, so no replay can know them. */
const UNRECORDED = { last_seen_at: null, lease_expires_at: null };

export function currentState(): State {
  return new Map(
    userTables().map((table) => [table, new Map(rowsOf(table).map((row) => [row.id, { ...row }]))] as const),
  );
}

/** The state as text: equal texts are equal states, whatever the order in which they came about. */
export function textOf(state: State): string {
  const rows = [...state].map(([table, byId]) => {
    const known = [...byId.values()].map((row) => ({
      ...row,
      ...Object.fromEntries(Object.entries(UNRECORDED).filter(([column]) => column in row)),
    }));
    return [table, known.sort((one, other) => Number((one as Row)['seq']) - Number((other as Row)['seq']))];
  });
  return JSON.stringify(rows);
}

/** Takes one recorded change back, or makes it again: `from` is how the row was left, `to` how it will be. */
export function apply(state: State, change: HistoryRow, direction: 'back' | 'forth'): void {
  const [before, after] = [change.before, change.after].map((text) => JSON.parse(text ?? 'null') as Row | null);
  const [from, to] = direction === 'back' ? [after, before] : [before, after];
  const table = (values: Row | null | undefined) => state.get(String(values?.['$table'] ?? change.table_name));
  const row = table(from)?.get(change.row_id);
  if (to === null || to === undefined) {
    table(from)?.delete(change.row_id);
  } else if (from === null || from === undefined) {
    table(to)?.set(change.row_id, { ...to });
  } else if ('$table' in to) {
    table(from)?.delete(change.row_id);
    if (row !== undefined) table(to)?.set(change.row_id, row);
  } else {
    for (const [column, value] of Object.entries(to)) if (row !== undefined) row[column] = grown(row[column], value);
  }
}

/** A value, or what appending and its reverse make of the present one. */
function grown(present: unknown, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { $length, $append } = value as { $length?: number; $append?: string };
  return $append === undefined ? String(present).slice(0, $length) : String(present) + $append;
}

/** Everything that was ever recorded, in the order in which it happened. */
export function historyRows(): HistoryRow[] {
  return queryAll<HistoryRow>('SELECT * FROM row_history ORDER BY seq');
}

/** The state to which the whole history leads from nothing. */
export function replayedFromNothing(): State {
  const state: State = new Map(userTables().map((table) => [table, new Map()]));
  for (const change of historyRows()) apply(state, change, 'forth');
  return state;
}
