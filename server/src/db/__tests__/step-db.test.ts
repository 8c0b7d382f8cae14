import { describe, expect, test } from 'vitest';
import { getContext, storeContext } from '../context-db.ts';
import { addDependency, getDependents } from '../dependency-db.ts';
import { getRowHistory } from '../history-db.ts';
import { archivePlan, updatePlan } from '../plan-db.ts';
import {
  batchUpdateSteps,
  createStep,
  createSteps,
  deleteStep,
  getAllSteps,
  getNextPendingStep,
  getStep,
  getSteps,
  insertStep,
  moveStep,
  type NewStep,
  reorderSteps,
  updateStep,
} from '../step-db.ts';
import {
  allIds,
  aPhase,
  aPlan,
  aStep,
  countRows,
  hashOfAllRows,
  recordedDeletions,
  refusal,
  withTestDatabase,
} from './fixtures.ts';

/** A plan with two phases, A and B, of the steps a0 … and b0 …, and their ids by these names. */
function twoPhases(a: number, b: number) {
  const { plan } = aPlan({ phases: 0 });
  const [first, second] = [aPhase({ plan_id: plan.id, name: 'A' }), aPhase({ plan_id: plan.id, name: 'B' })];
  for (let n = 0; n < a; n++) aStep({ phase_id: first.id, task: `a${n}`, id: `a${n}` });
  for (let n = 0; n < b; n++) aStep({ phase_id: second.id, task: `b${n}`, id: `b${n}` });
  return { plan, first: first.id, second: second.id };
}

function tasksOf(phaseId: string): string[] {
  const steps = getSteps(phaseId);
  expect(steps.map(({ order_index }) => order_index)).toEqual(steps.map((_, index) => index));
  return steps.map(({ task }) => task);
}

describe('createStep, createSteps', () => {
  test('a step with only a task is pending and asks for nothing', () =>
    withTestDatabase(() => {
      const phase = aPhase();
      const step = createStep(phase.id, { task: 'Do it' });
      expect(step).toEqual(getStep(step.id));
      expect(step).toMatchObject({
        plan_id: phase.plan_id,
        phase_id: phase.id,
        order_index: 0,
        task: 'Do it',
        type: 'standard',
        status: 'pending',
        requires_confirmation: 0,
        requires_user_confirmation: 0,
        requires_validation: 0,
        requires_evidence: 0,
        paths: '[]',
        claim_number: 0,
        completed_at: null,
      });
    }));

  test('stores every field that is given', () =>
    withTestDatabase(() => {
      const fields = {
        id: 'step_old',
        task: 'Test it',
        type: 'test',
        status: 'blocked',
        notes: 'n',
        assignee: 'Tester',
        blocked_reason: 'no database',
        legacy_index: 7,
        created_at: '2020-01-01T00:00:00.000Z',
      } as const satisfies NewStep;
      const step = aStep({
        ...fields,
        requires_confirmation: true,
        requires_user_confirmation: true,
        requires_validation: true,
        requires_evidence: true,
        evidence: { command: 'make' },
        paths: ['src/**'],
        meta: { a: 1 },
      });
      expect(step).toMatchObject({
        ...fields,
        requires_confirmation: 1,
        requires_user_confirmation: 1,
        requires_validation: 1,
        requires_evidence: 1,
        evidence: '{"command":"make"}',
        paths: '["src/**"]',
        meta: '{"a":1}',
      });
    }));

  test('several steps go to the ends of their phases, all or none', () =>
    withTestDatabase(() => {
      const { first, second } = twoPhases(1, 0);
      const steps = [first, second, first].map((phaseId, index) => ({ phaseId, task: `new ${index}` }));
      expect(createSteps(steps).map(({ task }) => task)).toEqual(['new 0', 'new 1', 'new 2']);
      expect([tasksOf(first), tasksOf(second)]).toEqual([['a0', 'new 0', 'new 2'], ['new 1']]);
      const before = hashOfAllRows();
      expect(refusal(() => createSteps([...steps, { phaseId: first, task: '' }])).code).toBe('invalid_input');
      expect(refusal(() => createSteps([...steps, { phaseId: 'phase_none', task: 'x' }])).code).toBe('not_found');
      expect(hashOfAllRows()).toBe(before);
    }));

  test('refuse a phase of an archived plan and a type that is none', () =>
    withTestDatabase(() => {
      const { phases, plan } = aPlan();
      const phaseId = String(phases[0]?.id);
      expect(refusal(() => createStep(phaseId, { task: 'x', type: 'magic' as 'test' })).code).toBe('invalid_input');
      archivePlan(plan.id);
      expect(refusal(() => createStep(phaseId, { task: 'x' })).code).toBe('not_found');
    }));
});

describe('insertStep', () => {
  test('puts a step at a place, or at the nearest end, and answers it as it lies there', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(2, 0);
      expect(insertStep(first, 1, { task: 'middle' }).order_index).toBe(1);
      expect(insertStep(first, -3, { task: 'start' }).order_index).toBe(0);
      expect(insertStep(first, 99, { task: 'end' }).order_index).toBe(4);
      expect(tasksOf(first)).toEqual(['start', 'a0', 'middle', 'a1', 'end']);
      expect(refusal(() => insertStep('phase_none', 0, { task: 'x' })).code).toBe('not_found');
    }));
});

describe('getStep, getSteps, getAllSteps, getNextPendingStep', () => {
  test('read phase by phase in order, live and archived alike', () =>
    withTestDatabase(() => {
      const { plan, first, second } = twoPhases(2, 1);
      const read = () => [getAllSteps(plan.id), getSteps(first), getSteps(second), getStep('a1')];
      const live = read();
      expect(getAllSteps(plan.id).map(({ id }) => id)).toEqual(['a0', 'a1', 'b0']);
      archivePlan(plan.id);
      expect(read()).toEqual(live);
    }));

  test('answer null or nothing for what does not exist', () =>
    withTestDatabase(() => {
      expect(getStep('step_none')).toBeNull();
      expect(getSteps('phase_none')).toEqual([]);
      expect(getAllSteps('plan_none')).toEqual([]);
      expect(getNextPendingStep('plan_none')).toBeNull();
    }));

  test('the next pending step is the first ready one, and asking changes nothing', () =>
    withTestDatabase(() => {
      const { plan } = twoPhases(2, 1);
      updateStep('a0', { status: 'active' });
      const before = hashOfAllRows();
      expect(getNextPendingStep(plan.id)?.id).toBe('a1');
      expect(hashOfAllRows()).toBe(before);
      updateStep('a1', { status: 'blocked' });
      expect(getNextPendingStep(plan.id)).toBeNull();
      updatePlan(plan.id, { execution: 'free' });
      expect(getNextPendingStep(plan.id)?.id).toBe('b0');
      updatePlan(plan.id, { status: 'paused' });
      expect(getNextPendingStep(plan.id)).toBeNull();
    }));
});

describe('updateStep, batchUpdateSteps', () => {
  test('change what is named, clear what is null and keep the rest', () =>
    withTestDatabase(() => {
      const { id } = aStep({ notes: 'n', assignee: 'Tester', paths: ['a'], meta: { a: 1 }, requires_evidence: true });
      const after = updateStep(id, { task: 'New', assignee: null, notes: undefined, requires_evidence: false });
      expect(after).toEqual(getStep(id));
      expect(after).toMatchObject({
        task: 'New',
        assignee: null,
        notes: 'n',
        paths: '["a"]',
        meta: '{"a":1}',
        requires_evidence: 0,
      });
    }));

  test('a batch changes each step as told, and of a step named twice the later change counts', () =>
    withTestDatabase(() => {
      twoPhases(2, 1);
      updateStep('a0', { notes: 'kept' });
      const rows = batchUpdateSteps([
        { id: 'a0', status: 'done' },
        { id: 'b0', notes: 'first', assignee: 'Tester' },
        { id: 'b0', notes: 'second' },
      ]);
      expect(rows.map(({ id }) => id)).toEqual(['a0', 'b0', 'b0']);
      expect(getStep('a0')).toMatchObject({ status: 'done', notes: 'kept' });
      expect(getStep('b0')).toMatchObject({ status: 'pending', notes: 'second', assignee: 'Tester' });
      expect(batchUpdateSteps([])).toEqual([]);
    }));

  test.each<[string, { id: string; task?: string; status?: 'done' }, string]>([
    ['does not exist', { id: 'step_none', task: 'x' }, 'not_found'],
    ['would lose its task', { id: 'b0', task: '' }, 'invalid_input'],
    ['has a gate', { id: 'b0', status: 'done' }, 'conflict'],
  ])('a batch writes nothing when one step %s', (_what, wrong, code) =>
    withTestDatabase(() => {
      twoPhases(2, 1);
      updateStep('b0', { requires_confirmation: true });
      const before = hashOfAllRows();
      const updates = [{ id: 'a0', status: 'done' as const }, { id: 'a1', notes: 'n' }, wrong];
      expect(refusal(() => batchUpdateSteps(updates)).code).toBe(code);
      expect(hashOfAllRows()).toBe(before);
    }));

  test('refuse a step of an archived plan', () =>
    withTestDatabase(() => {
      const { plan } = twoPhases(1, 0);
      archivePlan(plan.id);
      expect(refusal(() => updateStep('a0', { task: 'x' })).code).toBe('not_found');
    }));
});

describe('deleteStep, moveStep, reorderSteps', () => {
  test('deleting takes context and edges along, every row recorded, and closes the gap', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(3, 1);
      const kept = allIds();
      insertStep(first, 1, { task: 'doomed', id: 'doomed' });
      storeContext('step', 'doomed', 'fact', 1, { key: 'k' });
      storeContext('step', 'doomed', 'fact', 2, { key: 'k' });
      addDependency('step', 'b0', 'step', 'doomed');
      addDependency('step', 'doomed', 'step', 'a0');
      const gone = allIds().filter((id) => !kept.includes(id));
      expect(deleteStep('doomed')).toBe(true);
      expect(allIds()).toEqual(kept);
      expect(recordedDeletions()).toEqual(gone);
      expect(tasksOf(first)).toEqual(['a0', 'a1', 'a2']);
      expect(getContext('step', 'doomed')).toEqual([]);
      expect(getDependents('step', 'a0')).toEqual([]);
      expect(countRows('search_documents', { ref_id: 'doomed' })).toBe(0);
      expect(deleteStep('doomed')).toBe(false);
    }));

  test('a step moves within its phase and to another one, with its id and all it holds', () =>
    withTestDatabase(() => {
      const { first, second } = twoPhases(3, 2);
      updateStep('a1', { notes: 'n' });
      moveStep('a2', first, 0);
      expect(tasksOf(first)).toEqual(['a2', 'a0', 'a1']);
      moveStep('a1', second, 1);
      expect([tasksOf(first), tasksOf(second)]).toEqual([['a2', 'a0'], ['b0', 'a1', 'b1']]);
      moveStep('b0', first, 99);
      expect([tasksOf(first), tasksOf(second)]).toEqual([['a2', 'a0', 'b0'], ['a1', 'b1']]);
      expect(getStep('a1')).toMatchObject({ notes: 'n', phase_id: second });
    }));

  test('a step does not move to another plan or from or to nowhere', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(1, 0);
      const elsewhere = aPhase();
      const before = hashOfAllRows();
      expect(refusal(() => moveStep('a0', elsewhere.id, 0)).code).toBe('invalid_input');
      expect(refusal(() => moveStep('a0', 'phase_none', 0)).code).toBe('not_found');
      expect(refusal(() => moveStep('step_none', first, 0)).code).toBe('not_found');
      expect(hashOfAllRows()).toBe(before);
    }));

  test('a new order names every step once, and only steps that move are written', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(3, 1);
      reorderSteps(first, ['a1', 'a0', 'a2']);
      expect(tasksOf(first)).toEqual(['a1', 'a0', 'a2']);
      expect(getRowHistory('a2')).toHaveLength(1);
      for (const wrong of [['a0', 'a1'], ['a0', 'a1', 'a2', 'a2'], ['a0', 'a1', 'b0']]) {
        expect(refusal(() => reorderSteps(first, wrong)).code).toBe('invalid_input');
      }
      expect(refusal(() => reorderSteps('phase_none', [])).code).toBe('not_found');
      expect(tasksOf(first)).toEqual(['a1', 'a0', 'a2']);
    }));
});
