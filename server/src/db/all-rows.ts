/** Every row of every table, out and in, one at a time: what a dump holds. */
import { MemoryError } from '../domain/errors.ts';
import { currentHandle, type Database } from './connection.ts';
import { forEachRow, queryAll, snapshot } from './query-helpers.ts';

export type AnyRow = Record<string, string | number | null>;

interface Table {
  name: string;
  /** The columns by which its rows are told apart, for their order. */
  key: string;
}

/** Counters come last: a table's own inserts move them. */
const COUNTERS = 'sqlite_sequence';

/** All tables but those that the engine and the migrations make by themselves. */
function tables(): Table[] {
  const named = queryAll<{ name: string }>(
    `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
       AND (name NOT LIKE 'sqlite%' OR name = ?) AND name <> '_migrations' ORDER BY name = ?, name`,
    [COUNTERS, COUNTERS],
  );
  return named.map(({ name }) => {
    const key = queryAll<{ name: string }>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk', [name]);
    return { name, key: key.map((column) => column.name).join(', ') || 'name' };
  });
}

/** Calls `write` with every row of one state of the database. */
export function readAllRows(write: (table: string, row: AnyRow) => void): void {
  snapshot(() => {
    for (const { name, key } of tables()) {
      forEachRow<AnyRow>(`SELECT * FROM ${name} ORDER BY ${key}`, [], (row) => write(name, row));
    }
  });
}

export function schemaVersion(): number {
  return currentHandle().schemaVersion;
}

/** Puts rows into a database that was just made and that nobody else has open. */
export class RowWriter {
  readonly #db: Database;
  readonly #columns = new Map<string, readonly string[]>();

  constructor(db: Database) {
    this.#db = db;
    // Rows come in the order of their tables; what must hold is looked at when all are there.
    db.pragma('foreign_keys = OFF');
    db.exec(`DELETE FROM ${COUNTERS}`);
  }

  /** Writes some rows at once. @throws invalid_input for a table or column that this schema does not have */
  write(rows: readonly { table: string; row: AnyRow }[]): void {
    this.#db.transaction(() => {
      for (const { table, row } of rows) this.#insert(table, row);
    })();
  }

  #insert(table: string, row: AnyRow): void {
    const known = this.#columnsOf(table);
    const columns = Object.keys(row);
    const unknown = columns.find((column) => !known.includes(column));
    if (unknown !== undefined || columns.length === 0) {
      throw new MemoryError('invalid_input', `The table ${table} has no column "${unknown ?? ''}".`);
    }
    if (table === COUNTERS) this.#db.prepare(`DELETE FROM ${COUNTERS} WHERE name = ?`).run(row['name']);
    const places = columns.map(() => '?').join(', ');
    this.#db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`).run(Object.values(row));
  }

  #columnsOf(table: string): readonly string[] {
    let columns = this.#columns.get(table);
    if (columns === undefined) {
      const found = this.#db
        .prepare<[string, string], { name: string }>(
          `SELECT c.name FROM pragma_table_list(?) t JOIN pragma_table_info(t.name) c
           WHERE t.type = 'table' AND t.name <> '_migrations' AND (t.name NOT LIKE 'sqlite%' OR t.name = ?)`,
        )
        .all(table, COUNTERS);
      columns = found.map(({ name }) => name);
      if (columns.length === 0) throw new MemoryError('invalid_input', `There is no table "${table}" in this schema.`);
      this.#columns.set(table, columns);
    }
    return columns;
  }
}
