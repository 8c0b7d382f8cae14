/** Programs: plans that belong together. Membership lies on the plan, so a plan is in at most one program. */
import { now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { type JsonObject, listFromJson, type Some, toJson } from '../domain/stored-values.ts';
import type { Category, Priority, ProgramStatus } from '../domain/vocabulary.ts';
import { getPlan } from './plan-db.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import type { PlanRow, ProgramRow } from './types.ts';
import { changeRow, deleteRow, deleteRows, insertRow, updateRow, updateRows } from './write-helpers.ts';

export interface NewProgram {
  title: string;
  description?: string | null | undefined;
  category?: Category | undefined;
  priority?: Priority | undefined;
  status?: ProgramStatus | undefined;
  goals?: readonly string[] | undefined;
  success_criteria?: readonly string[] | undefined;
  source_plan_id?: string | null | undefined;
  meta?: JsonObject | null | undefined;
  /** For imported programs. */
  id?: string | undefined;
  created_at?: string | undefined;
}

/** @throws invalid_input when the workspace does not exist. */
export function createProgram(wsId: string, data: NewProgram): ProgramRow {
  const created = data.created_at ?? now();
  return insertRow('programs', {
    ...data,
    id: data.id ?? newId('program'),
    workspace_id: wsId,
    goals: toJson(data.goals) ?? undefined,
    success_criteria: toJson(data.success_criteria) ?? undefined,
    meta: toJson(data.meta),
    created_at: created,
    updated_at: created,
  });
}

export type ProgramUpdate = Some<Omit<NewProgram, 'id' | 'created_at' | 'source_plan_id'>>;

const UPDATABLE = [
  'title',
  'description',
  'category',
  'priority',
  'status',
  'goals',
  'success_criteria',
  'meta',
  'completed_at',
] as const;

/** A program that becomes completed says when. @throws not_found */
export function updateProgram(id: string, data: ProgramUpdate): ProgramRow {
  return transaction(() => {
    const before = getProgram(id);
    if (before === null) throw notFound('program', id);
    const status = data.status ?? before.status;
    return changeRow('programs', before, UPDATABLE, {
      ...data,
      goals: toJson(data.goals) ?? undefined,
      success_criteria: toJson(data.success_criteria) ?? undefined,
      meta: toJson(data.meta),
      completed_at: status === before.status ? undefined : status === 'completed' ? now() : null,
    }) as ProgramRow;
  });
}

export function getProgram(id: string): ProgramRow | null {
  return queryOne<ProgramRow>('SELECT * FROM programs WHERE id = ?', [id]) ?? null;
}

/** The programs of a workspace in the order they were made. */
export function listPrograms(wsId: string): ProgramRow[] {
  return queryAll<ProgramRow>('SELECT * FROM programs WHERE workspace_id = ? ORDER BY seq', [wsId]);
}

/**
 * Puts a live plan into a program, at `orderIndex` or behind its other plans; out of the one it was in.
 * @throws not_found, conflict for a plan of another workspace that is not linked to the program.
 */
export function addPlanToProgram(programId: string, planId: string, orderIndex?: number): void {
  transaction(() => {
    const program = getProgram(programId);
    if (program === null) throw notFound('program', programId);
    const plan = queryOne<PlanRow>('SELECT * FROM plans WHERE id = ?', [planId]);
    if (plan === undefined) throw notFound('live plan', planId);
    requireReach(program, plan);
    const former = plan.program_id;
    const members = listProgramPlans(programId).filter(({ id }) => id !== planId);
    const at = Math.min(Math.max(orderIndex ?? members.length, 0), members.length);
    changeRow('plans', plan, MEMBERSHIP, { program_id: programId, program_order: at });
    numberPlans([...members.slice(0, at), { ...plan, program_order: at }, ...members.slice(at)]);
    if (former !== null && former !== programId) numberPlans(listProgramPlans(former));
  });
}

const MEMBERSHIP = ['program_id', 'program_order', 'updated_at'] as const;

/** Gives the plans of a program their places, 0..n-1. That others moved is no change of a plan, so updated_at stays. */
function numberPlans(plans: readonly PlanRow[]): void {
  for (const [place, { id, updated_at, program_order }] of plans.entries()) {
    if (program_order === place) continue;
    const changes = { program_order: place, updated_at };
    updateRow('plans', id, MEMBERSHIP, changes) ?? updateRow('plans_archive', id, MEMBERSHIP, changes);
  }
}

/** Takes a plan out of its program. Answers the program it was in, or null. */
export function removePlanFromProgram(planId: string): string | null {
  return transaction(() => {
    const programId = getPlan(planId)?.program_id ?? null;
    if (programId === null) return null;
    const none = { program_id: null, program_order: null };
    updateRow('plans', planId, MEMBERSHIP, none) ?? updateRow('plans_archive', planId, MEMBERSHIP, none);
    numberPlans(listProgramPlans(programId));
    return programId;
  });
}

/** Closes the gaps in the order of a program's plans, if it is there. */
export function renumberPlans(programId: string): void {
  if (getProgram(programId) !== null) numberPlans(listProgramPlans(programId));
}

/** Lets a program reach the plans of another workspace. Repeating it changes nothing. @throws invalid_input */
export function linkProgramToWorkspace(programId: string, workspaceId: string): void {
  transaction(() => {
    const known = queryOne('SELECT 1 FROM program_workspace_links WHERE program_id = ? AND workspace_id = ?', [
      programId,
      workspaceId,
    ]);
    if (known !== undefined) return;
    insertRow('program_workspace_links', {
      id: newId('programLink'),
      program_id: programId,
      workspace_id: workspaceId,
      created_at: now(),
    });
  });
}

/** The plans of a program in order, archived ones included. */
export function listProgramPlans(programId: string): PlanRow[] {
  return queryAll<PlanRow>(
    `SELECT * FROM plans WHERE program_id = ? UNION ALL SELECT * FROM plans_archive WHERE program_id = ?
     ORDER BY program_order NULLS LAST, seq`,
    [programId, programId],
  );
}

/**
 * Makes a program from a plan's title, goals and criteria; the plan, with its steps, becomes its first child.
 * @throws not_found, conflict when the plan is in a program already.
 */
export function upgradeToProgram(planId: string, title?: string): ProgramRow {
  return transaction(() => {
    const plan = getPlan(planId);
    if (plan === null) throw notFound('plan', planId);
    if (plan.program_id !== null) {
      throw new MemoryError('conflict', `Plan ${planId} is in program ${plan.program_id} already.`, {
        hint: 'Take it out with memory_workspace remove_from_program first.',
      });
    }
    const program = createProgram(plan.workspace_id, {
      title: title ?? plan.title,
      description: plan.description,
      priority: plan.priority,
      goals: listFromJson(plan.goals),
      success_criteria: listFromJson(plan.success_criteria),
      source_plan_id: planId,
    });
    addPlanToProgram(program.id, planId);
    return program;
  });
}

/**
 * Deletes a program with its risks and links; its plans stay, in no program. An archived plan keeps what it says until it is
 * restored, which tells what is gone. Answers whether there was one.
 */
export function deleteProgram(id: string): boolean {
  return transaction(() => {
    updateRows('plans', 'program_id = ?', [id], { program_id: null, program_order: null });
    deleteRows('program_risks', 'program_id = ?', [id]);
    deleteRows('program_workspace_links', 'program_id = ?', [id]);
    return deleteRow('programs', id);
  });
}

function requireReach(program: ProgramRow, plan: PlanRow): void {
  if (plan.workspace_id === program.workspace_id) return;
  const link = queryOne('SELECT 1 FROM program_workspace_links WHERE program_id = ? AND workspace_id = ?', [
    program.id,
    plan.workspace_id,
  ]);
  if (link === undefined) {
    throw new MemoryError(
      'conflict',
      `Plan ${plan.id} is in workspace ${plan.workspace_id}, which program ${program.id} cannot reach.`,
      {
        hint: 'Call memory_workspace link_workspace first.',
      },
    );
  }
}
