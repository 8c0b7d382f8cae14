import { describe, expect, test } from 'vitest';
import { deleteContext, getContextItem, storeContext } from '../context-db.ts';
import { findEntity } from '../entity-db.ts';
import { purge } from '../entity-purge.ts';
import { addEventLog } from '../event-log-db.ts';
import { getRowHistory } from '../history-db.ts';
import { addLineageEntry } from '../lineage-db.ts';
import { anonymousOperation, withOperation } from '../operation.ts';
import { clonePlan } from '../plan-copy.ts';
import { archivePlan, createPlan, deletePlan, updatePlan } from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { addPlanToProgram, createProgram, deleteProgram } from '../program-db.ts';
import { addRisk } from '../program-risk-db.ts';
import { queryAll } from '../query-helpers.ts';
import { findRequest, storeRequest } from '../request-id-db.ts';
import { appendResearch } from '../research-db.ts';
import { rankedSearch } from '../search-db.ts';
import { createSession } from '../session-db.ts';
import { deleteStep, getSteps, updateStep } from '../step-db.ts';
import { consolidateSteps } from '../step-merge.ts';
import { undo } from '../undo.ts';
import { addUpdateLog } from '../update-log-db.ts';
import { aPlan, aStep, countRows, refusal, rowsOf, userTables, withTestDatabase } from './fixtures.ts';
import { requireFullText } from './soundness.ts';
import { aWorld } from './world.ts';

/** The tables that hold this text in any column. */
const tablesWith = (text: string) =>
  queryAll<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('search_index'))
    .filter((name) => JSON.stringify(queryAll(`SELECT * FROM ${name}`)).includes(text));

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

describe('what was deleted before is purged by its id', () => {
  const secret = 'the password is hunter2';

  test('a context item, with its versions', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const store = (data: string) => storeContext('plan', plan.id, 'fact', data, { key: 'k' });
      store(secret);
      const { id } = store('harmless');
      deleteContext(id);
      expect(tablesWith('hunter2')).toEqual(['row_history']);
      expect(purge(id)).toEqual({ kind: 'context', rows: 2, alike: [] });
      expect(tablesWith('hunter2')).toEqual([]);
      expect(refusal(() => purge(id)).code).toBe('not_found');
    }));

  test('a plan, with the steps that went with it and those that went before it', () =>
    withTestDatabase(() => {
      const { plan, phases } = aPlan();
      const other = aPlan();
      const [first] = ['early', 'late'].map((when) =>
        aStep({ phase_id: String(phases[0]?.id), task: `${when}: ${secret}` }),
      );
      deleteStep(String(first?.id));
      deletePlan(plan.id);
      expect(purge(plan.id)).toMatchObject({ kind: 'plan', rows: 5 });
      expect(tablesWith('hunter2')).toEqual([]);
      expect(getRowHistory(other.plan.id)).not.toEqual([]);
    }));

  test('a program, with its risks, while its plans keep what is recorded of them', () =>
    withTestDatabase(() => {
      const { workspace, plan } = aPlan();
      const program = createProgram(workspace.id, { title: 'All' });
      addPlanToProgram(program.id, plan.id);
      addRisk(program.id, { risk_type: 'dependency_risk', title: 'Leak', description: secret });
      deleteProgram(program.id);
      expect(purge(program.id)).toMatchObject({ kind: 'program', rows: 2 });
      expect(tablesWith('hunter2')).toEqual([]);
      expect(getRowHistory(plan.id)).not.toEqual([]);
    }));

  test('a handoff that an undo took away, with its packet and not with that of another', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const handOver = (words: string) => {
        const { id } = addLineageEntry(plan.id, { from_agent: 'A', to_agent: 'B', reason: 'Done' });
        const packet = { handoff_id: id, data: { words } };
        return { id, packet: storeContext('plan', plan.id, 'handoff_a_to_b', packet).id };
      };
      const [first, second] = [anonymousOperation(), anonymousOperation()].map((operation, n) => {
        const made = withOperation(operation, () => handOver(n === 0 ? secret : 'harmless words'));
        undo({ operationId: operation.id });
        return made;
      });
      expect(purge(String(first?.id))).toMatchObject({ kind: 'lineage', rows: 2 });
      expect(tablesWith('hunter2')).toEqual([]);
      expect(getRowHistory(String(second?.packet))).not.toEqual([]);
    }));

  test('what an undo has brought back is no longer deleted, and keeps its history', () =>
    withTestDatabase(() => {
      const { plan, phases } = aPlan();
      const step = aStep({ phase_id: String(phases[0]?.id) });
      const gone = anonymousOperation();
      withOperation(gone, () => deleteStep(step.id));
      undo({ operationId: gone.id });
      const note = addPlanNote(plan.id, { note: secret });
      purge(note.id);
      expect(getRowHistory(step.id)).not.toEqual([]);
      expect(purge(step.id)).toMatchObject({ kind: 'step', rows: 1 });
    }));
});

describe('what was made from it', () => {
  const secret = 'the password is hunter2';
  const consolidate = (ids: string[]) =>
    withOperation({ ...anonymousOperation(), action: 'consolidate' }, () => consolidateSteps(ids, 'Both'));

  function merged() {
    const { plan, steps } = aPlan({ stepsEach: 3 });
    const ids = steps.map(({ id }) => id);
    updateStep(String(ids[0]), { notes: secret });
    const both = consolidate(ids.slice(0, 2));
    return { plan, ids, both };
  }

  test('a consolidated step takes along the steps that it was made from', () =>
    withTestDatabase(() => {
      const { ids, both } = merged();
      const all = consolidate([both.id, String(ids[2])]);
      expect(purge(all.id)).toMatchObject({ rows: 5, alike: [] });
      expect(tablesWith('hunter2')).toEqual([]);
    }));

  test('a step that was consolidated names the one that has its words now, which is purged in turn', () =>
    withTestDatabase(() => {
      const { ids, both } = merged();
      expect(purge(String(ids[0])).alike).toEqual([both.id]);
      purge(both.id);
      expect(tablesWith('hunter2')).toEqual([]);
    }));

  test('a row of the same words is named, as a clone has it', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan();
      const id = String(steps[0]?.id);
      updateStep(id, { notes: secret, task: 'Log in as root' });
      const clone = clonePlan(plan.id);
      const [copy] = getSteps(String(rowsOf('phases').find(({ plan_id }) => plan_id === clone.id)?.id));
      updateStep(id, { notes: null, task: 'Log in' });
      expect(purge(id).alike).toEqual([copy?.id]);
      expect(purge(String(copy?.id)).alike).toEqual([]);
      expect(tablesWith('hunter2')).toEqual([]);
    }));

  test.each([[{ meta: { token: 'hunter2' } }], [{ deployment_context: { host: 'hunter2' } }]])(
    'a row that has the same beside its texts is named: %j',
    (values) =>
      withTestDatabase(() => {
        const { workspace } = aPlan();
        const [one, other] = ['one', 'other'].map((title) =>
          createPlan({ workspace_id: workspace.id, title, ...values }),
        );
        createPlan({ workspace_id: workspace.id, title: 'third' });
        expect(purge(String(one?.id)).alike).toEqual([other?.id]);
      }),
  );

  test('a row that has what it said after one append and before the next is named', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const append = (filename: string, text: string) =>
        appendResearch(plan.id, plan.workspace_id, filename, text.repeat(300));
      append('a.md', 'first');
      const { content, id } = append('a.md', secret);
      const copy = appendResearch(plan.id, plan.workspace_id, 'b.md', content);
      append('a.md', 'third');
      expect(purge(id).alike).toEqual([copy.id]);
    }));

  test('a pause as earlier versions noted it keeps the place and loses the words', () =>
    withTestDatabase(() => {
      const { plan, phases, steps } = aPlan({ stepsEach: 2 });
      const [step_id] = steps.map(({ id }) => id);
      const snapshot = {
        reason: 'It rains',
        phase: phases[0]?.name ?? '',
        step_id: String(step_id),
        step_task: secret,
      };
      const paused = anonymousOperation();
      withOperation(paused, () => updatePlan(plan.id, { status: 'paused', paused_at_snapshot: snapshot }));
      updateStep(String(step_id), { task: secret });
      purge(String(step_id));
      expect(tablesWith('hunter2')).toEqual([]);
      const now = JSON.parse(String(rowsOf('plans')[0]?.paused_at_snapshot));
      expect(now).toEqual({ reason: 'It rains', step_id });
      undo({ operationId: paused.id });
      expect(rowsOf('plans')[0]).toMatchObject({ status: 'active', paused_at_snapshot: null });
    }));
});
