import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { getRowHistory } from '../history-db.ts';
import { archivePlan, deletePlan } from '../plan-db.ts';
import {
  completeSession,
  createSession,
  getSession,
  getSessions,
  heldSteps,
  type NewSession,
  touchSession,
} from '../session-db.ts';
import { getStep, updateStep } from '../step-db.ts';
import { touchRow } from '../write-helpers.ts';
import { aPlan, aSession, countRows, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

const at = <T>(ms: number, fn: () => T) => withClock(() => ms, fn);

describe('createSession', () => {
  test('opens a session on a plan from now on', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const session = at(0, () => createSession(plan.id, { agent_type: 'Executor', context: { goal: 'x' } }));
      expect(session).toEqual(getSession(session.id));
      expect(session).toMatchObject({
        plan_id: plan.id,
        agent_type: 'Executor',
        started_at: '1970-01-01T00:00:00.000Z',
        last_seen_at: '1970-01-01T00:00:00.000Z',
        completed_at: null,
        summary: null,
        artifacts: '[]',
        context: '{"goal":"x"}',
        stats: null,
        is_orphaned: 0,
      });
    }));

  test('keeps what an imported session says; it was last seen when it was completed', () =>
    withTestDatabase(() => {
      const imported = {
        id: 'sess_old',
        agent_type: 'Reviewer',
        started_at: '2020-01-01T00:00:00.000Z',
        completed_at: '2020-01-02T00:00:00.000Z',
        summary: 's',
      };
      const session = aSession({ ...imported, artifacts: ['a.md'], stats: { calls: 3 } });
      expect(session).toMatchObject({
        ...imported,
        last_seen_at: imported.completed_at,
        artifacts: '["a.md"]',
        stats: '{"calls":3}',
      });
    }));

  test.each<[string, Partial<NewSession>]>([
    ['an empty agent type', { agent_type: '' }],
    ['an agent type of more than 100 characters', { agent_type: 'x'.repeat(101) }],
    ['a time in another form', { started_at: '2020-01-01 00:00' }],
  ])('refuses %s', (_what, wrong) =>
    withTestDatabase(() => {
      expect(refusal(() => aSession(wrong)).code).toBe('invalid_input');
      expect(countRows('sessions')).toBe(0);
    }),
  );

  test('refuses a plan that does not exist or is archived', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      archivePlan(plan.id);
      for (const id of [plan.id, 'plan_none']) expect(refusal(() => aSession({ plan_id: id })).code).toBe('not_found');
    }));
});

describe('getSession, getSessions', () => {
  test('list in the order of opening and by status, of an archived plan too', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const [open, completed, orphaned] = [1, 2, 3].map(() => aSession({ plan_id: plan.id }).id) as [
        string,
        string,
        string,
      ];
      completeSession(completed, 'done');
      touchRow('sessions', orphaned, { is_orphaned: 1 });
      aSession();
      const ids = (...args: Parameters<typeof getSessions>) => getSessions(...args).map(({ id }) => id);
      const check = () => {
        expect(ids(plan.id)).toEqual([open, completed, orphaned]);
        expect(ids(plan.id, 'open')).toEqual([open]);
        expect(ids(plan.id, 'completed')).toEqual([completed]);
        expect(ids(plan.id, 'orphaned')).toEqual([orphaned]);
        expect(getSession(completed)?.summary).toBe('done');
      };
      check();
      archivePlan(plan.id);
      check();
      expect(getSession('sess_none')).toBeNull();
      expect(getSessions('plan_none')).toEqual([]);
    }));

  test('go with their plan', () =>
    withTestDatabase(() => {
      const session = aSession();
      deletePlan(session.plan_id);
      expect(getSession(session.id)).toBeNull();
    }));
});

describe('completeSession', () => {
  test('closes the session and gives back the steps it holds', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan({ stepsEach: 3 });
      const [mine, also, other] = steps.map(({ id }) => id) as [string, string, string];
      const session = aSession({ plan_id: plan.id });
      const colleague = aSession({ plan_id: plan.id });
      for (const id of [mine, also]) updateStep(id, { status: 'active' }, { sessionId: session.id });
      updateStep(other, { status: 'active' }, { sessionId: colleague.id });

      const released = at(0, () => completeSession(session.id, 'Half done', ['a.md']));
      expect(released).toMatchObject([mine, also].map((id) => ({ id, status: 'pending', claimed_by_session: null })));
      expect(getStep(other)).toMatchObject({ status: 'active', claimed_by_session: colleague.id });
      expect(getSession(session.id)).toMatchObject({
        completed_at: '1970-01-01T00:00:00.000Z',
        last_seen_at: '1970-01-01T00:00:00.000Z',
        summary: 'Half done',
        artifacts: '["a.md"]',
      });
    }));

  test('an orphaned session that speaks up again is completed, not orphaned', () =>
    withTestDatabase(() => {
      const { id } = aSession();
      touchRow('sessions', id, { is_orphaned: 1 });
      expect(completeSession(id, 'done')).toEqual([]);
      expect(getSession(id)).toMatchObject({ is_orphaned: 0, summary: 'done' });
    }));

  test('refuses a second time, a missing session and one of an archived plan', () =>
    withTestDatabase(() => {
      const session = aSession();
      completeSession(session.id, 'done');
      const before = hashOfAllRows();
      expect(refusal(() => completeSession(session.id, 'again')).code).toBe('conflict');
      expect(refusal(() => completeSession('sess_none', 's')).code).toBe('not_found');
      expect(hashOfAllRows()).toBe(before);
      const archived = aSession();
      archivePlan(archived.plan_id);
      expect(refusal(() => completeSession(archived.id, 's')).code).toBe('not_found');
    }));
});

describe('heldSteps, touchSession', () => {
  test('the held steps are the active ones of the session, oldest claim first', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan({ stepsEach: 3 });
      const [a, b, c] = steps.map(({ id }) => id) as [string, string, string];
      const by = { sessionId: aSession({ plan_id: plan.id }).id };
      for (const [ms, id] of [
        [3, a],
        [1, b],
        [2, c],
      ] as const)
        at(ms, () => updateStep(id, { status: 'active' }, by));
      updateStep(c, { status: 'done' }, by);
      expect(heldSteps(by.sessionId).map(({ id }) => id)).toEqual([b, a]);
    }));

  test('a sign of life renews the leases and leaves no history', () =>
    withTestDatabase(() => {
      const { plan, steps } = aPlan();
      const id = String(steps[0]?.id);
      const session = at(0, () => aSession({ plan_id: plan.id }));
      at(0, () => updateStep(id, { status: 'active' }, { sessionId: session.id }));
      const history = () => [...getRowHistory(id), ...getRowHistory(session.id)];
      const before = history();
      at(60_000, () => touchSession(session.id));
      expect(getSession(session.id)).toEqual({ ...session, last_seen_at: '1970-01-01T00:01:00.000Z' });
      expect(getStep(id)).toMatchObject({ lease_expires_at: '1970-01-01T00:21:00.000Z', claim_number: 1 });
      expect(history()).toEqual(before);
    }));

  test('a session that was given up for its silence is open again when it is heard of', () =>
    withTestDatabase(() => {
      const { id } = aSession();
      touchRow('sessions', id, { is_orphaned: 1 });
      touchSession(id);
      expect(getSession(id)?.is_orphaned).toBe(0);
      expect(getRowHistory(id).at(-1)).toMatchObject({ after: '{"is_orphaned":0}' });
    }));
});
