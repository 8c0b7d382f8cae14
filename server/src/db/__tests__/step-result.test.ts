/** A step is finished once: a later word about it counts from whoever finished it, and from nobody who has lost it. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../domain/stored-values.ts';
import { reclaimSession } from '../reclaim.ts';
import { batchUpdateSteps, getStep, updateStep } from '../step-db.ts';
import type { Actor } from '../step-status.ts';
import { updateRow } from '../write-helpers.ts';
import { aPlan, aSession, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

interface Place {
  id: string;
  ada: Actor;
  bob: Actor;
}

/** A step of a plan with more than one, and two sessions on it. */
function aStepForTwo(): Place {
  const { plan, steps } = aPlan({ stepsEach: 2, execution: 'free' });
  const actor = (agentType: string): Actor => ({
    sessionId: aSession({ plan_id: plan.id, agent_type: agentType }).id,
    agentType,
  });
  return { id: String(steps[0]?.id), ada: actor('Ada'), bob: actor('Bob') };
}

const claim = (id: string, by: Actor) => updateStep(id, { status: 'active' }, by);

const WAYS: Record<string, (id: string, by: Actor, evidence?: JsonObject) => unknown> = {
  update: (id, by, evidence) => updateStep(id, { status: 'done', evidence }, by),
  batch_update: (id, by, evidence) =>
    batchUpdateSteps([{ id, status: 'done', evidence, claimNumber: by.claimNumber }], by),
};

/** The refusal of a call that must change nothing. */
function refused(call: () => unknown): string {
  const before = hashOfAllRows();
  const { code, message } = refusal(call);
  expect(code).toBe('conflict');
  expect(hashOfAllRows()).toBe(before);
  return message;
}

test('evidence of a step that somebody holds comes from the holder alone', () =>
  withTestDatabase(() => {
    const { id, ada, bob } = aStepForTwo();
    claim(id, ada);
    updateStep(id, { evidence: { commit: '1a2b3c4' } }, ada);
    for (const evidence of [{ commit: '5d6e7f8' }, null]) {
      expect(refused(() => updateStep(id, { evidence }, bob))).toContain(`Step ${id} is held by Ada`);
      expect(refused(() => batchUpdateSteps([{ id, evidence }], bob))).toContain('is held by Ada');
    }
    expect(getStep(id)?.evidence).toBe('{"commit":"1a2b3c4"}');
  }));

describe.each(Object.entries(WAYS))('by %s', (_way, finish) => {
  test('a step that is done is refused to anybody else, who is told by whom and when', () =>
    withTestDatabase(() => {
      const { id, ada, bob } = aStepForTwo();
      finish(id, ada, { commit: '1a2b3c4' });
      const { completed_at } = getStep(id) ?? {};
      const said = `Step ${id} is done already: it was finished by Ada (session ${ada.sessionId}) at ${completed_at}.`;
      expect(refused(() => finish(id, bob))).toBe(said);
      expect(refused(() => finish(id, bob, { commit: '5d6e7f8' }))).toBe(said);
      expect(refused(() => finish(id, { agentType: 'Ada' }))).toBe(said);
    }));

  test('whoever finished it says so again, and betters the evidence; so does a caller that names nobody', () =>
    withTestDatabase(() => {
      const { id, ada } = aStepForTwo();
      finish(id, ada);
      const first = getStep(id);
      finish(id, ada);
      expect(getStep(id)).toEqual(first);
      finish(id, ada, { commit: '5d6e7f8' });
      finish(id, {}, { commit: '9a8b7c6' });
      expect(getStep(id)).toMatchObject({
        completed_by_session: ada.sessionId,
        completed_at: first?.completed_at,
        evidence: '{"commit":"9a8b7c6"}',
      });
    }));

  test('without sessions, the agent type tells who finished it', () =>
    withTestDatabase(() => {
      const { id, bob } = aStepForTwo();
      finish(id, { agentType: 'Ada' });
      finish(id, { agentType: 'Ada' });
      expect(refused(() => finish(id, { agentType: 'Bob' }))).toContain('was finished by Ada at');
      expect(refused(() => finish(id, bob))).toContain('was finished by Ada at');
    }));

  test('a claim that was reclaimed finishes nothing, neither by its session nor by its number', () =>
    withTestDatabase(() => {
      const { id, ada, bob } = aStepForTwo();
      claim(id, ada);
      reclaimSession(String(ada.sessionId));
      expect(refused(() => finish(id, ada))).toMatch(
        /You have lost this step: .* reclaimed from Ada, .*It is pending and is held by nobody now/,
      );
      expect(refused(() => finish(id, { claimNumber: 1 }))).toContain('Claim 1 of step');
      finish(id, bob);
      expect(refused(() => finish(id, { claimNumber: 1 }))).toMatch(
        /Claim 1 .* was finished by Bob \(session .*claim 2/,
      );
      expect(refused(() => finish(id, ada))).toContain('was finished by Bob');
    }));

  test('whoever lost it and claimed it again finishes it', () =>
    withTestDatabase(() => {
      const { id, ada } = aStepForTwo();
      claim(id, ada);
      reclaimSession(String(ada.sessionId));
      claim(id, ada);
      updateStep(id, { status: 'pending' }, ada);
      finish(id, ada);
      expect(getStep(id)).toMatchObject({ status: 'done', completed_by_session: ada.sessionId });
    }));

  test('a pending step that the caller never lost is finished by anybody', () =>
    withTestDatabase(() => {
      const { id, ada, bob } = aStepForTwo();
      claim(id, ada);
      reclaimSession(String(ada.sessionId));
      finish(id, bob);
      expect(getStep(id)?.completed_by_session).toBe(bob.sessionId);
    }));
});

test('whoever lost a step neither blocks it nor proves it', () =>
  withTestDatabase(() => {
    const { id, ada, bob } = aStepForTwo();
    claim(id, ada);
    reclaimSession(String(ada.sessionId));
    const block = () => updateStep(id, { status: 'blocked', blocked_reason: 'late' }, ada);
    const prove = () => updateStep(id, { evidence: { commit: '1a2b3c4' } }, ada);
    for (const call of [block, prove]) expect(refused(call)).toContain('You have lost this step');
    claim(id, bob);
    expect(refused(prove)).toContain(`is held by Bob (session ${bob.sessionId})`);
    updateStep(id, { status: 'done' }, bob);
    expect(refused(prove)).toContain('was finished by Bob');
  }));

test('an agent that is not known is not the one that nobody knows', () =>
  withTestDatabase(() => {
    const { id, ada, bob } = aStepForTwo();
    claim(id, ada);
    reclaimSession(String(ada.sessionId));
    const finish = (by: Actor, evidence?: JsonObject) => updateStep(id, { status: 'done', evidence }, by);
    expect(refused(() => finish({ ...ada, agentType: null }))).toContain('You have lost this step');
    finish({});
    updateRow('steps', id, ['completed_at'], { completed_at: null });
    expect(refused(() => finish({ ...bob, agentType: null }, { commit: '1a2b3c4' }))).toMatch(
      /it was finished by nobody known\.$/,
    );
  }));
