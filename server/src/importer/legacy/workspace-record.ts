/** A workspace and what hangs on it directly, between the file store and their columns. All pure. */
import type { ContextRow, KnowledgeRow, UpdateLogRow, WorkspaceRow } from '../../db/index.ts';
import { fromJson, type JsonObject, listFromJson } from '../../domain/stored-values.ts';
import { displayNameOfPath, normaliseWorkspacePath, workspacePathKey } from '../../domain/workspace-path.ts';
import { present } from '../leftovers.ts';
import { field, firstTime, isObject, listJson, objectJson, textOr, textOrNull, wordOrNull } from '../values.ts';

type WorkspaceColumns = Omit<WorkspaceRow, 'seq' | 'id' | 'parent_workspace_id' | 'meta' | 'git_origin'>;

/** Lists of other rows: they are made again from those rows. */
export const DERIVED_LISTS = ['active_plans', 'archived_plans', 'active_programs'] as const;

/** `path` is where it lies; the name is often that path, and then its last segment is the name. */
export function workspaceColumns(meta: JsonObject, path: string, since: string): WorkspaceColumns {
  const created = firstTime(field(meta, 'created_at'), field(meta, 'registered_at'), since);
  const name = textOrNull(field(meta, 'display_name')) || textOrNull(field(meta, 'name'));
  const isPath = name !== null && workspacePathKey(name) === workspacePathKey(path);
  const normal = normaliseWorkspacePath(path);
  return {
    path: normal,
    path_key: workspacePathKey(normal),
    name: textOr(isPath ? null : name, displayNameOfPath(path).slice(0, 500) || path, 500),
    profile: objectJson(field(meta, 'profile')),
    created_at: created,
    updated_at: firstTime(field(meta, 'updated_at'), created),
  };
}

export function workspaceElement(row: WorkspaceColumns, id: string): JsonObject {
  return {
    workspace_id: id,
    workspace_path: row.path,
    path: row.path,
    name: row.name,
    created_at: row.created_at,
    updated_at: row.updated_at,
    ...present({ profile: fromJson(row.profile) }),
  };
}

/** A section of the workspace's context. */
export function sectionColumns(
  name: string,
  value: unknown,
  at: string,
): Pick<ContextRow, 'type' | 'key' | 'data' | 'created_at' | 'updated_at'> {
  return {
    type: SECTION,
    key: name.slice(0, 200) || '(unnamed)',
    data: JSON.stringify(isObject(value) ? value : { value }),
    created_at: at,
    updated_at: at,
  };
}

export const SECTION = 'workspace_section';

type LogColumns = Pick<
  UpdateLogRow,
  'plan_id' | 'agent_type' | 'tool' | 'action' | 'file_path' | 'summary' | 'data' | 'created_at'
>;

const LOG_FIELDS = new Set(['timestamp', 'tool', 'action', 'file_path', 'summary', 'plan_id', 'agent']);

export function logColumns(element: JsonObject, since: string): LogColumns {
  const data = Object.entries(element).filter(([name]) => !LOG_FIELDS.has(name));
  return {
    plan_id: textOrNull(field(element, 'plan_id')),
    agent_type: textOrNull(field(element, 'agent')),
    tool: textOr(field(element, 'tool'), 'unknown'),
    action: textOrNull(field(element, 'action')),
    file_path: textOrNull(field(element, 'file_path')),
    summary: textOrNull(field(element, 'summary')),
    data: data.length > 0 ? JSON.stringify(Object.fromEntries(data)) : null,
    created_at: firstTime(field(element, 'timestamp'), since),
  };
}

export function logElement(row: LogColumns): JsonObject {
  return {
    timestamp: row.created_at,
    tool: row.tool,
    ...present({
      action: row.action,
      file_path: row.file_path,
      summary: row.summary,
      plan_id: row.plan_id,
      agent: row.agent_type,
    }),
    ...fromJson<JsonObject>(row.data),
  };
}

type KnowledgeColumns = Pick<
  KnowledgeRow,
  'slug' | 'title' | 'category' | 'data' | 'tags' | 'created_by_agent' | 'created_by_plan' | 'created_at' | 'updated_at'
>;

/** A slug of our form, from whatever the source calls it. */
export function slugOf(text: string): string {
  const slug = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 100)
    .replace(/^-+|-+$/g, '');
  return slug || 'unnamed';
}

export function knowledgeColumns(element: JsonObject, stem: string, since: string): KnowledgeColumns {
  const said = textOr(field(element, 'slug'), stem);
  const created = firstTime(field(element, 'created_at'), field(element, 'updated_at'), since);
  const content = field(element, 'content');
  return {
    slug: slugOf(said),
    title: textOr(field(element, 'title'), stem, 500),
    category: textOr(field(element, 'category'), 'reference', 100),
    data: JSON.stringify(typeof content === 'string' ? { text: content } : (field(element, 'data') ?? {})),
    tags: listJson(field(element, 'tags')),
    created_by_agent: wordOrNull(field(element, 'created_by_agent')),
    created_by_plan: textOrNull(field(element, 'created_by_plan')),
    created_at: created,
    updated_at: firstTime(field(element, 'updated_at'), created),
  };
}

export function knowledgeElement(row: KnowledgeColumns): JsonObject {
  const data = JSON.parse(row.data) as unknown;
  const text = isObject(data) && Object.keys(data).length === 1 ? data['text'] : undefined;
  return {
    slug: row.slug,
    title: row.title,
    category: row.category,
    ...(typeof text === 'string' ? { content: text } : { data }),
    tags: listFromJson(row.tags),
    created_at: row.created_at,
    updated_at: row.updated_at,
    ...present({ created_by_agent: row.created_by_agent, created_by_plan: row.created_by_plan }),
  };
}
