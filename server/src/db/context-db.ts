/** Context: typed facts that hang on a workspace, plan, phase or step. Storing appends; a key makes an item replaceable. */
import { boundOf, now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import type { ParentType, Source } from '../domain/vocabulary.ts';
import { findRow, findRows } from './live-or-archived.ts';
import { type Param, queryAll, queryOne, transaction } from './query-helpers.ts';
import { rankedSearch } from './search-db.ts';
import type { ContextRow, ContextVersionRow } from './types.ts';
import { deleteRow, deleteRows, insertRow, updateRow } from './write-helpers.ts';

export interface ContextOptions {
  /** With a key, the item of the same parent, type and key is replaced, and its former versions stay readable. */
  key?: string | undefined;
  source?: Source | undefined;
  sessionId?: string | undefined;
  agentType?: string | undefined;
  /** For imported items. */
  id?: string | undefined;
  created_at?: string | undefined;
}

/** Adds a context item, or replaces the one with the same key. @throws not_found for the parent */
export function storeContext(
  parentType: ParentType,
  parentId: string,
  type: string,
  data: unknown,
  options: ContextOptions = {},
): ContextRow {
  const json = JSON.stringify(data);
  if (json === undefined) throw new MemoryError('invalid_input', 'Context needs data.');
  return transaction(() => {
    const at = options.created_at ?? now();
    const author = {
      source: options.source ?? 'agent',
      session_id: options.sessionId ?? null,
      agent_type: options.agentType ?? null,
    };
    const known = options.key === undefined ? null : keyedItem(parentType, parentId, type, options.key);
    if (known !== null) return replaceItem(known, { ...author, data: json, updated_at: at });
    return insertRow('context_items', {
      id: options.id ?? newId('context'),
      ...placeOf(parentType, parentId),
      parent_type: parentType,
      parent_id: parentId,
      type,
      key: options.key,
      data: json,
      ...author,
      created_at: at,
      updated_at: at,
    });
  });
}

/** The items of a parent, live or archived, newest first; of one type, if given. */
export function getContext(parentType: ParentType, parentId: string, type?: string, key?: string): ContextRow[] {
  const conditions = ['parent_type = ? AND parent_id = ?'];
  const params: Param[] = [parentType, parentId];
  for (const [column, value] of Object.entries({ type, key })) {
    if (value === undefined) continue;
    conditions.push(`${column} = ?`);
    params.push(value);
  }
  return findRows('context_items', `WHERE ${conditions.join(' AND ')} ORDER BY updated_at DESC, seq DESC`, params);
}

/** The item with this id, live or archived. */
export function getContextItem(id: string): ContextRow | null {
  return findRow('context_items', id);
}

/** What an item said before, newest first. */
export function getContextVersions(contextId: string): ContextVersionRow[] {
  return findRows('context_versions', 'WHERE context_id = ? ORDER BY version DESC', [contextId]);
}

export interface ContextQuery {
  /** Text that the content holds, without regard to the case of ASCII letters; where none does, words to search for. */
  text?: string | undefined;
  workspace_id?: string | undefined;
  plan_id?: string | undefined;
  parent_type?: ParentType | undefined;
  parent_id?: string | undefined;
  types?: readonly string[] | undefined;
  /** Bounds of the last change, both included: a date or a time in ISO form. */
  since?: string | undefined;
  until?: string | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}

/**
 * Items, live and archived, that match every given condition, at most 50, unless `limit` says otherwise: those whose content
 * holds the text, newest first. Where there are none, the ranked search finds items by the words of the text, best first.
 */
export function searchContext(query: string | ContextQuery): ContextRow[] {
  const asked: ContextQuery = typeof query === 'string' ? { text: query } : query;
  const held = holdingText(asked);
  if (held.length > 0 || asked.text === undefined || asked.text === '') return held;
  if (asked.offset !== undefined && holdingText({ ...asked, limit: 1, offset: 0 }).length > 0) return [];
  const { text, workspace_id, plan_id, parent_type, parent_id, types, since, until, limit = 50, offset } = asked;
  const scope = { planId: plan_id, parentType: parent_type, parentId: parent_id, types, since, until };
  const hits = rankedSearch(text, { ...scope, workspaceId: workspace_id, kinds: ['context'], limit, offset });
  return itemsInOrder(hits.map(({ id }) => id));
}

function itemsInOrder(ids: readonly string[]): ContextRow[] {
  const list = JSON.stringify(ids);
  const among = 'JOIN json_each(?) wanted ON wanted.value = i.id';
  return queryAll<ContextRow & { place: number }>(
    `SELECT i.*, wanted.key AS place FROM context_items i ${among}
     UNION ALL SELECT i.*, wanted.key FROM context_items_archive i ${among} ORDER BY place`,
    [list, list],
  ).map(({ place: _, ...item }) => item);
}

function holdingText({ text, types, since, until, limit = 50, offset = 0, ...places }: ContextQuery): ContextRow[] {
  const conditions: string[] = [];
  const params: Param[] = [];
  const where = (condition: string, ...values: Param[]) => {
    conditions.push(condition);
    params.push(...values);
  };
  for (const column of ['workspace_id', 'plan_id', 'parent_type', 'parent_id'] as const) {
    const value = places[column];
    if (value !== undefined) where(`${column} = ?`, value);
  }
  if (types?.length === 0) return [];
  if (types !== undefined) where(`type IN (${types.map(() => '?').join(', ')})`, ...types);
  if (since !== undefined) where('updated_at >= ?', boundOf(since, 'T00:00:00.000Z'));
  if (until !== undefined) where('updated_at <= ?', boundOf(until, 'T23:59:59.999Z'));
  if (text !== undefined && text !== '') where("lower(data) LIKE ? ESCAPE '\\'", likePattern(text));
  const clause = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  const newestFirst = 'ORDER BY updated_at DESC, seq DESC LIMIT (? + 0) OFFSET ?';
  // What hangs on one plan lies wholly here or wholly there.
  const { plan_id, parent_id, parent_type } = places;
  if (plan_id !== undefined || (parent_id !== undefined && parent_type !== 'workspace')) {
    return findRows('context_items', `${clause} ${newestFirst}`, [...params, limit, offset]);
  }
  return queryAll<ContextRow>(
    `SELECT * FROM context_items ${clause} UNION ALL SELECT * FROM context_items_archive ${clause} ${newestFirst}`,
    [...params, ...params, limit, offset],
  );
}

/** The types of a parent's items, in alphabetical order. */
export function listContextTypes(parentType: ParentType, parentId: string): string[] {
  return countContextTypes(parentType, parentId).map(({ type }) => type);
}

export interface ContextTypeCount {
  type: string;
  count: number;
  first_at: string;
  last_at: string;
}

/** The types of a parent's items with their number and dates, in alphabetical order. */
export function countContextTypes(parentType: ParentType, parentId: string): ContextTypeCount[] {
  const sql = (
    table: string,
  ) => `SELECT type, count(*) AS count, min(created_at) AS first_at, max(updated_at) AS last_at
    FROM ${table} WHERE parent_type = ? AND parent_id = ? GROUP BY type ORDER BY type`;
  const live = queryAll<ContextTypeCount>(sql('context_items'), [parentType, parentId]);
  return live.length > 0 ? live : queryAll<ContextTypeCount>(sql('context_items_archive'), [parentType, parentId]);
}

/** Deletes an item with its former versions. Answers whether there was one. */
export function deleteContext(id: string): boolean {
  return transaction(() => {
    deleteRows('context_versions', 'context_id = ?', [id]);
    return deleteRow('context_items', id);
  });
}

/** Moves the context of a step or phase to another of the same plan; a key that is taken there is given up. */
export function moveContext(parentType: 'phase' | 'step', fromId: string, toId: string): void {
  transaction(() => {
    for (const item of getContext(parentType, fromId)) {
      const taken = item.key !== null && keyedItem(parentType, toId, item.type, item.key) !== null;
      const { updated_at } = item;
      updateRow('context_items', item.id, ['parent_id', 'key', 'updated_at'], {
        parent_id: toId,
        key: taken ? null : item.key,
        updated_at,
      });
    }
  });
}

/** Deletes everything that hangs on a parent which goes away. */
export function deleteContextOf(parentType: ParentType, parentId: string): void {
  const items = queryAll<{ id: string }>('SELECT id FROM context_items WHERE parent_type = ? AND parent_id = ?', [
    parentType,
    parentId,
  ]);
  for (const { id } of items) deleteContext(id);
}

function keyedItem(parentType: ParentType, parentId: string, type: string, key: string): ContextRow | null {
  return (
    queryOne<ContextRow>(
      'SELECT * FROM context_items WHERE parent_type = ? AND parent_id = ? AND type = ? AND key = ?',
      [parentType, parentId, type, key],
    ) ?? null
  );
}

function replaceItem(
  item: ContextRow,
  next: Pick<ContextRow, 'data' | 'source' | 'session_id' | 'agent_type' | 'updated_at'>,
): ContextRow {
  if (item.data === next.data) return item;
  insertRow('context_versions', {
    id: newId('contextVersion'),
    context_id: item.id,
    plan_id: item.plan_id,
    version: item.version,
    data: item.data,
    source: item.source,
    session_id: item.session_id,
    agent_type: item.agent_type,
    created_at: item.updated_at,
  });
  const columns = ['data', 'source', 'session_id', 'agent_type', 'updated_at', 'version'] as const;
  return updateRow('context_items', item.id, columns, { ...next, version: item.version + 1 }) as ContextRow;
}

/** The workspace and plan of a live parent. */
function placeOf(parentType: ParentType, parentId: string): { workspace_id: string; plan_id: string | null } {
  const sql: Record<ParentType, string> = {
    workspace: 'SELECT id AS workspace_id, NULL AS plan_id FROM workspaces WHERE id = ?',
    plan: 'SELECT workspace_id, id AS plan_id FROM plans WHERE id = ?',
    phase: 'SELECT p.workspace_id, p.id AS plan_id FROM plans p JOIN phases c ON c.plan_id = p.id WHERE c.id = ?',
    step: 'SELECT p.workspace_id, p.id AS plan_id FROM plans p JOIN steps c ON c.plan_id = p.id WHERE c.id = ?',
  };
  const place = queryOne<{ workspace_id: string; plan_id: string | null }>(sql[parentType], [parentId]);
  if (place === undefined) throw notFound(parentType === 'workspace' ? 'workspace' : `live ${parentType}`, parentId);
  return place;
}

/** A LIKE pattern for text inside stored JSON: escaped as JSON escapes it, then as LIKE wants it. */
function likePattern(text: string): string {
  const inJson = JSON.stringify(text).slice(1, -1);
  const lowered = inJson.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return `%${lowered.replace(/[\\%_]/g, (special) => `\\${special}`)}%`;
}
