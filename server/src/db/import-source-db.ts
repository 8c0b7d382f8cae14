/** Import sources: which element of a foreign file became which row, and what it said then. */
import { now } from '../domain/clock.ts';
import { queryAll, queryOne, run } from './query-helpers.ts';
import type { ImportSourceRow } from './types.ts';

export type ImportSource = Omit<ImportSourceRow, 'seq' | 'imported_at'>;

/** What was imported from one file, in the order of its elements. A null workspace is the data root. */
export function getImportSources(workspaceId: string | null, path: string): ImportSourceRow[] {
  const [where, params] = workspaceId === null ? ['workspace_id IS NULL', []] : ['workspace_id = ?', [workspaceId]];
  return queryAll<ImportSourceRow>(
    `SELECT * FROM import_sources WHERE ${where} AND path = ? ORDER BY kind, position, seq`,
    [...params, path],
  );
}

/** Whether any element became this row. */
export function isImported(rowId: string): boolean {
  return queryOne('SELECT 1 FROM import_sources WHERE row_id = ? LIMIT 1', [rowId]) !== undefined;
}

export function addImportSource(source: ImportSource): void {
  run(
    `INSERT INTO import_sources (workspace_id, path, kind, match_key, position, row_id, content_hash, imported_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      source.workspace_id,
      source.path,
      source.kind,
      source.match_key,
      source.position,
      source.row_id,
      source.content_hash,
      now(),
    ],
  );
}

/** What the element is recognised by, where it stands and what it says now. */
export function updateImportSource(
  seq: number,
  { match_key, position, content_hash }: Pick<ImportSource, 'match_key' | 'position' | 'content_hash'>,
): void {
  run('UPDATE import_sources SET match_key = ?, position = ?, content_hash = ?, imported_at = ? WHERE seq = ?', [
    match_key,
    position,
    content_hash,
    now(),
    seq,
  ]);
}

/** Moves recognised elements out of the way, so that each can take the key that another one had. */
export function parkImportSources(seqs: readonly number[]): void {
  for (const seq of seqs) run("UPDATE import_sources SET match_key = 'parked ' || seq WHERE seq = ?", [seq]);
}

/** Gives the sources of a workspace to the one that it became part of, but for elements that both have. */
export function moveImportSources(fromWorkspaceId: string, toWorkspaceId: string): void {
  run(
    `UPDATE import_sources SET workspace_id = ? WHERE workspace_id = ? AND NOT EXISTS (
       SELECT 1 FROM import_sources o WHERE o.workspace_id = ? AND o.path = import_sources.path
         AND o.kind = import_sources.kind AND o.match_key = import_sources.match_key)`,
    [toWorkspaceId, fromWorkspaceId, toWorkspaceId],
  );
}

/** Forgets where the rows of a workspace that goes away came from. */
export function deleteImportSources(workspaceId: string): void {
  run('DELETE FROM import_sources WHERE workspace_id = ?', [workspaceId]);
}
