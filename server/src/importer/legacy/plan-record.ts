/** A plan's own fields, between the `state.json` of the old file store and the columns of `plans`. All pure. */
import type { PlanRow } from '../../db/index.ts';
import { fromJson, type JsonObject, listFromJson } from '../../domain/stored-values.ts';
import { CATEGORIES, type Category, PLAN_STATUSES, PRIORITIES } from '../../domain/vocabulary.ts';
import { present } from '../leftovers.ts';
import {
  field,
  firstTime,
  listJson,
  objectJson,
  textOr,
  textOrNull,
  timeOrNull,
  type UnknownWord,
  wordOf,
  wordOrNull,
} from '../values.ts';

type PlanColumns = Omit<
  PlanRow,
  'seq' | 'id' | 'workspace_id' | 'program_id' | 'program_order' | 'meta' | 'longest_step_ms'
>;

/** The categories of the first generation. */
const OLD_CATEGORIES: Readonly<Record<string, Category>> = {
  bug: 'bugfix',
  change: 'feature',
  analysis: 'advisory',
  investigation: 'advisory',
  debug: 'bugfix',
  documentation: 'quick_task',
};

export function categoryOf(value: unknown, fallback: Category, unknown: (word: UnknownWord) => void): Category {
  return wordOf(CATEGORIES, value, fallback, { field: 'category', names: OLD_CATEGORIES, unknown });
}

/** `since` is when the file was last changed, for a plan without dates. */
export function planColumns(
  state: JsonObject,
  { id, since, unknown }: { id: string; since: () => string; unknown: (word: UnknownWord) => void },
): PlanColumns {
  const created = firstTime(field(state, 'created_at'), field(state, 'updated_at'), since);
  return {
    title: textOr(field(state, 'title'), id, 500),
    description: textOrNull(field(state, 'description')),
    category: categoryOf(field(state, 'category'), 'feature', unknown),
    priority: wordOf(PRIORITIES, field(state, 'priority'), 'medium', { field: 'priority', unknown }),
    status: wordOf(PLAN_STATUSES, field(state, 'status'), 'active', { field: 'status', unknown }),
    execution: 'phased',
    requires_evidence: 0,
    goals: listJson(field(state, 'goals')),
    success_criteria: listJson(field(state, 'success_criteria')),
    current_agent: wordOrNull(field(state, 'current_agent')),
    recommended_next_agent: wordOrNull(field(state, 'recommended_next_agent')),
    categorization: objectJson(field(state, 'categorization')),
    deployment_context: objectJson(field(state, 'deployment_context')),
    paused_at_snapshot: objectJson(field(state, 'paused_at_snapshot')),
    completed_at: timeOrNull(field(state, 'completed_at')),
    created_at: created,
    updated_at: firstTime(field(state, 'updated_at'), created),
  };
}

/** What a plan says that lies in other rows. */
export interface PlanFacts {
  id: string;
  workspaceId: string;
  /** Name of the first phase with an unfinished step. */
  currentPhase: string | null;
  /** The program's id in the file store. */
  programId: string | null;
  /** The plans of the program that this plan is the container of. */
  childPlanIds: readonly string[] | null;
  dependsOnPlans: readonly string[];
  /** It lies in the archive, though its status is another one. */
  isArchived: boolean;
  /** The lists of `state.json` that are rows of their own. */
  lists: JsonObject;
}

export function planElement(row: PlanColumns, facts: PlanFacts): JsonObject {
  const goals = listFromJson(row.goals);
  const criteria = listFromJson(row.success_criteria);
  return {
    id: facts.id,
    workspace_id: facts.workspaceId,
    title: row.title,
    ...present({ description: row.description }),
    priority: row.priority,
    status: row.status,
    category: row.category,
    ...present({ current_phase: facts.currentPhase, recommended_next_agent: row.recommended_next_agent }),
    current_agent: row.current_agent,
    created_at: row.created_at,
    updated_at: row.updated_at,
    ...present({
      categorization: fromJson(row.categorization),
      deployment_context: fromJson(row.deployment_context),
      paused_at_snapshot: fromJson(row.paused_at_snapshot),
      completed_at: row.completed_at,
      program_id: facts.programId,
      goals: goals.length > 0 ? goals : null,
      success_criteria: criteria.length > 0 ? criteria : null,
      depends_on_plans: facts.dependsOnPlans.length > 0 ? facts.dependsOnPlans : null,
    }),
    ...(facts.childPlanIds === null ? {} : { is_program: true, child_plan_ids: facts.childPlanIds }),
    ...(facts.isArchived ? { is_archived: true } : {}),
    ...facts.lists,
  };
}

/** The lists that every plan has, and those that it has when there is something in them. */
const ALWAYS = ['agent_sessions', 'lineage', 'steps'] as const;
const SOMETIMES = ['pending_notes', 'notes', 'build_scripts', 'phases'] as const;

export type ListName = (typeof ALWAYS)[number] | (typeof SOMETIMES)[number];
export const LIST_NAMES: readonly ListName[] = [...ALWAYS, ...SOMETIMES];
export type PlanLists = Readonly<Record<ListName, readonly unknown[]>>;

/** Stands for the content of a list that is not empty, of which rows of their own speak. */
const LISTED = '(listed)';

/** The lists as they stand in a rendered plan: those of the first kind also when they are empty. */
export function planLists(lists: PlanLists, confirmations: JsonObject | null): JsonObject {
  const sometimes = SOMETIMES.filter((name) => lists[name].length > 0);
  return {
    ...Object.fromEntries([...ALWAYS, ...sometimes].map((name) => [name, lists[name]])),
    ...(confirmations === null ? {} : { confirmation_state: confirmations }),
  };
}

/** A plan, said or rendered, without the content of its lists: only whether there is any. */
export function withoutContent(plan: JsonObject, lists: PlanLists, confirmed: boolean): JsonObject {
  const isList = (name: string): name is ListName => LIST_NAMES.includes(name as ListName);
  return Object.fromEntries(
    Object.entries(plan).map(([name, value]) => {
      if (isList(name) && Array.isArray(value)) return [name, lists[name].length > 0 ? LISTED : []];
      return [name, name === 'confirmation_state' && confirmed ? LISTED : value];
    }),
  );
}
