/** Order as a list of ids: where each one stands is its index, so a list of n is dense by its nature. */
import { MemoryError } from './errors.ts';

/** The list with others put in at `index`; an index outside the list means its nearest end. */
export function withInserted(ids: readonly string[], index: number, ...inserted: readonly string[]): string[] {
  const at = Math.min(Math.max(Math.trunc(index), 0), ids.length);
  return [...ids.slice(0, at), ...inserted, ...ids.slice(at)];
}

/** @throws invalid_input unless `order` holds exactly the ids of `current`, each once. */
export function requirePermutation(current: readonly string[], order: readonly string[], noun: string): void {
  const named = new Set(order);
  const missing = current.filter((id) => !named.has(id));
  const known = new Set(current);
  const unknown = order.filter((id) => !known.has(id));
  if (missing.length === 0 && unknown.length === 0 && named.size === order.length) return;
  const faults = [
    ...(missing.length > 0 ? [`missing: ${missing.slice(0, 5).join(', ')}`] : []),
    ...(unknown.length > 0 ? [`not here: ${unknown.slice(0, 5).join(', ')}`] : []),
    ...(named.size < order.length ? ['an id stands twice'] : []),
  ];
  throw new MemoryError('invalid_input', `The new order must name each ${noun} exactly once (${faults.join('; ')}).`, {
    hint: `Give all ${current.length} ids.`,
  });
}
