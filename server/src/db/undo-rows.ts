/** The rows that an undo is about, as they lie in the tables and as they become while changes are taken back. */
import { queryOne } from './query-helpers.ts';
import type { Row } from './replay.ts';
import type { UserTable } from './types.ts';

/** Where a row lies and what it says; null while there is none. */
export interface Place {
  table: UserTable;
  row: Row;
}

export interface Tracked {
  id: string;
  /** As the database has it. */
  start: Place | null;
  /** As it is with what has been taken back so far. */
  now: Place | null;
  /** Whether it leaves its table on the way, also if it comes back to it. */
  leaves: boolean;
}

export class UndoRows {
  readonly #rows = new Map<string, Tracked>();

  /** The row with this id, in this table or in its archive or live twin. */
  get(table: UserTable, id: string): Tracked {
    return this.#rows.get(id) ?? this.take(id, lookUp(table, id) ?? lookUp(twinOf(table), id));
  }

  /** The row with this id, which was read already and lies there. */
  take(id: string, start: Place | null): Tracked {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const now = start === null ? null : { table: start.table, row: { ...start.row } };
    const tracked = { id, start, now, leaves: false };
    this.#rows.set(id, tracked);
    return tracked;
  }

  /** The row, if a change of it has been looked at. */
  known(id: string): Tracked | undefined {
    return this.#rows.get(id);
  }

  all(): Tracked[] {
    return [...this.#rows.values()];
  }
}

/** Whether the row ends otherwise than it is. */
export function isChanged({ start, now }: Tracked): boolean {
  return start?.table !== now?.table || JSON.stringify(start?.row) !== JSON.stringify(now?.row);
}

const ARCHIVE = '_archive';

/** The live table of rows that lie in this one or would lie in it if their plan were archived. */
export function liveTable(table: UserTable): UserTable {
  return (table.endsWith(ARCHIVE) ? table.slice(0, -ARCHIVE.length) : table) as UserTable;
}

function twinOf(table: UserTable): string {
  return table.endsWith(ARCHIVE) ? liveTable(table) : `${table}${ARCHIVE}`;
}

function lookUp(table: string, id: string): Place | null {
  if (queryOne("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", [table]) === undefined) return null;
  const row = queryOne<Row>(`SELECT * FROM ${table} WHERE id = ?`, [id]);
  return row === undefined ? null : { table: table as UserTable, row: { ...row } };
}
