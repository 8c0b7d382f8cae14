/** The tables as a state in memory, and the state to which the recorded history leads. */

import { queryAll } from '../query-helpers.ts';
import { apply, type Row, type State } from '../replay.ts';
import type { HistoryRow } from '../types.ts';
import { rowsOf, userTables } from './fixtures.ts';

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
