/** Steps that would change the same files are not handed out at the same time. */
import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { createPhase } from '../phase-db.ts';
import { createStep, getNextPendingStep, getStep, markCurrentDoneAndGetNext as next, updateStep } from '../step-db.ts';
import { getPathConflicts, getReadySteps, whyNothingReady } from '../step-queue.ts';
import { aPlan, aSession, aWorkspace, withTestDatabase } from './fixtures.ts';

/** A plan with a step for each of these lists of paths, and two sessions on it; the first holds the first step. */
function sharedFiles(...paths: string[][]) {
  const { plan, phases } = aPlan({ workspace_id: aWorkspace().id });
  const ids = paths.map((list) => createStep(phases[0]?.id ?? '', { task: 'Change files', paths: list }).id);
  const first = getNextPendingStep(plan.id);
  updateStep(String(first?.id), { status: 'done' });
  const [one, two] = [aSession({ plan_id: plan.id }).id, aSession({ plan_id: plan.id }).id];
  next(plan.id, 'Executor', { sessionId: one });
  return { plan, planId: plan.id, ids, one, two };
}

const ready = (planId: string, sessionId: string) => getReadySteps(planId, { by: { sessionId } }).map(({ id }) => id);

describe('a step whose files somebody else is changing', () => {
  test('is passed over by next, and listed with who holds which files', () =>
    withTestDatabase(() => {
      const { planId, ids, one, two } = sharedFiles(['src/db/**'], ['src/db/plan.ts'], ['docs/*.md']);
      expect(ready(planId, two)).toEqual([ids[2]]);
      expect(getPathConflicts(planId, { sessionId: two })).toMatchObject([
        {
          step: { id: ids[1] },
          holder: { id: ids[0], claimed_by_session: one },
          path: 'src/db/plan.ts',
          heldPath: 'src/db/**',
        },
      ]);
      expect(next(planId, 'Executor', { sessionId: two }).next?.id).toBe(ids[2]);
    }));

  test('is what a caller waits for when there is nothing else', () =>
    withTestDatabase(() => {
      const { planId, ids, one, two } = sharedFiles(['src/**'], ['src/a.ts']);
      expect(next(planId, 'Executor', { sessionId: two })).toEqual({ completed: null, next: null });
      expect(whyNothingReady(planId, { sessionId: two })).toEqual({
        state: 'waiting',
        reasons: [
          `step ${ids[1]} would change "src/a.ts", and step ${ids[0]}, which changes "src/**", is held by Executor (session ${one})`,
          `step ${ids[0]} is held by Executor, session ${one}`,
        ],
      });
    }));

  test('is to be had by the one who is changing them', () =>
    withTestDatabase(() => {
      const { planId, ids, one } = sharedFiles(['src/**'], ['src/a.ts']);
      expect(ready(planId, one)).toEqual([ids[1]]);
      expect(next(planId, 'Executor', { sessionId: one }).next?.id).toBe(ids[1]);
    }));

  test.each(['done', 'pending', 'blocked'] as const)('is to be had once the other step is %s', (status) =>
    withTestDatabase(() => {
      const { planId, ids, two } = sharedFiles(['src/**'], ['src/a.ts']);
      updateStep(ids[0] ?? '', { status });
      expect(ready(planId, two)).toContain(ids[1]);
    }),
  );

  test('is to be had once the lease of the other has run out', () =>
    withTestDatabase(() => {
      const { planId, ids, two } = sharedFiles(['src/**'], ['src/a.ts']);
      const later = Date.parse(String(getStep(ids[0] ?? '')?.lease_expires_at)) + 1;
      withClock(
        () => later,
        () => expect(ready(planId, two)).toEqual(ids),
      );
    }));

  test('waits across the plans of a workspace, and not beyond it', () =>
    withTestDatabase(() => {
      const { plan } = sharedFiles(['src/**'], ['src/b.ts']);
      const near = aPlan({ workspace_id: plan.workspace_id, phases: 0 }).plan.id;
      const far = aPlan({ phases: 0 }).plan.id;
      for (const id of [near, far])
        createStep(createPhase(id, { name: 'Work' }).id, { task: 'Change', paths: ['src/c.ts'] });
      expect(getNextPendingStep(near)).toBeNull();
      expect(getNextPendingStep(far)).not.toBeNull();
    }));
});

test('a step that names no files is nobody’s hindrance', () =>
  withTestDatabase(() => {
    const { planId, ids, two } = sharedFiles([], ['src/a.ts'], []);
    expect(ready(planId, two)).toEqual([ids[1], ids[2]]);
  }));
