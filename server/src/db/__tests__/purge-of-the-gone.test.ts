import { describe, expect, test } from 'vitest';
import { deleteContext, storeContext } from '../context-db.ts';
import { purge } from '../entity-purge.ts';
import { getRowHistory } from '../history-db.ts';
import { addLineageEntry } from '../lineage-db.ts';
import { anonymousOperation, withOperation } from '../operation.ts';
import { clonePlan } from '../plan-copy.ts';
import { createPlan, deletePlan, updatePlan } from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { addPlanToProgram, createProgram, deleteProgram } from '../program-db.ts';
import { addRisk } from '../program-risk-db.ts';
import { appendResearch } from '../research-db.ts';
import { deleteStep, getSteps, updateStep } from '../step-db.ts';
import { consolidateSteps } from '../step-merge.ts';
import { undo } from '../undo.ts';
import { aPlan, aStep, refusal, rowsOf, tablesWith, withTestDatabase } from './fixtures.ts';

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

  test('a consolidated step that is gone itself is named too', () =>
    withTestDatabase(() => {
      const { ids, both } = merged();
      deleteStep(both.id);
      const { alike } = purge(String(ids[0]));
      expect(alike).toEqual([both.id]);
      for (const id of alike) purge(id);
      expect(tablesWith('hunter2')).toEqual([]);
    }));

  test('so is a row of the same words that is gone, as a clone had it', () =>
    withTestDatabase(() => {
      const { id } = aStep({ task: 'Log in as root', notes: secret });
      const clone = clonePlan(String(rowsOf('plans')[0]?.id));
      const copy = rowsOf('steps').find(({ plan_id }) => plan_id === clone.id);
      deletePlan(clone.id);
      const { alike } = purge(id);
      expect(alike).toEqual([copy?.id]);
      for (const gone of alike) purge(gone);
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
