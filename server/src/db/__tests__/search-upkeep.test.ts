import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDatabase, withDatabase } from '../connection.ts';
import { findEntity } from '../entity-db.ts';
import { purge } from '../entity-purge.ts';
import { readMigrations } from '../migration-runner.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { queryAll, run } from '../query-helpers.ts';
import { rankedSearch } from '../search-db.ts';
import { findSearchFaults, rebuildSearchIndex, rebuildSearchIndexIfStale } from '../search-upkeep.ts';
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
            if (entity !== null) purge(String(entity.row['id']));
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
          expect(findSearchFaults()).toEqual([]);
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
      ['1 rows cannot be found by search'],
    ],
    [
      'has one document for another',
      "UPDATE search_documents SET kind = 'note' WHERE kind = 'step'",
      ['1 rows cannot be found by search', '1 entries lead to rows that are gone'],
    ],
    [
      'lost its full text',
      "INSERT INTO search_index (search_index) VALUES ('delete-all')",
      ['the full text and its documents differ'],
    ],
    ['lost its full-text table', 'DROP TABLE search_index', ['a table of the index is missing']],
    ['lost a trigger', 'DROP TRIGGER search_documents_updated', []],
    [
      'was made by an older program',
      "UPDATE seed_versions SET hash = '0' WHERE name = 'search'",
      ['it was made by an older program'],
    ],
  ])('%s is found out and made anew', (_what, damage, faults) =>
    withTestDatabase(() => {
      rebuildSearchIndexIfStale();
      const { steps } = aPlan();
      const sound = documents();
      expect(findSearchFaults()).toEqual([]);
      run(damage);
      expect(findSearchFaults()).toEqual(faults);
      rebuildSearchIndex();
      expect(findSearchFaults()).toEqual([]);
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

test('a damaged index that is made again has no context from a document that was lost', () =>
  withTestDatabase(() => {
    rebuildSearchIndexIfStale();
    const { plan } = aPlan();
    const [lost] = ['The lamp', 'The stairs', 'The door'].map((note) => addPlanNote(plan.id, { note }));
    run('DELETE FROM search_documents WHERE ref_id = ?', [String(lost?.id)]);
    rebuildSearchIndex();
    expect(rankedSearch('lamp', { limit: 5 }).map(({ id }) => id)).toEqual([lost?.id]);
    expect(documents().filter(({ context }) => context.includes('lamp'))).toEqual([]);
  }));

test('a database from before the documents had their columns is indexed when it is next opened', () => {
  const folder = temporaryFolder();
  const migrations = readMigrations(join(import.meta.dirname, '../migrations'));
  const change = migrations.find(({ name }) => name.endsWith('-search-documents.sql'));
  const before = openDatabase(databaseFile(folder), { through: Number(change?.version) - 1 });
  const at = '2026-01-01T00:00:00.000Z';
  const columns = (before.pragma('table_info(plans_archive)') as { name: string }[]).map(({ name }) => name).join();
  before.exec(`INSERT INTO workspaces (id, path, path_key, name, created_at, updated_at)
      VALUES ('ws_1', '/p', '/p', 'p', '${at}', '${at}');
    INSERT INTO plans (id, workspace_id, title, category, created_at, updated_at) VALUES
      ('plan_0', 'ws_1', 'The old lighthouse', 'feature', '${at}', '${at}'),
      ('plan_1', 'ws_1', 'The lighthouse', 'feature', '${at}', '${at}');
    INSERT INTO plan_notes (id, plan_id, note, created_at) VALUES
      ('note_1', 'plan_1', 'Mind the stairs', '${at}'), ('note_2', 'plan_1', 'Oil the lamp', '${at}');
    INSERT INTO plans_archive (${columns}) SELECT ${columns} FROM plans WHERE id = 'plan_0';
    DELETE FROM plans WHERE id = 'plan_0';
    INSERT INTO search_documents (kind, ref_id, title, body) VALUES ('plan', 'plan_1', 'The lighthouse', '')`);
  before.close();
  withDatabase(openFile(folder), () => {
    expect(findSearchFaults()).toContain('it was made by an older program');
    expect(rebuildSearchIndexIfStale()).toBe(true);
    const found = rankedSearch('lighthouses in january', { limit: 5 });
    expect(found.filter(({ kind }) => kind === 'plan').map(({ id, date }) => ({ id, date }))).toEqual([
      { id: 'plan_1', date: at },
      { id: 'plan_0', date: at },
    ]);
    expect(documents().find(({ ref_id }) => ref_id === 'note_2')?.context).toContain('stairs');
    expect(findSearchFaults()).toEqual([]);
    requireFullText();
  });
});
