/** The order of phases and steps after an import into a plan that has some already. */
import { applyOrder, orderedIds, PHASES_OF_PLAN, STEPS_OF_PHASE } from '../db/index.ts';
import type { Place } from './sources.ts';

/** A place behind all others, until the order is set. */
export const BEHIND = 1_000_000;

/** Whether elements that were known stand in another order than before. */
export function isReordered(placed: readonly { place: Place }[]): boolean {
  const positions = placed.flatMap(({ place }) => (place.known === undefined ? [] : [place.known.position]));
  return positions.some((position, i) => i > 0 && position < (positions[i - 1] ?? 0));
}

export function orderPhases(planId: string, wanted: readonly string[]): void {
  applyOrder(PHASES_OF_PLAN, planId, mergedOrder(orderedIds(PHASES_OF_PLAN, planId), wanted));
}

/** Gives each phase the order of the source. A phase that a step has left closes its gap. */
export function orderSteps(planId: string, steps: readonly { id: string; phaseId: string | undefined }[]): void {
  for (const phaseId of orderedIds(PHASES_OF_PLAN, planId)) {
    const here = orderedIds(STEPS_OF_PHASE, phaseId);
    const inPhase = new Set(here);
    const wanted = steps.filter((step) => step.phaseId === phaseId && inPhase.has(step.id)).map(({ id }) => id);
    applyOrder(STEPS_OF_PHASE, phaseId, mergedOrder(here, wanted));
  }
}

/** The wanted order; whatever else is there keeps its place behind the one that it follows now. */
function mergedOrder(current: readonly string[], wanted: readonly string[]): string[] {
  const order = [...wanted];
  const placed = new Set(wanted);
  for (const [place, id] of current.entries()) {
    if (placed.has(id)) continue;
    const before = current[place - 1];
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, id);
    placed.add(id);
  }
  return order;
}
