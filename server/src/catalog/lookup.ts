/** From the ids in a call to rows: what does not exist is refused with what does, and the call learns what it is about. */
import {
  findPlanById,
  getPhase,
  getStep,
  getWorkspace,
  getWorkspaceAround,
  getWorkspaceByPath,
  listWorkspaces,
  type PhaseRow,
  type PlanRow,
  recentPlanIds,
  type StepRow,
  type WorkspaceRow,
} from '../db/index.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import type { ParentType } from '../domain/vocabulary.ts';
import type { Call } from './call.ts';
import { quoted } from './text.ts';

interface WorkspaceParams {
  workspace_id?: string | undefined;
  workspace_path?: string | undefined;
}

/**
 * The workspace of a call: by id, by path, or, where it names neither, the one in which the server was started, or the only
 * one there is. @throws not_found, invalid_input when there are several to choose from.
 */
export function requireWorkspace(call: Call, params: WorkspaceParams): WorkspaceRow {
  const workspace = findWorkspace(call, params);
  call.subject.workspaceId = workspace.id;
  return workspace;
}

function findWorkspace({ places }: Call, { workspace_id, workspace_path }: WorkspaceParams): WorkspaceRow {
  if (workspace_id !== undefined) {
    const found = getWorkspace(workspace_id);
    if (found === null) throw notFound('workspace', workspace_id, knownWorkspaces());
    return found;
  }
  if (workspace_path !== undefined) {
    const found = firstOf(places, getWorkspaceByPath);
    if (found !== null) return found;
    throw new MemoryError('not_found', `No workspace with path ${quoted(workspace_path)}.`, {
      hint: knownWorkspaces(),
    });
  }
  const all = listWorkspaces();
  const meant = firstOf(places, getWorkspaceAround) ?? (all.length === 1 ? all[0] : undefined);
  if (meant !== undefined) return meant;
  throw new MemoryError('invalid_input', 'Which workspace? Name it with workspace_id or workspace_path.', {
    hint: all.length === 0 ? knownWorkspaces() : 'memory_workspace {"action":"list"} shows them.',
  });
}

/** What the first place that leads anywhere leads to. */
export function firstOf<T>(places: readonly string[], find: (place: string) => T | null): T | null {
  for (const place of places) {
    const found = find(place);
    if (found !== null) return found;
  }
  return null;
}

function knownWorkspaces(): string {
  const known = listWorkspaces().slice(-5);
  return known.length === 0
    ? 'None is registered yet: memory_workspace {"action":"register","path":"/path/of/the/project"}.'
    : `Known: ${known.map(({ id, name }) => `${id} ${quoted(name, 60)}`).join(', ')}.`;
}

export interface FoundPlan extends PlanRow {
  archived: boolean;
}

/** A plan, live or archived. */
export function requirePlan(call: Call, planId: string): FoundPlan {
  const found = findPlanById(planId);
  if (found === null) {
    const recent = recentPlanIds(3);
    throw notFound('plan', planId, recent.length === 0 ? 'There are no plans yet.' : `Recent: ${recent.join(', ')}.`);
  }
  call.subject.planId = planId;
  call.subject.workspaceId = found.workspaceId;
  return { ...found.plan, archived: found.archived };
}

/** A plan that can be changed. @throws not_found, conflict for an archived one. */
export function requireLivePlan(call: Call, planId: string): PlanRow {
  const plan = requirePlan(call, planId);
  if (plan.archived) {
    throw new MemoryError('conflict', `Plan ${planId} is archived and cannot be changed.`, {
      hint: `Bring it back: memory_plan {"action":"restore","plan_id":"${planId}"}.`,
    });
  }
  return plan;
}

export function requirePhase(call: Call, phaseId: string): PhaseRow {
  const phase = getPhase(phaseId);
  if (phase === null) throw notFound('phase', phaseId, 'memory_plan get shows the phases of a plan.');
  requirePlan(call, phase.plan_id);
  return phase;
}

export function requireStep(call: Call, stepId: string): StepRow {
  const step = getStep(stepId);
  if (step === null) throw notFound('step', stepId, 'memory_steps list shows the steps of a plan.');
  requirePlan(call, step.plan_id);
  call.subject.stepId = stepId;
  return step;
}

/** What context hangs on. @throws not_found */
export function requireParent(call: Call, type: ParentType, id: string): void {
  if (type === 'workspace') requireWorkspace(call, { workspace_id: id });
  else if (type === 'plan') requirePlan(call, id);
  else if (type === 'phase') requirePhase(call, id);
  else requireStep(call, id);
}

/** Nothing has this name. */
export function noneCalled(noun: string, name: string, hint: string): MemoryError {
  return new MemoryError('not_found', `No ${noun} is called ${quoted(name)}.`, { hint });
}
