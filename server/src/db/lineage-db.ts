/** Lineage: who handed a plan over to whom, when and why. */
import { now } from '../domain/clock.ts';
import { newId } from '../domain/ids.ts';
import { type JsonObject, toJson } from '../domain/stored-values.ts';
import { deleteContext } from './context-db.ts';
import { findRows } from './live-or-archived.ts';
import { queryAll, transaction } from './query-helpers.ts';
import type { LineageRow } from './types.ts';
import { deleteRow, insertRow } from './write-helpers.ts';

export interface LineageEntry {
  from_agent: string;
  to_agent: string;
  reason: string;
  data?: JsonObject | null | undefined;
  session_id?: string | null | undefined;
  /** For imported entries. */
  id?: string | undefined;
  created_at?: string | undefined;
}

/** Records a handoff on a live plan. @throws invalid_input when the plan does not exist. */
export function addLineageEntry(planId: string, entry: LineageEntry): LineageRow {
  return insertRow('lineage', {
    ...entry,
    id: entry.id ?? newId('lineage'),
    plan_id: planId,
    data: toJson(entry.data),
    created_at: entry.created_at ?? now(),
  });
}

/** Deletes a handoff with the packet that it left. Answers whether there was one. */
export function deleteHandoff(id: string): boolean {
  return transaction(() => {
    const [entry] = queryAll<LineageRow>('SELECT * FROM lineage WHERE id = ?', [id]);
    if (entry === undefined) return false;
    for (const packet of queryAll<{ id: string }>(
      "SELECT id FROM context_items WHERE plan_id = ? AND type LIKE 'handoff%' AND data LIKE ?",
      [entry.plan_id, `%"handoff_id":"${id}"%`],
    )) {
      deleteContext(packet.id);
    }
    return deleteRow('lineage', id);
  });
}

/** The handoffs of a plan, oldest first. */
export function getLineage(planId: string): LineageRow[] {
  return findRows('lineage', 'WHERE plan_id = ? ORDER BY created_at, seq', [planId]);
}
