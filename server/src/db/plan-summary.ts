/** Where plans stand, for many plans with a few statements. */
import type { PlanStatus, StepStatus } from '../domain/vocabulary.ts';
import { UNFINISHED_PHASE } from './dependency-status.ts';
import { queryAll } from './query-helpers.ts';

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
    const both = `${sql} UNION ALL ${archived(sql)} ORDER BY place`;
    for (const row of queryAll<R>(both, [...planIds, ...planIds])) {
      const summary = summaries.get(row.plan_id);
      if (summary !== undefined) add(summary, row);
    }
  };
  each<{ plan_id: string; status: StepStatus; n: number }>(
    `SELECT plan_id, status, count(*) AS n, 0 AS place FROM steps WHERE plan_id IN (${ids}) GROUP BY plan_id, status`,
    (summary, { status, n }) => {
      summary.steps[status] = n;
      summary.total += n;
    },
  );
  each<{ plan_id: string; name: string }>(
    `SELECT e.plan_id, e.name, e.order_index AS place FROM phases e WHERE e.plan_id IN (${ids}) AND ${UNFINISHED_PHASE}`,
    (summary, { name }) => {
      summary.current_phase ??= name;
    },
  );
  each<{ plan_id: string; agent_type: string }>(
    `SELECT plan_id, agent_type, min(seq) AS place FROM sessions
     WHERE plan_id IN (${ids}) AND completed_at IS NULL AND is_orphaned = 0 GROUP BY plan_id, agent_type`,
    (summary, { agent_type }) => summary.agents.push(agent_type),
  );
  for (const { id } of queryAll<{ id: string }>(`SELECT id FROM plans_archive WHERE id IN (${ids})`, planIds)) {
    const summary = summaries.get(id);
    if (summary !== undefined) summary.archived = true;
  }
  return summaries;
}

/** An unfinished step with where it stands. */
export interface UnfinishedStep {
  plan_id: string;
  plan_title: string;
  plan_status: PlanStatus;
  phase: string;
  task: string;
  status: StepStatus;
  claimed_agent: string | null;
  blocked_reason: string | null;
}

/** The unfinished steps of all live plans of a workspace: the newest plan first, then in the order of the plan. */
export function getUnfinishedSteps(workspaceId: string): UnfinishedStep[] {
  return queryAll<UnfinishedStep>(
    `SELECT pl.id AS plan_id, pl.title AS plan_title, pl.status AS plan_status, p.name AS phase, s.task, s.status,
       s.claimed_agent, s.blocked_reason
     FROM plans pl JOIN phases p ON p.plan_id = pl.id JOIN steps s ON s.phase_id = p.id
     WHERE pl.workspace_id = ? AND s.status <> 'done' ORDER BY pl.seq DESC, p.order_index, s.order_index`,
    [workspaceId],
  );
}

/** The same statement on the archive tables. */
function archived(sql: string): string {
  return sql.replace(/FROM (steps|phases|sessions)\b/g, 'FROM $1_archive');
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
