/** Every row of every table, out and in, one at a time: what a dump holds. */
import { MemoryError } from '../domain/errors.ts';
import { currentHandle, type Database, type Statement } from './connection.ts';
import { queryAll, snapshot } from './query-helpers.ts';
import { translateError } from './sqlite-errors.ts';

type AnyRow = Record<string, string | number | null>;

export interface DumpedRow {
  /** Where it stands in the dump. */
  line: number;
  table: string;
  row: AnyRow;
}

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

/** Calls `write` with every row of one state of the database. An integer that a number cannot hold comes as text. */
export function readAllRows(write: (table: string, row: AnyRow) => void): void {
  snapshot(() => {
    for (const { name, key } of tables()) {
      const all = currentHandle().db.prepare(`SELECT * FROM ${name} ORDER BY ${key}`).safeIntegers();
      for (const row of all.iterate()) write(name, withNumbers(row as StoredRow));
    }
  });
}

type StoredRow = Record<string, string | number | bigint | null>;

/** An INTEGER column takes the text of an integer for what it says. */
function withNumbers(row: StoredRow): AnyRow {
  const plain = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value));
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, typeof value === 'bigint' ? plain(value) : value]),
  );
}

export function schemaVersion(): number {
  return currentHandle().schemaVersion;
}

/** Puts rows into a database that was just made and that nobody else has open. */
export class RowWriter {
  readonly #db: Database;
  /** A table with the columns of a row → what writes it. */
  readonly #inserts = new Map<string, Statement>();

  constructor(db: Database) {
    this.#db = db;
    // Rows come in the order of their tables; what must hold is looked at when all are there.
    db.pragma('foreign_keys = OFF');
    db.exec(`DELETE FROM ${COUNTERS}`);
  }

  /** Writes some rows at once. @throws invalid_input, with the line, for a row that this schema does not take */
  write(rows: readonly DumpedRow[]): void {
    this.#db.transaction(() => {
      for (const row of rows) this.#insert(row);
    })();
  }

  #insert(dumped: DumpedRow): void {
    const { line, table, row } = dumped;
    const key = JSON.stringify([table, ...Object.keys(row)]);
    const insert = this.#inserts.get(key) ?? this.#prepare(dumped);
    this.#inserts.set(key, insert);
    if (table === COUNTERS) this.#db.prepare(`DELETE FROM ${COUNTERS} WHERE name = ?`).run(row['name'] ?? null);
    try {
      insert.run(Object.values(row));
    } catch (error) {
      throw REFUSED_VALUE.test(codeOf(error)) ? unfit(line, `${table}: ${said(error)}`, error) : translateError(error);
    }
  }

  #prepare({ line, table, row }: DumpedRow): Statement {
    const known = this.#columnsOf(table);
    if (known.length === 0) throw unfit(line, `there is no table "${table}" in this schema`);
    const columns = Object.keys(row);
    const unknown = columns.find((column) => !known.includes(column));
    if (unknown !== undefined || columns.length === 0) {
      throw unfit(line, `the table ${table} has no column "${unknown ?? ''}"`);
    }
    // The engine's own table has columns of no type.
    const places = columns.map((column) => (table === COUNTERS && column === 'seq' ? 'CAST(? AS INTEGER)' : '?'));
    return this.#db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`);
  }

  #columnsOf(table: string): readonly string[] {
    const found = this.#db
      .prepare<[string, string], { name: string }>(
        `SELECT c.name FROM pragma_table_list(?) t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name <> '_migrations' AND (t.name NOT LIKE 'sqlite%' OR t.name = ?)`,
      )
      .all(table, COUNTERS);
    return found.map(({ name }) => name);
  }
}

/** What the engine says of a value that the schema does not take. */
const REFUSED_VALUE = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The engine names the rule and the column, never the value. */
function said(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
}

function unfit(line: number, what: string, cause?: unknown): MemoryError {
  return unfitDump(`line ${line} does not fit: ${what}`, cause);
}

/** A dump with which nothing can be done, from the first fault on. */
export function unfitDump(what: string, cause?: unknown): MemoryError {
  return new MemoryError('invalid_input', `The dump cannot be loaded: ${what}.`, {
    hint: 'Dump again, or load another one; nothing was changed.',
    cause,
  });
}
