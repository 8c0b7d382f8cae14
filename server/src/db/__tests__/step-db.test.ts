import { describe, expect, test } from 'vitest';
import { archivePlan, updatePlan } from '../plan-db.ts';
import {
  batchUpdateSteps,
  createStep,
  createSteps,
  getAllSteps,
  getNextPendingStep,
  getStep,
  getSteps,
  type NewStep,
  updateStep,
} from '../step-db.ts';
import { aPhase, aPlan, aStep, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';
import { tasksOf, twoPhases } from './world.ts';

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
    }),
  );

  test('refuse a step of an archived plan', () =>
    withTestDatabase(() => {
      const { plan } = twoPhases(1, 0);
      archivePlan(plan.id);
      expect(refusal(() => updateStep('a0', { task: 'x' })).code).toBe('not_found');
    }));
});
