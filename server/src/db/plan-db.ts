/** Plans, live and archived. Being archived is where a plan lies; its status stays what it was. */
import { now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { type JsonObject, type Some, toFlag, toJson } from '../domain/stored-values.ts';
import type { Category, Execution, PlanStatus, Priority } from '../domain/vocabulary.ts';
import { setTargetStatus } from './dependency-status.ts';
import { findRow } from './live-or-archived.ts';
import { settlePlan } from './plan-progress.ts';
import { edgesTouching, PLAN_TABLES } from './plan-tables.ts';
import { type Param, queryAll, queryOne, transaction } from './query-helpers.ts';
import type { PlanRow } from './types.ts';
import { deleteRows, insertRow, moveRows, updateRow } from './write-helpers.ts';

export interface NewPlan {
  workspace_id: string;
  title: string;
  description?: string | null | undefined;
  category?: Category | undefined;
  priority?: Priority | undefined;
  status?: PlanStatus | undefined;
  execution?: Execution | undefined;
  requires_evidence?: boolean | undefined;
  goals?: readonly string[] | undefined;
  success_criteria?: readonly string[] | undefined;
  program_id?: string | null | undefined;
  program_order?: number | null | undefined;
  current_agent?: string | null | undefined;
  recommended_next_agent?: string | null | undefined;
  categorization?: JsonObject | null | undefined;
  deployment_context?: JsonObject | null | undefined;
  paused_at_snapshot?: JsonObject | null | undefined;
  meta?: JsonObject | null | undefined;
  /** For imported plans. */
  id?: string | undefined;
  created_at?: string | undefined;
  updated_at?: string | undefined;
  completed_at?: string | null | undefined;
}

export type PlanUpdate = Some<Omit<NewPlan, 'workspace_id' | 'id' | 'created_at' | 'updated_at'>>;

const UPDATABLE = [
  'title',
  'description',
  'category',
  'priority',
  'status',
  'execution',
  'requires_evidence',
  'goals',
  'success_criteria',
  'program_id',
  'program_order',
  'current_agent',
  'recommended_next_agent',
  'categorization',
  'deployment_context',
  'paused_at_snapshot',
  'meta',
  'completed_at',
] as const;

/** @throws invalid_input when the workspace or program does not exist. */
export function createPlan(data: NewPlan): PlanRow {
  const created = data.created_at ?? now();
  return insertRow('plans', {
    id: data.id ?? newId('plan'),
    workspace_id: data.workspace_id,
    title: data.title,
    status: data.status,
    ...columnsOf(data),
    created_at: created,
    updated_at: data.updated_at ?? created,
  });
}

/** The plan with this id, live or archived. */
export function getPlan(id: string): PlanRow | null {
  return findRow('plans', id);
}

export interface PlanFilter {
  status?: PlanStatus | undefined;
  category?: Category | undefined;
  priority?: Priority | undefined;
  program_id?: string | undefined;
  include_archived?: boolean | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}

/** The plans of a workspace, newest first; live ones, unless `include_archived`. */
export function getPlansByWorkspace(workspaceId: string, filter: PlanFilter = {}): PlanRow[] {
  const conditions = ['workspace_id = ?'];
  const params: Param[] = [workspaceId];
  for (const column of ['status', 'category', 'priority', 'program_id'] as const) {
    const value = filter[column];
    if (value === undefined) continue;
    conditions.push(`${column} = ?`);
    params.push(value);
  }
  const where = conditions.join(' AND ');
  const archived = filter.include_archived
    ? { sql: ` UNION ALL SELECT * FROM plans_archive WHERE ${where}`, params }
    : { sql: '', params: [] };
  const page =
    filter.limit === undefined
      ? { sql: '', params: [] }
      : { sql: ' LIMIT (? + 0) OFFSET ?', params: [filter.limit, filter.offset ?? 0] };
  return queryAll<PlanRow>(`SELECT * FROM plans WHERE ${where}${archived.sql} ORDER BY seq DESC${page.sql}`, [
    ...params,
    ...archived.params,
    ...page.params,
  ]);
}

/**
 * Changes a live plan. A status change carries the edges that wait for this plan with it.
 * @throws not_found, invalid_input for the status `archived`.
 */
export function updatePlan(id: string, data: PlanUpdate): void {
  if (data.status === 'archived') {
    throw new MemoryError('invalid_input', 'A plan does not become archived by its status.', {
      hint: 'Call memory_plan archive.',
    });
  }
  transaction(() => {
    const before = queryOne<PlanRow>('SELECT * FROM plans WHERE id = ?', [id]);
    if (before === undefined) throw notFound('live plan', id);
    const status = data.status ?? before.status;
    const changes = { ...data, ...columnsOf(data) };
    if (data.status !== undefined && data.completed_at === undefined && status !== before.status) {
      changes.completed_at = status === 'completed' ? now() : null;
    }
    updateRow('plans', id, UPDATABLE, changes);
    if (status === before.status) return;
    setTargetStatus('plan', id, status === 'completed');
    // What was finished while the plan was not active counts now. A completed plan that is re-opened stays open.
    if (status === 'active' && before.status !== 'completed') settlePlan(id);
  });
}

/** Deletes a plan with everything that belongs to it, live or archived. Answers whether there was one. */
export function deletePlan(id: string): boolean {
  return transaction(() => {
    for (const archived of [false, true]) {
      const { where, params } = edgesTouching(archived);
      for (const edges of ['dependencies', 'dependencies_archive'] as const) deleteRows(edges, where, params(id));
    }
    let deleted = 0;
    for (const { live, archive, where, params } of [...PLAN_TABLES].reverse()) {
      deleted = deleteRows(live, where(false), params(id)) + deleteRows(archive, where(true), params(id));
    }
    return deleted > 0;
  });
}

/**
 * Moves the plan and all its children to the archive tables, unchanged, or changes nothing. An edge with one end outside
 * stays where it is. @throws not_found, conflict when it is archived already.
 */
export function archivePlan(id: string): void {
  transaction(() => {
    if (queryOne('SELECT 1 FROM plans WHERE id = ?', [id]) === undefined) {
      if (getPlan(id) === null) throw notFound('plan', id);
      throw new MemoryError('conflict', `Plan ${id} is archived already.`, {
        hint: 'memory_plan restore brings it back.',
      });
    }
    moveRows(
      PLAN_TABLES.map(({ live, archive, where, params }) => ({
        from: live,
        to: archive,
        where: where(false),
        params: params(id),
      })),
    );
  });
}

/**
 * Brings an archived plan back as it was. Answers what could not come back: a program that has been deleted meanwhile.
 * @throws not_found, conflict when it is not archived.
 */
export function restorePlan(id: string): { dropped: string[] } {
  return transaction(() => {
    const plan = queryOne<PlanRow>('SELECT * FROM plans_archive WHERE id = ?', [id]);
    if (plan === undefined) {
      if (getPlan(id) === null) throw notFound('plan', id);
      throw new MemoryError('conflict', `Plan ${id} is not archived.`);
    }
    const dropped: string[] = [];
    if (plan.program_id !== null && queryOne('SELECT 1 FROM programs WHERE id = ?', [plan.program_id]) === undefined) {
      updateRow('plans_archive', id, ['program_id', 'program_order', 'updated_at'], {
        program_id: null,
        program_order: null,
        updated_at: plan.updated_at,
      });
      dropped.push(`program ${plan.program_id}`);
    }
    moveRows(
      PLAN_TABLES.map(({ live, archive, where, params }) => ({
        from: archive,
        to: live,
        where: where(true),
        params: params(id),
      })),
    );
    return { dropped };
  });
}

/** For rows that name a plan and its workspace. @throws invalid_input unless this is a live plan of that workspace. */
export function requirePlanOf(workspaceId: string, planId: string): void {
  const found = queryOne('SELECT 1 FROM plans WHERE id = ? AND workspace_id = ?', [planId, workspaceId]);
  if (found !== undefined) return;
  throw new MemoryError('invalid_input', `Workspace ${workspaceId} has no live plan with id "${planId}".`, {
    hint: 'Call memory_plan find to see where the plan is.',
  });
}

export interface FoundPlan {
  plan: PlanRow;
  workspaceId: string;
  archived: boolean;
}

/** Where a plan is: in any workspace, live or archived. */
export function findPlanById(id: string): FoundPlan | null {
  const live = queryOne<PlanRow>('SELECT * FROM plans WHERE id = ?', [id]);
  const plan = live ?? queryOne<PlanRow>('SELECT * FROM plans_archive WHERE id = ?', [id]);
  return plan === undefined ? null : { plan, workspaceId: plan.workspace_id, archived: live === undefined };
}

/** The columns whose stored form differs from the given one, and those that have a default. */
function columnsOf(data: PlanUpdate) {
  return {
    description: data.description,
    category: data.category,
    priority: data.priority,
    execution: data.execution,
    requires_evidence: toFlag(data.requires_evidence),
    goals: toJson(data.goals) ?? undefined,
    success_criteria: toJson(data.success_criteria) ?? undefined,
    program_id: data.program_id,
    program_order: data.program_order,
    current_agent: data.current_agent,
    recommended_next_agent: data.recommended_next_agent,
    categorization: toJson(data.categorization),
    deployment_context: toJson(data.deployment_context),
    paused_at_snapshot: toJson(data.paused_at_snapshot),
    meta: toJson(data.meta),
    completed_at: data.completed_at,
  };
}
