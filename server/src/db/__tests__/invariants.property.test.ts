import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getNextPendingStep } from '../step-db.ts';
import { isReady } from '../step-queue.ts';
import { rowsOf, userTables, withTestDatabase } from './fixtures.ts';
import { requireRules } from './invariants.ts';
import { ANY_CALLS, perform } from './random-calls.ts';

test('what must hold of steps, edges and plans holds after any sequence of calls', () => {
  fc.assert(
    fc.property(ANY_CALLS, (calls) =>
      withTestDatabase(() => {
        for (const call of calls) {
          perform(call);
          requireRules(call.name);
        }
        for (const plan of rowsOf('plans')) {
          const steps = rowsOf('steps').filter((step) => step.plan_id === plan.id && isReady(step));
          const next = getNextPendingStep(plan.id);
          expect(steps.map(({ id }) => id)).toEqual(next === null ? [] : expect.arrayContaining([next.id]));
        }
        const ids = userTables().flatMap((table) => rowsOf(table).map(({ id }) => id));
        expect(new Set(ids).size).toBe(ids.length);
      }),
    ),
    { numRuns: 60 },
  );
});
