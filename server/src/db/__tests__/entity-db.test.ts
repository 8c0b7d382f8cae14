import { describe, expect, test } from 'vitest';
import { storeAgent } from '../agent-definition-db.ts';
import { getContextItem, storeContext } from '../context-db.ts';
import {
  ENTITY_KINDS,
  type Entity,
  type EntityFilter,
  type EntityKind,
  findEntity,
  listEntities,
  purgeEntity,
} from '../entity-db.ts';
import { addEventLog } from '../event-log-db.ts';
import { getRowHistory } from '../history-db.ts';
import { storeInstruction } from '../instruction-db.ts';
import { anonymousOperation, withOperation } from '../operation.ts';
import { archivePlan, deletePlan } from '../plan-db.ts';
import { queryAll } from '../query-helpers.ts';
import { findRequest, storeRequest } from '../request-id-db.ts';
import { rankedSearch } from '../search-db.ts';
import { storeSkill } from '../skill-db.ts';
import { getSteps, updateStep } from '../step-db.ts';
import { addUpdateLog } from '../update-log-db.ts';
import { aPlan, countRows, refusal, rowsOf, userTables, withTestDatabase } from './fixtures.ts';
import { aWorld } from './world.ts';

const PAGE = { limit: 100, offset: 0 };

/** The world, with an agent, an instruction and a skill. */
function everything() {
  storeAgent('Agent', 'text');
  storeInstruction('a.md', '**', 'text');
  storeSkill('skill', 'general', [], [], [], 'text');
  return aWorld();
}

const ids = (kind: EntityKind, filter: Partial<EntityFilter> = {}) =>
  listEntities(kind, { ...PAGE, ...filter }).map(({ id }) => id);

const find = (id: string) => findEntity(id) as Entity;

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
});

describe('listEntities', () => {
  test('lists live rows of a kind in the order they were made, page by page', () =>
    withTestDatabase(() => {
      const { plan, first } = everything();
      const steps = rowsOf('steps').map(({ id }) => id);
      expect(ids('step')).toEqual(steps);
      expect(ids('step', { limit: 2, offset: 1 })).toEqual(steps.slice(1, 3));
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

describe('purgeEntity', () => {
  test('leaves no trace of a secret: not in former versions, the index, the history, the logs or stored answers', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan();
      const step = String(steps[0]?.id);
      const operation = anonymousOperation();
      const item = withOperation(operation, () => storeContext('step', step, 'fact', 'hunter2', { key: 'k' }));
      storeContext('step', step, 'fact', 'hunter2 again', { key: 'k' });
      storeContext('step', step, 'fact', 'harmless', { key: 'k' });
      storeRequest({ request_id: 'r', arguments_hash: 'h', operation_id: operation.id, reply: '"hunter2"' });

      expect(purgeEntity(find(item.id))).toBe(3);
      expect(getContextItem(item.id)).toBeNull();
      expect(getRowHistory(item.id)).toEqual([]);
      expect(findRequest('r')).toBeNull();
      expect(rankedSearch('hunter2', PAGE)).toEqual([]);
      const everywhere = queryAll<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .filter(({ name }) => !name.startsWith('search_index'))
        .map(({ name }) => JSON.stringify(queryAll(`SELECT * FROM ${name}`)));
      expect(everywhere.filter((text) => text.includes('hunter2'))).toEqual([]);
      expect(getRowHistory(plan.id)).not.toEqual([]);
    }));

  test('of a step or plan takes what was logged of it along', () =>
    withTestDatabase(() => {
      const { workspace, plan, steps } = aPlan({ stepsEach: 2 });
      const [step, next] = steps.map(({ id }) => id) as [string, string];
      for (const step_id of [step, next]) {
        addEventLog({ event_type: 'x', plan_id: plan.id, step_id });
        addUpdateLog(workspace.id, { tool: 't', plan_id: plan.id, step_id });
      }
      expect(purgeEntity(find(step))).toBe(1);
      expect(getSteps(String(steps[0]?.phase_id)).map(({ id, order_index }) => [id, order_index])).toEqual([[next, 0]]);
      for (const log of ['event_log', 'update_log']) {
        expect(queryAll(`SELECT step_id FROM ${log}`)).toEqual([{ step_id: next }]);
      }
      expect(purgeEntity(find(plan.id))).toBe(3);
      expect([countRows('event_log'), countRows('update_log')]).toEqual([0, 0]);
      expect(countRows('row_history', { row_id: plan.id })).toBe(0);
    }));

  test('of a session gives back the steps it held', () =>
    withTestDatabase(() => {
      const { active, open } = everything();
      purgeEntity(find(open.id));
      expect(findEntity(active.id)?.row).toMatchObject({
        status: 'pending',
        claimed_by_session: null,
        claimed_agent: null,
      });
      updateStep(active.id, { status: 'active' }, { agentType: 'Executor' });
    }));

  test('of a piece of an archived plan is refused, of the archived plan itself it is not', () =>
    withTestDatabase(() => {
      const { plan } = everything();
      archivePlan(plan.id);
      const pieces = userTables()
        .filter((table) => table.endsWith('_archive') && table !== 'plans_archive' && table !== 'build_scripts_archive')
        .flatMap((table) => rowsOf(table).slice(0, 1));
      expect(pieces.length).toBe(9);
      for (const { id } of pieces) expect(refusal(() => purgeEntity(find(id))).code).toBe('conflict');
      expect(purgeEntity(find(plan.id))).toBeGreaterThan(20);
      expect(findEntity(plan.id)).toBeNull();
    }));
});
