/** Taking recorded changes of rows back, and making them again, on copies of the rows in memory. */
import type { HistoryRow, UserTable } from './types.ts';

export type Row = Record<string, unknown>;
/** Table → id → row. */
export type State = Map<string, Map<string, Row>>;

/** What one row of the history says. */
export interface RecordedChange extends Omit<HistoryRow, 'before' | 'after' | 'table_name'> {
  table_name: UserTable;
  kind: 'insert' | 'delete' | 'update' | 'move';
  before: Row | null;
  after: Row | null;
}

export function readChange(recorded: HistoryRow): RecordedChange {
  const before = JSON.parse(recorded.before ?? 'null') as Row | null;
  const after = JSON.parse(recorded.after ?? 'null') as Row | null;
  const kind = before === null ? 'insert' : after === null ? 'delete' : '$table' in before ? 'move' : 'update';
  return { ...recorded, table_name: recorded.table_name as UserTable, kind, before, after };
}

/** Takes a change back, or makes it again. What the state does not know is left alone. */
export function apply(state: State, recorded: HistoryRow, direction: 'back' | 'forth'): void {
  const change = readChange(recorded);
  const [from, to] = direction === 'back' ? [change.after, change.before] : [change.before, change.after];
  const table = (values: Row | null) => state.get(String(values?.['$table'] ?? change.table_name));
  const row = table(from)?.get(change.row_id);
  if (to === null) {
    table(from)?.delete(change.row_id);
  } else if (from === null) {
    table(to)?.set(change.row_id, { ...to });
  } else if (change.kind === 'move') {
    table(from)?.delete(change.row_id);
    if (row !== undefined) table(to)?.set(change.row_id, row);
  } else {
    for (const [column, value] of Object.entries(to)) if (row !== undefined) row[column] = grown(row[column], value);
  }
}

/** Text that was appended to is recorded as its former length and what was added. */
export interface Appended {
  $length?: number;
  $append?: string;
}

export function isAppended(value: unknown): value is Appended {
  return typeof value === 'object' && value !== null;
}

/** A value, or what appending and its reverse make of the present one. */
function grown(present: unknown, value: unknown): unknown {
  if (!isAppended(value)) return value;
  return value.$append === undefined ? String(present).slice(0, value.$length) : String(present) + value.$append;
}
