import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDatabase, withDatabase } from '../connection.ts';
import { findEntity, purgeEntity } from '../entity-db.ts';
import { readMigrations } from '../migration-runner.ts';
import { queryAll, run } from '../query-helpers.ts';
import { rankedSearch } from '../search-db.ts';
import { rebuildSearchIndex, rebuildSearchIndexIfStale, searchIndexFault } from '../search-rebuild.ts';
import type { SearchDocumentRow } from '../types.ts';
import { aPlan, aStep, databaseFile, openFile, rowsOf, temporaryFolder, withTestDatabase } from './fixtures.ts';
import { aFullWorkspace } from './full-workspace.ts';
import { ANY_CALLS, perform } from './random-calls.ts';
import { requireFullText } from './soundness.ts';

const documents = () => queryAll<SearchDocumentRow>('SELECT * FROM search_documents ORDER BY kind, ref_id');

/** What the rows alone decide; a context is decided once, when a document is new. */
const ofTheRows = () =>
  documents().map(({ rid: _rid, before_1: _1, before_2: _2, context: _context, ...document }) => document);

describe('after any sequence of calls', () => {
  test('the index is what a rebuild makes of it, and what it would be without any document', () => {
    fc.assert(
      fc.property(ANY_CALLS, (calls) =>
        withTestDatabase(() => {
          for (const call of calls) perform(call);
          for (const { id } of rowsOf('context_items').slice(0, 2)) {
            const entity = findEntity(id);
            if (entity !== null) purgeEntity(entity);
          }
          requireFullText();
          const kept = documents();
          const own = ofTheRows();
          rebuildSearchIndex();
          expect(documents()).toEqual(kept);
          requireFullText();
          run('DELETE FROM search_documents');
          rebuildSearchIndex();
          expect(ofTheRows()).toEqual(own);
          requireFullText();
          expect(searchIndexFault()).toBeNull();
        }),
      ),
      { numRuns: 25 },
    );
  });

  test('no document has a context from one that is gone', () => {
    fc.assert(
      fc.property(ANY_CALLS, (calls) =>
        withTestDatabase(() => {
          for (const call of calls) perform(call);
          const dangling = queryAll(`SELECT ref_id FROM search_documents d, json_each(json_array(before_1, before_2)) b
            WHERE b.value IS NOT NULL AND b.value NOT IN (SELECT rid FROM search_documents)`);
          expect(dangling).toEqual([]);
        }),
      ),
      { numRuns: 25 },
    );
  });
});

describe('an index that', () => {
  test.each([
    [
      'lacks a document',
      'DELETE FROM search_documents WHERE ref_id = (SELECT id FROM steps)',
      /^it has \d+ of \d+ .* step$/,
    ],
    ['has one too many', "UPDATE search_documents SET kind = 'note' WHERE kind = 'step'", /^it has .* step$/],
    [
      'lost its full text',
      "INSERT INTO search_index (search_index) VALUES ('delete-all')",
      /^the full-text table has 0 of/,
    ],
    ['lost its full-text table', 'DROP TABLE search_index', /^the full-text table is missing$/],
    ['lost a trigger', 'DROP TRIGGER search_documents_updated', null],
    ['was made by an older program', "UPDATE seed_versions SET hash = '0' WHERE name = 'search'", /older program/],
  ])('%s is found out and made anew', (_what, damage, fault) =>
    withTestDatabase(() => {
      rebuildSearchIndexIfStale();
      const { steps } = aPlan();
      const sound = documents();
      expect(searchIndexFault()).toBeNull();
      run(damage);
      if (fault !== null) expect(searchIndexFault()).toMatch(fault);
      rebuildSearchIndex();
      expect(searchIndexFault()).toBeNull();
      expect(ofTheRows()).toEqual(sound.map(({ rid: _r, before_1: _1, before_2: _2, context: _c, ...own }) => own));
      requireFullText();
      const { id } = aStep({ phase_id: String(steps[0]?.phase_id), task: 'Light the lamp' });
      expect(rankedSearch('lamp', { limit: 1 })[0]?.id).toBe(id);
    }),
  );

  test('is up to date is left alone', () =>
    withTestDatabase(() => {
      aFullWorkspace();
      expect(rebuildSearchIndexIfStale()).toBe(true);
      expect(rebuildSearchIndexIfStale()).toBe(false);
    }));
});

test('a database from before the documents had their columns is indexed when it is next opened', () => {
  const folder = temporaryFolder();
  const newest = join(import.meta.dirname, '../migrations');
  const migrations = readMigrations(newest);
  const change = migrations.find(({ name }) => name.endsWith('-search-documents.sql'));
  const older = join(folder, 'older');
  mkdirSync(older);
  for (const { name, version } of migrations) {
    if (version < Number(change?.version)) copyFileSync(join(newest, name), join(older, name));
  }
  const before = openDatabase(databaseFile(folder), { migrations: older });
  before.exec(`INSERT INTO workspaces (id, path, path_key, name, created_at, updated_at)
      VALUES ('ws_1', '/p', '/p', 'p', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');
    INSERT INTO plans (id, workspace_id, title, category, created_at, updated_at)
      VALUES ('plan_1', 'ws_1', 'The lighthouse', 'feature', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');
    INSERT INTO search_documents (kind, ref_id, title, body) VALUES ('plan', 'plan_1', 'The lighthouse', '')`);
  before.close();
  withDatabase(openFile(folder), () => {
    expect(searchIndexFault()).toBe('it was made by an older program');
    expect(rebuildSearchIndexIfStale()).toBe(true);
    expect(rankedSearch('lighthouses in january', { limit: 5 })).toMatchObject(
      [{ id: 'plan_1', date: /^2026-01-01/ }].map(({ id }) => ({ id })),
    );
    expect(searchIndexFault()).toBeNull();
  });
});
