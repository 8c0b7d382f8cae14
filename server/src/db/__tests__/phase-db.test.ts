import { describe, expect, test } from 'vitest';
import { getContext, storeContext } from '../context-db.ts';
import { addDependency, getDependencies, getDependents } from '../dependency-db.ts';
import {
  approvePhase,
  createPhase,
  deletePhase,
  getPhase,
  getPhaseByName,
  getPhases,
  type NewPhase,
  reorderPhases,
  updatePhase,
} from '../phase-db.ts';
import { archivePlan, getPlan, updatePlan } from '../plan-db.ts';
import { updateStep } from '../step-db.ts';
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

function namesOf(planId: string): string[] {
  const phases = getPhases(planId);
  expect(phases.map(({ order_index }) => order_index)).toEqual(phases.map((_, index) => index));
  return phases.map(({ name }) => name);
}

describe('createPhase', () => {
  test('puts a phase at the end, with what is given and nothing else', () =>
    withTestDatabase(() => {
      const { id: planId } = aPlan().plan;
      const phase = createPhase(planId, {
        name: 'Check',
        description: 'Text',
        success_criteria: ['s'],
        approval_required: true,
        meta: { a: 1 },
      });
      expect(phase).toEqual(getPhase(phase.id));
      expect(phase).toMatchObject({
        order_index: 1,
        name: 'Check',
        description: 'Text',
        success_criteria: '["s"]',
        approval_required: 1,
        approved_at: null,
        approved_by: null,
        meta: '{"a":1}',
      });
    }));

  test('puts a phase at a place, or at the nearest end', () =>
    withTestDatabase(() => {
      const { id: planId } = aPlan({ phases: 0 }).plan;
      createPhase(planId, { name: 'B' });
      createPhase(planId, { name: 'D', at_index: 99 });
      expect(createPhase(planId, { name: 'A', at_index: -1 }).order_index).toBe(0);
      expect(createPhase(planId, { name: 'C', at_index: 2 }).order_index).toBe(2);
      expect(namesOf(planId)).toEqual(['A', 'B', 'C', 'D']);
    }));

  test.each<[string, Partial<NewPhase>, string]>([
    ['a name that the plan has already', { name: 'Phase 1' }, 'conflict'],
    ['an empty name', { name: '' }, 'invalid_input'],
    ['a time in another form', { created_at: '2020-01-01' }, 'invalid_input'],
  ])('refuses %s and leaves the order as it was', (_what, data, code) =>
    withTestDatabase(() => {
      const { plan } = aPlan({ phases: 2 });
      expect(refusal(() => createPhase(plan.id, { name: 'New', at_index: 0, ...data })).code).toBe(code);
      expect(namesOf(plan.id)).toEqual(['Phase 1', 'Phase 2']);
    }),
  );

  test('refuses a plan that does not exist or is archived', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      archivePlan(plan.id);
      expect(refusal(() => createPhase('plan_none', { name: 'A' })).code).toBe('not_found');
      expect(refusal(() => createPhase(plan.id, { name: 'A' })).code).toBe('not_found');
    }));

  test('two plans may have phases of one name', () =>
    withTestDatabase(() => {
      aPhase({ name: 'Work' });
      expect(aPhase({ name: 'Work' }).name).toBe('Work');
    }));

  test('a phase that waits for approval opens a completed plan again, an empty one does not', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan();
      updateStep(String(steps[0]?.id), { status: 'done' });
      aPhase({ plan_id: plan.id });
      expect(getPlan(plan.id)?.status).toBe('completed');
      aPhase({ plan_id: plan.id, approval_required: true });
      expect(getPlan(plan.id)).toMatchObject({ status: 'active', completed_at: null });
    }));
});

describe('getPhase, getPhases, getPhaseByName', () => {
  test('answer for an archived plan too, but a name is looked up among live ones', () =>
    withTestDatabase(() => {
      const { plan, phases } = aPlan({ phases: 2 });
      const live = getPhases(plan.id);
      expect(getPhaseByName(plan.id, 'Phase 2')).toEqual(phases[1]);
      archivePlan(plan.id);
      expect(getPhases(plan.id)).toEqual(live);
      expect(getPhase(String(phases[0]?.id))).toEqual(phases[0]);
      expect(getPhaseByName(plan.id, 'Phase 2')).toBeNull();
    }));

  test('answer null or nothing for what does not exist', () =>
    withTestDatabase(() => {
      expect(getPhase('phase_none')).toBeNull();
      expect(getPhases('plan_none')).toEqual([]);
      expect(getPhaseByName('plan_none', 'A')).toBeNull();
    }));
});

describe('updatePhase, approvePhase', () => {
  test('change what is named, clear what is null and keep the rest', () =>
    withTestDatabase(() => {
      const { id } = aPhase({ description: 'Text', success_criteria: ['s'], meta: { a: 1 } });
      updatePhase(id, { name: 'New', description: null, success_criteria: undefined });
      expect(getPhase(id)).toMatchObject({
        name: 'New',
        description: null,
        success_criteria: '["s"]',
        meta: '{"a":1}',
      });
    }));

  test('refuse a missing phase, a taken or empty name, and a column that is not for change', () =>
    withTestDatabase(() => {
      const { phases } = aPlan({ phases: 2 });
      const id = String(phases[0]?.id);
      expect(refusal(() => updatePhase('phase_none', { name: 'x' })).code).toBe('not_found');
      expect(refusal(() => approvePhase('phase_none', 'user')).code).toBe('not_found');
      expect(refusal(() => updatePhase(id, { name: 'Phase 2' }))).toMatchObject({
        code: 'conflict',
        message: `The plan already has a phase named "Phase 2" (${phases[1]?.id}).`,
      });
      expect(refusal(() => updatePhase(id, { name: '' })).code).toBe('invalid_input');
      expect(refusal(() => updatePhase(id, { order_index: 5 } as object)).code).toBe('invalid_input');
    }));

  test('the missing approval keeps phase and plan open, and giving it completes both', () =>
    withTestDatabase(() => {
      const { plan, phases, steps } = aPlan();
      const phaseId = String(phases[0]?.id);
      const waiting = aPlan().plan;
      addDependency('plan', waiting.id, 'phase', phaseId);
      updatePhase(phaseId, { approval_required: true });
      updateStep(String(steps[0]?.id), { status: 'done' });
      expect(getPlan(plan.id)?.status).toBe('active');
      expect(getDependencies('plan', waiting.id)).toMatchObject([{ status: 'pending' }]);

      approvePhase(phaseId, 'user');
      expect(getPhase(phaseId)).toMatchObject({ approved_by: 'user', approved_at: expect.stringMatching(/Z$/) });
      expect(getPlan(plan.id)?.status).toBe('completed');
      expect(getDependencies('plan', waiting.id)).toMatchObject([{ status: 'satisfied' }]);
      const approved = getPhase(phaseId);
      approvePhase(phaseId, 'Reviewer');
      expect(getPhase(phaseId)).toEqual(approved);

      updatePhase(phaseId, { approved_at: null, approved_by: null });
      expect(getPlan(plan.id)?.status).toBe('active');
      expect(getDependencies('plan', waiting.id)).toMatchObject([{ status: 'pending' }]);
    }));

  test('a new name or place of a phase leaves the status of the plan alone', () =>
    withTestDatabase(() => {
      const { plan, phases, steps } = aPlan({ phases: 2 });
      const touch = (name: string) => {
        updatePhase(String(phases[0]?.id), { name });
        reorderPhases(
          plan.id,
          getPhases(plan.id)
            .map(({ id }) => id)
            .reverse(),
        );
      };
      updatePlan(plan.id, { status: 'completed' });
      touch('Declared complete');
      expect(getPlan(plan.id)?.status).toBe('completed');
      for (const { id } of steps) updateStep(id, { status: 'done' });
      updatePlan(plan.id, { status: 'active' });
      touch('Opened again');
      aPhase({ plan_id: plan.id });
      expect(getPlan(plan.id)?.status).toBe('active');
    }));
});

describe('deletePhase', () => {
  test('takes its steps, context and edges along, every row recorded, and closes the gap', () =>
    withTestDatabase(() => {
      const { plan, phases, steps } = aPlan({ phases: 3 });
      const kept = allIds();
      const doomed = aPhase({ plan_id: plan.id, name: 'Doomed', at_index: 1 });
      const step = aStep({ phase_id: doomed.id });
      storeContext('phase', doomed.id, 'fact', 1);
      storeContext('step', step.id, 'fact', 1, { key: 'k' });
      storeContext('step', step.id, 'fact', 2, { key: 'k' });
      addDependency('phase', String(phases[2]?.id), 'phase', doomed.id);
      addDependency('step', step.id, 'step', String(steps[0]?.id));
      const gone = allIds().filter((id) => !kept.includes(id));

      expect(deletePhase(doomed.id)).toBe(true);
      expect(allIds()).toEqual(kept);
      expect(recordedDeletions()).toEqual(gone);
      expect(namesOf(plan.id)).toEqual(['Phase 1', 'Phase 2', 'Phase 3']);
      expect(getContext('phase', doomed.id)).toEqual([]);
      expect(getDependents('step', String(steps[0]?.id))).toEqual([]);
      expect(countRows('search_documents', { ref_id: step.id })).toBe(0);
    }));

  test('completes the plan when everything left is done', () =>
    withTestDatabase(() => {
      const { plan, phases, steps } = aPlan({ phases: 2 });
      updateStep(String(steps[0]?.id), { status: 'done' });
      deletePhase(String(phases[1]?.id));
      expect(getPlan(plan.id)?.status).toBe('completed');
    }));

  test('answers false for a phase that does not exist or is archived', () =>
    withTestDatabase(() => {
      const { plan, phases } = aPlan();
      archivePlan(plan.id);
      const before = hashOfAllRows();
      expect(deletePhase('phase_none')).toBe(false);
      expect(deletePhase(String(phases[0]?.id))).toBe(false);
      expect(hashOfAllRows()).toBe(before);
    }));
});

describe('reorderPhases', () => {
  test('puts the phases into the given order', () =>
    withTestDatabase(() => {
      const { plan, phases } = aPlan({ phases: 3 });
      const [a, b, c] = phases.map(({ id }) => id) as [string, string, string];
      reorderPhases(plan.id, [c, a, b]);
      expect(namesOf(plan.id)).toEqual(['Phase 3', 'Phase 1', 'Phase 2']);
    }));

  test.each<[string, (ids: string[]) => string[]]>([
    ['misses one', (ids) => ids.slice(1)],
    ['names one twice', (ids) => [...ids, ...ids.slice(0, 1)]],
    ['names a stranger', (ids) => [...ids.slice(1), 'phase_none']],
  ])('refuses an order that %s', (_what, wrong) =>
    withTestDatabase(() => {
      const { plan, phases } = aPlan({ phases: 3 });
      expect(refusal(() => reorderPhases(plan.id, wrong(phases.map(({ id }) => id)))).code).toBe('invalid_input');
      expect(namesOf(plan.id)).toEqual(['Phase 1', 'Phase 2', 'Phase 3']);
    }),
  );
});
