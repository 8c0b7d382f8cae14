/** Steps that would change files which somebody is changing now: they wait, whatever their plan. */
import { findOverlap } from '../domain/glob-overlap.ts';
import { listFromJson } from '../domain/stored-values.ts';
import { leaseBound } from './lease.ts';
import { queryAll } from './query-helpers.ts';
import { type Actor, holderOf, holds } from './step-status.ts';
import type { StepRow } from './types.ts';

/** A step that is kept back, with the claim that it would get in the way of. */
export interface PathConflict {
  step: StepRow;
  holder: StepRow;
  /** The pattern of the step, and the one of the claim, that can mean a common file. */
  path: string;
  heldPath: string;
}

/** Live claims of others that say which files they change, in the workspace of a plan. */
export function claimsWithPaths(planId: string, by: Actor): StepRow[] {
  return queryAll<StepRow>(
    `SELECT s.* FROM plans own JOIN plans pl ON pl.workspace_id = own.workspace_id
       JOIN steps s ON s.plan_id = pl.id AND s.status = 'active'
     WHERE own.id = ? AND s.paths <> '[]' AND (s.lease_expires_at IS NULL OR s.lease_expires_at >= ?) ORDER BY s.seq`,
    [planId, leaseBound()],
  ).filter((step) => !holds(step, by));
}

/** The first of these claims that the step would get in the way of, or null. */
export function conflictWith(claims: readonly StepRow[], step: StepRow): PathConflict | null {
  if (step.paths === '[]') return null;
  for (const holder of claims) {
    const overlap = holder.id === step.id ? null : findOverlap(listFromJson(step.paths), listFromJson(holder.paths));
    if (overlap !== null) return { step, holder, path: overlap.one, heldPath: overlap.other };
  }
  return null;
}

const SHOWN = 100;

/** As a sentence: which step waits, for whom, and for which files. */
export function conflictReason({ step, holder, path, heldPath }: PathConflict): string {
  const shown = (text: string) => JSON.stringify(text.slice(0, SHOWN));
  return `step ${step.id} would change ${shown(path)}, and step ${holder.id}, which changes ${shown(heldPath)}, ${holderOf(holder)}`;
}
