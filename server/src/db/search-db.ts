/**
 * The search index: one document per thing that can be found, kept in the same transaction as the row. Its text is computed
 * here; the engine's triggers only mirror it into the full-text table.
 */
import { type Param, queryAll, run } from './query-helpers.ts';
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

export interface SearchText {
  workspaceId?: string | null;
  planId?: string | null;
  title: string;
  body: string;
}

interface Source<T extends UserTable> {
  kind: SearchKind;
  /** The columns whose change changes the document. */
  columns: readonly (keyof UserTables[T] & string)[];
  text: (row: UserTables[T]) => SearchText;
}

/** Live table → what of its rows is found. An archived row keeps its document. */
const SOURCES: { [T in UserTable]?: Source<T> } = {
  plans: {
    kind: 'plan',
    columns: ['title', 'description', 'goals', 'success_criteria'],
    text: (row) => ({
      workspaceId: row.workspace_id,
      planId: row.id,
      title: row.title,
      body: lines(row.description, jsonText(row.goals), jsonText(row.success_criteria)),
    }),
  },
  steps: {
    kind: 'step',
    columns: ['task', 'notes', 'blocked_reason'],
    text: (row) => ({ planId: row.plan_id, title: row.task, body: lines(row.notes, row.blocked_reason) }),
  },
  plan_notes: {
    kind: 'note',
    columns: ['note'],
    text: (row) => ({ planId: row.plan_id, title: `${row.note_type} note`, body: row.note }),
  },
  context_items: {
    kind: 'context',
    columns: ['type', 'key', 'data'],
    text: (row) => ({
      workspaceId: row.workspace_id,
      planId: row.plan_id,
      title: row.key === null ? row.type : `${row.type} ${row.key}`,
      body: jsonText(row.data),
    }),
  },
  research_documents: {
    kind: 'research',
    columns: ['filename', 'content'],
    text: (row) => ({
      workspaceId: row.workspace_id,
      planId: row.plan_id,
      title: row.filename,
      body: row.content,
    }),
  },
  knowledge: {
    kind: 'knowledge',
    columns: ['title', 'category', 'tags', 'data'],
    text: (row) => ({
      workspaceId: row.workspace_id,
      title: row.title,
      body: lines(row.slug, row.category, jsonText(row.tags), jsonText(row.data)),
    }),
  },
  agent_definitions: {
    kind: 'agent',
    columns: ['name', 'content'],
    text: (row) => ({ title: row.name, body: row.content }),
  },
  instruction_files: {
    kind: 'instruction',
    columns: ['filename', 'applies_to', 'content'],
    text: (row) => ({ title: row.filename, body: lines(row.applies_to, row.content) }),
  },
  skill_definitions: {
    kind: 'skill',
    columns: ['name', 'description', 'tags', 'content'],
    text: (row) => ({ title: row.name, body: lines(row.description, jsonText(row.tags), row.content) }),
  },
};

/** Writes the document of a new row, or of one whose `changed` columns count. */
export function indexRow<T extends UserTable>(table: T, row: UserTables[T], changed?: readonly string[]): void {
  const source: Source<T> | undefined = SOURCES[table];
  if (source === undefined) return;
  if (changed !== undefined && !source.columns.some((column) => changed.includes(column))) return;
  indexDocument(source.kind, row.id, source.text(row));
}

/** Whether rows of a live table are found by search. */
export function isSearched(table: UserTable): boolean {
  return SOURCES[table] !== undefined;
}

/** Removes the document of a deleted row, live or archived. */
export function unindexRow(table: UserTable, id: string): void {
  const live = (table.endsWith('_archive') ? table.slice(0, -'_archive'.length) : table) as UserTable;
  const kind = SOURCES[live]?.kind;
  if (kind !== undefined) unindexDocument(kind, id);
}

export function indexDocument(kind: SearchKind, refId: string, text: SearchText): void {
  run(
    `INSERT INTO search_documents (kind, ref_id, workspace_id, plan_id, title, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (kind, ref_id) DO UPDATE SET
       workspace_id = excluded.workspace_id, plan_id = excluded.plan_id, title = excluded.title, body = excluded.body`,
    [kind, refId, text.workspaceId ?? null, text.planId ?? null, text.title, text.body],
  );
}

export function unindexDocument(kind: SearchKind, refId: string): void {
  run('DELETE FROM search_documents WHERE kind = ? AND ref_id = ?', [kind, refId]);
}

/** Gives the documents of a workspace to the one that it became part of. */
export function moveDocuments(fromWorkspaceId: string, toWorkspaceId: string): void {
  run('UPDATE search_documents SET workspace_id = ? WHERE workspace_id = ?', [toWorkspaceId, fromWorkspaceId]);
}

export interface SearchFilter {
  workspaceId?: string | undefined;
  planId?: string | undefined;
  kinds?: readonly SearchKind[] | undefined;
  limit: number;
  offset: number;
}

export interface SearchHit {
  kind: string;
  ref_id: string;
  plan_id: string | null;
  title: string;
  snippet: string;
}

/**
 * Documents that hold every word of the query, best first. Any text is a valid query; one without words finds nothing.
 * A workspace filter also finds what hangs on its plans, and what belongs to no workspace.
 */
export function searchDocuments(query: string, filter: SearchFilter): SearchHit[] {
  const words = query.match(/[\p{L}\p{N}_]+/gu);
  if (words === null) return [];
  const conditions = ['search_index MATCH ?'];
  const params: Param[] = [words.map((word) => `"${word}"`).join(' ')];
  if (filter.workspaceId !== undefined) {
    conditions.push(`(d.workspace_id = ? OR d.plan_id IN (SELECT id FROM plans WHERE workspace_id = ?
      UNION ALL SELECT id FROM plans_archive WHERE workspace_id = ?) OR (d.workspace_id IS NULL AND d.plan_id IS NULL))`);
    params.push(filter.workspaceId, filter.workspaceId, filter.workspaceId);
  }
  if (filter.planId !== undefined) {
    conditions.push('d.plan_id = ?');
    params.push(filter.planId);
  }
  if (filter.kinds !== undefined) {
    conditions.push('d.kind IN (SELECT value FROM json_each(?))');
    params.push(JSON.stringify(filter.kinds));
  }
  return queryAll<SearchHit>(
    `SELECT d.kind, d.ref_id, d.plan_id, d.title, snippet(search_index, 1, '', '', '…', 24) AS snippet
     FROM search_index JOIN search_documents d ON d.rid = search_index.rowid
     WHERE ${conditions.join(' AND ')}
     ORDER BY bm25(search_index, 4.0, 1.0), d.rid LIMIT (? + 0) OFFSET ?`,
    [...params, filter.limit, filter.offset],
  );
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
