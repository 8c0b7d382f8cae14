/** Between rows and domain objects: rows are flat and hold JSON as text, domain objects are nested and hold values. */
import type {
  AgentSession,
  ConfirmationState,
  LineageRecord,
  PlanNote,
  PlanPhase,
  PlanState,
  PlanStep,
} from '../domain/plan-state.ts';
import { fromJson, type JsonObject, listFromJson } from '../domain/stored-values.ts';
import type { WorkspaceMeta } from '../domain/workspace-meta.ts';
import { getDependencies } from './dependency-db.ts';
import { getLineage } from './lineage-db.ts';
import { getPhase, getPhases } from './phase-db.ts';
import { findPlanById } from './plan-db.ts';
import { getPlanNotes } from './plan-note-db.ts';
import { queryAll, snapshot } from './query-helpers.ts';
import { getSessions } from './session-db.ts';
import { countStepsBefore, getAllSteps, getStep } from './step-db.ts';
import type { LineageRow, PhaseRow, PlanNoteRow, PlanRow, SessionRow, StepRow, WorkspaceRow } from './types.ts';
import { getWorkspace, getWorkspacePaths } from './workspace-db.ts';

/** The whole plan, live or archived, from one state of the database; null when there is none. */
export function getPlanState(planId: string): PlanState | null {
  return snapshot(() => {
    const found = findPlanById(planId);
    if (found === null) return null;
    return toPlanState(found.plan, {
      archived: found.archived,
      phases: getPhases(planId),
      steps: getAllSteps(planId),
      notes: getPlanNotes(planId),
      sessions: getSessions(planId),
      lineage: getLineage(planId),
      prerequisites: prerequisitesOf(planId),
    });
  });
}

/** The steps of a plan, live or archived, in order. */
export function getPlanSteps(planId: string): PlanStep[] {
  return snapshot(() => {
    const names = new Map(getPhases(planId).map((phase) => [phase.id, phase.name]));
    const prerequisites = prerequisitesOf(planId);
    return getAllSteps(planId).map((step, index) =>
      toPlanStep(step, index, names.get(step.phase_id) ?? '', prerequisites.get(step.id) ?? []),
    );
  });
}

/** One step, live or archived, as its plan shows it; null when there is none. */
export function getPlanStep(stepId: string): PlanStep | null {
  return snapshot(() => {
    const step = getStep(stepId);
    if (step === null) return null;
    const phase = getPhase(step.phase_id);
    const targets = getDependencies('step', stepId).filter(({ dependency_type }) => dependency_type === 'blocks');
    return toPlanStep(
      step,
      countStepsBefore(step),
      phase?.name ?? '',
      targets.map(({ target_id }) => target_id),
    );
  });
}

/** What hangs on a plan, each list in its order. */
export interface PlanParts {
  archived: boolean;
  phases: readonly PhaseRow[];
  steps: readonly StepRow[];
  notes: readonly PlanNoteRow[];
  sessions: readonly SessionRow[];
  lineage: readonly LineageRow[];
  /** Id of a plan, phase or step → ids of what must be done before it. */
  prerequisites: ReadonlyMap<string, string[]>;
}

/** Puts a plan together from its rows. */
export function toPlanState(plan: PlanRow, parts: PlanParts): PlanState {
  const dependsOn = (id: string) => parts.prerequisites.get(id) ?? [];
  const names = new Map(parts.phases.map((phase) => [phase.id, phase.name]));
  return {
    id: plan.id,
    workspace_id: plan.workspace_id,
    program_id: plan.program_id,
    program_order: plan.program_order,
    title: plan.title,
    description: plan.description,
    category: plan.category,
    priority: plan.priority,
    status: plan.status,
    archived: parts.archived,
    execution: plan.execution,
    requires_evidence: plan.requires_evidence === 1,
    goals: listFromJson(plan.goals),
    success_criteria: listFromJson(plan.success_criteria),
    current_phase: currentPhase(parts.phases, parts.steps)?.name ?? null,
    current_agent: plan.current_agent,
    recommended_next_agent: plan.recommended_next_agent,
    categorization: fromJson<JsonObject>(plan.categorization),
    deployment_context: fromJson<JsonObject>(plan.deployment_context),
    paused_at_snapshot: fromJson<JsonObject>(plan.paused_at_snapshot),
    confirmation_state: toConfirmationState(parts.phases, parts.steps),
    depends_on: dependsOn(plan.id),
    phases: parts.phases.map((phase) => toPlanPhase(phase, dependsOn(phase.id))),
    steps: parts.steps.map((step, index) =>
      toPlanStep(step, index, names.get(step.phase_id) ?? '', dependsOn(step.id)),
    ),
    notes: parts.notes.map(toPlanNote),
    agent_sessions: parts.sessions.map(toAgentSession),
    lineage: parts.lineage.map(toLineageRecord),
    meta: fromJson<JsonObject>(plan.meta),
    completed_at: plan.completed_at,
    created_at: plan.created_at,
    updated_at: plan.updated_at,
  };
}

/** The first phase that is not done: a step of it is not, or its approval is missing. */
export function currentPhase(
  phases: readonly PhaseRow[],
  steps: readonly Pick<StepRow, 'status' | 'phase_id'>[],
): PhaseRow | undefined {
  const open = new Set(steps.filter(({ status }) => status !== 'done').map(({ phase_id }) => phase_id));
  return phases.find((phase) => open.has(phase.id) || (phase.approval_required === 1 && phase.approved_at === null));
}

export function toPlanPhase(row: PhaseRow, dependsOn: string[]): PlanPhase {
  return {
    id: row.id,
    name: row.name,
    sequence: row.order_index + 1,
    description: row.description,
    success_criteria: listFromJson(row.success_criteria),
    approval_required: row.approval_required === 1,
    depends_on: dependsOn,
    meta: fromJson<JsonObject>(row.meta),
  };
}

export function toPlanStep(row: StepRow, index: number, phase: string, dependsOn: string[]): PlanStep {
  const held = row.status === 'active' && (row.claimed_agent !== null || row.claimed_by_session !== null);
  return {
    id: row.id,
    index,
    phase_id: row.phase_id,
    phase,
    task: row.task,
    type: row.type,
    status: row.status,
    notes: row.notes,
    assignee: row.assignee,
    blocked_reason: row.blocked_reason,
    requires_confirmation: row.requires_confirmation === 1,
    requires_user_confirmation: row.requires_user_confirmation === 1,
    requires_validation: row.requires_validation === 1,
    requires_evidence: row.requires_evidence === 1,
    evidence: fromJson<JsonObject>(row.evidence),
    paths: listFromJson(row.paths),
    depends_on: dependsOn,
    claim: held
      ? {
          session_id: row.claimed_by_session,
          agent_type: row.claimed_agent,
          claimed_at: row.claimed_at,
          lease_expires_at: row.lease_expires_at,
          claim_number: row.claim_number,
        }
      : null,
    completed_at: row.completed_at,
    completed_by_agent: row.completed_by_agent,
    legacy_index: row.legacy_index,
    meta: fromJson<JsonObject>(row.meta),
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

export function toPlanNote(row: PlanNoteRow): PlanNote {
  return {
    id: row.id,
    note: row.note,
    type: row.note_type,
    added_by: row.added_by,
    added_at: row.created_at,
  };
}

export function toAgentSession(row: SessionRow): AgentSession {
  return {
    session_id: row.id,
    agent_type: row.agent_type,
    started_at: row.started_at,
    last_seen_at: row.last_seen_at,
    completed_at: row.completed_at,
    summary: row.summary,
    artifacts: listFromJson(row.artifacts),
    context: fromJson<JsonObject>(row.context),
    stats: fromJson<JsonObject>(row.stats),
    is_orphaned: row.is_orphaned === 1,
  };
}

export function toLineageRecord(row: LineageRow): LineageRecord {
  return {
    id: row.id,
    timestamp: row.created_at,
    from_agent: row.from_agent,
    to_agent: row.to_agent,
    reason: row.reason,
    data: fromJson<JsonObject>(row.data),
  };
}

/** The whole workspace; null when there is none. */
export function getWorkspaceMeta(workspaceId: string): WorkspaceMeta | null {
  return snapshot(() => {
    const row = getWorkspace(workspaceId);
    if (row === null) return null;
    const ids = (sql: string) => queryAll<{ id: string }>(sql, [row.id]).map(({ id }) => id);
    return toWorkspaceMeta(row, {
      children: ids('SELECT id FROM workspaces WHERE parent_workspace_id = ? ORDER BY seq'),
      paths: getWorkspacePaths(row.id),
      plans: ids('SELECT id FROM plans WHERE workspace_id = ? ORDER BY seq'),
      archivedPlans: ids('SELECT id FROM plans_archive WHERE workspace_id = ? ORDER BY seq'),
      programs: ids("SELECT id FROM programs WHERE workspace_id = ? AND status = 'active' ORDER BY seq"),
    });
  });
}

interface WorkspaceParts {
  children: string[];
  paths: ReturnType<typeof getWorkspacePaths>;
  plans: string[];
  archivedPlans: string[];
  programs: string[];
}

function toWorkspaceMeta(row: WorkspaceRow, parts: WorkspaceParts): WorkspaceMeta {
  return {
    workspace_id: row.id,
    path: row.path,
    name: row.name,
    parent_workspace_id: row.parent_workspace_id,
    child_workspace_ids: parts.children,
    paths: parts.paths.filter(({ kind }) => kind === 'path').map(({ path }) => path),
    legacy_workspace_ids: parts.paths.filter(({ kind }) => kind === 'legacy_id').map(({ path }) => path),
    active_plans: parts.plans,
    archived_plans: parts.archivedPlans,
    active_programs: parts.programs,
    profile: fromJson<JsonObject>(row.profile),
    meta: fromJson<JsonObject>(row.meta),
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function toConfirmationState(phases: readonly PhaseRow[], steps: readonly StepRow[]): ConfirmationState {
  const state: ConfirmationState = { phases: {}, steps: {} };
  for (const { name, approved_at, approved_by } of phases) {
    if (approved_at !== null) {
      state.phases[name] = { confirmed: true, confirmed_by: approved_by, confirmed_at: approved_at };
    }
  }
  for (const [index, { confirmed_at, confirmed_by }] of steps.entries()) {
    if (confirmed_at !== null) state.steps[String(index)] = { confirmed: true, confirmed_by, confirmed_at };
  }
  return state;
}

/** Every `blocks` edge that starts at the plan, its phases or its steps, live or archived, by where it starts. */
function prerequisitesOf(planId: string): Map<string, string[]> {
  const edges = (table: string) => `SELECT d.source_id, d.target_id, d.seq FROM nodes n
    JOIN ${table} d ON d.source_type = n.type AND d.source_id = n.id WHERE d.dependency_type = 'blocks'`;
  const rows = queryAll<{ source_id: string; target_id: string }>(
    `WITH nodes (type, id) AS (
       SELECT 'plan', ?
       UNION ALL SELECT 'phase', id FROM phases WHERE plan_id = ?
       UNION ALL SELECT 'phase', id FROM phases_archive WHERE plan_id = ?
       UNION ALL SELECT 'step', id FROM steps WHERE plan_id = ?
       UNION ALL SELECT 'step', id FROM steps_archive WHERE plan_id = ?)
     ${edges('dependencies')} UNION ALL ${edges('dependencies_archive')} ORDER BY seq`,
    [planId, planId, planId, planId, planId],
  );
  const targets = new Map<string, string[]>();
  for (const { source_id, target_id } of rows) {
    targets.set(source_id, [...(targets.get(source_id) ?? []), target_id]);
  }
  return targets;
}
