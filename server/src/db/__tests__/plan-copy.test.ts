import { describe, expect, test } from 'vitest';
import { getBuildScripts } from '../build-script-db.ts';
import { getContext } from '../context-db.ts';
import { addDependency, getDependencies } from '../dependency-db.ts';
import { getPhases } from '../phase-db.ts';
import { clonePlan, mergePlans } from '../plan-copy.ts';
import { archivePlan, getPlan } from '../plan-db.ts';
import { getPlanNotes } from '../plan-note-db.ts';
import { deleteProgram, listProgramPlans } from '../program-db.ts';
import { getResearch } from '../research-db.ts';
import { batchUpdateSteps, getAllSteps } from '../step-db.ts';
import type { StepRow } from '../types.ts';
import { aPhase, aPlan, aStep, countRows, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';
import { aWorld, twoPhases } from './world.ts';

const outline = (planId: string) => getAllSteps(planId).map(({ task, status }) => `${task} ${status}`);

function finish(steps: readonly StepRow[]): void {
  batchUpdateSteps(steps.map(({ id }) => ({ id, status: 'done' as const })));
}

describe('clonePlan', () => {
  test('copies everything but sessions, lineage, claims and what was done', () =>
    withTestDatabase(() => {
      const { plan, workspace, last } = aWorld();
      const copy = clonePlan(plan.id);
      expect(copy).toEqual(getPlan(copy.id));
      expect(copy).toMatchObject({
        title: `${plan.title} (copy)`,
        description: 'Text',
        goals: '["g"]',
        requires_evidence: 1,
        status: 'active',
        program_id: null,
        program_order: null,
        current_agent: null,
        recommended_next_agent: null,
        paused_at_snapshot: null,
        deployment_context: null,
      });
      const steps = getAllSteps(copy.id);
      expect(steps.map(({ task }) => task)).toEqual(getAllSteps(plan.id).map(({ task }) => task));
      for (const step of steps) {
        expect(step).toMatchObject({ status: 'pending', claimed_agent: null, claim_number: 0, completed_at: null });
        expect(step).toMatchObject({ confirmed_by: null, evidence: null, blocked_reason: null });
      }
      expect(steps.at(-1)).toMatchObject({ type: 'test', notes: 'n', paths: '["src/**"]', requires_validation: 1 });
      expect(getPhases(copy.id).at(-1)).toMatchObject({ approval_required: 1, approved_at: null, approved_by: null });
      expect(getPlanNotes(copy.id).map(({ note }) => note)).toEqual(['Mind the step']);
      expect(getResearch(copy.id, 'a.md', workspace.id)).toBe('text');
      expect(getBuildScripts(workspace.id, copy.id)).toHaveLength(2);
      expect(getContext('plan', copy.id)).toMatchObject([{ type: 'decision', data: '3', version: 1 }]);
      expect(getContext('step', steps.at(-1)?.id ?? '')).toHaveLength(getContext('step', last.id).length);
      for (const table of ['sessions', 'lineage']) expect(countRows(table, { plan_id: copy.id })).toBe(0);
    }));

  test('copies the edges among its own phases and steps, and none that leads outside', () =>
    withTestDatabase(() => {
      const { plan, edges } = aWorld();
      const before = countRows('dependencies');
      const copy = clonePlan(plan.id);
      expect(countRows('dependencies')).toBe(before + edges.inside.length);
      const [first] = getAllSteps(copy.id);
      const last = getAllSteps(copy.id).at(-1);
      expect(getDependencies('step', last?.id ?? '')).toMatchObject([{ target_id: first?.id, status: 'pending' }]);
      const [one, two] = getPhases(copy.id);
      expect(getDependencies('phase', two?.id ?? '')).toMatchObject([{ target_id: one?.id }]);
    }));

  test('copies an archived plan from the archive, the same as a live one', () =>
    withTestDatabase(() => {
      const { plan } = aWorld();
      const live = outline(clonePlan(plan.id).id);
      archivePlan(plan.id);
      const copy = clonePlan(plan.id, { title: 'Again' });
      expect(copy.title).toBe('Again');
      expect(outline(copy.id)).toEqual(live);
      expect(getPlan(plan.id)).not.toBeNull();
      expect(countRows('plans', { id: plan.id })).toBe(0);
    }));

  test('keeps what is done, if it is told to, and what is active becomes pending', () =>
    withTestDatabase(() => {
      const { plan } = aWorld();
      const statuses = getAllSteps(clonePlan(plan.id, { resetSteps: false }).id).map(({ status }) => status);
      expect(statuses).toEqual(['done', 'pending', 'pending', 'blocked']);
    }));

  test('answers the copy of a finished plan as the completed plan that it is', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan({ stepsEach: 2 });
      finish(steps);
      const copy = clonePlan(plan.id, { resetSteps: false });
      expect(copy).toMatchObject({ status: 'completed', completed_at: expect.any(String) });
      expect(copy).toEqual(getPlan(copy.id));
      expect(clonePlan(plan.id)).toMatchObject({ status: 'active', completed_at: null });
    }));

  test('goes behind the other plans of the same program, or into none when that is gone', () =>
    withTestDatabase(() => {
      const { plan, neighbour, program } = aWorld();
      const copy = clonePlan(plan.id, { linkToSameProgram: true });
      expect(listProgramPlans(program.id).map(({ id }) => id)).toEqual([neighbour.plan.id, plan.id, copy.id]);
      expect(copy.program_order).toBe(2);
      archivePlan(plan.id);
      deleteProgram(program.id);
      const late = clonePlan(plan.id, { linkToSameProgram: true });
      expect(late).toMatchObject({ program_id: null, program_order: null });
    }));

  test('of a title that is as long as it may be is possible', () =>
    withTestDatabase(() => {
      const { plan } = aPlan({ title: 'x'.repeat(500) });
      expect(clonePlan(plan.id).title).toHaveLength(500);
    }));

  test('refuses an unknown plan', () =>
    withTestDatabase(() => {
      expect(refusal(() => clonePlan('plan_x'))).toMatchObject({ code: 'not_found' });
    }));
});

describe('mergePlans', () => {
  test('appends phases, steps, edges and context of live and archived plans, and leaves those as they are', () =>
    withTestDatabase(() => {
      const target = twoPhases(1, 1);
      const { plan, steps } = aPlan({ phases: 2, stepsEach: 2 });
      const [first, second] = steps as [StepRow, StepRow];
      addDependency('step', second.id, 'step', first.id);
      const archived = aPlan({ stepsEach: 1 }).plan;
      archivePlan(archived.id);
      const before = [plan.id, archived.id].map((id) => [getPlan(id), getPhases(id), getAllSteps(id)]);
      expect(mergePlans(target.plan.id, [plan.id, archived.id])).toEqual({ phases: 3, steps: 5 });
      expect(getPhases(target.plan.id).map(({ name, order_index }) => `${order_index} ${name}`)).toEqual([
        '0 A',
        '1 B',
        '2 Phase 1',
        '3 Phase 2',
        '4 Phase 1 (2)',
      ]);
      const merged = getAllSteps(target.plan.id);
      expect(merged).toHaveLength(7);
      expect(getDependencies('step', merged[3]?.id ?? '')).toMatchObject([{ target_id: merged[2]?.id }]);
      expect([plan.id, archived.id].map((id) => [getPlan(id), getPhases(id), getAllSteps(id)])).toEqual(before);
    }));

  test('takes what is done as done, and opens a completed plan only for what is not', () =>
    withTestDatabase(() => {
      const [target, done, open] = [aPlan(), aPlan(), aPlan()];
      finish([...target.steps, ...done.steps]);
      mergePlans(target.plan.id, [done.plan.id]);
      expect(getPlan(target.plan.id)?.status).toBe('completed');
      mergePlans(target.plan.id, [open.plan.id]);
      expect(getPlan(target.plan.id)?.status).toBe('active');
    }));

  test('finds a free name, however many are taken', () =>
    withTestDatabase(() => {
      const { plan } = aPlan({ phases: 0 });
      for (const name of ['A', 'A (2)']) aPhase({ plan_id: plan.id, name });
      const source = aPlan({ phases: 0 }).plan;
      aStep({ phase_id: aPhase({ plan_id: source.id, name: 'A' }).id });
      mergePlans(plan.id, [source.id]);
      expect(getPhases(plan.id).map(({ name }) => name)).toEqual(['A', 'A (2)', 'A (3)']);
    }));

  test('refuses the plan itself, an unknown source and a target that is not live, and changes nothing', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const source = aPlan().plan;
      const archived = aPlan().plan;
      archivePlan(archived.id);
      const before = hashOfAllRows();
      expect(refusal(() => mergePlans(plan.id, [source.id, plan.id]))).toMatchObject({ code: 'conflict' });
      expect(refusal(() => mergePlans(plan.id, [source.id, 'plan_x']))).toMatchObject({ code: 'not_found' });
      for (const target of [archived.id, 'plan_x']) {
        const refused = refusal(() => mergePlans(target, [source.id]));
        expect(refused).toMatchObject({ code: 'not_found', message: `No live plan with id "${target}".` });
      }
      expect(hashOfAllRows()).toBe(before);
    }));
});
