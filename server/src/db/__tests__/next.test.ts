import { describe, expect, test } from 'vitest';
import { nowMs, withClock } from '../../domain/clock.ts';
import { getDb } from '../connection.ts';
import { updatePlan } from '../plan-db.ts';
import { completeSession } from '../session-db.ts';
import { getStep, markCurrentDoneAndGetNext as next, updateStep } from '../step-db.ts';
import type { StepRow } from '../types.ts';
import { updateRow } from '../write-helpers.ts';
import { aPlan, aSession, countRows, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

/** The refusal of a call that must also leave every row, and the history, as they were. */
function refusedWithoutTrace(fn: () => unknown): { code: string; sentence: string } {
  const before = [hashOfAllRows(), countRows('row_history')];
  const { code, sentence } = refusal(fn);
  expect([hashOfAllRows(), countRows('row_history')]).toEqual(before);
  return { code, sentence };
}

/** A plan of one phase; its steps, its id, and the ids of two sessions on it. */
function aRace(stepsEach = 4) {
  const { plan, steps } = aPlan({ stepsEach });
  const [one, two] = [aSession({ plan_id: plan.id }).id, aSession({ plan_id: plan.id }).id];
  return { planId: plan.id, ids: steps.map(({ id }) => id), one, two };
}

const idsOf = (result: { completed: StepRow | null; next: StepRow | null }) => [result.completed?.id, result.next?.id];

describe('finish and claim', () => {
  test('the first call of a session claims the first step for it', () =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace();
      const noon = Date.parse('2026-01-02T12:00:00.000Z');
      const result = withClock(
        () => noon,
        () => next(planId, 'Executor', { sessionId: one }),
      );
      expect(result.completed).toBeNull();
      expect(result.next).toEqual(getStep(ids[0] ?? ''));
      expect(result.next).toMatchObject({
        status: 'active',
        claimed_by_session: one,
        claimed_agent: 'Executor',
        claimed_at: '2026-01-02T12:00:00.000Z',
        lease_expires_at: '2026-01-02T12:20:00.000Z',
        claim_number: 1,
      });
    }));

  test('every further call finishes the step that the session holds and claims the next one', () =>
    withTestDatabase(() => {
      const { planId, ids, one, two } = aRace();
      next(planId, 'Executor', { sessionId: one });
      expect(idsOf(next(planId, 'Executor', { sessionId: two }))).toEqual([undefined, ids[1]]);
      const at = nowMs();
      const result = withClock(
        () => at,
        () => next(planId, 'Executor', { sessionId: one }),
      );
      expect(idsOf(result)).toEqual([ids[0], ids[2]]);
      expect(result.completed).toEqual(getStep(ids[0] ?? ''));
      expect(result.completed).toMatchObject({
        status: 'done',
        completed_at: new Date(at).toISOString(),
        completed_by_agent: 'Executor',
        completed_by_session: one,
        claimed_by_session: null,
        claimed_agent: null,
      });
      expect(getStep(ids[1] ?? '')).toMatchObject({ status: 'active', claimed_by_session: two });
    }));

  test('notes go below those that are there, and evidence is stored', () =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace();
      updateStep(ids[1] ?? '', { notes: 'Mind the index.' });
      next(planId, 'Executor', { sessionId: one });
      next(planId, 'Executor', { sessionId: one, notes: 'It was easy.' });
      next(planId, 'Executor', { sessionId: one, notes: 'Minded.', evidence: { exit_code: 0 } });
      expect([0, 1, 2].map((at) => getStep(ids[at] ?? '')?.notes)).toEqual([
        'It was easy.',
        'Mind the index.\n\nMinded.',
        null,
      ]);
      expect(getStep(ids[1] ?? '')?.evidence).toBe('{"exit_code":0}');
    }));

  test('a failure after the first half takes it back too', () =>
    withTestDatabase(() => {
      const { planId, one } = aRace();
      next(planId, 'Executor', { sessionId: one });
      getDb().exec(`CREATE TEMP TRIGGER no_claim BEFORE UPDATE ON main.steps WHEN new.status = 'active'
        BEGIN SELECT RAISE(ABORT, 'no claim today'); END`);
      refusedWithoutTrace(() => next(planId, 'Executor', { sessionId: one, notes: 'Done.' }));
    }));

  test('is one operation in the history: finished, claimed, and nothing else', () =>
    withTestDatabase(() => {
      const { planId, one } = aRace();
      next(planId, 'Executor', { sessionId: one });
      const before = countRows('row_history');
      next(planId, 'Executor', { sessionId: one });
      expect(countRows('row_history')).toBe(before + 2);
    }));

  test('skips steps that are blocked, done or held', () =>
    withTestDatabase(() => {
      const { planId, ids, one, two } = aRace(5);
      next(planId, 'Executor', { sessionId: one });
      updateStep(ids[1] ?? '', { status: 'blocked', blocked_reason: 'no key' });
      updateStep(ids[2] ?? '', { status: 'done' });
      expect(next(planId, 'Executor', { sessionId: two }).next?.id).toBe(ids[3]);
    }));

  test('a claim that was given back is claimed again under a higher number', () =>
    withTestDatabase(() => {
      const { planId, ids, one, two } = aRace();
      next(planId, 'Executor', { sessionId: one });
      completeSession(one, 'tired');
      const again = next(planId, 'Executor', { sessionId: two }).next;
      expect([again?.id, again?.claim_number]).toEqual([ids[0], 2]);
    }));
});

describe('whose step it is', () => {
  test('a session that holds several must name the one it has finished', () =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace();
      for (const id of ids.slice(0, 2)) updateStep(id, { status: 'active' }, { sessionId: one, agentType: 'Executor' });
      const refused = refusedWithoutTrace(() => next(planId, 'Executor', { sessionId: one }));
      expect(refused.code).toBe('conflict');
      expect(refused.sentence).toMatch(new RegExp(`hold several steps: ${ids[0]}, ${ids[1]}.*step_id`));
      expect(idsOf(next(planId, 'Executor', { sessionId: one, stepId: ids[1] }))).toEqual([ids[1], ids[2]]);
    }));

  test('with a step id alone, the call goes on as the session that holds the step', () =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace();
      next(planId, 'Executor', { sessionId: one });
      const result = next(planId, 'Executor', { stepId: ids[0] });
      expect(idsOf(result)).toEqual([ids[0], ids[1]]);
      expect(result.completed?.completed_by_session).toBe(one);
      expect(result.next?.claimed_by_session).toBe(one);
    }));

  test('with neither, it is what this agent type holds outside any session', () =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace(5);
      next(planId, 'Executor', { sessionId: one });
      expect(idsOf(next(planId, 'Executor'))).toEqual([undefined, ids[1]]);
      expect(idsOf(next(planId, 'Reviewer'))).toEqual([undefined, ids[2]]);
      expect(idsOf(next(planId, 'Executor'))).toEqual([ids[1], ids[3]]);
      expect(getStep(ids[0] ?? '')?.status).toBe('active');
      expect(getStep(ids[2] ?? '')?.status).toBe('active');
    }));

  test.each<[string, (race: ReturnType<typeof aRace>) => unknown]>([
    ['another agent type holds', ({ planId, ids }) => next(planId, 'Reviewer', { stepId: ids[0] })],
    ['another session holds', ({ planId, ids, two }) => next(planId, 'Executor', { stepId: ids[0], sessionId: two })],
    ['nobody has begun', ({ planId, ids, one }) => next(planId, 'Executor', { stepId: ids[3], sessionId: one })],
    ['is done', ({ planId, ids, one }) => next(planId, 'Executor', { stepId: ids[1], sessionId: one })],
    ['is blocked', ({ planId, ids }) => next(planId, 'Executor', { stepId: ids[2] })],
  ])('a step that %s is not finished, and nothing is written', (_, call) =>
    withTestDatabase(() => {
      const race = aRace();
      next(race.planId, 'Executor', { sessionId: race.one });
      updateStep(race.ids[1] ?? '', { status: 'done' });
      updateStep(race.ids[2] ?? '', { status: 'blocked' });
      const refused = refusedWithoutTrace(() => call(race));
      expect(refused.code).toBe('conflict');
      expect(refused.sentence).toMatch(/not your active step/);
    }),
  );

  test('a call that is repeated with its step id finishes no other step', () =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace();
      next(planId, 'Executor', { sessionId: one });
      next(planId, 'Executor', { sessionId: one, stepId: ids[0] });
      expect(refusedWithoutTrace(() => next(planId, 'Executor', { sessionId: one, stepId: ids[0] })).code).toBe(
        'conflict',
      );
    }));

  test('the number of an earlier claim is refused, the present one accepted', () =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace();
      next(planId, 'Executor', { sessionId: one });
      const call = (claimNumber: number) => next(planId, 'Executor', { sessionId: one, claimNumber });
      expect(refusedWithoutTrace(() => call(0)).sentence).toMatch(`Claim 0 of step ${ids[0]} is over`);
      expect(idsOf(call(1))).toEqual([ids[0], ids[1]]);
    }));

  test.each<[string, string, (race: ReturnType<typeof aRace>) => unknown]>([
    ['a step that does not exist', 'not_found', ({ planId }) => next(planId, 'Executor', { stepId: 'step_none' })],
    ['a step of another plan', 'not_found', ({ planId }) => next(planId, 'Executor', { stepId: aPlan().steps[0]?.id })],
    [
      'a session that does not exist',
      'not_found',
      ({ planId }) => next(planId, 'Executor', { sessionId: 'sess_none' }),
    ],
    ['a session of another plan', 'conflict', ({ planId }) => next(planId, 'Executor', { sessionId: aSession().id })],
    ['a plan that does not exist', 'not_found', () => next('plan_none', 'Executor')],
  ])('%s is refused', (_, code, call) => withTestDatabase(() => expect(refusal(() => call(aRace())).code).toBe(code)));

  test('a session that is completed is refused', () =>
    withTestDatabase(() => {
      const { planId, one } = aRace();
      completeSession(one, 'done');
      expect(refusedWithoutTrace(() => next(planId, 'Executor', { sessionId: one })).sentence).toMatch(/is completed/);
    }));
});

describe('what a step asks for before it is done', () => {
  const confirmed = { confirmed_at: '2026-01-02T03:04:05.678Z', confirmed_by: 'user', confirmed_by_session: null };

  test.each([
    ['requires_confirmation', /nobody has confirmed/],
    ['requires_user_confirmation', /the user has not confirmed/],
    ['requires_validation', /nobody else has validated/],
  ] as const)('%s: without it nothing is written, with it the call goes through', (gate, says) =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace();
      updateStep(ids[0] ?? '', { [gate]: true });
      next(planId, 'Executor', { sessionId: one });
      const refused = refusedWithoutTrace(() => next(planId, 'Executor', { sessionId: one, notes: 'Done.' }));
      expect(refused.code).toBe('conflict');
      expect(refused.sentence).toMatch(says);
      updateRow('steps', ids[0] ?? '', ['confirmed_at', 'confirmed_by', 'confirmed_by_session'], confirmed);
      expect(idsOf(next(planId, 'Executor', { sessionId: one }))).toEqual([ids[0], ids[1]]);
    }),
  );

  test.each(['step', 'plan'])('evidence that the %s requires', (owner) =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace();
      if (owner === 'plan') updatePlan(planId, { requires_evidence: true });
      else updateStep(ids[0] ?? '', { requires_evidence: true });
      next(planId, 'Executor', { sessionId: one });
      expect(refusedWithoutTrace(() => next(planId, 'Executor', { sessionId: one })).sentence).toMatch(
        /requires evidence/,
      );
      for (const evidence of [{}, { files: [] }, { exit_code: 0 }]) {
        expect(refusal(() => next(planId, 'Executor', { sessionId: one, evidence })).message).toMatch(
          /requires evidence/,
        );
      }
      const evidence = { command: 'npm test', exit_code: 0 };
      expect(idsOf(next(planId, 'Executor', { sessionId: one, evidence }))).toEqual([ids[0], ids[1]]);
    }),
  );

  test('a step of a gating type gates nothing by itself', () =>
    withTestDatabase(() => {
      const { planId, ids, one } = aRace();
      updateStep(ids[0] ?? '', { type: 'user_validation' });
      next(planId, 'Executor', { sessionId: one });
      expect(next(planId, 'Executor', { sessionId: one }).completed?.id).toBe(ids[0]);
    }));
});
