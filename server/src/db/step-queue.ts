/** Which steps can be worked on now, and why the others cannot. Nothing here changes anything. */
import { UNFINISHED_PHASE } from './dependency-status.ts';
import { leaseBound } from './lease.ts';
import { claimsWithPaths, conflictReason, conflictWith, type PathConflict } from './path-conflicts.ts';
import { queryAll, queryOne } from './query-helpers.ts';
import type { Actor } from './step-status.ts';
import type { PhaseRow, PlanRow, StepRow } from './types.ts';

const waitsOn = (type: string, id: string) => `EXISTS (SELECT 1 FROM dependencies d
  WHERE d.source_type = '${type}' AND d.source_id = ${id} AND d.dependency_type = 'blocks' AND d.status = 'pending')`;

/**
 * Ready steps `s` of the active plan `pl`: pending, or held under a lease that has run out, with every prerequisite of their
 * own, of their phase and of their plan satisfied, and, where the plan is phased, with every earlier phase done. Parameters:
 * the plan, and what leases that have run out end before.
 */
const READY = `FROM plans pl
  JOIN phases p ON p.plan_id = pl.id
  JOIN steps s ON s.phase_id = p.id AND s.status <> 'done'
  WHERE pl.id = ? AND (s.status = 'pending' OR (s.status = 'active' AND s.lease_expires_at < ?))
    AND pl.status = 'active' AND NOT ${waitsOn('plan', 'pl.id')} AND NOT ${waitsOn('phase', 'p.id')}
    AND (pl.execution = 'free' OR NOT EXISTS (
      SELECT 1 FROM phases e WHERE e.plan_id = p.plan_id AND e.order_index < p.order_index AND ${UNFINISHED_PHASE}))
    AND NOT ${waitsOn('step', 's.id')}`;

const IN_ORDER = 'ORDER BY p.order_index, s.order_index';

export const NEXT_READY = `SELECT s.* ${READY} ${IN_ORDER} LIMIT 1`;

/** The first step of a plan in phase order that this caller can have now, or null. */
export function firstReadyStep(planId: string, by: Actor = {}): StepRow | null {
  const first = queryOne<StepRow>(NEXT_READY, [planId, leaseBound()]);
  if (first === undefined) return null;
  // Where steps do not say which files they change, nothing more is asked.
  if (first.paths === '[]') return first;
  const claims = claimsWithPaths(planId, by);
  if (conflictWith(claims, first) === null) return first;
  return allReady(planId).find((step) => conflictWith(claims, step) === null) ?? null;
}

function allReady(planId: string): StepRow[] {
  return queryAll<StepRow>(`SELECT s.* ${READY} ${IN_ORDER}`, [planId, leaseBound()]);
}

/** Steps that only wait because somebody else is changing the same files, in phase order. */
export function getPathConflicts(planId: string, by: Actor = {}): PathConflict[] {
  const claims = claimsWithPaths(planId, by);
  if (claims.length === 0) return [];
  return allReady(planId).flatMap((step) => conflictWith(claims, step) ?? []);
}

export interface ReadyFilter {
  /** Only what is assigned to this agent type, or to nobody. */
  agentType?: string | undefined;
  /** Who asks: the files that its own claims change are no hindrance. */
  by?: Actor | undefined;
  limit?: number | undefined;
}

/** The steps of a plan that could be claimed now, in phase order. */
export function getReadySteps(planId: string, { agentType, by = {}, limit = 100 }: ReadyFilter = {}): StepRow[] {
  const claims = claimsWithPaths(planId, by);
  const forAgent = agentType === undefined ? '' : 'AND (s.assignee IS NULL OR s.assignee = ?)';
  const ready = queryAll<StepRow>(`SELECT s.* ${READY} ${forAgent} ${IN_ORDER} LIMIT (? + 0)`, [
    planId,
    leaseBound(),
    ...(agentType === undefined ? [] : [agentType]),
    // Any number of them may be kept back.
    claims.length === 0 ? limit : MANY,
  ]);
  return ready.filter((step) => conflictWith(claims, step) === null).slice(0, limit);
}

const MANY = 1_000_000;

/**
 * What became ready because this step was done: steps that waited for it or for its phase, and, where it was the last of its
 * phase in a phased plan, those of the next one. At most 20, in phase order.
 */
export function getUnblockedBy(done: StepRow): StepRow[] {
  const waitedFor = (source: string) => `EXISTS (SELECT 1 FROM dependencies w WHERE ${source}
    AND w.dependency_type = 'blocks' AND w.target_id IN (?, ?))`;
  return queryAll<StepRow>(
    `SELECT s.* ${READY} AND (
       ${waitedFor("w.source_type = 'step' AND w.source_id = s.id")}
       OR ${waitedFor("w.source_type = 'phase' AND w.source_id = p.id")}
       OR (pl.execution = 'phased' AND p.order_index > (SELECT own.order_index FROM phases own WHERE own.id = ?)))
     ${IN_ORDER} LIMIT 20`,
    [done.plan_id, leaseBound(), done.id, done.phase_id, done.id, done.phase_id, done.phase_id],
  );
}

/** Whether a step could be claimed now, but for others who change the same files. */
export function isReady(step: StepRow): boolean {
  return queryOne(`SELECT 1 ${READY} AND s.id = ?`, [step.plan_id, leaseBound(), step.id]) !== undefined;
}

/** The claim of somebody else that this step would get in the way of, or null. */
export function getPathConflict(step: StepRow, by: Actor): PathConflict | null {
  return step.paths === '[]' ? null : conflictWith(claimsWithPaths(step.plan_id, by), step);
}

/** Why a plan hands out no step. */
export interface NothingReady {
  state: 'finished' | 'waiting' | 'blocked';
  /** What it waits for, or is blocked by, a sentence each; at most ten. */
  reasons: string[];
}

const REASONS = 10;

/** Why `next` has nothing to give: all is done, somebody else is at it, something must happen first, or steps are blocked. */
export function whyNothingReady(planId: string, by: Actor = {}): NothingReady {
  const plan = queryOne<PlanRow>('SELECT * FROM plans WHERE id = ?', [planId]);
  if (plan === undefined) return { state: 'waiting', reasons: ['the plan is archived'] };
  if (plan.status === 'completed') return { state: 'finished', reasons: [] };
  if (plan.status !== 'active') return { state: 'waiting', reasons: [statusReason(plan)] };
  const steps = queryAll<StepRow>(
    `SELECT s.* FROM phases p JOIN steps s ON s.phase_id = p.id
     WHERE p.plan_id = ? AND s.status <> 'done' ${IN_ORDER}`,
    [planId],
  );
  const kept = getPathConflicts(planId, by).slice(0, REASONS).map(conflictReason);
  const active = steps.filter((step) => step.status === 'active');
  if (active.length + kept.length > 0) {
    return { state: 'waiting', reasons: [...kept, ...active.map(heldBy)].slice(0, REASONS) };
  }
  const blocked = steps.filter((step) => step.status === 'blocked');
  const waiting = [...approvals(planId), ...prerequisites(planId)];
  if (blocked.length > 0 && waiting.length === 0) {
    return { state: 'blocked', reasons: blocked.slice(0, REASONS).map(blockedBy) };
  }
  if (steps.length === 0 && waiting.length === 0) return { state: 'waiting', reasons: [nothingToDo(planId)] };
  return { state: 'waiting', reasons: [...waiting, ...blocked.map(blockedBy)].slice(0, REASONS) };
}

function statusReason(plan: PlanRow): string {
  const snapshot =
    plan.paused_at_snapshot === null ? null : (JSON.parse(plan.paused_at_snapshot) as { reason?: string });
  return `the plan is ${plan.status}${snapshot?.reason === undefined ? '' : ` (${snapshot.reason})`}`;
}

function nothingToDo(planId: string): string {
  const step = queryOne('SELECT 1 FROM steps WHERE plan_id = ? LIMIT 1', [planId]);
  return step === undefined ? 'the plan has no steps yet' : 'all its steps are done';
}

function heldBy(step: StepRow): string {
  const session = step.claimed_by_session === null ? '' : `, session ${step.claimed_by_session}`;
  return `step ${step.id} is held by ${step.claimed_agent ?? 'nobody known'}${session}`;
}

/** When the first of the leases that hold in this plan now runs out, if nobody renews it. */
export function firstLeaseEnd(planId: string): string | null {
  const first = queryOne<{ at: string | null }>(
    "SELECT min(lease_expires_at) AS at FROM steps WHERE plan_id = ? AND status = 'active' AND lease_expires_at >= ?",
    [planId, leaseBound()],
  );
  return first?.at ?? null;
}

function blockedBy(step: StepRow): string {
  return `step ${step.id} is blocked: ${step.blocked_reason ?? 'no reason given'}`;
}

/** Phases whose steps are done and whose approval is missing. */
function approvals(planId: string): string[] {
  return queryAll<PhaseRow>(
    `SELECT * FROM phases e WHERE e.plan_id = ? AND e.approval_required = 1 AND e.approved_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM steps x WHERE x.phase_id = e.id AND x.status <> 'done')
     ORDER BY e.order_index`,
    [planId],
  ).map((phase) => `phase ${phase.id} "${phase.name}" waits for its approval`);
}

/** Unsatisfied prerequisites of the plan, its phases and its unfinished steps. */
function prerequisites(planId: string): string[] {
  return queryAll<{ source_id: string; target_type: string; target_id: string }>(
    `SELECT d.source_id, d.target_type, d.target_id FROM dependencies d
     WHERE d.dependency_type = 'blocks' AND d.status = 'pending' AND (
       (d.source_type = 'plan' AND d.source_id = ?)
       OR (d.source_type = 'phase' AND d.source_id IN (SELECT id FROM phases WHERE plan_id = ?))
       OR (d.source_type = 'step' AND d.source_id IN
         (SELECT id FROM steps WHERE plan_id = ? AND status = 'pending')))
     ORDER BY d.seq LIMIT (? + 0)`,
    [planId, planId, planId, REASONS],
  ).map((edge) => `${edge.source_id} waits for ${edge.target_type} ${edge.target_id}`);
}
