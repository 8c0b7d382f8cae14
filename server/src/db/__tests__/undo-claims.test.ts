import { describe, expect, test } from 'vitest';
import { getStep, updateStep } from '../step-db.ts';
import type { Actor } from '../step-status.ts';
import { updateRow } from '../write-helpers.ts';
import { aSession, refusal, withTestDatabase } from './fixtures.ts';
import { operation, refused, undone } from './undoing.ts';
import { twoPhases } from './world.ts';

describe('a claim that comes back', () => {
  function claimedAndReleased() {
    const { plan } = twoPhases(2, 1);
    const by = (agentType: string) => ({ sessionId: aSession({ plan_id: plan.id }).id, agentType });
    const [ada, bob] = [by('Ada'), by('Bob')];
    const claim = (who: typeof ada) => operation(() => updateStep('a0', { status: 'active' }, who));
    claim(ada);
    const released = operation(() => updateStep('a0', { status: 'pending' }, ada));
    return { ada, bob, claim, released };
  }

  test('has a new number, so that no earlier one passes for it', () =>
    withTestDatabase(() => {
      const { ada, released } = claimedAndReleased();
      undone(released.id);
      expect(getStep('a0')).toMatchObject({ status: 'active', claimed_by_session: ada.sessionId, claim_number: 2 });
      expect(refusal(() => updateStep('a0', { status: 'done' }, { claimNumber: 1 })).code).toBe('conflict');
      updateStep('a0', { status: 'done' }, { claimNumber: 2 });
    }));

  test('does not come back where somebody has claimed since, which is named', () =>
    withTestDatabase(() => {
      const { bob, claim, released } = claimedAndReleased();
      const theirs = claim(bob);
      updateStep('a0', { status: 'pending' }, bob);
      expect(refused(released.id)).toMatch(new RegExp(`steps a0\\.claim_number was changed .* in ${theirs.id}`));
    }));

  test('does not come back where somebody else is changing the same files now, who is named', () =>
    withTestDatabase(() => {
      const { bob, released } = claimedAndReleased();
      updateStep('a0', { paths: ['src/**'] });
      updateStep('a1', { paths: ['src/a.ts'] });
      const theirs = operation(() => updateStep('a1', { status: 'active' }, bob));
      operation(() => updateStep('a1', { notes: 'On it' }, bob));
      expect(refused(released.id)).toMatch(
        new RegExp(`steps a1 is held, and changes the files of a0; it was claimed at .* in ${theirs.id}\\.`),
      );
      updateStep('a1', { status: 'pending' }, bob);
      undone(released.id);
      expect(getStep('a0')?.status).toBe('active');
    }));

  test('comes back to a step that was taken over, and the one who took it over has lost it', () =>
    withTestDatabase(() => {
      const { ada, bob, claim } = claimedAndReleased();
      claim(ada);
      updateRow('steps', 'a0', ['lease_expires_at'], { lease_expires_at: '2020-01-01T00:00:00.000Z' });
      const taken = claim(bob);
      expect(getStep('a0')).toMatchObject({ claimed_by_session: bob.sessionId, claim_number: 3 });
      undone(taken.id);
      expect(getStep('a0')).toMatchObject({ claimed_by_session: ada.sessionId, claim_number: 4 });
      const finish = (by: Actor) => updateStep('a0', { status: 'done' }, by);
      for (const by of [bob, { claimNumber: 3 }]) expect(refusal(() => finish(by)).code).toBe('conflict');
      // What it had lost it has again, and may give back and finish.
      updateStep('a0', { status: 'pending' }, ada);
      finish(ada);
    }));
});
