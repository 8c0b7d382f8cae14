/**
 * The search index: one document for each thing that can be found, written in the same transaction as its row. The text is
 * computed here; the engine's triggers only mirror it into the full-text table.
 */
import { dateWords, excerpt, searchParts } from '../domain/search-text.ts';
import { type Param, queryAll, queryOne, run } from './query-helpers.ts';
import { type SearchKind, type SearchText, sourceOf } from './search-sources.ts';
import type { SearchDocumentRow, UserTable, UserTables } from './types.ts';

/** How much of the documents before is kept with a document, in all. */
const CONTEXT_LENGTH = 300;

/** Writes the document of a new row, or of one whose `changed` columns count. */
export function indexRow<T extends UserTable>(table: T, row: UserTables[T], changed?: readonly string[]): void {
  const source = sourceOf(table);
  if (source === undefined) return;
  if (changed !== undefined && !source.columns.some((column) => changed.includes(column))) return;
  indexDocument(source.kind, row.id, source.text(row));
}

/** Whether the document of a row, which is there, says what the row says. */
export function isIndexed<T extends UserTable>(table: T, row: UserTables[T], known: SearchDocumentRow): boolean {
  const text = sourceOf(table)?.text(row);
  if (text === undefined) return true;
  return Object.entries(documentOf(text)).every(([column, value]) => value === known[column as keyof typeof known]);
}

/** Removes the documents of deleted rows of a table, live or archive. */
export function unindexRows(table: UserTable, ids: readonly string[]): void {
  const kind = sourceOf(table)?.kind;
  if (kind !== undefined) unindexDocuments(kind, ids);
}

/** Writes a document. Its context stays as it was when it was new, unless it has come to another thread. */
export function indexDocument(kind: SearchKind, refId: string, text: SearchText): void {
  const next = documentOf(text);
  const known = queryOne<SearchDocumentRow>('SELECT * FROM search_documents WHERE kind = ? AND ref_id = ?', [
    kind,
    refId,
  ]);
  const document =
    known !== undefined && known.thread === next.thread
      ? { ...known, ...next }
      : { kind, ref_id: refId, ...next, ...contextOf(next.thread, known?.rid) };
  if (known === undefined) {
    const columns = Object.keys(document);
    run(
      `INSERT INTO search_documents (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      Object.values(document),
    );
    return;
  }
  const changed = Object.entries(document).filter(([column, value]) => value !== known[column as keyof typeof known]);
  if (changed.length === 0) return;
  run(`UPDATE search_documents SET ${changed.map(([column]) => `${column} = ?`).join(', ')} WHERE rid = ?`, [
    ...changed.map(([, value]) => value),
    known.rid,
  ]);
}

/** Removes documents. Those that took them into their context get another one: nothing that is gone can be found. */
export function unindexDocuments(kind: SearchKind, refIds: readonly string[]): void {
  const gone = queryAll<{ rid: number }>(
    'DELETE FROM search_documents WHERE kind = ? AND ref_id IN (SELECT value FROM json_each(?)) RETURNING rid',
    [kind, JSON.stringify(refIds)],
  );
  if (gone.length === 0) return;
  const rids = JSON.stringify(gone.map(({ rid }) => rid));
  const among = '(SELECT value FROM json_each(?))';
  renewContexts(`before_1 IN ${among} OR before_2 IN ${among}`, [rids, rids]);
}

/** Takes anew the context of the documents that a condition finds. */
export function renewContexts(where: string, params: readonly Param[]): void {
  const documents = queryAll<Pick<SearchDocumentRow, 'rid' | 'thread'>>(
    `SELECT rid, thread FROM search_documents WHERE ${where}`,
    params,
  );
  for (const { rid, thread } of documents) {
    const { before_1, before_2, context } = contextOf(thread, rid);
    run('UPDATE search_documents SET before_1 = ?, before_2 = ?, context = ? WHERE rid = ?', [
      before_1,
      before_2,
      context,
      rid,
    ]);
  }
}

type Context = Pick<SearchDocumentRow, 'before_1' | 'before_2' | 'context'>;

function documentOf(text: SearchText): Omit<SearchDocumentRow, 'rid' | 'kind' | 'ref_id' | keyof Context> {
  return {
    workspace_id: text.workspaceId ?? null,
    plan_id: text.planId ?? null,
    parent_type: text.parent?.type ?? null,
    parent_id: text.parent?.id ?? null,
    type: text.type ?? null,
    dated_at: text.at ?? null,
    thread: text.thread ?? null,
    title: text.title,
    dates: text.at === undefined ? '' : dateWords(text.at),
    parts: searchParts(`${text.title}\n${text.body}`),
    body: text.body,
  };
}

/** The beginnings of the two documents before in a thread: before the one with this rid, or the last two of all. */
function contextOf(thread: string | null, rid: number = Number.MAX_SAFE_INTEGER): Context {
  const before =
    thread === null
      ? []
      : queryAll<{ rid: number; text: string }>(
          `SELECT rid, title || ' ' || substr(body, 1, ${CONTEXT_LENGTH * 2}) AS text FROM search_documents
           WHERE thread = ? AND rid < ? ORDER BY rid DESC LIMIT 2`,
          [thread, rid],
        );
  const share = Math.floor(CONTEXT_LENGTH / Math.max(1, before.length)) - 1;
  return {
    before_1: before[0]?.rid ?? null,
    before_2: before[1]?.rid ?? null,
    context: before.map(({ text }) => excerpt(text, share)).join('\n'),
  };
}
