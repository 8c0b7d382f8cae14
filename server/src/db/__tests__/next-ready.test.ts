import { describe, expect, test } from 'vitest';
import { addDependency, getDependencies } from '../dependency-db.ts';
import { approvePhase } from '../index.ts';
import { updatePhase } from '../phase-db.ts';
import { archivePlan, getPlan, updatePlan } from '../plan-db.ts';
import { createStep, getNextPendingStep, getStep, markCurrentDoneAndGetNext as next, updateStep } from '../step-db.ts';
import { getReadySteps, whyNothingReady } from '../step-queue.ts';
import { aPhase, aPlan, aSession, aStep, hashOfAllRows, type PlanFixture, withTestDatabase } from './fixtures.ts';

const step = ({ steps }: PlanFixture, at: number): string => steps[at]?.id ?? '';
const phase = ({ phases }: PlanFixture, at: number): string => phases[at]?.id ?? '';
const ready = ({ plan }: PlanFixture): string[] => getReadySteps(plan.id).map(({ id }) => id);

describe('what is ready', () => {
  test('in a phased plan is what lies in the first phase that is not done', () =>
    withTestDatabase(() => {
      const made = aPlan({ phases: 2, stepsEach: 2 });
      expect(ready(made)).toEqual([step(made, 0), step(made, 1)]);
      next(made.plan.id, 'One');
      expect(next(made.plan.id, 'Two').next?.id).toBe(step(made, 1));
      expect(next(made.plan.id, 'Three').next).toBeNull();
      expect(next(made.plan.id, 'One')).toMatchObject({ completed: { id: step(made, 0) }, next: null });
      expect(next(made.plan.id, 'Two').next?.id).toBe(step(made, 2));
    }));

  test('in a free plan is everything, in the order of the phases', () =>
    withTestDatabase(() => {
      const made = aPlan({ phases: 2, stepsEach: 2, execution: 'free' });
      expect(ready(made)).toEqual(made.steps.map(({ id }) => id));
      const claimed = ['One', 'Two', 'Three', 'Four'].map((agent) => next(made.plan.id, agent).next?.id);
      expect(claimed).toEqual(made.steps.map(({ id }) => id));
    }));

  test('is behind an empty phase, but not behind one that waits for its approval', () =>
    withTestDatabase(() => {
      const made = aPlan({ phases: 1, stepsEach: 0 });
      const gate = aPhase({ plan_id: made.plan.id, approval_required: true });
      const last = aStep({ phase_id: aPhase({ plan_id: made.plan.id }).id });
      expect(getNextPendingStep(made.plan.id)).toBeNull();
      approvePhase(gate.id, 'user');
      expect(getNextPendingStep(made.plan.id)?.id).toBe(last.id);
    }));

  test.each(['step', 'phase', 'plan'] as const)('is not what waits for something because of its %s', (source) =>
    withTestDatabase(() => {
      const made = aPlan({ stepsEach: 2 });
      const before = aPlan();
      const id = { step: step(made, 0), phase: phase(made, 0), plan: made.plan.id }[source];
      addDependency(source, id, 'step', step(before, 0));
      expect(next(made.plan.id, 'Executor').next?.id).toBe(source === 'step' ? step(made, 1) : undefined);
      updateStep(step(before, 0), { status: 'done' });
      expect(getNextPendingStep(made.plan.id)?.id).toBe(step(made, 0));
    }),
  );

  test.each(['step', 'phase', 'plan'] as const)('is what waited for a %s, as soon as that is finished', (target) =>
    withTestDatabase(() => {
      const made = aPlan();
      const before = aPlan();
      const id = { step: step(before, 0), phase: phase(before, 0), plan: before.plan.id }[target];
      addDependency('step', step(made, 0), target, id);
      next(before.plan.id, 'Executor');
      expect(getNextPendingStep(made.plan.id)).toBeNull();
      next(before.plan.id, 'Executor');
      expect(getNextPendingStep(made.plan.id)?.id).toBe(step(made, 0));
      expect(getDependencies('step', step(made, 0))[0]).toMatchObject({ status: 'satisfied' });
      updateStep(step(before, 0), { status: 'pending' });
      expect(getNextPendingStep(made.plan.id)).toBeNull();
    }),
  );

  test('can be what the same call has just made ready', () =>
    withTestDatabase(() => {
      const made = aPlan({ stepsEach: 2 });
      addDependency('step', step(made, 0), 'step', step(made, 1));
      expect(next(made.plan.id, 'Executor').next?.id).toBe(step(made, 1));
      expect(next(made.plan.id, 'Executor').next?.id).toBe(step(made, 0));
    }));

  test('does not wait for an edge that only informs', () =>
    withTestDatabase(() => {
      const made = aPlan();
      addDependency('step', step(made, 0), 'plan', aPlan().plan.id, 'informs');
      expect(next(made.plan.id, 'Executor').next?.id).toBe(step(made, 0));
    }));

  test('is found without changing anything', () =>
    withTestDatabase(() => {
      const made = aPlan();
      const before = hashOfAllRows();
      expect(getNextPendingStep(made.plan.id)).toEqual(getStep(step(made, 0)));
      expect(hashOfAllRows()).toBe(before);
    }));

  test.each(['paused', 'blocked', 'failed'] as const)('is nothing in a plan that is %s', (status) =>
    withTestDatabase(() => {
      const made = aPlan({ stepsEach: 2 });
      next(made.plan.id, 'Executor');
      updatePlan(made.plan.id, { status });
      expect(next(made.plan.id, 'Executor')).toMatchObject({ completed: { id: step(made, 0) }, next: null });
      expect(whyNothingReady(made.plan.id)).toEqual({ state: 'waiting', reasons: [`the plan is ${status}`] });
    }),
  );
});

describe('the end of a plan', () => {
  test('comes with its last step, in the same call', () =>
    withTestDatabase(() => {
      const made = aPlan();
      next(made.plan.id, 'Executor');
      expect(next(made.plan.id, 'Executor')).toMatchObject({ completed: { status: 'done' }, next: null });
      const { status, completed_at } = getPlan(made.plan.id) ?? {};
      expect([status, completed_at]).toEqual(['completed', expect.any(String)]);
      expect(whyNothingReady(made.plan.id)).toEqual({ state: 'finished', reasons: [] });
      expect(next(made.plan.id, 'Executor')).toEqual({ completed: null, next: null });
    }));

  test('waits for a missing approval, and comes with it', () =>
    withTestDatabase(() => {
      const made = aPlan();
      updatePhase(phase(made, 0), { approval_required: true });
      next(made.plan.id, 'Executor');
      expect(next(made.plan.id, 'Executor').next).toBeNull();
      expect(getPlan(made.plan.id)?.status).toBe('active');
      expect(whyNothingReady(made.plan.id)).toEqual({
        state: 'waiting',
        reasons: [`phase ${phase(made, 0)} "Phase 1" waits for its approval`],
      });
      approvePhase(phase(made, 0), 'user');
      expect(getPlan(made.plan.id)?.status).toBe('completed');
      expect(whyNothingReady(made.plan.id).state).toBe('finished');
    }));
});

describe('why nothing is ready', () => {
  const why = ({ plan }: PlanFixture) => whyNothingReady(plan.id);

  test('names those who hold the steps', () =>
    withTestDatabase(() => {
      const made = aPlan({ phases: 2, stepsEach: 2 });
      const session = aSession({ plan_id: made.plan.id }).id;
      next(made.plan.id, 'Executor', { sessionId: session });
      next(made.plan.id, 'Reviewer');
      expect(why(made)).toEqual({
        state: 'waiting',
        reasons: [
          `step ${step(made, 0)} is held by Executor, session ${session}`,
          `step ${step(made, 1)} is held by Reviewer`,
        ],
      });
    }));

  test('says blocked when nothing but blocked steps stand in the way', () =>
    withTestDatabase(() => {
      const made = aPlan({ phases: 2 });
      updateStep(step(made, 0), { status: 'blocked', blocked_reason: 'no network' });
      expect(why(made)).toEqual({ state: 'blocked', reasons: [`step ${step(made, 0)} is blocked: no network`] });
    }));

  test('says waiting when a prerequisite may still come', () =>
    withTestDatabase(() => {
      const made = aPlan({ stepsEach: 2 });
      const { plan } = aPlan();
      addDependency('step', step(made, 0), 'plan', plan.id);
      updateStep(step(made, 1), { status: 'blocked' });
      const reasons = [
        `${step(made, 0)} waits for plan ${plan.id}`,
        `step ${step(made, 1)} is blocked: no reason given`,
      ];
      expect(why(made)).toEqual({ state: 'waiting', reasons });
    }));

  test('gives the reason of a pause', () =>
    withTestDatabase(() => {
      const made = aPlan({ status: 'paused', paused_at_snapshot: { reason: 'waiting for the customer' } });
      expect(why(made).reasons).toEqual(['the plan is paused (waiting for the customer)']);
    }));

  test('knows a plan without steps from one that was opened again', () =>
    withTestDatabase(() => {
      expect(why(aPlan({ stepsEach: 0 })).reasons).toEqual(['the plan has no steps yet']);
      const made = aPlan();
      updateStep(step(made, 0), { status: 'done' });
      updatePlan(made.plan.id, { status: 'active' });
      expect(why(made)).toEqual({ state: 'waiting', reasons: ['all its steps are done'] });
    }));

  test('has no reason to give while something is ready', () =>
    withTestDatabase(() => expect(why(aPlan({ phases: 2 }))).toEqual({ state: 'waiting', reasons: [] })));

  test('says of an archived plan that it is archived', () =>
    withTestDatabase(() => {
      const made = aPlan();
      archivePlan(made.plan.id);
      expect(why(made)).toEqual({ state: 'waiting', reasons: ['the plan is archived'] });
      expect(() => next(made.plan.id, 'Executor')).toThrow('No live plan');
      expect(getNextPendingStep(made.plan.id)).toBeNull();
    }));

  test('gives ten reasons at most', () =>
    withTestDatabase(() => {
      const made = aPlan({ stepsEach: 0 });
      for (const status of ['blocked', 'active'] as const) {
        for (let n = 0; n < 12; n++) createStep(phase(made, 0), { task: `Task ${n}`, status });
        expect(why(made).reasons).toHaveLength(10);
      }
    }));
});
