import { describe, expect, test } from 'vitest';
import { storeAgent } from '../agent-definition-db.ts';
import { openDatabase, withDatabase } from '../connection.ts';
import { ENTITY_KINDS, type EntityFilter, type EntityKind, findEntity, listEntities } from '../entity-db.ts';
import { storeInstruction } from '../instruction-db.ts';
import { archivePlan, createPlan, deletePlan } from '../plan-db.ts';
import { storeSkill } from '../skill-db.ts';
import { aPlan, refusal, rowsOf, userTables, withTestDatabase } from './fixtures.ts';
import { aWorld } from './world.ts';

const PAGE = { limit: 100, from: 0 };

/** The world, with an agent, an instruction and a skill. */
function everything() {
  storeAgent('Agent', 'text');
  storeInstruction('a.md', '**', 'text');
  storeSkill('skill', 'general', [], [], [], 'text');
  return aWorld();
}

const ids = (kind: EntityKind, filter: Partial<EntityFilter> = {}) =>
  listEntities(kind, { ...PAGE, ...filter }).map(({ id }) => id);

describe('findEntity', () => {
  test('finds a row of every user table by its id, live and archived', () =>
    withTestDatabase(() => {
      const { plan } = everything();
      const kinds = new Set<string>();
      for (const archived of [false, true]) {
        if (archived) archivePlan(plan.id);
        for (const table of userTables().filter((name) => name.endsWith('_archive') === archived)) {
          for (const row of rowsOf(table)) {
            const entity = findEntity(row.id);
            expect(entity, table).toMatchObject({ archived, row });
            kinds.add(String(entity?.kind));
          }
        }
      }
      expect([...kinds].sort()).toEqual([...ENTITY_KINDS].sort());
    }));

  test('finds nothing under an id that does not exist, or no longer', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      deletePlan(plan.id);
      expect(findEntity(plan.id)).toBeNull();
      expect(findEntity('')).toBeNull();
    }));

  test('looks first where ids begin like this one, and elsewhere for a row that came with an id of its own', () => {
    const statements: string[] = [];
    const db = openDatabase(':memory:', { onStatement: (sql) => statements.push(String(sql)) });
    withDatabase(db, () => {
      const { workspace, plan } = aPlan();
      createPlan({ id: 'step_old', workspace_id: workspace.id, title: 'Old', category: 'feature' });
      statements.length = 0;
      expect(findEntity(plan.id)?.kind).toBe('plan');
      expect(statements).toHaveLength(1);
      expect(findEntity('step_old')?.kind).toBe('plan');
    });
    db.close();
  });
});

describe('listEntities', () => {
  test('lists live rows of a kind in the order they were made, page by page', () =>
    withTestDatabase(() => {
      const { plan, first } = everything();
      const rows = rowsOf('steps');
      const steps = rows.map(({ id }) => id);
      expect(ids('step')).toEqual(steps);
      expect(ids('step', { limit: 2, from: Number(rows[1]?.['seq']) })).toEqual(steps.slice(1, 3));
      archivePlan(plan.id);
      expect(ids('step', { parent_id: first.id })).toEqual([]);
    }));

  test.each(ENTITY_KINDS)('every %s is listed whole', (kind) =>
    withTestDatabase(() => {
      everything();
      const rows = listEntities(kind, PAGE);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(findEntity(String(row['id']))).toEqual({ kind, archived: false, row });
    }),
  );

  test('filters by workspace, plan, parent and status', () =>
    withTestDatabase(() => {
      const { workspace, plan, first, done, last, program, neighbour, closed, open } = everything();
      const other = aPlan();
      expect(ids('plan', { workspace_id: workspace.id })).toEqual([plan.id, neighbour.plan.id]);
      expect(ids('plan', { parent_id: program.id, status: 'active' })).toEqual([plan.id, neighbour.plan.id]);
      expect(ids('plan', { status: 'paused' })).toEqual([]);
      expect(ids('session', { workspace_id: workspace.id })).toEqual([closed.id, open.id]);
      expect(ids('session', { workspace_id: other.workspace.id })).toEqual([]);
      expect(ids('step', { parent_id: first.id, status: 'done' })).toEqual([done.id]);
      expect(ids('step', { plan_id: plan.id, status: 'blocked' })).toEqual([last.id]);
      expect(ids('context', { plan_id: plan.id, parent_id: last.id })).toHaveLength(3);
      expect(ids('dependency', { parent_id: last.id })).toHaveLength(1);
      expect(ids('risk', { parent_id: program.id, status: 'identified' })).toEqual(['risk_1']);
    }));

  test.each<[EntityKind, Partial<EntityFilter>]>([
    ['workspace', { workspace_id: 'x' }],
    ['workspace', { status: 'x' }],
    ['agent', { plan_id: 'x' }],
    ['agent', { parent_id: 'x' }],
    ['knowledge', { plan_id: 'x' }],
    ['phase', { status: 'x' }],
  ])('refuses to filter %s by %j', (kind, filter) =>
    withTestDatabase(() => {
      expect(refusal(() => ids(kind, filter)).code).toBe('invalid_input');
    }),
  );
});
