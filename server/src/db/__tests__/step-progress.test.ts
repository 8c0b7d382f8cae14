import { describe, expect, test } from 'vitest';
import { addDependency, getDependencies } from '../dependency-db.ts';
import { getOperationHistory, getRowHistory } from '../history-db.ts';
import { getPlan, updatePlan } from '../plan-db.ts';
import { batchUpdateSteps, createStep, deleteStep, insertStep, moveStep, updateStep } from '../step-db.ts';
import type { DependencyRow } from '../types.ts';
import { aPlan, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

/** A plan of two phases with two steps each, and another plan that waits for it, its first phase and its first step. */
function watched() {
  const { plan, phases, steps } = aPlan({ phases: 2, stepsEach: 2 });
  const ids = steps.map(({ id }) => id) as [string, string, string, string];
  const [first, second] = phases.map(({ id }) => id) as [string, string];
  const waiting = aPlan().plan.id;
  const edges = {
    step: addDependency('plan', waiting, 'step', ids[0]),
    phase: addDependency('plan', waiting, 'phase', first),
    plan: addDependency('plan', waiting, 'plan', plan.id),
  };
  const statuses = () => {
    const now = new Map(getDependencies('plan', waiting).map((edge): [string, DependencyRow] => [edge.id, edge]));
    return Object.values(edges).map(({ id }) => now.get(id)?.status);
  };
  const planStatus = () => getPlan(plan.id)?.status;
  return { plan, first, second, ids, edges, statuses, planStatus };
}

const done = (ids: readonly string[]) => batchUpdateSteps(ids.map((id) => ({ id, status: 'done' as const })));

describe('what follows from steps', () => {
  test('the last step of a phase satisfies what waits for the phase, the last of all completes the plan', () =>
    withTestDatabase(() => {
      const { plan, ids, statuses } = watched();
      updateStep(ids[0], { status: 'done' });
      expect(statuses()).toEqual(['satisfied', 'pending', 'pending']);
      updateStep(ids[1], { status: 'done' });
      expect(statuses()).toEqual(['satisfied', 'satisfied', 'pending']);
      done([ids[2], ids[3]]);
      expect(statuses()).toEqual(['satisfied', 'satisfied', 'satisfied']);
      expect(getPlan(plan.id)).toMatchObject({ status: 'completed', completed_at: expect.stringMatching(/Z$/) });
    }));

  test('re-opening one step takes all of it back', () =>
    withTestDatabase(() => {
      const { plan, ids, edges, statuses } = watched();
      done(ids);
      updateStep(ids[0], { status: 'pending' });
      expect(statuses()).toEqual(['pending', 'pending', 'pending']);
      expect(getPlan(plan.id)).toMatchObject({ status: 'active', completed_at: null });
      expect(getRowHistory(edges.plan.id).map(({ after }) => JSON.parse(String(after)).status)).toEqual([
        'pending',
        'satisfied',
        'pending',
      ]);
    }));

  test('finishing, the edges and the plan are one operation in the history', () =>
    withTestDatabase(() => {
      const { plan, ids, edges } = watched();
      done(ids);
      const { operation_id } = getRowHistory(plan.id).at(-1) ?? { operation_id: '' };
      const changed = getOperationHistory(operation_id).map(({ row_id }) => row_id);
      const expected = [plan.id, ...ids, ...Object.values(edges).map(({ id }) => id)];
      expect(changed.sort()).toEqual(expected.sort());
    }));

  test('a step that is added opens a completed plan again, a done one does not', () =>
    withTestDatabase(() => {
      const { ids, first, statuses, planStatus } = watched();
      done(ids);
      createStep(first, { task: 'imported', status: 'done' });
      expect(planStatus()).toBe('completed');
      insertStep(first, 0, { task: 'forgotten' });
      expect(planStatus()).toBe('active');
      expect(statuses()).toEqual(['satisfied', 'pending', 'pending']);
    }));

  test('deleting the last unfinished step completes the plan', () =>
    withTestDatabase(() => {
      const { ids, planStatus } = watched();
      done(ids.slice(1));
      deleteStep(ids[0]);
      expect(planStatus()).toBe('completed');
    }));

  test('a plan whose steps are all deleted does not complete by itself', () =>
    withTestDatabase(() => {
      const { ids, planStatus } = watched();
      for (const id of ids) deleteStep(id);
      expect(planStatus()).toBe('active');
    }));

  test('moving the unfinished step out of a phase finishes that phase and opens the other', () =>
    withTestDatabase(() => {
      const { ids, second, first, statuses, planStatus } = watched();
      done([ids[0], ids[2], ids[3]]);
      expect(statuses()).toEqual(['satisfied', 'pending', 'pending']);
      moveStep(ids[1], second, 0);
      expect(statuses()).toEqual(['satisfied', 'satisfied', 'pending']);
      moveStep(ids[1], first, 0);
      expect(statuses()).toEqual(['satisfied', 'pending', 'pending']);
      expect(planStatus()).toBe('active');
    }));

  test.each(['paused', 'blocked', 'failed'] as const)('a plan that is %s does not complete', (status) =>
    withTestDatabase(() => {
      const { plan, ids, statuses, planStatus } = watched();
      updatePlan(plan.id, { status });
      done(ids);
      expect(planStatus()).toBe(status);
      expect(statuses()).toEqual(['satisfied', 'satisfied', 'pending']);
    }),
  );

  test('a batch in which one step is finished and re-opened ends where its last change says', () =>
    withTestDatabase(() => {
      const { ids, statuses, planStatus } = watched();
      done(ids.slice(1));
      batchUpdateSteps([
        { id: ids[0], status: 'done' },
        { id: ids[0], status: 'pending' },
      ]);
      expect(statuses()).toEqual(['pending', 'pending', 'pending']);
      expect(planStatus()).toBe('active');
    }));

  test('edges that only inform follow too, and a refused batch leaves every edge as it was', () =>
    withTestDatabase(() => {
      const { ids, plan, statuses } = watched();
      const informed = addDependency('plan', aPlan().plan.id, 'step', ids[0], 'informs');
      updateStep(ids[1], { requires_confirmation: true });
      const before = hashOfAllRows();
      expect(refusal(() => done(ids)).code).toBe('conflict');
      expect(hashOfAllRows()).toBe(before);
      updateStep(ids[0], { status: 'done' });
      expect(getDependencies('plan', informed.source_id)).toMatchObject([{ id: informed.id, status: 'satisfied' }]);
      expect(statuses()[0]).toBe('satisfied');
      expect(getPlan(plan.id)?.status).toBe('active');
    }));
});
