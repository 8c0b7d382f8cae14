/** Programs of both generations, their risks and edges, and events, between the file store and their columns. All pure. */
import type { DependencyRow, EventLogRow, ProgramRiskRow, ProgramRow } from '../../db/index.ts';
import { fromJson, type JsonObject, listFromJson } from '../../domain/stored-values.ts';
import {
  DEPENDENCY_STATUSES,
  DEPENDENCY_TYPES,
  PRIORITIES,
  PROGRAM_STATUSES,
  RISK_DETECTORS,
  RISK_STATUSES,
  RISK_TYPES,
} from '../../domain/vocabulary.ts';
import { present } from '../leftovers.ts';
import {
  field,
  firstTime,
  isObject,
  listJson,
  textOr,
  textOrNull,
  timeOrNull,
  type UnknownWord,
  wordOf,
} from '../values.ts';
import { categoryOf } from './plan-record.ts';

type Unknown = (word: UnknownWord) => void;

type ProgramColumns = Omit<ProgramRow, 'seq' | 'id' | 'workspace_id' | 'source_plan_id' | 'meta'>;

/** From a `program.json`, or from the `state.json` of a plan that is the container of others. */
export function programColumns(
  element: JsonObject,
  { id, since, unknown }: { id: string; since: string; unknown: Unknown },
): ProgramColumns {
  const created = firstTime(field(element, 'created_at'), field(element, 'updated_at'), since);
  return {
    title: textOr(field(element, 'title'), id, 500),
    description: textOrNull(field(element, 'description')),
    category: categoryOf(field(element, 'category'), 'program', unknown),
    priority: wordOf(PRIORITIES, field(element, 'priority'), 'medium', { field: 'priority', unknown }),
    status: wordOf(PROGRAM_STATUSES, field(element, 'status'), 'active', {
      field: 'status',
      // What a plan that contains others may say.
      names: { blocked: 'paused', failed: 'archived' },
      unknown,
    }),
    goals: listJson(field(element, 'goals')),
    success_criteria: listJson(field(element, 'success_criteria')),
    completed_at: timeOrNull(field(element, 'completed_at')),
    created_at: created,
    updated_at: firstTime(field(element, 'updated_at'), created),
  };
}

export function programElement(row: ProgramColumns, id: string, workspaceId: string): JsonObject {
  const goals = listFromJson(row.goals);
  const criteria = listFromJson(row.success_criteria);
  return {
    id,
    workspace_id: workspaceId,
    title: row.title,
    ...present({ description: row.description }),
    priority: row.priority,
    category: row.category,
    status: row.status,
    ...present({
      goals: goals.length > 0 ? goals : null,
      success_criteria: criteria.length > 0 ? criteria : null,
      completed_at: row.completed_at,
    }),
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

type RiskColumns = Omit<ProgramRiskRow, 'seq' | 'id' | 'program_id' | 'meta'>;

export function riskColumns(element: JsonObject, since: string, unknown: Unknown): RiskColumns {
  const created = firstTime(field(element, 'created_at'), since);
  return {
    risk_type: wordOf(RISK_TYPES, field(element, 'type'), 'dependency_risk', { field: 'type', unknown }),
    severity: wordOf(PRIORITIES, field(element, 'severity'), 'medium', { field: 'severity', unknown }),
    risk_status: wordOf(RISK_STATUSES, field(element, 'status'), 'identified', { field: 'status', unknown }),
    title: textOr(field(element, 'title'), 'untitled', 500),
    description: textOrNull(field(element, 'description')),
    mitigation: textOrNull(field(element, 'mitigation')),
    detected_by: wordOf(RISK_DETECTORS, field(element, 'detected_by'), 'manual', { field: 'detected_by', unknown }),
    source_plan_id: textOrNull(field(element, 'source_plan_id')),
    created_at: created,
    updated_at: firstTime(field(element, 'updated_at'), created),
  };
}

export function riskElement(row: RiskColumns, id: string | null, programId: string): JsonObject {
  return {
    ...present({ id }),
    program_id: programId,
    type: row.risk_type,
    severity: row.severity,
    status: row.risk_status,
    title: row.title,
    ...present({ description: row.description, mitigation: row.mitigation }),
    detected_by: row.detected_by,
    ...present({ source_plan_id: row.source_plan_id }),
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

/** The two ends as a program's list of dependencies says them. */
export interface EdgeEnds {
  sourcePlan: string;
  sourcePhase: string | null;
  targetPlan: string;
  targetPhase: string | null;
}

type EdgeColumns = Pick<DependencyRow, 'dependency_type' | 'status' | 'satisfied_at' | 'created_at'>;

export function edgeColumns(element: JsonObject, since: string, unknown: Unknown): EdgeColumns {
  return {
    dependency_type: wordOf(DEPENDENCY_TYPES, field(element, 'type'), 'blocks', { field: 'type', unknown }),
    status: wordOf(DEPENDENCY_STATUSES, field(element, 'status'), 'pending', { field: 'status', unknown }),
    satisfied_at: timeOrNull(field(element, 'satisfied_at')),
    created_at: firstTime(field(element, 'created_at'), since),
  };
}

export function edgeElement(row: EdgeColumns, id: string | null, ends: EdgeEnds): JsonObject {
  return {
    ...present({ id }),
    source_plan_id: ends.sourcePlan,
    ...present({ source_phase: ends.sourcePhase }),
    target_plan_id: ends.targetPlan,
    ...present({ target_phase: ends.targetPhase }),
    type: row.dependency_type,
    status: row.status,
    created_at: row.created_at,
    ...present({ satisfied_at: row.satisfied_at }),
  };
}

type EventColumns = Omit<
  EventLogRow,
  'seq' | 'id' | 'workspace_id' | 'step_id' | 'session_id' | 'meta' | 'operation_id'
>;

export function eventColumns(element: JsonObject, since: string): EventColumns {
  const data = field(element, 'data');
  return {
    event_type: textOr(field(element, 'type'), 'unknown', 100),
    plan_id: textOrNull(field(element, 'plan_id')),
    agent_type: textOrNull(field(element, 'agent_type')),
    tool: textOrNull(field(element, 'tool_name')),
    data: isObject(data) ? JSON.stringify(data) : null,
    created_at: firstTime(field(element, 'timestamp'), since),
  };
}

export function eventElement(row: EventColumns, id: string | null, workspaceId: string | null): JsonObject {
  return {
    ...present({ id }),
    type: row.event_type,
    timestamp: row.created_at,
    ...present({ workspace_id: workspaceId, plan_id: row.plan_id, agent_type: row.agent_type, tool_name: row.tool }),
    ...present({ data: fromJson(row.data) }),
  };
}
