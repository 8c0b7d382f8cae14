/** The schema as three texts say it: types.ts, the tables as they are, and the words of their CHECKs. */
import { readFileSync } from 'node:fs';
import { queryAll } from '../query-helpers.ts';

export interface Column {
  name: string;
  type: 'TEXT' | 'INTEGER';
  nullable: boolean;
}

const TYPES = readFileSync(new URL('../types.ts', import.meta.url), 'utf8');

/** The properties of an interface of types.ts: name → type as it is written. */
function propertiesOf(name: string): [string, string][] {
  const body = new RegExp(`export interface ${name} \\{\\n([^}]*)\\}`).exec(TYPES)?.[1];
  if (body === undefined) throw new Error(`types.ts has no interface ${name}.`);
  return [...body.matchAll(/^ {2}(\w+): (.+);$/gm)].map(([, key = '', type = '']) => [key, type]);
}

/** Table → interface, as UserTables or ServiceTables maps them. */
export function typedTables(map: 'UserTables' | 'ServiceTables'): Map<string, string> {
  return new Map(propertiesOf(map));
}

/** A table's columns as its interface says them. */
export function typedColumns(name: string): Column[] {
  return propertiesOf(name).map(([column, type]) => ({
    name: column,
    type: /^(number|Flag)\b/.test(type) ? 'INTEGER' : 'TEXT',
    nullable: type.endsWith('| null'),
  }));
}

/** Column → the closed set that its interface names, for those that have one: `Category`, `Flag`, `'read' | 'write'`. */
export function typedSets(name: string): Map<string, string> {
  const types = propertiesOf(name).map(([column, type]): [string, string] => [column, type.replace(' | null', '')]);
  return new Map(types.filter(([, type]) => type !== 'string' && type !== 'number'));
}

/** A table's columns as the database has them. */
export function storedColumns(table: string): Column[] {
  const columns = queryAll<{ name: string; type: Column['type']; notnull: number; pk: number }>(
    `PRAGMA table_info(${table})`,
  );
  return columns.map(({ name, type, notnull, pk }) => ({ name, type, nullable: notnull === 0 && pk === 0 }));
}

export function storedTables(): string[] {
  return queryAll<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> '_migrations' AND name NOT LIKE 'sqlite%'
       AND name NOT LIKE 'search_index%' ORDER BY name`,
  ).map(({ name }) => name);
}

/** What the CHECKs of a table say about its columns. */
export interface Checks {
  json: string[];
  times: string[];
  /** Column → allowed values. */
  sets: Map<string, (string | number)[]>;
}

export function checksOf(table: string): Checks {
  const [row] = queryAll<{ sql: string }>('SELECT sql FROM sqlite_schema WHERE name = ?', [table]);
  const sql = row?.sql ?? '';
  const names = (pattern: RegExp) => [...sql.matchAll(pattern)].map(([, name = '']) => name);
  const sets = [...sql.matchAll(/CHECK \((\w+) IN\s*\(([^)]*)\)\)/g)].map(
    ([, name = '', list = '']): [string, (string | number)[]] => [
      name,
      list.split(',').map((item) => (item.includes("'") ? item.replaceAll("'", '').trim() : Number(item))),
    ],
  );
  return {
    json: names(/CHECK \((?:\w+ IS NULL OR )?json_valid\((\w+)\)\)/g),
    times: names(/CHECK \((\w+) LIKE '____-__-__T__:__:__.___Z'\)/g),
    sets: new Map(sets),
  };
}
