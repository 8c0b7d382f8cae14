/** Workspaces: one row per registered directory, and every other path or older id under which it is known. */
import { now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { type JsonObject, type Some, toJson } from '../domain/stored-values.ts';
import type { PathKind } from '../domain/vocabulary.ts';
import { displayNameOfPath, normaliseWorkspacePath, parentPath, workspacePathKey } from '../domain/workspace-path.ts';
import { deleteImportSources } from './import-source-db.ts';
import { deletePlan } from './plan-db.ts';
import { deleteProgram, listPrograms } from './program-db.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import type { WorkspacePathRow, WorkspaceRow } from './types.ts';
import { deleteUpdateLog } from './update-log-db.ts';
import { deleteRow, deleteRows, insertRow, updateRow, updateRows } from './write-helpers.ts';

export interface NewWorkspace {
  path: string;
  /** The last segment of the path, unless given. */
  name?: string | undefined;
  parent_workspace_id?: string | null | undefined;
  profile?: JsonObject | null | undefined;
  meta?: JsonObject | null | undefined;
  /** Where its repository was cloned from, as `originKey` spells it. */
  git_origin?: string | null | undefined;
  /** For imported workspaces. */
  id?: string | undefined;
  created_at?: string | undefined;
}

export type WorkspaceUpdate = Some<
  Pick<NewWorkspace, 'path' | 'name' | 'parent_workspace_id' | 'profile' | 'meta' | 'git_origin'>
>;

const MAX_NAME = 500;

const UPDATABLE = ['path', 'path_key', 'name', 'parent_workspace_id', 'profile', 'meta', 'git_origin'] as const;

/** Registers a directory. @throws conflict when another workspace already has that path, invalid_input for a bad parent. */
export function createWorkspace(data: NewWorkspace): WorkspaceRow {
  const path = normaliseWorkspacePath(data.path);
  if (path === '') throw new MemoryError('invalid_input', 'A workspace needs the path of its directory.');
  return transaction(() => {
    refuseTakenPath(path);
    const created = data.created_at ?? now();
    const id = data.id ?? newId('workspace');
    if (data.parent_workspace_id) refuseParent(id, data.parent_workspace_id);
    return insertRow('workspaces', {
      id,
      path,
      path_key: workspacePathKey(path),
      name: data.name ?? displayNameOfPath(path).slice(0, MAX_NAME),
      parent_workspace_id: data.parent_workspace_id,
      profile: toJson(data.profile),
      meta: toJson(data.meta),
      git_origin: data.git_origin,
      created_at: created,
      updated_at: created,
    });
  });
}

/** The workspace with this id, or with this id of an older system. */
export function getWorkspace(id: string): WorkspaceRow | null {
  return queryOne<WorkspaceRow>('SELECT * FROM workspaces WHERE id = ?', [id]) ?? workspaceOfAlias('legacy_id', id);
}

/** The workspace whose directory this is, under any of its paths. */
export function getWorkspaceByPath(path: string): WorkspaceRow | null {
  const key = workspacePathKey(path);
  return queryOne<WorkspaceRow>('SELECT * FROM workspaces WHERE path_key = ?', [key]) ?? workspaceOfAlias('path', key);
}

/** The workspace whose directory, under any of its paths, is this one or holds it most closely. */
export function getWorkspaceAround(path: string): WorkspaceRow | null {
  for (let place: string | null = path; place !== null; place = parentPath(place)) {
    const found = getWorkspaceByPath(place);
    if (found !== null) return found;
  }
  return null;
}

/** Workspaces whose repository was cloned from there, in the order they were registered. */
export function getWorkspacesByOrigin(origin: string): WorkspaceRow[] {
  return queryAll<WorkspaceRow>('SELECT * FROM workspaces WHERE git_origin = ? ORDER BY seq', [origin]);
}

/** All workspaces in the order they were registered. */
export function listWorkspaces(): WorkspaceRow[] {
  return queryAll<WorkspaceRow>('SELECT * FROM workspaces ORDER BY seq');
}

/**
 * A new path takes the place of the old one, which then leads nowhere; one that led here already is no longer an alias.
 * @throws not_found, invalid_input for a parent that does not exist, cycle for one that lies inside, conflict for a taken path
 */
export function updateWorkspace(id: string, data: WorkspaceUpdate): void {
  transaction(() => {
    if (data.parent_workspace_id) refuseParent(id, data.parent_workspace_id);
    const moved = data.path === undefined ? {} : movedTo(id, data.path);
    const changes = { ...data, ...moved, profile: toJson(data.profile), meta: toJson(data.meta) };
    if (updateRow('workspaces', id, UPDATABLE, changes) === undefined) throw notFound('workspace', id);
  });
}

/** Deletes a workspace with everything in it, archived plans included. Answers whether there was one. */
export function deleteWorkspace(id: string): boolean {
  return transaction(() => {
    updateRows('workspaces', 'parent_workspace_id = ?', [id], { parent_workspace_id: null });
    const plans = queryAll<{ id: string }>(
      'SELECT id FROM plans WHERE workspace_id = ? UNION ALL SELECT id FROM plans_archive WHERE workspace_id = ?',
      [id, id],
    );
    for (const plan of plans) deletePlan(plan.id);
    for (const program of listPrograms(id)) deleteProgram(program.id);
    deleteRows('program_workspace_links', 'workspace_id = ?', [id]);
    deleteRows('context_versions', 'context_id IN (SELECT id FROM context_items WHERE workspace_id = ?)', [id]);
    for (const table of ['context_items', 'research_documents', 'knowledge', 'build_scripts'] as const) {
      deleteRows(table, 'workspace_id = ?', [id]);
    }
    deleteRows('workspace_paths', 'workspace_id = ?', [id]);
    deleteImportSources(id);
    deleteUpdateLog(id);
    return deleteRow('workspaces', id);
  });
}

/** Makes a path, or an id of an older system, lead to this workspace. Repeating it changes nothing. @throws conflict */
export function addWorkspacePath(workspaceId: string, path: string, kind: PathKind = 'path'): void {
  transaction(() => {
    const text = kind === 'path' ? normaliseWorkspacePath(path) : path;
    const known = kind === 'path' ? getWorkspaceByPath(text) : getWorkspace(text);
    if (known?.id === workspaceId) return;
    if (known !== null) throw taken(text, known);
    insertRow('workspace_paths', {
      id: newId('workspacePath'),
      workspace_id: workspaceId,
      kind,
      path: text,
      path_key: kind === 'path' ? workspacePathKey(text) : text,
      created_at: now(),
    });
  });
}

/** The other paths and older ids of a workspace, in the order they were added. */
export function getWorkspacePaths(workspaceId: string): WorkspacePathRow[] {
  return queryAll<WorkspacePathRow>('SELECT * FROM workspace_paths WHERE workspace_id = ? ORDER BY seq', [workspaceId]);
}

function workspaceOfAlias(kind: PathKind, key: string): WorkspaceRow | null {
  return (
    queryOne<WorkspaceRow>(
      `SELECT w.* FROM workspaces w JOIN workspace_paths p ON p.workspace_id = w.id
       WHERE p.path_key = ? AND p.kind = ?`,
      [key, kind],
    ) ?? null
  );
}

function movedTo(id: string, given: string): { path: string; path_key: string } {
  const path = normaliseWorkspacePath(given);
  const key = workspacePathKey(path);
  deleteRows('workspace_paths', "workspace_id = ? AND kind = 'path' AND path_key = ?", [id, key]);
  const owner = getWorkspaceByPath(path);
  if (owner !== null && owner.id !== id) throw taken(path, owner);
  return { path, path_key: key };
}

function refuseTakenPath(path: string): void {
  const known = getWorkspaceByPath(path);
  if (known !== null) throw taken(path, known);
}

function taken(path: string, owner: WorkspaceRow): MemoryError {
  return new MemoryError('conflict', `"${path}" already belongs to workspace ${owner.id} (${owner.name}).`, {
    hint: `Use that workspace. The same project twice? memory_admin merge_workspaces with source_id ${owner.id}.`,
  });
}

/** Walks up from the parent: meeting the workspace itself would close a circle. */
function refuseParent(id: string, parentId: string): void {
  for (let above: string | null = parentId; above !== null; ) {
    if (above === id) throw new MemoryError('cycle', 'A workspace cannot lie inside itself.');
    const parent: WorkspaceRow | null = getWorkspace(above);
    if (parent === null) throw notFound('workspace', above);
    above = parent.parent_workspace_id;
  }
}
