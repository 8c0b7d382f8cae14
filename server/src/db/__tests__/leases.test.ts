/** Leases and fencing: who holds a step, until when, and what becomes of one who comes back too late. */
import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { lastLoss } from '../claim-losses.ts';
import { getRecentEvents } from '../event-log-db.ts';
import { getPlan } from '../plan-db.ts';
import { reclaimPlan, reclaimSession } from '../reclaim.ts';
import { renewLeases, touchSession } from '../session-db.ts';
import { batchUpdateSteps, createStep, getStep, markCurrentDoneAndGetNext as next, updateStep } from '../step-db.ts';
import type { StepRow } from '../types.ts';
import { aPlan, aSession, countRows, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

const NOON = Date.parse('2026-01-02T12:00:00.000Z');
const MINUTE = 60_000;

/** Runs `fn` this many minutes after noon. */
const at = <T>(minutes: number, fn: () => T): T => withClock(() => NOON + minutes * MINUTE, fn);

/** A plan, and two sessions on it; at noon the first takes the first step. */
function aClaim() {
  const { plan, steps } = aPlan({ stepsEach: 4, execution: 'free' });
  const [slow, quick] = [aSession({ plan_id: plan.id }).id, aSession({ plan_id: plan.id }).id];
  const claimed = at(0, () => next(plan.id, 'Executor', { sessionId: slow })).next as StepRow;
  return { planId: plan.id, ids: steps.map(({ id }) => id), slow, quick, claimed };
}

describe('a claim', () => {
  test('is nobody else’s for twenty minutes, and anybody’s after that', () =>
    withTestDatabase(() => {
      const { planId, ids, quick } = aClaim();
      expect(at(19, () => next(planId, 'Executor', { sessionId: quick })).next?.id).toBe(ids[1]);
      const { completed, next: taken, tookOver } = at(21, () => next(planId, 'Executor', { sessionId: quick }));
      expect([completed?.id, taken?.id]).toEqual([ids[1], ids[0]]);
      expect(taken).toMatchObject({
        claimed_by_session: quick,
        claim_number: 2,
        lease_expires_at: '2026-01-02T12:41:00.000Z',
      });
      expect(tookOver).toMatchObject({ claim_number: 1, lease_expires_at: '2026-01-02T12:20:00.000Z' });
    }));

  test('is renewed by every sign of life', () =>
    withTestDatabase(() => {
      const { planId, ids, slow, quick } = aClaim();
      at(15, () => touchSession(slow));
      expect(at(34, () => next(planId, 'Executor', { sessionId: quick })).next?.id).toBe(ids[1]);
      at(34, () => renewLeases(slow));
      expect(getStep(ids[0] ?? '')?.lease_expires_at).toBe('2026-01-02T12:54:00.000Z');
    }));

  test('that ran out, and that nobody took, is still its holder’s', () =>
    withTestDatabase(() => {
      const { planId, ids, slow } = aClaim();
      const { completed } = at(300, () => next(planId, 'Executor', { sessionId: slow }));
      expect(completed).toMatchObject({ id: ids[0], completed_by_session: slow, claim_number: 1 });
    }));

  test('without a lease, as imported ones are, does not run out', () =>
    withTestDatabase(() => {
      const { plan, phases } = aPlan({ stepsEach: 0 });
      const { id } = createStep(String(phases[0]?.id), { task: 'Old', status: 'active', assignee: 'Executor' });
      const session = aSession({ plan_id: plan.id }).id;
      expect(at(999, () => next(plan.id, 'Other', { sessionId: session })).next).toBeNull();
      expect(at(999, () => reclaimPlan(plan.id)).returned.map((step) => step.id)).toEqual([id]);
    }));

  test('by name takes over what has run out, and only that', () =>
    withTestDatabase(() => {
      const { ids, slow, quick } = aClaim();
      const id = ids[0] ?? '';
      const take = () => updateStep(id, { status: 'active' }, { sessionId: quick, agentType: 'Executor' });
      expect(at(19, () => refusal(take)).message).toContain(`is held by Executor (session ${slow})`);
      expect(at(21, take)).toMatchObject({ claimed_by_session: quick, claim_number: 2 });
    }));

  test('is taken over by nobody who does not say who it is', () =>
    withTestDatabase(() => {
      const { ids, claimed } = aClaim();
      const nameless = () => updateStep(ids[0] ?? '', { status: 'active' }, {});
      expect(at(21, () => refusal(nameless)).sentence).toMatch(/lease ran out at .*memory_steps claim takes it over/);
      expect(at(21, () => updateStep(ids[0] ?? '', { status: 'active' }))).toEqual(claimed);
    }));
});

describe('whoever lost a step', () => {
  function lost() {
    const made = aClaim();
    at(21, () => next(made.planId, 'Executor', { sessionId: made.quick }));
    return { ...made, id: made.ids[0] ?? '' };
  }

  const late: [string, (made: ReturnType<typeof lost>) => unknown][] = [
    ['update', ({ id, slow }) => updateStep(id, { status: 'done' }, { sessionId: slow, agentType: 'Executor' })],
    [
      'update with the old claim number',
      ({ id, slow }) => updateStep(id, { notes: 'x' }, { sessionId: slow, claimNumber: 1 }),
    ],
    ['batch_update', ({ id, slow }) => batchUpdateSteps([{ id, status: 'done', claimNumber: 1 }], { sessionId: slow })],
    ['next by its id', ({ planId, id, slow }) => next(planId, 'Executor', { sessionId: slow, stepId: id })],
    [
      'next with the old claim number',
      ({ planId, slow }) => next(planId, 'Executor', { sessionId: slow, claimNumber: 1 }),
    ],
    [
      'next with evidence',
      ({ planId, slow }) => next(planId, 'Executor', { sessionId: slow, evidence: { commit: 'a1' } }),
    ],
    ['next with notes', ({ planId, slow }) => next(planId, 'Executor', { sessionId: slow, notes: 'Done.' })],
  ];

  test.each(late)('is refused in %s, told who has it now, and changes nothing', (_way, call) =>
    withTestDatabase(() => {
      const made = lost();
      const before = [hashOfAllRows(), countRows('row_history')];
      const { code, message } = at(22, () => refusal(() => call(made)));
      expect(code).toBe('conflict');
      expect(message).toContain(made.quick);
      expect([hashOfAllRows(), countRows('row_history')]).toEqual(before);
    }),
  );

  test('finds in its log why, until it claims again', () =>
    withTestDatabase(() => {
      const { id, slow, quick } = lost();
      expect(lastLoss(slow)).toEqual({
        stepId: id,
        reason: `${id}, claim 1, taken over from Executor, session ${slow}: its lease ran out at 2026-01-02T12:20:00.000Z`,
      });
      expect(getRecentEvents(1)).toMatchObject([{ event_type: 'claim.taken_over', step_id: id, session_id: slow }]);
      expect(lastLoss(quick)).toBeNull();
    }));
});

describe('leases are learnt', () => {
  /** A plan in which steps took this many minutes, one after the other; for how many minutes the next one is claimed. */
  function leaseAfter(...minutes: number[]): number {
    const { planId, slow } = aClaim();
    let time = 0;
    let claimed: StepRow | null = null;
    for (const taken of minutes) {
      time += taken;
      claimed = at(time, () => next(planId, 'Executor', { sessionId: slow })).next;
    }
    return (Date.parse(String(claimed?.lease_expires_at)) - NOON) / MINUTE - time;
  }

  test('upward, to twice the longest step of the plan', () =>
    withTestDatabase(() => expect([leaseAfter(15), leaseAfter(15, 25), leaseAfter(25, 15)]).toEqual([30, 50, 40])));

  test('never below the default', () => withTestDatabase(() => expect(leaseAfter(2)).toBe(20)));

  test('at most twice what it was, by one step', () =>
    withTestDatabase(() => expect([leaseAfter(600), leaseAfter(600, 600)]).toEqual([40, 80])));

  test('never beyond four hours', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan({ stepsEach: 6 });
      const session = aSession({ plan_id: plan.id }).id;
      const claims = steps.map((_, n) => at(n * 600, () => next(plan.id, 'Executor', { sessionId: session })).next);
      const last = Date.parse(String(claims.at(-1)?.lease_expires_at)) - Date.parse(String(claims.at(-1)?.claimed_at));
      expect(last / MINUTE).toBe(240);
    }));

  test('without a trace in the history, and for this plan alone', () =>
    withTestDatabase(() => {
      const { planId, slow } = aClaim();
      const other = aClaim();
      const before = countRows('row_history', { table_name: 'plans' });
      at(50, () => next(planId, 'Executor', { sessionId: slow }));
      expect(countRows('row_history', { table_name: 'plans' })).toBe(before);
      expect([getPlan(planId)?.longest_step_ms, getPlan(other.planId)?.longest_step_ms]).toEqual([20 * MINUTE, null]);
    }));
});

describe('reclaim', () => {
  test('gives back at once what a session holds, and tells it when it comes back', () =>
    withTestDatabase(() => {
      const { planId, ids, slow, quick, claimed } = aClaim();
      expect(at(1, () => reclaimSession(slow))).toEqual({ returned: [claimed], kept: [] });
      expect(at(1, () => next(planId, 'Executor', { sessionId: quick })).next?.id).toBe(ids[0]);
      expect(lastLoss(slow)?.reason).toContain(`reclaimed from Executor, session ${slow}`);
    }));

  test('of a plan leaves fresh work alone', () =>
    withTestDatabase(() => {
      const { planId, ids, slow, quick, claimed } = aClaim();
      const fresh = at(15, () => next(planId, 'Executor', { sessionId: quick })).next;
      expect(at(21, () => reclaimPlan(planId))).toEqual({ returned: [claimed], kept: [fresh] });
      expect(getStep(ids[0] ?? '')).toMatchObject({ status: 'pending', claimed_by_session: null, claim_number: 1 });
      expect(lastLoss(slow)?.stepId).toBe(ids[0]);
    }));

  test('refuses a session that is not there', () =>
    withTestDatabase(() => expect(refusal(() => reclaimSession('sess_none')).code).toBe('not_found')));
});
