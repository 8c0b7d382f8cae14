import { describe, expect, test } from 'vitest';
import { archivePlan, getPlan, restorePlan, updatePlan } from '../plan-db.ts';
import {
  addPlanToProgram,
  createProgram,
  deleteProgram,
  linkProgramToWorkspace,
  listProgramPlans,
  removePlanFromProgram,
  upgradeToProgram,
} from '../program-db.ts';
import { aPlan, aWorkspace, countRows, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

/** A workspace with a program and some plans that are not in it. */
function program(plans: number) {
  const { id: wsId } = aWorkspace();
  const { id } = createProgram(wsId, { title: 'Program' });
  return { wsId, id, plans: Array.from({ length: plans }, () => aPlan({ workspace_id: wsId }).plan.id) };
}

const order = (programId: string) => listProgramPlans(programId).map((plan) => [plan.id, plan.program_order]);

describe('addPlanToProgram, listProgramPlans', () => {
  test('puts plans at the end, or at a place, and keeps the order dense', () =>
    withTestDatabase(() => {
      const { id, plans } = program(4);
      const [a, b, c, d] = plans as [string, string, string, string];
      addPlanToProgram(id, a);
      addPlanToProgram(id, b);
      addPlanToProgram(id, c, 0);
      addPlanToProgram(id, d, 99);
      expect(order(id)).toEqual([
        [c, 0],
        [a, 1],
        [b, 2],
        [d, 3],
      ]);
    }));

  test('a plan that is in the program already moves within it', () =>
    withTestDatabase(() => {
      const { id, plans } = program(3);
      const [a, b, c] = plans as [string, string, string];
      for (const plan of plans) addPlanToProgram(id, plan);
      addPlanToProgram(id, c, 0);
      expect(order(id)).toEqual([
        [c, 0],
        [a, 1],
        [b, 2],
      ]);
      addPlanToProgram(id, c);
      expect(order(id)).toEqual([
        [a, 0],
        [b, 1],
        [c, 2],
      ]);
    }));

  test('a plan is in at most one program', () =>
    withTestDatabase(() => {
      const { id, wsId, plans } = program(2);
      const [a, b] = plans as [string, string];
      for (const plan of plans) addPlanToProgram(id, plan);
      const other = createProgram(wsId, { title: 'Other' }).id;
      addPlanToProgram(other, a);
      expect(order(other)).toEqual([[a, 0]]);
      expect(listProgramPlans(id).map((plan) => plan.id)).toEqual([b]);
    }));

  test('archived plans keep their place among the others, and take part in a new order', () =>
    withTestDatabase(() => {
      const { id, plans } = program(3);
      const [a, b, c] = plans as [string, string, string];
      addPlanToProgram(id, a);
      addPlanToProgram(id, b);
      archivePlan(a);
      addPlanToProgram(id, c, 0);
      expect(order(id)).toEqual([
        [c, 0],
        [a, 1],
        [b, 2],
      ]);
      restorePlan(a);
      expect(order(id)).toEqual([
        [c, 0],
        [a, 1],
        [b, 2],
      ]);
    }));

  test('plans without a place come last, in the order they were made', () =>
    withTestDatabase(() => {
      const { id, plans } = program(3);
      const [a, b, c] = plans as [string, string, string];
      for (const plan of [b, a]) updatePlan(plan, { program_id: id });
      addPlanToProgram(id, c, 0);
      expect(listProgramPlans(id).map((plan) => plan.id)).toEqual([c, a, b]);
      expect(listProgramPlans('prog_none')).toEqual([]);
    }));

  test("a plan of another workspace needs the program's link to that workspace", () =>
    withTestDatabase(() => {
      const { id } = program(0);
      const { plan, workspace } = aPlan();
      expect(refusal(() => addPlanToProgram(id, plan.id)).code).toBe('conflict');
      expect(getPlan(plan.id)?.program_id).toBeNull();
      for (let time = 0; time < 2; time++) linkProgramToWorkspace(id, workspace.id);
      expect(countRows('program_workspace_links')).toBe(1);
      expect(refusal(() => linkProgramToWorkspace(id, 'ws_none')).code).toBe('invalid_input');
      addPlanToProgram(id, plan.id);
      expect(order(id)).toEqual([[plan.id, 0]]);
    }));

  test('refuses a program or plan that does not exist, and an archived plan', () =>
    withTestDatabase(() => {
      const { id, plans } = program(1);
      archivePlan(String(plans[0]));
      const before = hashOfAllRows();
      expect(refusal(() => addPlanToProgram('prog_none', String(plans[0]))).code).toBe('not_found');
      expect(refusal(() => addPlanToProgram(id, 'plan_none')).code).toBe('not_found');
      expect(refusal(() => addPlanToProgram(id, String(plans[0]))).code).toBe('not_found');
      expect(hashOfAllRows()).toBe(before);
    }));
});

describe('removePlanFromProgram, deleteProgram', () => {
  test('a plan that is taken out leaves the others in a dense order, archived ones too', () =>
    withTestDatabase(() => {
      const { id, plans } = program(4);
      const [a, b, c, d] = plans as [string, string, string, string];
      for (const plan of plans) addPlanToProgram(id, plan);
      archivePlan(c);
      expect(removePlanFromProgram(a)).toBe(id);
      expect(order(id)).toEqual([
        [b, 0],
        [c, 1],
        [d, 2],
      ]);
      expect(getPlan(a)).toMatchObject({ program_id: null, program_order: null });
      expect(removePlanFromProgram(c)).toBe(id);
      expect(order(id)).toEqual([
        [b, 0],
        [d, 1],
      ]);
      expect(getPlan(c)).toMatchObject({ program_id: null, program_order: null });
      expect(removePlanFromProgram(a)).toBeNull();
      expect(removePlanFromProgram('plan_none')).toBeNull();
    }));

  test('a deleted program lets its plans go; what is archived says so when it is restored', () =>
    withTestDatabase(() => {
      const { id, plans } = program(2);
      const [live, archived] = plans as [string, string];
      for (const plan of plans) addPlanToProgram(id, plan);
      archivePlan(archived);
      expect(deleteProgram(id)).toBe(true);
      expect(getPlan(live)).toMatchObject({ program_id: null, program_order: null });
      expect(restorePlan(archived)).toEqual({ dropped: [`program ${id}`] });
      expect(getPlan(archived)).toMatchObject({ program_id: null, program_order: null });
      expect(deleteProgram(id)).toBe(false);
    }));
});

describe('upgradeToProgram', () => {
  test("makes a program of the plan's title, goals and criteria, with the plan and its steps as first child", () =>
    withTestDatabase(() => {
      const { plan, workspace, steps } = aPlan({
        title: 'Big',
        description: 'Text',
        priority: 'high',
        goals: ['g'],
        success_criteria: ['s'],
        stepsEach: 2,
      });
      const made = upgradeToProgram(plan.id);
      expect(made).toMatchObject({
        workspace_id: workspace.id,
        title: 'Big',
        description: 'Text',
        category: 'program',
        priority: 'high',
        goals: '["g"]',
        success_criteria: '["s"]',
        source_plan_id: plan.id,
      });
      expect(order(made.id)).toEqual([[plan.id, 0]]);
      expect(countRows('steps', { plan_id: plan.id })).toBe(steps.length);
      expect(upgradeToProgram(aPlan().plan.id, 'Another title').title).toBe('Another title');
    }));

  test('refuses a plan that does not exist, is archived, or is in a program, and leaves no program behind', () =>
    withTestDatabase(() => {
      const [inside, archived] = [aPlan().plan.id, aPlan().plan.id];
      upgradeToProgram(inside);
      archivePlan(archived);
      const before = hashOfAllRows();
      expect(refusal(() => upgradeToProgram(inside)).code).toBe('conflict');
      expect(refusal(() => upgradeToProgram(archived)).code).toBe('not_found');
      expect(refusal(() => upgradeToProgram('plan_none')).code).toBe('not_found');
      expect(hashOfAllRows()).toBe(before);
    }));
});
