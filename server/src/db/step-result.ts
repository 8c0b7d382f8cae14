/** Whose word about the end of a step counts: that it is done, that it is blocked, and what proves it. */
import { MemoryError } from '../domain/errors.ts';
import { lossOf } from './claim-losses.ts';
import { type Actor, holderOf, holds } from './step-status.ts';
import type { StepRow } from './types.ts';

/**
 * A done step is changed only by whoever finished it, who may say so again and better the evidence, and by a caller that names
 * nobody, as the user does. A session that has lost a step says nothing about its end before it has claimed it again.
 * The caller holds the step, or nobody does: that was looked at before.
 * @throws conflict that says who has the step now, or who has finished it.
 */
export function requireOwnResult(step: StepRow, by: Actor): void {
  if (step.status === 'done') requireFinisher(step, by);
  else requireNotLost(step, by);
}

function requireFinisher(step: StepRow, by: Actor): void {
  const nobody = !by.sessionId && !by.agentType;
  const finisher =
    step.completed_by_session === null
      ? step.completed_by_agent !== null && step.completed_by_agent === by.agentType
      : step.completed_by_session === by.sessionId;
  if (nobody || finisher) return;
  throw new MemoryError('conflict', `Step ${step.id} is done already: it ${holderOf(step)}.`, {
    hint: 'Call memory_steps next for another step. If it must be done again, re-open it first: update with status pending.',
  });
}

function requireNotLost(step: StepRow, by: Actor): void {
  // Who holds it is not asked for more, and what was never claimed was never lost.
  if (!by.sessionId || step.claim_number === 0 || holds(step, by)) return;
  if (step.status === 'active' && by.claimNumber === step.claim_number) return;
  const loss = lossOf(step.id, by.sessionId);
  if (loss === null) return;
  throw new MemoryError('conflict', `You have lost this step: ${loss}. It is ${step.status} and ${holderOf(step)}.`, {
    hint: 'Claim it again with memory_steps claim if it is to be had, or call next for another.',
  });
}
