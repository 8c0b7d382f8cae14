/** Everything that belongs to one plan, table by table, parents first: the one list that delete, archive and restore follow. */
import type { Param } from './query-helpers.ts';
import type { UserTable } from './types.ts';

interface PlanTable {
  live: UserTable;
  archive: UserTable;
  /** Which rows belong to a plan; `archived` tells in which of the two places the plan's other rows lie. */
  where: (archived: boolean) => string;
  params: (planId: string) => Param[];
}

const ofPlan = (live: UserTable, archive: UserTable, column = 'plan_id'): PlanTable => ({
  live,
  archive,
  where: () => `${column} = ?`,
  params: (planId) => [planId],
});

export const PLAN_TABLES: readonly PlanTable[] = [
  ofPlan('plans', 'plans_archive', 'id'),
  ofPlan('phases', 'phases_archive'),
  ofPlan('sessions', 'sessions_archive'),
  ofPlan('steps', 'steps_archive'),
  ofPlan('plan_notes', 'plan_notes_archive'),
  ofPlan('lineage', 'lineage_archive'),
  ofPlan('context_items', 'context_items_archive'),
  ofPlan('context_versions', 'context_versions_archive'),
  ofPlan('research_documents', 'research_documents_archive'),
  ofPlan('build_scripts', 'build_scripts_archive'),
  {
    live: 'dependencies',
    archive: 'dependencies_archive',
    where: (archived) => `${endInPlan('source', archived)} AND ${endInPlan('target', archived)}`,
    params: bothEnds,
  },
];

/** Every edge with an end in the plan, also to what lies outside of it; `archived` tells where the plan's own rows lie. */
export function edgesTouching(archived: boolean): { where: string; params: (planId: string) => Param[] } {
  return { where: `${endInPlan('source', archived)} OR ${endInPlan('target', archived)}`, params: bothEnds };
}

/** An edge's end is the plan, one of its phases or one of its steps. */
function endInPlan(end: 'source' | 'target', archived: boolean): string {
  const suffix = archived ? '_archive' : '';
  return `((${end}_type = 'plan' AND ${end}_id = ?)
    OR (${end}_type = 'phase' AND ${end}_id IN (SELECT id FROM phases${suffix} WHERE plan_id = ?))
    OR (${end}_type = 'step' AND ${end}_id IN (SELECT id FROM steps${suffix} WHERE plan_id = ?)))`;
}

/** The parameters of two ends, three for each. */
function bothEnds(planId: string): Param[] {
  return [planId, planId, planId, planId, planId, planId];
}
