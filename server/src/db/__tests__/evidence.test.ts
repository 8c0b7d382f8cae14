/** A step that requires evidence becomes done with evidence, or with a waiver, whichever way it is finished. */
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../domain/stored-values.ts';
import { confirmStep } from '../confirmation-db.ts';
import { updatePlan } from '../plan-db.ts';
import { batchUpdateSteps, getStep, markCurrentDoneAndGetNext, updateStep } from '../step-db.ts';
import { aPlan, aSession, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';

interface Held {
  planId: string;
  id: string;
  sessionId: string;
}

/** A session holds a step that requires evidence, by itself or by its plan. */
function held(by: 'step' | 'plan' = 'step'): Held {
  const { plan, steps } = aPlan({ stepsEach: 2 });
  const id = String(steps[0]?.id);
  const sessionId = aSession({ plan_id: plan.id }).id;
  if (by === 'step') updateStep(id, { requires_evidence: true });
  else updatePlan(plan.id, { requires_evidence: true });
  markCurrentDoneAndGetNext(plan.id, 'Executor', { sessionId });
  return { planId: plan.id, id, sessionId };
}

const WAYS: Record<string, (held: Held, evidence?: JsonObject) => unknown> = {
  next: ({ planId, sessionId }, evidence) => markCurrentDoneAndGetNext(planId, 'Executor', { sessionId, evidence }),
  update: ({ id, sessionId }, evidence) => updateStep(id, { status: 'done', evidence }, { sessionId }),
  'update of the data layer': ({ id }, evidence) => updateStep(id, { status: 'done', evidence }),
  batch_update: ({ id, sessionId }, evidence) => batchUpdateSteps([{ id, status: 'done', evidence }], { sessionId }),
};

const REFUSED: [string, JsonObject | undefined][] = [
  ['nothing', undefined],
  ['an empty object', {}],
  ['an exit code alone', { exit_code: 0 }],
  ['a command that failed', { command: 'npm test', exit_code: 1 }],
  ['an empty command', { command: '' }],
  ['no files', { files: [] }],
  ['a waiver without a reason', { waiver: { by: 'Ada' } }],
  ['a waiver by nobody', { waiver: { reason: 'It is late' } }],
];

const TAKEN: [string, JsonObject][] = [
  ['a command and its exit code', { command: 'npm test', exit_code: 0 }],
  ['a command', { command: 'npm test' }],
  ['a commit', { commit: '1a2b3c4' }],
  ['files', { files: ['report.md'] }],
  ['a waiver with a name and a reason', { waiver: { by: 'Ada', reason: 'Cannot be run here' } }],
  ['a waiver of a command that failed', { command: 'npm test', exit_code: 1, waiver: { by: 'Ada', reason: 'Known' } }],
];

describe.each(Object.entries(WAYS))('by %s', (_way, finish) => {
  test.each(REFUSED)('%s is refused with the shape to send, and nothing changes', (_what, evidence) => {
    for (const by of ['step', 'plan'] as const) {
      withTestDatabase(() => {
        const made = held(by);
        const before = hashOfAllRows();
        const { code, sentence } = refusal(() => finish(made, evidence));
        expect(code).toBe('conflict');
        expect(sentence).toMatch(
          /requires evidence.*Send evidence: \{"command": "npm test", "exit_code": 0\} or .*waiver/,
        );
        expect(hashOfAllRows()).toBe(before);
      });
    }
  });

  test.each(TAKEN)('%s is taken and kept', (_what, evidence) =>
    withTestDatabase(() => {
      const made = held();
      finish(made, evidence);
      expect(getStep(made.id)).toMatchObject({ status: 'done', evidence: JSON.stringify(evidence) });
    }),
  );

  test('what was sent before counts', () =>
    withTestDatabase(() => {
      const made = held();
      updateStep(made.id, { evidence: { commit: '1a2b3c4' } });
      finish(made);
      expect(getStep(made.id)?.status).toBe('done');
    }));
});

test('a confirmation is no evidence', () =>
  withTestDatabase(() => {
    const made = held();
    updateStep(made.id, { requires_user_confirmation: true });
    confirmStep(made.id, 'user');
    expect(getStep(made.id)?.status).toBe('active');
    expect(refusal(() => WAYS['next']?.(made)).message).toContain('requires evidence');
  }));

test('the gate is not slipped past in the call that finishes: neither by its flag nor by old evidence', () =>
  withTestDatabase(() => {
    const { id } = held();
    const finish = (more: object) => refusal(() => updateStep(id, { status: 'done', ...more })).code;
    expect(finish({ requires_evidence: false })).toBe('conflict');
    updateStep(id, { evidence: { commit: '1a2b3c4' } });
    expect(finish({ evidence: null })).toBe('conflict');
    const free = String(aPlan({ stepsEach: 2 }).steps[0]?.id);
    expect(refusal(() => updateStep(free, { status: 'done', requires_evidence: true })).code).toBe('conflict');
  }));

test('evidence of a finished step can be bettered, and not taken away', () =>
  withTestDatabase(() => {
    const made = held();
    WAYS['next']?.(made, { commit: '1a2b3c4' });
    expect(refusal(() => updateStep(made.id, { evidence: null })).code).toBe('conflict');
    updateStep(made.id, { evidence: { commit: '5d6e7f8' } });
    expect(getStep(made.id)?.evidence).toBe('{"commit":"5d6e7f8"}');
  }));
