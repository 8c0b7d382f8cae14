import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { storeContext } from '../context-db.ts';
import { addDependency, getDependencies } from '../dependency-db.ts';
import {
  archivePlan,
  createPlan,
  deletePlan,
  findPlanById,
  getPlan,
  getPlansByWorkspace,
  type NewPlan,
  updatePlan,
} from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { createProgram } from '../program-db.ts';
import { appendResearch } from '../research-db.ts';
import { updateStep } from '../step-db.ts';
import {
  allIds,
  aPlan,
  aSession,
  aWorkspace,
  countRows,
  hashOfAllRows,
  recordedDeletions,
  refusal,
  rowsOf,
  withTestDatabase,
} from './fixtures.ts';

describe('createPlan', () => {
  test('a plan with only a title is an active, phased feature of medium priority', () =>
    withTestDatabase(() => {
      const { id: workspaceId } = aWorkspace();
      const plan = createPlan({ workspace_id: workspaceId, title: 'Login' });
      expect(plan).toEqual(getPlan(plan.id));
      expect(plan).toMatchObject({
        title: 'Login',
        description: null,
        category: 'feature',
        priority: 'medium',
        status: 'active',
        execution: 'phased',
        requires_evidence: 0,
        goals: '[]',
        program_id: null,
      });
    }));

  test('stores every field that is given', () =>
    withTestDatabase(() => {
      const { id: workspaceId } = aWorkspace();
      const program = createProgram(workspaceId, { title: 'Program' });
      const fields = {
        id: 'plan_old',
        title: 'Login',
        description: 'Text',
        category: 'bugfix',
        priority: 'high',
        status: 'paused',
        execution: 'free',
        program_id: program.id,
        program_order: 3,
        current_agent: 'Executor',
        recommended_next_agent: 'Reviewer',
        created_at: '2020-01-01T00:00:00.000Z',
        updated_at: '2020-01-02T00:00:00.000Z',
        completed_at: '2020-01-03T00:00:00.000Z',
      } as const satisfies Partial<NewPlan>;
      const json = {
        categorization: { a: 1 },
        deployment_context: { b: 2 },
        paused_at_snapshot: { c: 3 },
        meta: { d: 4 },
      };
      const lists = { goals: ['g'], success_criteria: ['s'] };
      const plan = createPlan({ workspace_id: workspaceId, ...fields, ...json, ...lists, requires_evidence: true });
      const asText = Object.fromEntries(
        Object.entries({ ...json, ...lists }).map(([column, value]) => [column, JSON.stringify(value)]),
      );
      expect(plan).toMatchObject({ ...fields, ...asText, requires_evidence: 1 });
    }));

  test.each<[string, Partial<NewPlan>]>([
    ['workspace', { workspace_id: 'ws_none' }],
    ['program', { program_id: 'prog_none' }],
    ['title', { title: '' }],
    ['category', { category: 'novel' as 'feature' }],
    ['status', { status: 'open' as 'active' }],
    ['time', { created_at: 'yesterday' }],
  ])('refuses a wrong %s', (_field, wrong) =>
    withTestDatabase(() => {
      const { id: workspaceId } = aWorkspace();
      const { code } = refusal(() => createPlan({ workspace_id: workspaceId, title: 'Login', ...wrong }));
      expect(code).toBe('invalid_input');
      expect(countRows('plans')).toBe(0);
    }),
  );
});

describe('getPlan, findPlanById', () => {
  test('find a plan live and archived, in any workspace, and null otherwise', () =>
    withTestDatabase(() => {
      const { plan, workspace } = aPlan();
      expect(findPlanById(plan.id)).toEqual({ plan, workspaceId: workspace.id, archived: false });
      archivePlan(plan.id);
      expect(getPlan(plan.id)).toEqual(plan);
      expect(findPlanById(plan.id)).toEqual({ plan, workspaceId: workspace.id, archived: true });
      expect(getPlan('plan_none')).toBeNull();
      expect(findPlanById('plan_none')).toBeNull();
    }));
});

describe('getPlansByWorkspace', () => {
  test('lists newest first, by every filter, live ones unless archived are asked for', () =>
    withTestDatabase(() => {
      const { id: workspaceId } = aWorkspace();
      const program = createProgram(workspaceId, { title: 'Program' });
      const make = (data: Partial<NewPlan>) => aPlan({ workspace_id: workspaceId, phases: 0, ...data }).plan.id;
      const feature = make({});
      const paused = make({ status: 'paused', priority: 'high' });
      const bugfix = make({ category: 'bugfix', program_id: program.id });
      const archived = make({ category: 'bugfix' });
      archivePlan(archived);
      aPlan();
      const ids = (filter?: Parameters<typeof getPlansByWorkspace>[1]) =>
        getPlansByWorkspace(workspaceId, filter).map(({ id }) => id);
      expect(ids()).toEqual([bugfix, paused, feature]);
      expect(ids({ include_archived: true })).toEqual([archived, bugfix, paused, feature]);
      expect(ids({ status: 'paused' })).toEqual([paused]);
      expect(ids({ priority: 'high', status: 'active' })).toEqual([]);
      expect(ids({ category: 'bugfix', include_archived: true })).toEqual([archived, bugfix]);
      expect(ids({ program_id: program.id })).toEqual([bugfix]);
      expect(ids({ limit: 2 })).toEqual([bugfix, paused]);
      expect(ids({ limit: 2, offset: 2, include_archived: true })).toEqual([paused, feature]);
      expect(getPlansByWorkspace('ws_none')).toEqual([]);
    }));
});

describe('updatePlan', () => {
  test('changes what is named, clears what is null and keeps the rest', () =>
    withTestDatabase(() => {
      const { plan } = aPlan({ description: 'Text', goals: ['g'], meta: { a: 1 }, current_agent: 'Executor' });
      updatePlan(plan.id, { title: 'New', description: null, goals: undefined, requires_evidence: true });
      expect(getPlan(plan.id)).toMatchObject({
        title: 'New',
        description: null,
        goals: '["g"]',
        meta: '{"a":1}',
        current_agent: 'Executor',
        requires_evidence: 1,
      });
    }));

  test('keeps the completion time in step with the status, unless one is given', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const completedAt = () => getPlan(plan.id)?.completed_at;
      withClock(
        () => 0,
        () => updatePlan(plan.id, { status: 'completed' }),
      );
      expect(completedAt()).toBe('1970-01-01T00:00:00.000Z');
      updatePlan(plan.id, { title: 'Renamed', status: 'completed' });
      expect(completedAt()).toBe('1970-01-01T00:00:00.000Z');
      updatePlan(plan.id, { status: 'failed' });
      expect(completedAt()).toBeNull();
      updatePlan(plan.id, { status: 'completed', completed_at: '2020-01-01T00:00:00.000Z' });
      expect(completedAt()).toBe('2020-01-01T00:00:00.000Z');
    }));

  test('edges that wait for the plan follow its status both ways', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const waiting = aPlan().plan;
      addDependency('plan', waiting.id, 'plan', plan.id);
      updatePlan(plan.id, { status: 'completed' });
      expect(getDependencies('plan', waiting.id)).toMatchObject([{ status: 'satisfied' }]);
      updatePlan(plan.id, { title: 'Renamed' });
      expect(getDependencies('plan', waiting.id)).toMatchObject([{ status: 'satisfied' }]);
      updatePlan(plan.id, { status: 'active' });
      expect(getDependencies('plan', waiting.id)).toMatchObject([{ status: 'pending', satisfied_at: null }]);
    }));

  test('what was finished while the plan was paused counts when it is active again', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan();
      updatePlan(plan.id, { status: 'paused' });
      updateStep(String(steps[0]?.id), { status: 'done' });
      expect(getPlan(plan.id)?.status).toBe('paused');
      updatePlan(plan.id, { status: 'active' });
      expect(getPlan(plan.id)?.status).toBe('completed');
    }));

  test('a completed plan that is re-opened stays open', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan();
      updateStep(String(steps[0]?.id), { status: 'done' });
      updatePlan(plan.id, { status: 'active' });
      expect(getPlan(plan.id)).toMatchObject({ status: 'active', completed_at: null });
    }));

  test('refuses the status archived and names the way, a missing plan and an archived one', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const { code, hint } = refusal(() => updatePlan(plan.id, { status: 'archived' }));
      expect(code).toBe('invalid_input');
      expect(hint).toContain('archive');
      expect(refusal(() => updatePlan('plan_none', { title: 'x' })).code).toBe('not_found');
      expect(refusal(() => updatePlan(plan.id, { workspace_id: 'x' } as object)).code).toBe('invalid_input');
      expect(refusal(() => updatePlan(plan.id, { program_id: 'prog_none' })).code).toBe('invalid_input');
      archivePlan(plan.id);
      expect(refusal(() => updatePlan(plan.id, { title: 'x' })).code).toBe('not_found');
      expect(getPlan(plan.id)).toEqual(plan);
    }));
});

describe('deletePlan', () => {
  test.each(['live', 'archived'])(
    'takes all of a %s plan along, edges to other plans too, every row recorded',
    (place) =>
      withTestDatabase(() => {
        const other = aPlan({ phases: 2 });
        const [firstOther, secondOther] = other.phases.map(({ id }) => id) as [string, string];
        const elsewhere = addDependency('phase', secondOther, 'phase', firstOther);
        const kept = allIds();
        const { workspace, plan, phases, steps } = aPlan({ workspace_id: other.workspace.id, phases: 2, stepsEach: 2 });
        const [step, next] = steps.map(({ id }) => id) as [string, string];
        const session = aSession({ plan_id: plan.id });
        updateStep(step, { status: 'active' }, { sessionId: session.id, agentType: 'Executor' });
        storeContext('step', step, 'fact', 1, { key: 'k' });
        storeContext('step', step, 'fact', 2, { key: 'k' });
        storeContext('phase', String(phases[1]?.id), 'fact', 1);
        appendResearch(plan.id, workspace.id, 'a.md', 'text');
        addPlanNote(plan.id, { note: 'n' });
        addDependency('step', next, 'step', step);
        addDependency('plan', other.plan.id, 'phase', String(phases[0]?.id));
        addDependency('step', next, 'plan', other.plan.id, 'informs');
        const gone = allIds().filter((id) => !kept.includes(id));
        if (place === 'archived') archivePlan(plan.id);

        expect(deletePlan(plan.id)).toBe(true);
        expect(allIds()).toEqual(kept);
        expect(recordedDeletions()).toEqual(gone);
        expect(countRows('search_documents', { plan_id: plan.id })).toBe(0);
        expect(rowsOf('dependencies')).toEqual([elsewhere]);
      }),
  );

  test('answers false when there is none, and changes nothing', () =>
    withTestDatabase(() => {
      aPlan();
      const before = hashOfAllRows();
      expect(deletePlan('plan_none')).toBe(false);
      expect(hashOfAllRows()).toBe(before);
    }));
});
