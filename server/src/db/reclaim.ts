/** Gives the steps of dead sessions back at once, without waiting for their leases to run out. */
import { notFound } from '../domain/errors.ts';
import { logLoss } from './claim-losses.ts';
import { hasRunOut } from './lease.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import { heldSteps } from './session-db.ts';
import { updateStep } from './step-db.ts';
import type { StepRow } from './types.ts';

export interface Reclaimed {
  /** Steps that are to be had again, as they were held. */
  returned: StepRow[];
  /** Steps whose holders have shown life: only by the name of their session are those taken from them. */
  kept: StepRow[];
}

/** Gives back all that a live session holds: whoever names it says that it is dead. @throws not_found */
export function reclaimSession(sessionId: string): Reclaimed {
  return transaction(() => {
    if (queryOne('SELECT 1 FROM sessions WHERE id = ?', [sessionId]) === undefined) {
      throw notFound('live session', sessionId);
    }
    return { returned: heldSteps(sessionId).map(giveBack), kept: [] };
  });
}

/** Gives back what nobody in this plan has shown life for: leases that ran out, and active steps without any lease. */
export function reclaimPlan(planId: string): Reclaimed {
  return transaction(() => {
    const held = queryAll<StepRow>("SELECT * FROM steps WHERE plan_id = ? AND status = 'active' ORDER BY seq", [
      planId,
    ]);
    const isDead = (step: StepRow) => step.lease_expires_at === null || hasRunOut(step);
    return { returned: held.filter(isDead).map(giveBack), kept: held.filter((step) => !isDead(step)) };
  });
}

function giveBack(step: StepRow): StepRow {
  updateStep(step.id, { status: 'pending' });
  logLoss(step, 'reclaimed', null);
  return step;
}
