/** What the schema itself says of references and unique names, asked of the engine: nothing is written down twice. */
import { queryAll } from './query-helpers.ts';
import type { UserTable } from './types.ts';

export interface Reference {
  table: UserTable;
  column: string;
  /** The table whose row the column names. */
  target: UserTable;
}

/** Every foreign key from a user table to a row's id. */
export function references(): Reference[] {
  // Of a key of two columns, the one that names the row. Only user tables have both a seq and an id; the log is no such row.
  return queryAll<Reference>(
    `SELECT m.name AS "table", k."from" AS "column", k."table" AS target
     FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) k
     WHERE m.type = 'table' AND k."to" = 'id' AND m.name <> 'update_log'
       AND (SELECT count(*) FROM pragma_table_info(m.name) WHERE name IN ('seq', 'id')) = 2
     ORDER BY m.name, k.id`,
  );
}

export interface UniqueName {
  columns: readonly string[];
  /** Whether two rows without a value in one of the columns are equal too. */
  nullsEqual: boolean;
}

/** An index over an expression does not name its columns. */
const OVER_EXPRESSIONS: Record<string, readonly string[]> = {
  idx_research_name: ['workspace_id', 'plan_id', 'filename'],
};

/** What may stand only once in a table; ids and places in an order are left out. */
export function uniqueNames(table: UserTable): UniqueName[] {
  const indexes = queryAll<{ name: string }>('SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 ORDER BY seq', [
    table,
  ]);
  return indexes.flatMap(({ name }): UniqueName[] => {
    const over = OVER_EXPRESSIONS[name];
    if (over !== undefined) return [{ columns: over, nullsEqual: true }];
    const found = queryAll<{ name: string }>('SELECT name FROM pragma_index_info(?) ORDER BY seqno', [name]);
    const columns = found.map((column) => column.name);
    return columns.includes('id') || columns.includes('order_index') ? [] : [{ columns, nullsEqual: false }];
  });
}
