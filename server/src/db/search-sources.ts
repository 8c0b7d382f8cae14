/** What of each table can be found by search: the text of a row, and where it hangs. */
import type { ParentType } from '../domain/vocabulary.ts';
import type { UserTable, UserTables } from './types.ts';

/** What can be found. */
export const SEARCH_KINDS = [
  'plan',
  'step',
  'note',
  'context',
  'research',
  'knowledge',
  'agent',
  'instruction',
  'skill',
  'tool',
] as const;

export type SearchKind = (typeof SEARCH_KINDS)[number];

/** A thing as it is found. */
export interface SearchText {
  title: string;
  body: string;
  workspaceId?: string | null;
  planId?: string | null;
  /** What it hangs on directly. */
  parent?: { type: ParentType; id: string };
  /** The type or category that the row itself has. */
  type?: string;
  /** When its text was last changed; of plans, steps and notes, when they were made. */
  at?: string;
  /** What else was written there belongs together: the session, else the parent. Things that stand alone have none. */
  thread?: string;
}

interface Source<T extends UserTable> {
  kind: SearchKind;
  /** The columns whose change changes what is found. */
  columns: readonly (keyof UserTables[T] & string)[];
  text: (row: UserTables[T]) => SearchText;
}

const SOURCES: { [T in UserTable]?: Source<T> } = {
  plans: {
    kind: 'plan',
    columns: ['title', 'description', 'goals', 'success_criteria', 'category', 'workspace_id'],
    text: (row) => ({
      title: row.title,
      body: lines(row.description, jsonText(row.goals), jsonText(row.success_criteria)),
      workspaceId: row.workspace_id,
      planId: row.id,
      parent: { type: 'workspace', id: row.workspace_id },
      type: row.category,
      at: row.created_at,
    }),
  },
  steps: {
    kind: 'step',
    columns: ['task', 'notes', 'blocked_reason', 'type', 'phase_id', 'plan_id'],
    text: (row) => ({
      title: row.task,
      body: lines(row.notes, row.blocked_reason),
      planId: row.plan_id,
      parent: { type: 'phase', id: row.phase_id },
      type: row.type,
      at: row.created_at,
      thread: row.phase_id,
    }),
  },
  plan_notes: {
    kind: 'note',
    columns: ['note', 'note_type', 'plan_id'],
    text: (row) => ({
      title: `${row.note_type} note`,
      body: row.note,
      planId: row.plan_id,
      parent: { type: 'plan', id: row.plan_id },
      type: row.note_type,
      at: row.created_at,
      thread: row.plan_id,
    }),
  },
  context_items: {
    kind: 'context',
    columns: ['type', 'key', 'data', 'updated_at', 'session_id', 'parent_type', 'parent_id', 'plan_id', 'workspace_id'],
    text: (row) => ({
      title: row.key === null ? row.type : `${row.type} ${row.key}`,
      body: jsonText(row.data),
      workspaceId: row.workspace_id,
      planId: row.plan_id,
      parent: { type: row.parent_type, id: row.parent_id },
      type: row.type,
      at: row.updated_at,
      thread: row.session_id ?? row.parent_id,
    }),
  },
  research_documents: {
    kind: 'research',
    columns: ['filename', 'content', 'updated_at', 'plan_id', 'workspace_id'],
    text: (row) => ({
      title: row.filename,
      body: row.content,
      workspaceId: row.workspace_id,
      planId: row.plan_id,
      parent: row.plan_id === null ? { type: 'workspace', id: row.workspace_id } : { type: 'plan', id: row.plan_id },
      at: row.updated_at,
      thread: row.plan_id ?? row.workspace_id,
    }),
  },
  knowledge: {
    kind: 'knowledge',
    columns: ['title', 'slug', 'category', 'tags', 'data', 'updated_at', 'workspace_id'],
    text: (row) => ({
      title: row.title,
      body: lines(row.slug, row.category, jsonText(row.tags), jsonText(row.data)),
      workspaceId: row.workspace_id,
      parent: { type: 'workspace', id: row.workspace_id },
      type: row.category,
      at: row.updated_at,
    }),
  },
  agent_definitions: {
    kind: 'agent',
    columns: ['name', 'content', 'updated_at'],
    text: (row) => ({ title: row.name, body: row.content, at: row.updated_at }),
  },
  instruction_files: {
    kind: 'instruction',
    columns: ['filename', 'applies_to', 'content', 'updated_at'],
    text: (row) => ({ title: row.filename, body: lines(row.applies_to, row.content), at: row.updated_at }),
  },
  skill_definitions: {
    kind: 'skill',
    columns: ['name', 'description', 'tags', 'category', 'content', 'updated_at'],
    text: (row) => ({
      title: row.name,
      body: lines(row.description, jsonText(row.tags), row.content),
      type: row.category,
      at: row.updated_at,
    }),
  },
};

/** The tables of which rows can be found; an archived row is found like a live one. */
export const SEARCHED_TABLES = Object.keys(SOURCES) as UserTable[];

/** How the rows of a table, live or archive, are found; undefined where they are not. */
export function sourceOf<T extends UserTable>(table: T): Source<T> | undefined {
  const live = table.endsWith('_archive') ? table.slice(0, -'_archive'.length) : table;
  return SOURCES[live as T];
}

function lines(...parts: (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n');
}

/** The words of a JSON text: its keys and values, a line each. */
function jsonText(json: string): string {
  const words: string[] = [];
  const collect = (value: unknown): void => {
    if (value === null || typeof value === 'boolean') return;
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        words.push(key);
        collect(inner);
      }
    } else words.push(String(value));
  };
  collect(JSON.parse(json));
  return words.join('\n');
}
