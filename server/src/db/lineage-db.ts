/** Lineage: who handed a plan over to whom, when and why. */
import { now } from '../domain/clock.ts';
import { newId } from '../domain/ids.ts';
import { type JsonObject, toJson } from '../domain/stored-values.ts';
import { findRows } from './live-or-archived.ts';
import type { LineageRow } from './types.ts';
import { insertRow } from './write-helpers.ts';

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

/** The handoffs of a plan, oldest first. */
export function getLineage(planId: string): LineageRow[] {
  return findRows('lineage', 'WHERE plan_id = ? ORDER BY created_at, seq', [planId]);
}
