/** Where a search looks: conditions on search_documents. */
import { boundOf } from '../domain/clock.ts';
import type { ParentType } from '../domain/vocabulary.ts';
import type { Param } from './query-helpers.ts';
import type { SearchKind } from './search-sources.ts';

export interface SearchScope {
  /** Also finds what hangs on its plans, and what belongs to no workspace. */
  workspaceId?: string | undefined;
  planId?: string | undefined;
  /** What it hangs on directly. */
  parentType?: ParentType | undefined;
  parentId?: string | undefined;
  types?: readonly string[] | undefined;
  kinds?: readonly SearchKind[] | undefined;
  /** Bounds of the date, both included: a date or a time in ISO form. */
  since?: string | undefined;
  until?: string | undefined;
}

export interface Conditions {
  /** Empty when the search looks everywhere. */
  sql: string;
  params: Param[];
}

/** Conditions on the table `d`, each after an AND. @throws invalid_input for a bound that is no time */
export function conditionsOf(scope: SearchScope): Conditions {
  const conditions: string[] = [];
  const params: Param[] = [];
  const where = (condition: string, ...values: Param[]) => {
    conditions.push(` AND ${condition}`);
    params.push(...values);
  };
  const { workspaceId, planId, parentType, parentId, types, kinds, since, until } = scope;
  if (workspaceId !== undefined) {
    where(
      `(d.workspace_id = ? OR d.plan_id IN (SELECT id FROM plans WHERE workspace_id = ?
        UNION ALL SELECT id FROM plans_archive WHERE workspace_id = ?) OR (d.workspace_id IS NULL AND d.plan_id IS NULL))`,
      workspaceId,
      workspaceId,
      workspaceId,
    );
  }
  if (planId !== undefined) where('d.plan_id = ?', planId);
  if (parentType !== undefined) where('d.parent_type = ?', parentType);
  if (parentId !== undefined) where('d.parent_id = ?', parentId);
  if (types !== undefined) where('d.type IN (SELECT value FROM json_each(?))', JSON.stringify(types));
  if (kinds !== undefined) where('d.kind IN (SELECT value FROM json_each(?))', JSON.stringify(kinds));
  if (since !== undefined) where('d.dated_at >= ?', boundOf(since, 'T00:00:00.000Z'));
  if (until !== undefined) where('d.dated_at <= ?', boundOf(until, 'T23:59:59.999Z'));
  return { sql: conditions.join(''), params };
}
