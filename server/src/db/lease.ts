/**
 * Leases: for how long a claim is safe without a sign of life of its holder. Whose lease has run out keeps the step until
 * somebody else takes it over.
 *
 * A lease begins at what is configured (20 minutes) and grows with the plan's own steps: to twice as long as the longest claim
 * that ended with its step done. One step at most doubles it, so that a machine that slept in the middle of a step does not
 * count for much, and it never exceeds four hours.
 */
import { config } from '../config.ts';
import { cautiousNowMs, nowMs, timestamp } from '../domain/clock.ts';
import { queryOne } from './query-helpers.ts';
import type { PlanRow, StepRow } from './types.ts';
import { touchRow } from './write-helpers.ts';

const TIMES_LONGEST = 2;

/** Whoever keeps claims alive for others does so this many times in each lease. */
const RENEWALS = 4;

/** When a claim of this plan that is made or renewed now runs out. */
export function leaseEnd(planId: string): string {
  return timestamp(nowMs() + leaseOf(planId).ms);
}

function leaseOf(planId: string): { ms: number; longestStepMs: number } {
  const plan = queryOne<Pick<PlanRow, 'longest_step_ms'>>('SELECT longest_step_ms FROM plans WHERE id = ?', [planId]);
  const longestStepMs = plan?.longest_step_ms ?? 0;
  const { leaseMs, longestLeaseMs } = config();
  return { ms: Math.max(leaseMs, Math.min(longestLeaseMs, TIMES_LONGEST * longestStepMs)), longestStepMs };
}

/** Leases that end before this have run out. A clock that was just put forward has nobody's lease run out by that. */
export function leaseBound(): string {
  return timestamp(cautiousNowMs(config().leaseMs / (RENEWALS - 1)));
}

/** Whether anybody may take this step over from its holder. */
export function hasRunOut(step: StepRow): boolean {
  return step.status === 'active' && step.lease_expires_at !== null && step.lease_expires_at < leaseBound();
}

/** How often claims must be renewed, so that one that comes late does not matter. */
export function renewalMs(): number {
  return config().leaseMs / RENEWALS;
}

/** A claim ends with its step done: later leases of the plan are long enough for another like it. */
export function learnDuration(step: StepRow): void {
  const took = step.claimed_at === null ? 0 : nowMs() - Date.parse(step.claimed_at);
  if (TIMES_LONGEST * took <= config().leaseMs) return;
  const { ms, longestStepMs } = leaseOf(step.plan_id);
  const learnt = Math.min(took, ms);
  if (learnt > longestStepMs) touchRow('plans', step.plan_id, { longest_step_ms: learnt });
}
