import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timestamp, withClock } from '../../domain/clock.ts';
import type { PlanState } from '../../domain/plan-state.ts';
import { getPlanState } from '../mappers.ts';
import { getPlanStateAt } from '../plan-at.ts';
import { deletePlan, updatePlan } from '../plan-db.ts';
import { run } from '../query-helpers.ts';
import { aPlan, refusal, rowsOf, withTestDatabase } from './fixtures.ts';
import { ANY_CALLS, perform } from './random-calls.ts';

/** A plan without the signs of life, which leave no history. */
function recorded(plan: PlanState | null): unknown {
  return (
    plan && {
      ...plan,
      steps: plan.steps.map(({ claim, ...step }) => ({
        ...step,
        claim: claim && { ...claim, lease_expires_at: null },
      })),
      agent_sessions: plan.agent_sessions.map((session) => ({ ...session, last_seen_at: null })),
    }
  );
}

function planIds(): string[] {
  return [...rowsOf('plans'), ...rowsOf('plans_archive')].map(({ id }) => id);
}

const START = Date.parse('2026-01-01T00:00:00.000Z');

/** A clock that the test moves. */
function withHand<T>(fn: (tick: () => string) => T): T {
  let ms = START;
  const tick = () => {
    ms += 1_000;
    return timestamp(ms);
  };
  return withClock(
    () => ms,
    () => fn(tick),
  );
}

describe('a plan as it was', () => {
  test('is told of every plan at every time, also of deleted and archived ones', () => {
    fc.assert(
      fc.property(ANY_CALLS, (calls) =>
        withTestDatabase(() =>
          withHand((tick) => {
            const states = calls.map((call) => {
              const at = tick();
              perform(call);
              return { at, plans: new Map(planIds().map((id) => [id, recorded(getPlanState(id))])) };
            });
            for (const { at, plans } of states) {
              for (const [id, state] of plans)
                expect(recorded(getPlanStateAt(id, at)), `${id} at ${at}`).toEqual(state);
            }
          }),
        ),
      ),
      { numRuns: 20 },
    );
  });

  test('is refused before it was made, and told after it was deleted', () => {
    withTestDatabase(() =>
      withHand((tick) => {
        const before = tick();
        aPlan();
        const made = tick();
        const { plan } = aPlan({ title: 'Late' });
        const deleted = tick();
        deletePlan(plan.id);
        expect(getPlanStateAt(plan.id, made).title).toBe('Late');
        expect(refusal(() => getPlanStateAt(plan.id, before)).code).toBe('not_found');
        expect(refusal(() => getPlanStateAt(plan.id, deleted)).code).toBe('not_found');
      }),
    );
  });

  test('is refused before the time to which the history goes back', () => {
    withTestDatabase(() =>
      withHand((tick) => {
        const { plan } = aPlan();
        tick();
        updatePlan(plan.id, { title: 'Renamed' });
        run('DELETE FROM row_history WHERE at < ?', [tick()]);
        updatePlan(plan.id, { title: 'Again' });
        const refused = refusal(() => getPlanStateAt(plan.id, timestamp(START)));
        expect(refused.sentence).toContain(`goes back to ${timestamp(START + 2_000)}`);
      }),
    );
  });
});
