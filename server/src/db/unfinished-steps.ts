/** What is left to do in a workspace. */
import type { PlanStatus, StepStatus } from '../domain/vocabulary.ts';
import { queryAll } from './query-helpers.ts';

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
