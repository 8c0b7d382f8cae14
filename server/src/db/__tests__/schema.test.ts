import { execFileSync, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { MemoryError } from '../../domain/errors.ts';
import * as words from '../../domain/vocabulary.ts';
import { openDatabase, setDb } from '../connection.ts';
import { type Param, queryAll, run } from '../query-helpers.ts';
import { databaseFile, temporaryFolder, userTables } from './fixtures.ts';
import { checksOf, storedColumns, storedTables, typedColumns, typedSets, typedTables } from './schema-text.ts';

/** Type in types.ts → the values that the program knows. */
const VOCABULARY: Record<string, readonly (string | number)[]> = {
  Category: words.CATEGORIES,
  ContentOrigin: words.CONTENT_ORIGINS,
  DependencyStatus: words.DEPENDENCY_STATUSES,
  DependencyType: words.DEPENDENCY_TYPES,
  Execution: words.EXECUTIONS,
  Flag: [0, 1],
  NodeType: words.NODE_TYPES,
  NoteAuthor: words.NOTE_AUTHORS,
  NoteType: words.NOTE_TYPES,
  ParentType: words.PARENT_TYPES,
  PathKind: words.PATH_KINDS,
  PlanStatus: words.PLAN_STATUSES,
  Priority: words.PRIORITIES,
  ProgramStatus: words.PROGRAM_STATUSES,
  RiskDetector: words.RISK_DETECTORS,
  RiskStatus: words.RISK_STATUSES,
  RiskType: words.RISK_TYPES,
  Source: words.SOURCES,
  StepStatus: words.STEP_STATUSES,
  StepType: words.STEP_TYPES,
  "'read' | 'write' | 'wait'": ['read', 'write', 'wait'],
};

const USER = typedTables('UserTables');
const TYPED = new Map([...USER, ...typedTables('ServiceTables')]);
const TABLES = [...TYPED.keys()].sort();
const LIVE = TABLES.filter((table) => !table.endsWith('_archive'));

beforeAll(() => {
  const db = openDatabase(':memory:');
  // Rows of one table alone: what they refer to is not the question here.
  db.pragma('foreign_keys = OFF');
  setDb(db);
});

/** Inserts a row that every CHECK accepts, with these values, and takes it back. */
function tryRow(table: string, values: Record<string, Param>): void {
  const { json, times, sets } = checksOf(table);
  const row = storedColumns(table)
    .filter(({ name }) => name !== 'seq' && name !== 'rid')
    .map(({ name, type }): Param => {
      if (name in values) return values[name] ?? null;
      if (json.includes(name)) return '{}';
      if (times.includes(name)) return '2026-01-02T03:04:05.678Z';
      return sets.get(name)?.[0] ?? (type === 'INTEGER' ? 1 : `${name} of a row`);
    });
  const names = storedColumns(table).map(({ name }) => name);
  const columns = names.filter((name) => name !== 'seq' && name !== 'rid');
  run(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`, row);
  run(`DELETE FROM ${table}`);
}

function expectRefused(table: string, values: Record<string, Param>): void {
  const problem = `${table} took ${JSON.stringify(values)}`;
  let refused: unknown;
  try {
    tryRow(table, values);
  } catch (error) {
    refused = error;
  }
  expect(refused, problem).toBeInstanceOf(MemoryError);
  expect((refused as MemoryError).code, problem).toBe('invalid_input');
  expect(String((refused as MemoryError).cause), problem).toContain('CHECK constraint failed');
}

describe('types.ts', () => {
  test('names every table, and no other', () => {
    expect(TABLES).toEqual(storedTables());
    expect([...USER.keys()].sort()).toEqual(userTables());
  });

  test.each(TABLES)('has the columns of %s, in their order, with their types and nulls', (table) => {
    expect(typedColumns(TYPED.get(table) ?? '')).toEqual(storedColumns(table));
  });
});

describe('tables', () => {
  test('are all strict', () => {
    const loose = queryAll<{ name: string }>(
      "SELECT name FROM pragma_table_list WHERE strict = 0 AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    expect(loose).toEqual([]);
  });

  test.each(TABLES.filter((table) => table.endsWith('_archive')))('%s has the columns of what it keeps', (archive) => {
    expect(storedColumns(archive)).toEqual(storedColumns(archive.replace('_archive', '')));
    expect(TYPED.get(archive)).toBe(TYPED.get(archive.replace('_archive', '')));
  });

  test.each(TABLES)('%s finds the rows of every foreign key by an index and says what a delete does', (table) => {
    const keys = queryAll<{ from: string; seq: number; on_delete: string }>(`PRAGMA foreign_key_list(${table})`);
    const indexes = queryAll<{ name: string; partial: number }>(
      `SELECT name, partial FROM pragma_index_list('${table}')`,
    );
    const leading = indexes.flatMap(({ name, partial }) => {
      const [first] = queryAll<{ name: string }>(`SELECT name FROM pragma_index_info('${name}') ORDER BY seqno`);
      const [index] = queryAll<{ sql: string }>('SELECT sql FROM sqlite_schema WHERE name = ?', [name]);
      // An index of the rows that have the key at all is as good.
      const usable = partial === 0 || index?.sql.endsWith(`WHERE ${first?.name} IS NOT NULL`);
      return usable ? [first?.name] : [];
    });
    for (const { from, seq, on_delete } of keys) {
      expect(['CASCADE', 'SET NULL'], `${table}.${from}`).toContain(on_delete);
      if (seq === 0) expect(leading, `an index of ${table} that begins with ${from}`).toContain(from);
    }
  });
});

describe('values', () => {
  test.each(TABLES)('a row of %s that keeps the rules is taken', (table) => {
    expect(() => tryRow(table, {})).not.toThrow();
  });

  test.each(LIVE)('a text that is not JSON is refused where %s holds JSON', (table) => {
    for (const column of checksOf(table).json) {
      for (const text of ['', 'plain', '{"a":', "{'a': 1}"]) expectRefused(table, { [column]: text });
    }
  });

  test.each(LIVE)('another form of time is refused by %s', (table) => {
    const named = storedColumns(table).flatMap(({ name }) => (/(^|_)at$/.test(name) ? [name] : []));
    expect(checksOf(table).times).toEqual(named);
    for (const column of named) {
      for (const time of [
        '2026-01-02 03:04:05',
        '2026-01-02T03:04:05Z',
        '2026-01-02T03:04:05.678+01:00',
        '2026-01-02',
        '',
      ])
        expectRefused(table, { [column]: time });
    }
  });

  test.each(LIVE)('the closed sets of %s are those of the vocabulary', (table) => {
    const typed = typedSets(TYPED.get(table) ?? '');
    const { sets } = checksOf(table);
    expect([...sets.keys()].sort()).toEqual([...typed.keys()].sort());
    for (const [column, type] of typed) {
      const allowed = VOCABULARY[type] ?? [];
      expect(sets.get(column), `${table}.${column}`).toEqual(allowed);
      for (const value of allowed) expect(() => tryRow(table, { [column]: value })).not.toThrow();
      expectRefused(table, { [column]: type === 'Flag' ? 2 : 'nonsense' });
    }
  });

  test('the sets that are checked are all that the vocabulary has', () => {
    const checked = new Set(Object.values(VOCABULARY).map((values) => values.join()));
    // A session's status follows from its columns, and the scope of a confirmation says which table it goes to.
    const stored = Object.entries(words).filter(([name]) => !/^(SESSION_STATUSES|CONFIRMATION_SCOPES)$/.test(name));
    for (const [name, values] of stored) expect(checked, name).toContain(values.join());
  });
});

const SQLITE = 'sqlite3';
const INSTALLED = spawnSync(SQLITE, ['--version']).status === 0;

describe.skipIf(!INSTALLED)('the sqlite3 command line (where it is installed)', () => {
  const sqlite = (file: string, ...commands: string[]) =>
    execFileSync(SQLITE, [file, ...commands], { encoding: 'utf8' }).trim();

  test('opens the file, lists the tables and answers queries', () => {
    const file = databaseFile(temporaryFolder());
    openDatabase(file).close();
    const listed = sqlite(file, '.tables').split(/\s+/);
    expect(listed).toEqual(expect.arrayContaining(['_migrations', ...TABLES]));
    expect(sqlite(file, 'PRAGMA journal_mode')).toBe('wal');
    expect(sqlite(file, 'PRAGMA integrity_check')).toBe('ok');
    expect(sqlite(file, 'SELECT version, name FROM _migrations')).toMatch(/^1\|001-initial-schema\.sql$/m);
    expect(sqlite(file, 'SELECT count(*) FROM plans JOIN steps ON steps.plan_id = plans.id')).toBe('0');
  });
});
