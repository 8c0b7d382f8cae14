/** What tests of the importer start from: small directories of every format, and ways to look at what came in and out. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { temporaryFolder } from '../../db/__tests__/fixtures.ts';
import { queryAll } from '../../db/index.ts';
import type { JsonObject } from '../../domain/stored-values.ts';
import { type ImportReport, OUTCOMES } from '../report.ts';

/** The only workspace of the fixture of the old file store. */
export const BAKERY = 'bakery-0a1b2c3d4e5f';

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../test/fixtures/${name}`, import.meta.url));
}

/** A copy of a fixture that a test may change. */
export function fixtureCopy(name: string): string {
  const folder = join(temporaryFolder(), name);
  cpSync(fixture(name), folder, { recursive: true });
  return folder;
}

/** Changes a JSON file. */
export function edit(folder: string, path: string, change: (value: JsonObject) => void): void {
  const file = join(folder, path);
  const value = JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
  change(value);
  writeFileSync(file, JSON.stringify(value));
}

/** The steps of a plan's file, to be changed. */
export function stepsOf(state: JsonObject): JsonObject[] {
  return state['steps'] as JsonObject[];
}

/** Per kind and in all: found = new + updated + unchanged + conflicts + skipped, and every skip and conflict is named. */
export function expectSums(report: ImportReport): void {
  for (const [kind, totals] of [...Object.entries(report.kinds), ['total', report.totals] as const]) {
    expect(
      OUTCOMES.reduce((sum, outcome) => sum + totals[outcome], 0),
      kind,
    ).toBe(totals.found);
  }
  for (const [kind, totals] of Object.entries(report.kinds)) {
    expect(report.skipped.filter((skip) => skip.kind === kind).length, `named skips of ${kind}`).toBe(totals.skipped);
  }
}

/** Nothing new, nothing changed, nothing in conflict. */
export function expectUnchanged(report: ImportReport): void {
  const { new: added, updated, conflicts } = report.totals;
  expect({ added, updated, conflicts }).toEqual({ added: 0, updated: 0, conflicts: 0 });
}

const NOT_MEMORY = ['_migrations', 'row_history', 'search_documents', 'import_sources', 'request_ids', 'seed_versions'];

/** Every row of the model without the number that counts it, table by table. */
export function allRows(): Record<string, string[]> {
  const tables = queryAll<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search_index%'
       AND name NOT LIKE 'tool%' AND name NOT IN (SELECT value FROM json_each(?)) ORDER BY name`,
    [JSON.stringify(NOT_MEMORY)],
  );
  return Object.fromEntries(
    tables.map(({ name }) => {
      const rows = queryAll<JsonObject>(`SELECT * FROM ${name}`).map(({ seq: _seq, ...row }) => JSON.stringify(row));
      return [name, rows.sort()];
    }),
  );
}

/** Rows, history, search and bookkeeping: equal means that nothing at all was written. */
export function everything(): string {
  const tables = queryAll<{ name: string }>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search_index%' ORDER BY name`,
  );
  return JSON.stringify(tables.map(({ name }) => [name, queryAll(`SELECT * FROM ${name}`)]));
}

/** All files below a folder with what they say: JSON as its value, all else as text. */
export function contentOf(folder: string): Record<string, unknown> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths.sort().map((path) => {
      const text = readFileSync(path, 'utf8');
      return [path.slice(folder.length + 1), path.endsWith('.json') ? JSON.parse(text.replace(/^\uFEFF/, '')) : text];
    }),
  );
}

/** The content of a directory without what an import makes again: views, lists of other files, the registry's own date. */
export function sourceContent(folder: string): Record<string, unknown> {
  const derived = ['active_plans', 'archived_plans', 'active_programs'];
  return Object.fromEntries(
    Object.entries(contentOf(folder))
      .filter(([path]) => !/(?:^|\/)plan\.md$|^logs\/|\/_archived\/state\.json$/.test(path))
      .map(([path, value]) => {
        if (path.endsWith('workspace.meta.json')) return [path, without(value as JsonObject, derived)];
        return [path, path === 'workspace-registry.json' ? without(value as JsonObject, ['updated_at']) : value];
      }),
  );
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
