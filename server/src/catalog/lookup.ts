/** From the ids in a call to rows: what does not exist is refused with what does, and the call learns what it is about. */
import {
  type Entity,
  type EntityKind,
  findEntity,
  findPlanById,
  getBriefPlan,
  getPhase,
  getPlanState,
  getProgram,
  getSession,
  getStep,
  getWorkspace,
  getWorkspaceAround,
  getWorkspaceByPath,
  listWorkspaces,
  type PhaseRow,
  type PlanRow,
  type ProgramRow,
  recentEntities,
  type SessionRow,
  type StepRow,
  type WorkspaceRow,
} from '../db/index.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import type { BriefPlan, PlanState } from '../domain/plan-state.ts';
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
    const other = workspace_path === undefined ? found : firstOf(places(), getWorkspaceByPath);
    if (other?.id === found.id) return found;
    throw new MemoryError('invalid_input', `${quoted(workspace_path ?? '')} is no path of workspace ${workspace_id}.`, {
      hint: 'Name the workspace by one of the two.',
    });
  }
  if (workspace_path !== undefined) {
    const found = firstOf(places(), getWorkspaceByPath);
    if (found !== null) return found;
    throw new MemoryError('not_found', `No workspace with path ${quoted(workspace_path)}.`, {
      hint: knownWorkspaces(),
    });
  }
  const all = listWorkspaces();
  const meant = firstOf(places(), getWorkspaceAround) ?? (all.length === 1 ? all[0] : undefined);
  if (meant !== undefined) return meant;
  throw new MemoryError('invalid_input', 'Which workspace? Name it with workspace_id or workspace_path.', {
    hint: all.length === 0 ? knownWorkspaces() : 'memory_workspace {"action":"list"} shows them.',
  });
}

/** What the first place that leads anywhere leads to. */
export function firstOf<T>(places: Iterable<string>, find: (place: string) => T | null): T | null {
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

/** Nothing of this kind has this id: the refusal names what it is instead, or the latest of the kind. */
export function unknownId(kind: EntityKind, id: string): MemoryError {
  const noun = nounOf(kind);
  const other = findEntity(id);
  if (other !== null) return notFound(noun, id, otherKind(kind, other));
  const recent = recentEntities(kind, 3).map((fields) => `${fields['id']} ${titleOf(fields, 60)}`);
  return notFound(noun, id, recent.length === 0 ? `There is no ${noun} yet.` : `Recent: ${recent.join(', ')}.`);
}

/** The row with this id, whatever it is. */
export function requireEntity(id: string): Entity {
  const entity = findEntity(id);
  if (entity === null) throw notFound('thing', id, 'memory_query search finds things by words.');
  return entity;
}

function otherKind(kind: EntityKind, { kind: found, archived, row }: Entity): string {
  if (found === kind) {
    const place = `It belongs to ${row['plan_id'] ?? row['workspace_id'] ?? 'no plan'}`;
    return archived ? `${place}, which is archived; memory_plan restore brings it back.` : `${place}.`;
  }
  const owner = row[`${kind}_id`];
  const said = `That is the id of a ${nounOf(found)}`;
  return typeof owner === 'string' ? `${said}; its ${nounOf(kind)} is ${owner}.` : `${said}.`;
}

function nounOf(kind: EntityKind): string {
  return { context: 'context item', research: 'research document' }[kind as string] ?? kind.replace('_', ' ');
}

/** The column that says most about a row of any kind. */
export function titleOf(fields: Entity['row'], max: number): string {
  const names = ['title', 'name', 'task', 'filename', 'note', 'reason', 'agent_type', 'type', 'source_id', 'path'];
  const name = names.find((candidate) => typeof fields[candidate] === 'string');
  return name === undefined ? '' : quoted(String(fields[name]), max);
}

export interface FoundPlan extends PlanRow {
  archived: boolean;
}

/** A plan, live or archived. */
export function requirePlan(call: Call, planId: string): FoundPlan {
  const found = findPlanById(planId);
  if (found === null) throw unknownId('plan', planId);
  call.subject.planId = planId;
  call.subject.workspaceId = found.workspaceId;
  return { ...found.plan, archived: found.archived };
}

/** A whole plan, live or archived. */
export function requirePlanState(call: Call, planId: string): PlanState {
  requirePlan(call, planId);
  const state = getPlanState(planId);
  if (state === null) throw new MemoryError('conflict', `Plan ${planId} is gone.`);
  return state;
}

/** A plan with its steps in brief, live or archived. */
export function requireBriefPlan(call: Call, planId: string): BriefPlan {
  requirePlan(call, planId);
  const plan = getBriefPlan(planId);
  if (plan === null) throw new MemoryError('conflict', `Plan ${planId} is gone.`);
  return plan;
}

interface PlaceParams extends WorkspaceParams {
  plan_id?: string | undefined;
}

/** The plan that is named and its workspace; where none is, the workspace itself. */
export function requirePlanOrWorkspace(
  call: Call,
  { plan_id, ...workspace }: PlaceParams,
): { planId: string | null; workspaceId: string } {
  if (plan_id === undefined) return { planId: null, workspaceId: requireWorkspace(call, workspace).id };
  return { planId: plan_id, workspaceId: requirePlan(call, plan_id).workspace_id };
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

export function requirePhase(call: Call, phaseId: string, itsPlan: PlanCheck = requirePlan): PhaseRow {
  const phase = getPhase(phaseId);
  if (phase === null) throw unknownId('phase', phaseId);
  itsPlan(call, phase.plan_id);
  return phase;
}

export function requireStep(call: Call, stepId: string, itsPlan: PlanCheck = requirePlan): StepRow {
  const step = getStep(stepId);
  if (step === null) throw unknownId('step', stepId);
  itsPlan(call, step.plan_id);
  call.subject.stepId = stepId;
  return step;
}

type PlanCheck = (call: Call, planId: string) => PlanRow;

/** A phase that can be changed. @throws not_found, conflict where its plan is archived */
export function requireLivePhase(call: Call, phaseId: string): PhaseRow {
  return requirePhase(call, phaseId, requireLivePlan);
}

/** A step that can be changed. @throws not_found, conflict where its plan is archived */
export function requireLiveStep(call: Call, stepId: string): StepRow {
  return requireStep(call, stepId, requireLivePlan);
}

export function requireProgram(call: Call, programId: string): ProgramRow {
  const program = getProgram(programId);
  if (program === null) throw unknownId('program', programId);
  call.subject.workspaceId = program.workspace_id;
  return program;
}

export function requireSession(call: Call, sessionId: string): SessionRow {
  const session = getSession(sessionId);
  if (session === null) throw unknownId('session', sessionId);
  requirePlan(call, session.plan_id);
  return session;
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
