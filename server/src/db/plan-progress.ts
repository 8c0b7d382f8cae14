/** What follows from a change of steps or approvals: phases become done, the plan completes or opens again, edges follow. */
import { now } from '../domain/clock.ts';
import { isSatisfied, setTargetStatus, UNFINISHED_PHASE } from './dependency-status.ts';
import { queryAll, queryOne } from './query-helpers.ts';
import type { PlanRow } from './types.ts';
import { updateRow } from './write-helpers.ts';

/** Call after a step of this phase changed its status, came or went, or after the phase's approval changed. */
export function settlePhase(planId: string, phaseId: string): void {
  setTargetStatus('phase', phaseId, isSatisfied('phase', phaseId));
  settlePlanStatus(planId);
}

/** The same for every phase of a plan. */
export function settlePlan(planId: string): void {
  for (const { id } of queryAll<{ id: string }>('SELECT id FROM phases WHERE plan_id = ?', [planId])) {
    setTargetStatus('phase', id, isSatisfied('phase', id));
  }
  settlePlanStatus(planId);
}

/**
 * An active plan whose phases are all done is completed; a completed one with something left to do is active again.
 * A plan without steps never completes by itself, and a paused, blocked or failed one waits until it is active.
 */
function settlePlanStatus(planId: string): void {
  const plan = queryOne<PlanRow>('SELECT * FROM plans WHERE id = ?', [planId]);
  if (plan?.status !== 'active' && plan?.status !== 'completed') return;
  const unfinished =
    queryOne(`SELECT 1 FROM phases e WHERE e.plan_id = ? AND ${UNFINISHED_PHASE} LIMIT 1`, [planId]) !== undefined;
  if (plan.status === 'completed' && unfinished) setPlanStatus(planId, 'active', null);
  if (plan.status === 'active' && !unfinished && hasSteps(planId)) setPlanStatus(planId, 'completed', now());
}

function setPlanStatus(planId: string, status: 'active' | 'completed', completedAt: string | null): void {
  updateRow('plans', planId, ['status', 'completed_at'], { status, completed_at: completedAt });
  setTargetStatus('plan', planId, status === 'completed');
}

function hasSteps(planId: string): boolean {
  return queryOne('SELECT 1 FROM steps WHERE plan_id = ? LIMIT 1', [planId]) !== undefined;
}

