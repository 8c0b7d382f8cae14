/** Which step a caller of `next` means to finish. */
import { MemoryError, notFound } from '../domain/errors.ts';
import type { JsonObject } from '../domain/stored-values.ts';
import { lastLoss } from './claim-losses.ts';
import { queryAll, queryOne } from './query-helpers.ts';
import { holderOf } from './step-status.ts';
import type { StepRow } from './types.ts';

export interface NextOptions {
  sessionId?: string | undefined;
  /** The step that the caller means to finish. Any other than its own active step is refused. */
  stepId?: string | undefined;
  /** Added below what the step's notes already say. */
  notes?: string | undefined;
  evidence?: JsonObject | undefined;
  claimNumber?: number | undefined;
}

/**
 * The caller's active step, or null: with a session, the one it holds; with only a step id, that one, if this agent type holds
 * it; with neither, the one this agent type holds outside any session, where an active step that names no agent is anybody's.
 * @throws conflict when the named step is not the caller's, when there are several, or when what the caller sends belongs to a
 * step that it no longer holds.
 */
export function callersStep(planId: string, agentType: string, options: NextOptions): StepRow | null {
  const { sessionId, stepId, claimNumber, evidence, notes } = options;
  if (sessionId !== undefined) requireOpenSession(sessionId, planId);
  if (stepId !== undefined) {
    const step = queryOne<StepRow>('SELECT * FROM steps WHERE id = ? AND plan_id = ?', [stepId, planId]);
    if (step === undefined) throw notFound('step of this plan', stepId);
    const mine = sessionId === undefined ? step.claimed_agent === agentType : step.claimed_by_session === sessionId;
    if (step.status === 'active' && mine) return step;
    throw new MemoryError(
      'conflict',
      `Step ${stepId} is ${step.status} and not your active step: it ${holderOf(step)}.`,
      {
        hint: 'Call next without step_id to claim a step, or with the step_id of the one you hold.',
      },
    );
  }
  const held =
    sessionId === undefined
      ? queryAll<StepRow>(
          `SELECT * FROM steps WHERE plan_id = ? AND status = 'active' AND claimed_by_session IS NULL
             AND (claimed_agent = ? OR claimed_agent IS NULL) ORDER BY claimed_at NULLS FIRST, seq LIMIT 2`,
          [planId, agentType],
        )
      : queryAll<StepRow>(
          `SELECT * FROM steps WHERE claimed_by_session = ? AND plan_id = ? AND status = 'active' ORDER BY seq LIMIT 2`,
          [sessionId, planId],
        );
  if (held.length > 1) {
    throw new MemoryError(
      'conflict',
      `You hold several steps: ${held.map(({ id }) => id).join(', ')} and perhaps more.`,
      {
        hint: 'Name the one you have finished with step_id.',
      },
    );
  }
  if (held.length === 0) refuseResult(sessionId, claimNumber, evidence !== undefined, notes !== undefined);
  return held[0] ?? null;
}

/** A caller that holds nothing sends the result of a step: whose step that is now, it must know. Nothing is dropped unsaid. */
function refuseResult(
  sessionId: string | undefined,
  claim: number | undefined,
  evidence: boolean,
  notes: boolean,
): void {
  const loss = sessionId === undefined ? null : lastLoss(sessionId);
  if (claim === undefined && !evidence && !(notes && loss !== null)) return;
  const lost = loss === null ? undefined : queryOne<StepRow>('SELECT * FROM steps WHERE id = ?', [loss.stepId]);
  throw new MemoryError(
    'conflict',
    [
      claim === undefined ? 'You hold no step.' : `You hold no step; claim ${claim} is over.`,
      ...(loss === null ? [] : [`Your step ${loss.reason}.`]),
      ...(lost === undefined ? [] : [`It is ${lost.status} now and ${holderOf(lost)}.`]),
    ].join(' '),
    { hint: 'Call next without notes, evidence and claim_number to claim a step.' },
  );
}

/** @throws not_found, conflict for a session that is completed or belongs to another plan */
export function requireOpenSession(sessionId: string, planId: string): void {
  const session = queryOne<{ plan_id: string; completed_at: string | null }>(
    'SELECT plan_id, completed_at FROM sessions WHERE id = ?',
    [sessionId],
  );
  if (session === undefined) throw notFound('session', sessionId, 'Call memory_agent init to open one.');
  if (session.plan_id !== planId || session.completed_at !== null) {
    const reason = session.completed_at === null ? `belongs to plan ${session.plan_id}` : 'is completed';
    throw new MemoryError('conflict', `Session ${sessionId} ${reason}.`, {
      hint: 'Call memory_agent init for this plan.',
    });
  }
}
