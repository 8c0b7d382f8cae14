import { describe, expect, test } from 'vitest';
import { getContextItem, storeContext } from '../context-db.ts';
import { findEntity } from '../entity-db.ts';
import { purge } from '../entity-purge.ts';
import { addEventLog } from '../event-log-db.ts';
import { getRowHistory } from '../history-db.ts';
import { addLineageEntry } from '../lineage-db.ts';
import { anonymousOperation, withOperation } from '../operation.ts';
import { archivePlan } from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { queryAll } from '../query-helpers.ts';
import { findRequest, storeRequest } from '../request-id-db.ts';
import { appendResearch } from '../research-db.ts';
import { rankedSearch } from '../search-db.ts';
import { createSession } from '../session-db.ts';
import { getSteps, updateStep } from '../step-db.ts';
import { addUpdateLog } from '../update-log-db.ts';
import { aPlan, aStep, countRows, refusal, rowsOf, tablesWith, userTables, withTestDatabase } from './fixtures.ts';
import { requireFullText } from './soundness.ts';
import { aWorld } from './world.ts';

test('a purge leaves no trace of a secret: not in former versions, the index, the history, the logs or stored answers', () =>
  withTestDatabase(() => {
    const { plan, steps } = aPlan();
    const step = String(steps[0]?.id);
    const operation = anonymousOperation();
    const item = withOperation(operation, () => storeContext('step', step, 'fact', 'hunter2', { key: 'k' }));
    storeContext('step', step, 'fact', 'hunter2 again', { key: 'k' });
    storeContext('step', step, 'fact', 'harmless', { key: 'k' });
    storeRequest({ request_id: 'r', arguments_hash: 'h', operation_id: operation.id, reply: '"hunter2"' });

    expect(purge(item.id).rows).toBe(3);
    expect(getContextItem(item.id)).toBeNull();
    expect(getRowHistory(item.id)).toEqual([]);
    expect(findRequest('r')).toMatchObject({ arguments_hash: '', reply: 'null' });
    expect(rankedSearch('hunter2', { limit: 100 })).toEqual([]);
    expect(tablesWith('hunter2')).toEqual([]);
    expect(getRowHistory(plan.id)).not.toEqual([]);
  }));

describe('a purge of what was written before something else leaves no trace of it in the context of that', () => {
  const text = 'the password is hunter2';

  test.each<[string, (place: ReturnType<typeof aPlan>) => string[]]>([
    ['steps', ({ phases: [phase] }) => three((task) => aStep({ phase_id: String(phase?.id), task }))],
    ['notes', ({ plan }) => three((note) => addPlanNote(plan.id, { note }))],
    ['context items', ({ plan }) => three((data) => storeContext('plan', plan.id, 'fact', data))],
    [
      'research documents',
      ({ plan }) => three((data) => appendResearch(plan.id, plan.workspace_id, `${data}.md`, data)),
    ],
    [
      'context items of one session',
      ({ plan, steps }) => {
        const { id: sessionId } = createSession(plan.id, { agent_type: 'Executor' });
        const parents = [steps[0], steps[1], steps[0]].map((step) => String(step?.id));
        return three((data) => storeContext('step', String(parents.shift()), 'fact', data, { sessionId }));
      },
    ],
  ])('%s', (_what, store) =>
    withTestDatabase(() => {
      const [secret, next, last] = store(aPlan({ stepsEach: 2 }));
      const contexts = () =>
        queryAll<{ ref_id: string }>("SELECT ref_id FROM search_documents WHERE context LIKE '%hunter2%'");
      expect(contexts()).toEqual([{ ref_id: next }, { ref_id: last }]);
      purge(String(secret));
      expect(tablesWith('hunter2')).toEqual([]);
      expect(rankedSearch('hunter2', { limit: 100 })).toEqual([]);
      requireFullText();
      expect(countRows('search_documents', { ref_id: String(next) })).toBe(1);
    }),
  );

  test('also when it had been changed since', () =>
    withTestDatabase(() => {
      const { steps } = aPlan({ stepsEach: 2 });
      const [step] = steps.map(({ id }) => id);
      const item = storeContext('step', String(step), 'fact', text, { key: 'k' });
      storeContext('step', String(step), 'fact', 'later');
      storeContext('step', String(step), 'fact', 'harmless', { key: 'k' });
      expect(rankedSearch('hunter2', { limit: 100 })).toHaveLength(1);
      purge(item.id);
      expect(tablesWith('hunter2')).toEqual([]);
      expect(rankedSearch('hunter2', { limit: 100 })).toEqual([]);
    }));

  function three(store: (text: string) => { id: string }): string[] {
    return [text, 'next', 'last'].map((said) => store(said).id);
  }
});

test('a purge of a step or plan takes what was logged of it along', () =>
  withTestDatabase(() => {
    const { workspace, plan, steps } = aPlan({ stepsEach: 2 });
    const [step, next] = steps.map(({ id }) => id) as [string, string];
    for (const step_id of [step, next]) {
      addEventLog({ event_type: 'x', plan_id: plan.id, step_id });
      addUpdateLog(workspace.id, { tool: 't', plan_id: plan.id, step_id });
    }
    expect(purge(step).rows).toBe(1);
    expect(getSteps(String(steps[0]?.phase_id)).map(({ id, order_index }) => [id, order_index])).toEqual([[next, 0]]);
    for (const log of ['event_log', 'update_log']) {
      expect(queryAll(`SELECT step_id FROM ${log}`)).toEqual([{ step_id: next }]);
    }
    expect(purge(plan.id).rows).toBe(3);
    expect([countRows('event_log'), countRows('update_log')]).toEqual([0, 0]);
    expect(countRows('row_history', { row_id: plan.id })).toBe(0);
  }));

test('a purge of a session gives back the steps it held', () =>
  withTestDatabase(() => {
    const { active, open } = aWorld();
    purge(open.id);
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
    for (const { id } of pieces) expect(refusal(() => purge(id)).code).toBe('conflict');
    expect(purge(plan.id).rows).toBeGreaterThan(20);
    expect(findEntity(plan.id)).toBeNull();
  }));

test('a purged handoff takes along what it left in the context', () =>
  withTestDatabase(() => {
    const { plan } = aPlan();
    const kept = addLineageEntry(plan.id, { from_agent: 'A', to_agent: 'B', reason: 'first' });
    const gone = addLineageEntry(plan.id, { from_agent: 'A', to_agent: 'B', reason: 'tell nobody' });
    for (const { id } of [kept, gone])
      storeContext('plan', plan.id, 'handoff_a_to_b', { handoff_id: id, data: { id } });
    purge(gone.id);
    expect(rowsOf('context_items').map(({ data }) => JSON.parse(String(data)).handoff_id)).toEqual([kept.id]);
    expect(tablesWith(gone.id)).toEqual([]);
  }));
