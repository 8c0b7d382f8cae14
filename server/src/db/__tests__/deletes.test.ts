import { describe, expect, test } from 'vitest';
import { getDb } from '../connection.ts';
import { ENTITY_KINDS, findEntity } from '../entity-db.ts';
import { purge } from '../entity-purge.ts';
import { deletePhase } from '../phase-db.ts';
import { archivePlan, deletePlan, restorePlan } from '../plan-db.ts';
import { deleteProgram } from '../program-db.ts';
import { queryAll, queryOne, run } from '../query-helpers.ts';
import { deleteSession } from '../session-db.ts';
import { deleteStep, getStep } from '../step-db.ts';
import { deleteWorkspace } from '../workspace-db.ts';
import { countRows, rowsOf, userTables, withTestDatabase } from './fixtures.ts';
import { aFullWorkspace, type FullWorkspace } from './full-workspace.ts';

interface ForeignKey {
  child: string;
  column: string;
  parent: string;
  parent_column: string;
}

/**
 * Makes every cascade and trigger that would have work to do fail: the program removes children before their parents, so
 * that each of them is in the history.
 */
function trapTheNet(): void {
  const keys = queryAll<ForeignKey>(
    `SELECT t.name AS child, k."from" AS column, k."table" AS parent, k."to" AS parent_column
     FROM sqlite_schema t, pragma_foreign_key_list(t.name) k WHERE t.type = 'table' AND k.seq = 0`,
  );
  for (const [index, { child, column, parent, parent_column }] of keys.entries()) {
    trap(`net_${index}`, parent, `SELECT 1 FROM ${child} WHERE ${column} = old.${parent_column}`);
  }
  for (const type of ['phase', 'step']) {
    trap(`net_${type}`, `${type}s`, `SELECT 1 FROM context_items WHERE parent_type = '${type}' AND parent_id = old.id`);
  }
}

function trap(name: string, parent: string, children: string): void {
  getDb().exec(`CREATE TEMP TRIGGER ${name} BEFORE DELETE ON main.${parent} WHEN EXISTS (${children})
    BEGIN SELECT RAISE(ABORT, 'the net was needed'); END`);
}

/** What refers to nothing without a foreign key that would notice. */
function dangling(): unknown[] {
  const nodes = (type: string) => `SELECT id FROM ${type}s UNION ALL SELECT id FROM ${type}s_archive`;
  const ends = ['source', 'target'].flatMap((end) =>
    ['plan', 'phase', 'step'].flatMap((type) =>
      ['dependencies', 'dependencies_archive'].map(
        (table) => `SELECT id FROM ${table} WHERE ${end}_type = '${type}' AND ${end}_id NOT IN (${nodes(type)})`,
      ),
    ),
  );
  const parents = ['workspace', 'plan', 'phase', 'step'].flatMap((type) => [
    `SELECT id FROM context_items WHERE parent_type = '${type}' AND parent_id NOT IN (SELECT id FROM ${type}s)`,
    ...(type === 'workspace'
      ? []
      : [
          `SELECT id FROM context_items_archive WHERE parent_type = '${type}' AND parent_id NOT IN (SELECT id FROM ${type}s_archive)`,
        ]),
  ]);
  const rows = userTables().map((table) => `SELECT id FROM ${table}`);
  const documents = `SELECT ref_id AS id FROM search_documents WHERE ref_id NOT IN (${rows.join(' UNION ALL ')})`;
  return [...ends, ...parents, documents, 'SELECT "table" AS id FROM pragma_foreign_key_check'].flatMap((sql) =>
    queryAll(sql),
  );
}

function onTrappedDatabase(fn: (full: FullWorkspace) => void): void {
  withTestDatabase(() => {
    const full = aFullWorkspace();
    trapTheNet();
    fn(full);
    expect(dangling()).toEqual([]);
  });
}

const first = (rows: readonly { id: string }[]): string => rows[0]?.id ?? '';

describe('the net under deletes', () => {
  test('would notice', () =>
    onTrappedDatabase(({ live, program }) => {
      expect(countRows('steps_archive')).toBeGreaterThan(0);
      expect(() => run('DELETE FROM plans WHERE id = ?', [live.plan.id])).toThrow();
      expect(() => run('DELETE FROM phases WHERE id = ?', [first(live.phases)])).toThrow();
      expect(() => run('DELETE FROM steps WHERE id = ?', [first(live.steps)])).toThrow();
      expect(() => run('DELETE FROM programs WHERE id = ?', [program.id])).toThrow();
      for (const table of userTables()) expect(countRows(table), table).toBeGreaterThan(0);
    }));

  test.each<[string, (full: FullWorkspace) => unknown]>([
    ['a step', ({ live }) => deleteStep(first(live.steps))],
    ['a phase', ({ live }) => deletePhase(first(live.phases))],
    ['a plan', ({ live }) => deletePlan(live.plan.id)],
    ['an archived plan', ({ archived }) => deletePlan(archived.plan.id)],
    ['a session that holds a step', ({ live }) => deleteSession(first(sessionsOf(live.plan.id)))],
    ['a program', ({ program }) => deleteProgram(program.id)],
    ['a workspace', ({ workspace }) => deleteWorkspace(workspace.id)],
    ['a plan that is archived', ({ live }) => archivePlan(live.plan.id)],
    ['a plan that is restored', ({ archived }) => restorePlan(archived.plan.id)],
  ])('is not needed for %s', (_, remove) => onTrappedDatabase((full) => void remove(full)));

  test.each(ENTITY_KINDS)('is not needed when a %s is purged', (kind) =>
    onTrappedDatabase(() => {
      const entities = userTables()
        .flatMap((table) => rowsOf(table))
        .flatMap(({ id }) => findEntity(id) ?? [])
        .filter((entity) => entity.kind === kind && !entity.archived);
      const [entity] = entities;
      if (entity === undefined) throw new Error(`There is no ${kind}.`);
      expect(purge(String(entity.row['id'])).rows).toBeGreaterThan(0);
      const id = String(entity.row['id']);
      expect(findEntity(id)).toBeNull();
      expect(countRows('row_history', { row_id: id })).toBe(0);
      expect(countRows('search_documents', { ref_id: id })).toBe(0);
    }),
  );
});

describe('deleting', () => {
  test('a workspace with all that is in it leaves nothing of it behind', () =>
    withTestDatabase(() => {
      const { workspace } = aFullWorkspace();
      deleteWorkspace(workspace.id);
      const left = userTables().filter((table) => countRows(table) > 0);
      // The other workspace with its plan, and what belongs to no workspace.
      const others = ['agent_definitions', 'instruction_files', 'phases', 'plans', 'skill_definitions', 'steps'];
      expect(left).toEqual([...others, 'workspaces']);
      expect(countRows('update_log')).toBe(0);
      expect(countRows('plans', { program_id: null, program_order: null })).toBe(1);
      expect(countRows('workspaces', { parent_workspace_id: null })).toBe(1);
    }));

  test('a session gives back the step it held, and the history says so', () =>
    withTestDatabase(() => {
      const { live } = aFullWorkspace();
      const session = first(sessionsOf(live.plan.id));
      const held = queryOne<{ id: string }>('SELECT id FROM steps WHERE claimed_by_session = ?', [session])?.id ?? '';
      expect(deleteSession(session)).toBe(true);
      expect(deleteSession(session)).toBe(false);
      expect(getStep(held)).toMatchObject({ status: 'pending', claimed_by_session: null, claimed_agent: null });
      expect(countRows('row_history', { row_id: held, table_name: 'steps' })).toBe(3);
    }));

  test('a program leaves its plans where they are', () =>
    withTestDatabase(() => {
      const { program, archived } = aFullWorkspace();
      const plans = countRows('plans') + countRows('plans_archive');
      expect(deleteProgram(program.id)).toBe(true);
      expect(deleteProgram(program.id)).toBe(false);
      expect(countRows('plans', { program_id: null, program_order: null })).toBe(countRows('plans'));
      // An archived plan is left as it is: restoring it clears the reference and lists it.
      expect(restorePlan(archived.plan.id).dropped).toEqual([`program ${program.id}`]);
      archivePlan(archived.plan.id);
      expect(countRows('plans') + countRows('plans_archive')).toBe(plans);
      expect([countRows('programs'), countRows('program_risks'), countRows('program_workspace_links')]).toEqual([
        0, 0, 0,
      ]);
    }));
});

function sessionsOf(planId: string): { id: string }[] {
  return queryAll('SELECT id FROM sessions WHERE plan_id = ?', [planId]);
}
