/** Claims that ended without their holder: the log keeps whose they were and why, so that a holder who comes back is told. */
import { fromJson } from '../domain/stored-values.ts';
import { addEventLog } from './event-log-db.ts';
import { getRowHistory } from './history-db.ts';
import { queryOne } from './query-helpers.ts';
import type { EventLogRow, PlanRow, StepRow } from './types.ts';

type Loss = 'taken_over' | 'reclaimed';

/** A claim that its session lost, and has claimed nothing since. */
export interface LostClaim {
  stepId: string;
  reason: string;
}

/** Says why a claim that was there is over: `lease`, the one that runs out without a sign of life. */
export function lossReason(before: StepRow, how: Loss): string {
  const holder = `${before.claimed_agent ?? 'nobody known'}, session ${before.claimed_by_session ?? 'none'}`;
  return how === 'taken_over'
    ? `taken over from ${holder}: its lease ran out at ${before.lease_expires_at}`
    : `reclaimed from ${holder}`;
}

/** Writes into the log of the session that lost it. `before` is the step as it held it. */
export function logLoss(before: StepRow, how: Loss, newSessionId: string | null): void {
  const plan = queryOne<Pick<PlanRow, 'workspace_id'>>('SELECT workspace_id FROM plans WHERE id = ?', [before.plan_id]);
  addEventLog({
    event_type: `claim.${how}`,
    workspace_id: plan?.workspace_id,
    plan_id: before.plan_id,
    step_id: before.id,
    session_id: before.claimed_by_session,
    agent_type: before.claimed_agent,
    data: {
      summary: `${before.id}, claim ${before.claim_number}, ${lossReason(before, how)}`,
      claim_number: before.claim_number,
      lease_expires_at: before.lease_expires_at,
      new_session_id: newSessionId,
    },
  });
}

/** What a session lost since it last asked for a step, or null. */
export function lastLoss(sessionId: string): LostClaim | null {
  const event = queryOne<EventLogRow>(
    `SELECT * FROM event_log WHERE session_id = ?
       AND event_type IN ('claim.taken_over', 'claim.reclaimed', 'steps.next', 'steps.claim') ORDER BY seq DESC LIMIT 1`,
    [sessionId],
  );
  if (event === undefined || event.step_id === null || event.event_type.startsWith('steps.')) return null;
  return { stepId: event.step_id, reason: fromJson<{ summary: string }>(event.data)?.summary ?? event.event_type };
}

/** How a session lost this step, if it has not claimed it again since; null when it did, or never lost it. */
export function lossOf(stepId: string, sessionId: string): string | null {
  const event = queryOne<EventLogRow>(
    `SELECT * FROM event_log WHERE step_id = ? AND session_id = ?
       AND event_type IN ('claim.taken_over', 'claim.reclaimed') ORDER BY seq DESC LIMIT 1`,
    [stepId, sessionId],
  );
  if (event === undefined) return null;
  const { summary, claim_number: lost } = fromJson<{ summary: string; claim_number: number }>(event.data) ?? {};
  let number = 0;
  const claimedAgain = getRowHistory(stepId)
    .toReversed()
    .some(({ after }) => {
      const to = fromJson<Partial<StepRow>>(after);
      // A claim that came back by an undo got its number a change later.
      number = to?.claim_number ?? number;
      return to?.claimed_by_session === sessionId && number > Number(lost);
    });
  return claimedAgain ? null : (summary ?? event.event_type);
}
