import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { completeSession } from '../session-db.ts';
import type { StepUpdate } from '../step-change.ts';
import { batchUpdateSteps, getStep, updateStep } from '../step-db.ts';
import type { Actor } from '../step-status.ts';
import type { StepRow } from '../types.ts';
import { updateRow } from '../write-helpers.ts';
import { aPlan, aSession, aStep, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

const NOON = '2026-01-01T12:00:00.000Z';
const noon = () => Date.parse(NOON);

/** A step of a plan with more than one, so that finishing it does not complete the plan. */
function oneOfTwo(): string {
  return String(aPlan({ stepsEach: 2 }).steps[0]?.id);
}

/** A step that a session holds. */
function heldStep(agentType = 'Executor') {
  const { plan, steps } = aPlan({ stepsEach: 2 });
  const session = aSession({ plan_id: plan.id, agent_type: agentType });
  const actor: Actor = { sessionId: session.id, agentType };
  const step = updateStep(String(steps[0]?.id), { status: 'active' }, actor);
  return { plan, session, actor, step };
}

function confirm(id: string, by: string, session: string | null = null): void {
  const columns = ['confirmed_at', 'confirmed_by', 'confirmed_by_session'] as const;
  updateRow('steps', id, columns, { confirmed_at: NOON, confirmed_by: by, confirmed_by_session: session });
}

const UNCLAIMED = { claimed_by_session: null, claimed_agent: null, claimed_at: null, lease_expires_at: null };

describe('a change of status', () => {
  test('to active is a claim with a lease of twenty minutes and a number that only grows', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan();
      const session = aSession({ plan_id: plan.id });
      const id = String(steps[0]?.id);
      const claim = () =>
        withClock(noon, () => updateStep(id, { status: 'active' }, { sessionId: session.id, agentType: 'Executor' }));
      expect(claim()).toMatchObject({
        status: 'active',
        claimed_by_session: session.id,
        claimed_agent: 'Executor',
        claimed_at: NOON,
        lease_expires_at: '2026-01-01T12:20:00.000Z',
        claim_number: 1,
      });
      updateStep(id, { status: 'pending' });
      expect(getStep(id)).toMatchObject({ ...UNCLAIMED, claim_number: 1 });
      expect(claim().claim_number).toBe(2);
    }));

  test('to active by nobody named is a claim of the assignee', () =>
    withTestDatabase(() => {
      const { id } = aStep({ assignee: 'Tester' });
      expect(updateStep(id, { status: 'active' })).toMatchObject({ claimed_agent: 'Tester', claimed_by_session: null });
    }));

  test('to done says when and by whom, and ends the claim', () =>
    withTestDatabase(() => {
      const { session, actor, step } = heldStep();
      const done = withClock(noon, () => updateStep(step.id, { status: 'done' }, actor));
      expect(done).toMatchObject({
        ...UNCLAIMED,
        status: 'done',
        completed_at: NOON,
        completed_by_agent: 'Executor',
        completed_by_session: session.id,
        claim_number: 1,
      });
    }));

  test('to done by nobody named counts for the holder', () =>
    withTestDatabase(() => {
      const { session, step } = heldStep('Tester');
      const done = updateStep(step.id, { status: 'done' });
      expect(done).toMatchObject({ completed_by_agent: 'Tester', completed_by_session: session.id });
    }));

  test('to blocked keeps the reason until the step goes on', () =>
    withTestDatabase(() => {
      const { actor, step } = heldStep();
      updateStep(step.id, { status: 'blocked', blocked_reason: 'no database' }, actor);
      expect(getStep(step.id)).toMatchObject({ ...UNCLAIMED, status: 'blocked', blocked_reason: 'no database' });
      updateStep(step.id, { status: 'pending' });
      expect(getStep(step.id)).toMatchObject({ status: 'pending', blocked_reason: null });
    }));

  test.each(['pending', 'blocked', 'active'] as const)('from done to %s clears completion and confirmation', (status) =>
    withTestDatabase(() => {
      const id = oneOfTwo();
      confirm(id, 'user');
      updateStep(id, { status: 'done', notes: 'n', evidence: { command: 'make' } }, { agentType: 'Executor' });
      expect(updateStep(id, { status })).toMatchObject({
        status,
        completed_at: null,
        completed_by_agent: null,
        completed_by_session: null,
        confirmed_at: null,
        confirmed_by: null,
        confirmed_by_session: null,
        notes: 'n',
        evidence: '{"command":"make"}',
      });
    }),
  );

  test('to the status it has changes nothing', () =>
    withTestDatabase(() => {
      const { actor, step } = heldStep();
      const before = hashOfAllRows();
      expect(updateStep(step.id, { status: 'active' }, actor)).toEqual(step);
      expect(hashOfAllRows()).toBe(before);
    }));

  test('to active for a session of another plan, or one that is closed or unknown, is refused', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan();
      const id = String(steps[0]?.id);
      const closed = aSession({ plan_id: plan.id });
      completeSession(closed.id, 'done');
      const claimFor = (sessionId: string) => refusal(() => updateStep(id, { status: 'active' }, { sessionId })).code;
      expect(claimFor(aSession().id)).toBe('conflict');
      expect(claimFor(closed.id)).toBe('conflict');
      expect(claimFor('sess_none')).toBe('not_found');
      expect(getStep(id)).toEqual(steps[0]);
    }));
});

describe('the holder of a step', () => {
  const others: [string, (step: StepRow) => Actor][] = [
    ['another session', () => ({ sessionId: 'sess_other', agentType: 'Executor' })],
    ['the same agent type without the session', () => ({ agentType: 'Executor' })],
    ['nobody known', () => ({})],
    ['an earlier claim', (step) => ({ claimNumber: step.claim_number - 1 })],
    ['the holder with an earlier claim', (step) => ({ sessionId: step.claimed_by_session, claimNumber: 0 })],
  ];

  test.each(others)('is not %s: every change of status is refused and names the holder', (_who, other) =>
    withTestDatabase(() => {
      const { session, step } = heldStep();
      const before = hashOfAllRows();
      for (const status of ['done', 'blocked', 'pending', 'active'] as const) {
        const { code, message } = refusal(() => updateStep(step.id, { status }, other(step)));
        expect(code).toBe('conflict');
        expect(message).toContain(session.id);
      }
      expect(hashOfAllRows()).toBe(before);
    }),
  );

  test.each<[string, (step: StepRow) => Actor]>([
    ['the session that claimed it', (step) => ({ sessionId: step.claimed_by_session, agentType: 'Executor' })],
    ['whoever knows the claim number', (step) => ({ claimNumber: step.claim_number })],
  ])('is %s', (_who, holder) =>
    withTestDatabase(() => {
      const { step } = heldStep();
      expect(updateStep(step.id, { status: 'done' }, holder(step)).status).toBe('done');
    }),
  );

  test('of a claim without a session is the agent type', () =>
    withTestDatabase(() => {
      const id = oneOfTwo();
      updateStep(id, { status: 'active' }, { agentType: 'Executor' });
      expect(refusal(() => updateStep(id, { status: 'done' }, { agentType: 'Tester' })).code).toBe('conflict');
      expect(updateStep(id, { status: 'done' }, { agentType: 'Executor' }).status).toBe('done');
    }));

  test('is nobody while the step is pending, blocked or done', () =>
    withTestDatabase(() => {
      const id = oneOfTwo();
      for (const status of ['blocked', 'done', 'pending'] as const) {
        expect(updateStep(id, { status }, { sessionId: undefined, agentType: 'Anybody' }).status).toBe(status);
      }
    }));

  test('does not keep others from adding notes, unless they come with an earlier claim', () =>
    withTestDatabase(() => {
      const { step } = heldStep();
      const other = { agentType: 'Reviewer' };
      expect(updateStep(step.id, { notes: 'seen' }, other)).toMatchObject({ notes: 'seen', status: 'active' });
      expect(refusal(() => updateStep(step.id, { notes: 'x' }, { ...other, claimNumber: 0 })).code).toBe('conflict');
    }));

  test('a batch asks for each step by itself, and one refusal stops all of it', () =>
    withTestDatabase(() => {
      const { step, session } = heldStep();
      const mine = oneOfTwo();
      const before = hashOfAllRows();
      const update = (claimNumber?: number) =>
        batchUpdateSteps(
          [
            { id: mine, status: 'done' },
            { id: step.id, status: 'done', claimNumber },
          ],
          { agentType: 'Reviewer' },
        );
      expect(refusal(() => update()).message).toContain(session.id);
      expect(hashOfAllRows()).toBe(before);
      expect(update(1).map(({ status }) => status)).toEqual(['done', 'done']);
    }));
});

describe('the gates of a step', () => {
  const finish = (id: string, by?: Actor, data: StepUpdate = {}) => updateStep(id, { ...data, status: 'done' }, by);

  test('requires_confirmation: nobody finishes it before somebody confirms', () =>
    withTestDatabase(() => {
      const { id } = aStep({ requires_confirmation: true });
      expect(refusal(() => finish(id)).message).toContain('confirmed');
      confirm(id, 'Reviewer');
      expect(finish(id).status).toBe('done');
    }));

  test('requires_user_confirmation: the confirmation of an agent does not count', () =>
    withTestDatabase(() => {
      const { id } = aStep({ requires_user_confirmation: true });
      confirm(id, 'Reviewer');
      expect(refusal(() => finish(id)).message).toContain('user');
      confirm(id, 'user');
      expect(finish(id).status).toBe('done');
    }));

  test('requires_validation: the one who did it cannot validate it, another session or agent type can', () =>
    withTestDatabase(() => {
      const { actor, session, step } = heldStep();
      updateStep(step.id, { requires_validation: true });
      expect(refusal(() => finish(step.id, actor)).code).toBe('conflict');
      confirm(step.id, 'Executor', session.id);
      expect(refusal(() => finish(step.id, actor)).code).toBe('conflict');
      confirm(step.id, 'Executor');
      expect(refusal(() => finish(step.id, actor)).code).toBe('conflict');
      confirm(step.id, 'Executor', 'sess_other');
      expect(finish(step.id, actor).status).toBe('done');
      updateStep(step.id, { status: 'pending' });
      confirm(step.id, 'Reviewer');
      expect(finish(step.id).status).toBe('done');
    }));

  test('requires_evidence, of the step or its plan: evidence in the same change is enough', () =>
    withTestDatabase(() => {
      const own = aStep({ requires_evidence: true });
      const ofPlan = String(aPlan({ requires_evidence: true }).steps[0]?.id);
      for (const id of [own.id, ofPlan]) {
        expect(refusal(() => finish(id)).hint).toContain('evidence');
        expect(finish(id, undefined, { evidence: { command: 'npm test', exit_code: 0 } }).status).toBe('done');
      }
    }));

  test('a refused step stays as it was, and a step that is done is not asked again', () =>
    withTestDatabase(() => {
      const { actor, step } = heldStep();
      updateStep(step.id, { requires_confirmation: true });
      const before = hashOfAllRows();
      expect(refusal(() => finish(step.id, actor, { notes: 'finished' })).code).toBe('conflict');
      expect(hashOfAllRows()).toBe(before);
      const done = aStep({ status: 'done', requires_confirmation: true });
      expect(finish(done.id, undefined, { notes: 'n' })).toMatchObject({ status: 'done', notes: 'n' });
    }));

  test('the type of a step gates nothing by itself', () =>
    withTestDatabase(() => {
      for (const type of ['confirmation', 'user_validation', 'validation', 'critical'] as const) {
        expect(finish(aStep({ type }).id).status).toBe('done');
      }
    }));
});
