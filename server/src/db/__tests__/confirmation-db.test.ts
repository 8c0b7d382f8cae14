import { expect, test } from 'vitest';
import { confirmStep } from '../confirmation-db.ts';
import { archivePlan } from '../plan-db.ts';
import { getStep, updateStep } from '../step-db.ts';
import { aSession, aStep, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

test('a confirmation says who gave it, when and in which session', () =>
  withTestDatabase(() => {
    const step = aStep();
    const session = aSession({ plan_id: step.plan_id });
    const confirmed = confirmStep(step.id, 'Reviewer', session.id);
    expect(confirmed).toEqual(getStep(step.id));
    expect(confirmed).toMatchObject({
      confirmed_at: expect.any(String),
      confirmed_by: 'Reviewer',
      confirmed_by_session: session.id,
      status: 'pending',
    });
    expect(confirmStep(step.id, 'Architect')).toMatchObject({ confirmed_by: 'Architect', confirmed_by_session: null });
  }));

test('what the user has confirmed stays confirmed by the user', () =>
  withTestDatabase(() => {
    const { id } = aStep({ requires_user_confirmation: true });
    const confirmed = confirmStep(id, 'user');
    const before = hashOfAllRows();
    expect(confirmStep(id, 'Reviewer')).toEqual(confirmed);
    expect(hashOfAllRows()).toBe(before);
    expect(updateStep(id, { status: 'done' }).status).toBe('done');
  }));

test('re-opening a step takes its confirmation back', () =>
  withTestDatabase(() => {
    const { id } = aStep({ requires_confirmation: true });
    confirmStep(id, 'Reviewer');
    updateStep(id, { status: 'done' });
    expect(updateStep(id, { status: 'pending' })).toMatchObject({ confirmed_at: null, confirmed_by: null });
    expect(refusal(() => updateStep(id, { status: 'done' }))).toMatchObject({ code: 'conflict' });
  }));

test('who holds a step does not validate it, by the session or without one by the agent type', () =>
  withTestDatabase(() => {
    const { id, plan_id } = aStep({ requires_validation: true });
    const [doer, other] = [aSession({ plan_id }), aSession({ plan_id })];
    updateStep(id, { status: 'active' }, { sessionId: doer.id, agentType: 'Executor' });
    const before = hashOfAllRows();
    expect(refusal(() => confirmStep(id, 'Reviewer', doer.id))).toMatchObject({ code: 'conflict' });
    expect(refusal(() => confirmStep(id, 'Executor'))).toMatchObject({ code: 'conflict' });
    expect(hashOfAllRows()).toBe(before);
    expect(confirmStep(id, 'Executor', other.id)).toMatchObject({ confirmed_by_session: other.id });
  }));

test('a step that needs no validation may be confirmed by its holder', () =>
  withTestDatabase(() => {
    const { id } = aStep({ requires_confirmation: true });
    updateStep(id, { status: 'active' }, { agentType: 'Executor' });
    expect(confirmStep(id, 'Executor').confirmed_by).toBe('Executor');
  }));

test('only live steps are confirmed', () =>
  withTestDatabase(() => {
    const { id, plan_id } = aStep();
    archivePlan(plan_id);
    for (const step of [id, 'step_x']) {
      expect(refusal(() => confirmStep(step, 'user'))).toMatchObject({ code: 'not_found' });
    }
  }));
