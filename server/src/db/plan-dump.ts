/** Everything about a plan in one object: the plan as it is, and all that was learnt, written and recorded on it. */
import { fromJson, type JsonObject } from '../domain/stored-values.ts';
import { type ArchivedTable, findRows } from './live-or-archived.ts';
import { getPlanState } from './mappers.ts';
import { edgesTouching } from './plan-tables.ts';
import { queryAll } from './query-helpers.ts';
import type { ContextRow, DependencyRow } from './types.ts';

/** Raised when the shape of the document changes. */
const FORMAT = 1;

/** The document of a plan, live or archived; null when there is none. Ids and times are those of the rows. */
export function dumpPlan(planId: string) {
  const plan = getPlanState(planId);
  if (plan === null) return null;
  const rows = <T extends ArchivedTable>(table: T) => findRows(table, 'WHERE plan_id = ? ORDER BY seq', [planId]);
  const versions = Map.groupBy(rows('context_versions'), ({ context_id }) => context_id);
  return {
    format: FORMAT,
    plan,
    context: rows('context_items').map((item) => ({
      ...withData(item),
      versions: (versions.get(item.id) ?? []).map(withData),
    })),
    research: rows('research_documents').map(withoutSeq),
    build_scripts: rows('build_scripts').map(withoutSeq),
    dependencies: edgesOf(planId, plan.archived).map(withoutSeq),
  };
}

function edgesOf(planId: string, archived: boolean): DependencyRow[] {
  const { where, params } = edgesTouching(archived);
  // An edge with one live end stays in the live table.
  return queryAll<DependencyRow>(
    `SELECT * FROM dependencies WHERE ${where} UNION ALL SELECT * FROM dependencies_archive WHERE ${where} ORDER BY seq`,
    [...params(planId), ...params(planId)],
  );
}

function withData<R extends Pick<ContextRow, 'seq' | 'data'>>(row: R) {
  return { ...withoutSeq(row), data: fromJson<JsonObject>(row.data) };
}

function withoutSeq<R extends { seq: number }>({ seq: _, ...row }: R): Omit<R, 'seq'> {
  return row;
}
