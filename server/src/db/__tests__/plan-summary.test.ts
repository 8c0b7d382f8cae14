import { expect, test } from 'vitest';
import { archivePlan } from '../plan-db.ts';
import { summarisePlans } from '../plan-summary.ts';
import { completeSession } from '../session-db.ts';
import { batchUpdateSteps } from '../step-db.ts';
import { touchRow } from '../write-helpers.ts';
import { aPhase, aPlan, aSession, withTestDatabase } from './fixtures.ts';

const EMPTY = {
  archived: false,
  done: 0,
  total: 0,
  current_phase: null,
  agents: [],
};

test('a summary says how the steps stand, which phase is on, and who is at it', () =>
  withTestDatabase(() => {
    const { plan, steps } = aPlan({ phases: 3, stepsEach: 2 });
    const statuses = ['done', 'done', 'active', 'blocked'] as const;
    batchUpdateSteps(statuses.map((status, index) => ({ id: String(steps[index]?.id), status })));
    const sessions = ['Reviewer', 'Executor', 'Executor', 'Tester', 'Archivist'].map((agent_type) =>
      aSession({ plan_id: plan.id, agent_type }),
    );
    completeSession(String(sessions[3]?.id), 'done');
    touchRow('sessions', String(sessions[4]?.id), { is_orphaned: 1 });
    expect(summarisePlans([plan.id]).get(plan.id)).toEqual({
      archived: false,
      done: 2,
      total: 6,
      current_phase: 'Phase 2',
      agents: ['Reviewer', 'Executor'],
    });
  }));

test('of an archived plan it says the same, and that it is archived', () =>
  withTestDatabase(() => {
    const { plan, steps } = aPlan({ phases: 2, stepsEach: 2 });
    batchUpdateSteps(steps.slice(0, 3).map(({ id }) => ({ id, status: 'done' as const })));
    aSession({ plan_id: plan.id });
    const live = summarisePlans([plan.id]).get(plan.id);
    archivePlan(plan.id);
    expect(summarisePlans([plan.id]).get(plan.id)).toEqual({ ...live, archived: true });
  }));

test('a phase that only waits for its approval is still on', () =>
  withTestDatabase(() => {
    const { plan, steps } = aPlan();
    const phase = aPhase({ plan_id: plan.id, approval_required: true });
    batchUpdateSteps([{ id: String(steps[0]?.id), status: 'done' }]);
    expect(summarisePlans([plan.id]).get(plan.id)?.current_phase).toBe(phase.name);
  }));

test('many plans are summed up by id, each by itself, whatever the order they are asked for', () =>
  withTestDatabase(() => {
    const plans = [1, 2, 3].map((stepsEach) => aPlan({ stepsEach }).plan.id);
    archivePlan(String(plans[1]));
    const summaries = summarisePlans([...plans].reverse());
    expect(summaries.size).toBe(plans.length);
    expect(plans.map((id) => summaries.get(id)?.total)).toEqual([1, 2, 3]);
    expect(plans.map((id) => summaries.get(id)?.archived)).toEqual([false, true, false]);
  }));

test('a plan that is empty has an empty summary, one that does not exist has none', () =>
  withTestDatabase(() => {
    const { plan } = aPlan({ phases: 0 });
    aPlan();
    const summaries = summarisePlans([plan.id, 'plan_none']);
    expect([...summaries]).toEqual([[plan.id, EMPTY]]);
    expect(summarisePlans([]).size).toBe(0);
  }));
