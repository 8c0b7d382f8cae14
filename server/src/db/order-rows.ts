/** Gives the children of one parent a new dense order, 0..n-1, without ever breaking UNIQUE (parent, order_index). */
import { recordUpdate } from './history-db.ts';
import { queryAll, run, transaction } from './query-helpers.ts';

interface OrderedTable {
  table: 'phases' | 'steps';
  parentColumn: 'plan_id' | 'phase_id';
}

export const PHASES_OF_PLAN: OrderedTable = { table: 'phases', parentColumn: 'plan_id' };
export const STEPS_OF_PHASE: OrderedTable = { table: 'steps', parentColumn: 'phase_id' };

/** The ids of a parent's children in order. */
export function orderedIds({ table, parentColumn }: OrderedTable, parentId: string): string[] {
  return queryAll<{ id: string }>(`SELECT id FROM ${table} WHERE ${parentColumn} = ? ORDER BY order_index`, [
    parentId,
  ]).map(({ id }) => id);
}

/**
 * Numbers the children in the order of `ids`, which names all of them. Only rows whose place changes are written: first to
 * a negative place, out of everybody's way, then all at once to the final one.
 */
export function applyOrder({ table, parentColumn }: OrderedTable, parentId: string, ids: readonly string[]): void {
  transaction(() => {
    const rows = queryAll<{ id: string; order_index: number }>(
      `SELECT id, order_index FROM ${table} WHERE ${parentColumn} = ?`,
      [parentId],
    );
    const places = new Map(ids.map((id, place) => [id, place]));
    const moved = rows.flatMap(({ id, order_index: from }) => {
      const to = places.get(id);
      return to === undefined || to === from ? [] : [{ id, from, to }];
    });
    for (const { id, to } of moved) run(`UPDATE ${table} SET order_index = ? WHERE id = ?`, [-1 - to, id]);
    run(`UPDATE ${table} SET order_index = -1 - order_index WHERE ${parentColumn} = ? AND order_index < 0`, [parentId]);
    for (const { id, from, to } of moved) recordUpdate(table, id, { order_index: from }, { order_index: to });
  });
}
