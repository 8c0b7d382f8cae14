import { expect, test } from 'vitest';
import { getContextItem, storeContext } from '../context-db.ts';
import { type Entity, findEntity } from '../entity-db.ts';
import { purgeEntity } from '../entity-purge.ts';
import { addEventLog } from '../event-log-db.ts';
import { getRowHistory } from '../history-db.ts';
import { anonymousOperation, withOperation } from '../operation.ts';
import { archivePlan } from '../plan-db.ts';
import { queryAll } from '../query-helpers.ts';
import { findRequest, storeRequest } from '../request-id-db.ts';
import { searchDocuments } from '../search-db.ts';
import { getSteps, updateStep } from '../step-db.ts';
import { addUpdateLog } from '../update-log-db.ts';
import { aPlan, countRows, refusal, rowsOf, userTables, withTestDatabase } from './fixtures.ts';
import { aWorld } from './world.ts';

const PAGE = { limit: 100, offset: 0 };

const find = (id: string) => findEntity(id) as Entity;

test('a purge leaves no trace of a secret: not in former versions, the index, the history, the logs or stored answers', () =>
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
    expect(searchDocuments('hunter2', PAGE)).toEqual([]);
    const everywhere = queryAll<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .filter(({ name }) => !name.startsWith('search_index'))
      .map(({ name }) => JSON.stringify(queryAll(`SELECT * FROM ${name}`)));
    expect(everywhere.filter((text) => text.includes('hunter2'))).toEqual([]);
    expect(getRowHistory(plan.id)).not.toEqual([]);
  }));

test('a purge of a step or plan takes what was logged of it along', () =>
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

test('a purge of a session gives back the steps it held', () =>
  withTestDatabase(() => {
    const { active, open } = aWorld();
    purgeEntity(find(open.id));
    expect(findEntity(active.id)?.row).toMatchObject({
      status: 'pending',
      claimed_by_session: null,
      claimed_agent: null,
    });
    updateStep(active.id, { status: 'active' }, { agentType: 'Executor' });
  }));

test('a purge of a piece of an archived plan is refused, of the archived plan itself it is not', () =>
  withTestDatabase(() => {
    const { plan } = aWorld();
    archivePlan(plan.id);
    const pieces = userTables()
      .filter((table) => table.endsWith('_archive') && table !== 'plans_archive' && table !== 'build_scripts_archive')
      .flatMap((table) => rowsOf(table).slice(0, 1));
    expect(pieces.length).toBe(9);
    for (const { id } of pieces) expect(refusal(() => purgeEntity(find(id))).code).toBe('conflict');
    expect(purgeEntity(find(plan.id))).toBeGreaterThan(20);
    expect(findEntity(plan.id)).toBeNull();
  }));
