/** Where plans stand, for many plans with a few statements. */
import type { StepStatus } from '../domain/vocabulary.ts';
import { unfinishedPhase } from './dependency-status.ts';
import { queryAll } from './query-helpers.ts';

/** Of the live tables, or of those of the archive. */
type Suffix = '' | '_archive';

export interface PlanSummary {
  archived: boolean;
  /** How many steps have each status. */
  steps: Record<StepStatus, number>;
  total: number;
  /** Name of the first phase that is not done. */
  current_phase: string | null;
  /** Agent types with an open session. */
  agents: string[];
}

/** The summaries of some plans, live or archived, by id. */
export function summarisePlans(planIds: readonly string[]): Map<string, PlanSummary> {
  const summaries = new Map(planIds.map((id): [string, PlanSummary] => [id, emptySummary()]));
  if (planIds.length === 0) return summaries;
  const ids = planIds.map(() => '?').join(', ');
  const each = <R extends { plan_id: string }>(sql: string, add: (summary: PlanSummary, row: R) => void) => {
    for (const row of queryAll<R>(sql, [...planIds, ...planIds])) {
      const summary = summaries.get(row.plan_id);
      if (summary !== undefined) add(summary, row);
    }
  };
  const steps = (suffix: Suffix) =>
    `SELECT plan_id, status, count(*) AS n FROM steps${suffix} WHERE plan_id IN (${ids}) GROUP BY plan_id, status`;
  each<{ plan_id: string; status: StepStatus; n: number }>(
    `${steps('')} UNION ALL ${steps('_archive')}`,
    (summary, { status, n }) => {
      summary.steps[status] = n;
      summary.total += n;
    },
  );
  const phases = (suffix: Suffix) =>
    `SELECT e.plan_id, e.name, e.order_index FROM phases${suffix} e WHERE e.plan_id IN (${ids}) AND ${unfinishedPhase(suffix)}`;
  each<{ plan_id: string; name: string }>(
    `${phases('')} UNION ALL ${phases('_archive')} ORDER BY order_index`,
    (summary, { name }) => {
      summary.current_phase ??= name;
    },
  );
  const agents = (suffix: Suffix) =>
    `SELECT plan_id, agent_type, min(seq) AS first FROM sessions${suffix}
     WHERE plan_id IN (${ids}) AND completed_at IS NULL AND is_orphaned = 0 GROUP BY plan_id, agent_type`;
  each<{ plan_id: string; agent_type: string }>(
    `${agents('')} UNION ALL ${agents('_archive')} ORDER BY first`,
    (summary, { agent_type }) => summary.agents.push(agent_type),
  );
  for (const { id } of queryAll<{ id: string }>(`SELECT id FROM plans_archive WHERE id IN (${ids})`, planIds)) {
    const summary = summaries.get(id);
    if (summary !== undefined) summary.archived = true;
  }
  return summaries;
}

function emptySummary(): PlanSummary {
  return {
    archived: false,
    steps: { pending: 0, active: 0, done: 0, blocked: 0 },
    total: 0,
    current_phase: null,
    agents: [],
  };
}
