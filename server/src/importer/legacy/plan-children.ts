/** Sessions, lineage, notes and build scripts of a plan, between the file store and their columns. All pure. */
import type { BuildScriptRow, LineageRow, PlanNoteRow, SessionRow } from '../../db/index.ts';
import { fromJson, type JsonObject, listFromJson } from '../../domain/stored-values.ts';
import { NOTE_AUTHORS, NOTE_TYPES } from '../../domain/vocabulary.ts';
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
} from '../values.ts';

type SessionColumns = Omit<SessionRow, 'seq' | 'id' | 'plan_id' | 'is_orphaned' | 'meta'>;

export function sessionColumns(element: JsonObject, since: string): SessionColumns {
  const started = firstTime(field(element, 'started_at'), field(element, 'completed_at'), since);
  const completed = timeOrNull(field(element, 'completed_at'));
  return {
    agent_type: textOr(field(element, 'agent_type'), 'unknown', 100),
    started_at: started,
    last_seen_at: completed ?? started,
    completed_at: completed,
    summary: textOrNull(field(element, 'summary')),
    artifacts: listJson(field(element, 'artifacts')),
    context: objectJson(field(element, 'context')),
    stats: objectJson(field(element, 'handoff_stats')),
  };
}

export function sessionElement(row: SessionColumns, id: string | null): JsonObject {
  const artifacts = listFromJson(row.artifacts);
  return {
    ...present({ session_id: id }),
    agent_type: row.agent_type,
    started_at: row.started_at,
    ...present({
      context: fromJson(row.context),
      completed_at: row.completed_at,
      summary: row.summary,
      artifacts: artifacts.length > 0 ? artifacts : null,
      handoff_stats: fromJson(row.stats),
    }),
  };
}

type LineageColumns = Pick<LineageRow, 'from_agent' | 'to_agent' | 'reason' | 'data' | 'created_at'>;

/** `payload` is what the handoff's own file says, for an entry that has none itself. */
export function lineageColumns(element: JsonObject, payload: unknown, since: string): LineageColumns {
  return {
    from_agent: textOr(field(element, 'from_agent'), 'unknown', 100),
    to_agent: textOr(field(element, 'to_agent'), 'unknown', 100),
    reason: textOrNull(field(element, 'reason')) ?? '',
    data: objectJson(field(element, 'data')) ?? objectJson(payload),
    created_at: firstTime(field(element, 'timestamp'), since),
  };
}

/** `ownData` is false where the data came from the handoff's own file. */
export function lineageElement(row: LineageColumns, ownData: boolean): JsonObject {
  return {
    timestamp: row.created_at,
    from_agent: row.from_agent,
    to_agent: row.to_agent,
    reason: row.reason,
    ...(ownData ? present({ data: fromJson(row.data) }) : {}),
  };
}

type NoteColumns = Pick<PlanNoteRow, 'note' | 'note_type' | 'added_by' | 'created_at'>;

/** Notes are objects, or nothing but their text. */
export function noteColumns(
  element: JsonObject | string,
  since: string,
  unknown: (word: UnknownWord) => void,
): NoteColumns {
  const object = typeof element === 'string' ? { note: element } : element;
  return {
    note: textOr(field(object, 'note'), '(no text)'),
    note_type: wordOf(NOTE_TYPES, field(object, 'type'), 'info', { field: 'type', unknown }),
    added_by: wordOf(NOTE_AUTHORS, field(object, 'added_by'), 'agent', { field: 'added_by', unknown }),
    created_at: firstTime(field(object, 'added_at'), since),
  };
}

export function noteElement(row: NoteColumns): JsonObject {
  return { note: row.note, type: row.note_type, added_at: row.created_at, added_by: row.added_by };
}

type ScriptColumns = Pick<
  BuildScriptRow,
  'name' | 'description' | 'command' | 'directory' | 'created_at' | 'updated_at'
>;

export function scriptColumns(element: JsonObject, since: string): ScriptColumns {
  const created = firstTime(field(element, 'created_at'), since);
  return {
    name: textOr(field(element, 'name'), 'unnamed', 500),
    description: textOrNull(field(element, 'description')),
    command: textOr(field(element, 'command'), '(none)'),
    directory: textOrNull(field(element, 'directory')) ?? '.',
    created_at: created,
    updated_at: created,
  };
}

export function scriptElement(
  row: ScriptColumns,
  { id, workspaceId, planId }: { id: string | null; workspaceId: string; planId: string | null },
): JsonObject {
  return {
    ...present({ id }),
    name: row.name,
    ...present({ description: row.description }),
    command: row.command,
    directory: row.directory,
    created_at: row.created_at,
    ...present({ plan_id: planId }),
    workspace_id: workspaceId,
  };
}
