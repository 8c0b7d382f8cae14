/** Reads a whole data directory of the old file store: its workspaces, how they hang together, and its events. */
import { join } from 'node:path';
import { addImportSource, getImportSources, getWorkspace, updateWorkspace } from '../../db/index.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/stored-values.ts';
import type { ImportRun } from '../import-run.ts';
import type { Tally } from '../report.ts';
import { listFolder, listTree, readJson } from '../source-files.ts';
import { field, isObject } from '../values.ts';
import { importEvents } from './import-events.ts';
import { importWorkspace } from './import-workspace.ts';
import { skipFile } from './place.ts';

const REGISTRY = 'workspace-registry.json';

/** Whether this folder is a workspace of the file store. */
export function isWorkspaceFolder(folder: string): boolean {
  const { files, folders } = listFolder(folder);
  return files.includes('workspace.meta.json') || files.includes('workspace.context.json') || folders.includes('plans');
}

/** Whether this folder is a data directory of the file store. */
export function isDataDirectory(folder: string): boolean {
  const { folders, files } = listFolder(folder);
  return (
    files.includes(REGISTRY) ||
    folders.includes('events') ||
    folders.some((name) => isWorkspaceFolder(join(folder, name)))
  );
}

export function importLegacy(run: ImportRun): void {
  const { root } = run;
  const { folders } = listFolder(root);
  const siblings = folders.filter((name) => isWorkspaceFolder(join(root, name)));
  const registry = readRegistry(root);
  const wanted = siblings.filter(
    (name) => run.workspace === undefined || name === run.workspace || getWorkspace(run.workspace)?.id === name,
  );
  if (wanted.length === 0 && run.workspace !== undefined) {
    throw new MemoryError('not_found', `${root} has no workspace "${run.workspace}".`, {
      hint: `It has: ${siblings.slice(0, 20).join(', ') || 'none'}.`,
    });
  }
  for (const name of wanted) {
    const registered = registry.filter(([, id]) => id === name).map(([path]) => path);
    const source = { folder: join(root, name), name, siblings, registered };
    run.workspaceIn(name, (tally) => importWorkspace(source, tally, run.onFile), `${name}/`);
  }
  if (run.workspace !== undefined) return;
  run.rest((tally) => {
    linkWorkspaces(root, siblings, tally);
    countRegistry(root, registry, tally, run.onFile);
    importEvents(root, tally, run.onFile);
    listOtherFiles(root, new Set([...siblings, 'events']), tally, run.onFile);
  });
}

/** Path → id of the workspace. */
function readRegistry(root: string): [string, string][] {
  const read = readJson(join(root, REGISTRY));
  const entries = read.ok && isObject(read.value) ? field(read.value, 'entries') : undefined;
  if (!isObject(entries)) return [];
  return Object.entries(entries).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

/** The registry is in the workspaces' own paths and aliases by now; what it says of others is listed. */
function countRegistry(root: string, entries: readonly [string, string][], tally: Tally, onFile: () => void): void {
  if (!listFolder(root).files.includes(REGISTRY)) return;
  const read = readJson(join(root, REGISTRY));
  if (!read.ok) skipFile({ tally, onFile }, REGISTRY, read.reason, true);
  else {
    onFile();
    tally.count('files', 'unchanged');
  }
  for (const [path, id] of entries) {
    if (getWorkspace(id) !== null) tally.count('registry_entries', 'unchanged');
    else
      tally.skip({
        kind: 'registry_entries',
        path: REGISTRY,
        reason: `${path} leads to ${id}, which is not there`,
        error: false,
      });
  }
}

/** Parents of workspaces, once all of them are there. */
function linkWorkspaces(root: string, siblings: readonly string[], tally: Tally): void {
  for (const name of siblings) {
    const read = readJson(join(root, name, 'workspace.meta.json'));
    const meta: JsonObject = read.ok && isObject(read.value) ? read.value : {};
    const children = field(meta, 'child_workspace_ids');
    const pairs = [
      ...(typeof field(meta, 'parent_workspace_id') === 'string'
        ? [[name, String(field(meta, 'parent_workspace_id'))] as const]
        : []),
      ...(Array.isArray(children) ? children : []).map((child) => [String(child), name] as const),
    ];
    for (const [child, parent] of pairs) linkWorkspace(child, parent, `${name}/workspace.meta.json`, tally);
  }
}

function linkWorkspace(childId: string, parentId: string, path: string, tally: Tally): void {
  const kind = 'workspace_links';
  const [child, parent] = [getWorkspace(childId), getWorkspace(parentId)];
  const skip = (reason: string) => tally.skip({ kind, path, reason, error: false });
  if (child === null || parent === null) skip(`there is no workspace ${child === null ? childId : parentId}`);
  else if (child.id === parent.id) skip(`${childId} is an older id of ${parentId} itself`);
  else if (child.parent_workspace_id === parent.id) tally.count(kind, 'unchanged');
  else {
    const known = getImportSources(child.id, kind).some(
      (source) => source.row_id === child.id && source.content_hash === parent.id,
    );
    if (known || child.parent_workspace_id !== null) {
      tally.conflict({ kind, path, id: child.id, reason: 'its parent was changed here' });
      return;
    }
    if (isAncestor(child.id, parent.id)) skip(`${childId} lies above ${parentId} already`);
    else {
      updateWorkspace(child.id, { parent_workspace_id: parent.id });
      addImportSource({
        workspace_id: child.id,
        path: kind,
        kind,
        match_key: parent.id,
        position: 0,
        row_id: child.id,
        content_hash: parent.id,
      });
      tally.count(kind, 'new');
    }
  }
}

function isAncestor(id: string, of: string): boolean {
  for (
    let at = getWorkspace(of);
    at !== null;
    at = at.parent_workspace_id === null ? null : getWorkspace(at.parent_workspace_id)
  ) {
    if (at.id === id) return true;
  }
  return false;
}

function listOtherFiles(root: string, known: ReadonlySet<string>, tally: Tally, onFile: () => void): void {
  const at = { tally, onFile };
  const { files, folders, others } = listFolder(root);
  for (const name of files) if (name !== REGISTRY) skipFile(at, name, 'not a part of the layout');
  for (const folder of folders) {
    if (known.has(folder)) continue;
    const reason = folder === 'logs' ? 'a diagnostic log, which is no memory' : 'not a part of the layout';
    for (const name of listTree(join(root, folder))) skipFile(at, `${folder}/${name}`, reason);
  }
  for (const name of others) skipFile(at, name, 'neither a file nor a folder');
}
