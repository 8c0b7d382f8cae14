/** What follows from a change of steps or approvals: phases become done, the plan completes or opens again, edges follow. */
import { now } from '../domain/clock.ts';
import { setTargetStatus, UNFINISHED_PHASE } from './dependency-status.ts';
import { queryAll, queryOne } from './query-helpers.ts';
import type { PlanRow } from './types.ts';
import { updateRow } from './write-helpers.ts';

/** Call after a step of this phase changed its status, came or went, or after the phase's approval changed. */
export function settlePhase(planId: string, phaseId: string): void {
  settlePlanStatus(planId, settledPhaseIsDone(phaseId) ? undefined : true);
}

/**
 * Call after steps of this phase became done, and nothing else changed: while the phase is not done, nothing follows, and the
 * step that was finished is answered that much sooner.
 */
export function settleFinished(planId: string, phaseId: string): void {
  if (isUnfinished(phaseId)) return;
  setTargetStatus('phase', phaseId, true);
  settlePlanStatus(planId);
}

/** What settlePhase does, for every phase of a plan. */
export function settlePlan(planId: string): void {
  const phases = queryAll<{ id: string }>('SELECT id FROM phases WHERE plan_id = ?', [planId]);
  const done = phases.map(({ id }) => settledPhaseIsDone(id));
  settlePlanStatus(planId, done.includes(false));
}

/** Whether a live phase is done; the edges that wait for it follow. */
function settledPhaseIsDone(phaseId: string): boolean {
  const done = !isUnfinished(phaseId);
  setTargetStatus('phase', phaseId, done);
  return done;
}

function isUnfinished(phaseId: string): boolean {
  return queryOne(`SELECT 1 FROM phases e WHERE e.id = ? AND ${UNFINISHED_PHASE}`, [phaseId]) !== undefined;
}

/**
 * An active plan whose phases are all done is completed; a completed one with something left to do is active again.
 * A plan without steps never completes by itself, and a paused, blocked or failed one waits until it is active.
 */
function settlePlanStatus(planId: string, unfinished = hasUnfinishedPhase(planId)): void {
  const { status } = queryOne<Pick<PlanRow, 'status'>>('SELECT status FROM plans WHERE id = ?', [planId]) ?? {};
  if (status === 'completed' && unfinished) setPlanStatus(planId, 'active', null);
  if (status === 'active' && !unfinished && hasSteps(planId)) setPlanStatus(planId, 'completed', now());
}

function hasUnfinishedPhase(planId: string): boolean {
  return queryOne(`SELECT 1 FROM phases e WHERE e.plan_id = ? AND ${UNFINISHED_PHASE} LIMIT 1`, [planId]) !== undefined;
}

function setPlanStatus(planId: string, status: 'active' | 'completed', completedAt: string | null): void {
  updateRow('plans', planId, ['status', 'completed_at'], { status, completed_at: completedAt });
  setTargetStatus('plan', planId, status === 'completed');
}

function hasSteps(planId: string): boolean {
  return queryOne('SELECT 1 FROM steps WHERE plan_id = ? LIMIT 1', [planId]) !== undefined;
}
