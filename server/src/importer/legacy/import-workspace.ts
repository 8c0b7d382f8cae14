/** Reads one workspace folder and writes the workspace with everything in it. The caller gives the transaction. */
import { join } from 'node:path';
import { getWorkspace, getWorkspaceByPath, isImported } from '../../db/index.ts';
import type { JsonObject } from '../../domain/stored-values.ts';
import { normaliseWorkspacePath } from '../../domain/workspace-path.ts';
import { leftoversOf, metaJson } from '../leftovers.ts';
import type { Outcome, Tally } from '../report.ts';
import { listFolder, listTree, modifiedAt, readJson } from '../source-files.ts';
import { SourceFile } from '../sources.ts';
import { field, isObject } from '../values.ts';
import { Writer } from '../write.ts';
import { importAliases } from './import-aliases.ts';
import { importKnowledge } from './import-knowledge.ts';
import { importMemberships, importPlanDependencies } from './import-memberships.ts';
import { importPlan, skipBrokenPlan } from './import-plan.ts';
import { importPrograms } from './import-programs.ts';
import { importWorkspaceContext, importWorkspaceScripts } from './import-workspace-context.ts';
import { noteWorkspace, readJsonOf, skipFile, type WorkspaceImport } from './place.ts';
import { survey } from './survey.ts';
import { DERIVED_LISTS, workspaceColumns, workspaceElement } from './workspace-record.ts';

export interface WorkspaceFolder {
  folder: string;
  name: string;
  /** Names of all workspace folders of the data root. */
  siblings: readonly string[];
  /** Paths that the registry says for this workspace. */
  registered: readonly string[];
}

/** The files that together are the workspace's own row. */
export interface WorkspaceFiles {
  meta: JsonObject;
  context: JsonObject;
  allowlist: JsonObject;
}

const OWN_FILES = ['workspace.meta.json', 'workspace.context.json', 'terminal-allowlist.json'] as const;

/** Answers the id of the workspace's row. */
export function importWorkspace(source: WorkspaceFolder, tally: Tally, onFile: () => void): string {
  const { folder, name } = source;
  const files = readOwnFiles(folder);
  const path = pathOf(files, source);
  const workspaceId = getWorkspace(name)?.id ?? madeHere(path)?.id ?? name;
  const at: WorkspaceImport = {
    folder,
    name,
    workspaceId,
    writer: new Writer(workspaceId, tally),
    tally,
    survey: survey(folder),
    planIds: new Map(),
    programIds: new Map(),
    namedWorkspaces: new Set(),
    onFile,
  };
  putWorkspace(at, files, path, source.registered);
  importWorkspaceContext(at, files.context);
  importWorkspaceScripts(at, files.meta);
  importPrograms(at);
  for (const plan of at.survey.plans) importPlan(at, plan);
  for (const [broken, reason] of at.survey.broken) skipBrokenPlan(at, broken, reason);
  importMemberships(at);
  importPlanDependencies(at);
  importKnowledge(at);
  importAliases(at, files, source, path);
  countDerivedLists(at, files.meta);
  listOtherFiles(at);
  return workspaceId;
}

function readOwnFiles(folder: string): WorkspaceFiles {
  const read = (name: string): JsonObject => {
    const found = readJson(join(folder, name));
    return found.ok && isObject(found.value) ? found.value : {};
  };
  const [meta, context, allowlist] = OWN_FILES;
  return { meta: read(meta), context: read(context), allowlist: read(allowlist) };
}

/** Where the workspace lies: what its files say; without a word of theirs, or when another workspace lies there, its id. */
function pathOf({ meta, context }: WorkspaceFiles, { name, registered }: WorkspaceFolder): string {
  const said = [field(meta, 'workspace_path'), field(meta, 'path'), field(context, 'workspace_path'), ...registered];
  const path = said.find((value): value is string => typeof value === 'string' && normaliseWorkspacePath(value) !== '');
  if (path === undefined) return name;
  const owner = getWorkspaceByPath(path);
  return owner === null || owner.id === getWorkspace(name)?.id || !isImported(owner.id) ? path : name;
}

/** A workspace that was registered here with this path: what is imported belongs to it. */
function madeHere(path: string) {
  const owner = getWorkspaceByPath(path);
  return owner !== null && !isImported(owner.id) ? owner : null;
}

function putWorkspace(
  at: WorkspaceImport,
  { meta, context, allowlist }: WorkspaceFiles,
  path: string,
  registered: readonly string[],
): void {
  for (const name of OWN_FILES) {
    if (listFolder(at.folder).files.includes(name)) readJsonOf(at, name, 'files', () => undefined);
  }
  const file = listFolder(at.folder).files.includes(OWN_FILES[0]) ? OWN_FILES[0] : OWN_FILES[1];
  const since = listFolder(at.folder).files.includes(file)
    ? modifiedAt(join(at.folder, file))
    : new Date(0).toISOString();
  const columns = workspaceColumns(meta, path, since);
  const own = Object.fromEntries(Object.entries(meta).filter(([name]) => !isElsewhere(name)));
  const left = leftoversOf(own, workspaceElement(columns, at.name));
  const others = {
    ...(Object.keys(allowlist).length > 0 ? { terminal_allowlist: allowlist } : {}),
    ...(Object.keys(context).length > 0 ? { context: withoutEntries(context) } : {}),
    ...(registered.length > 0 ? { registry_paths: registered } : {}),
  };
  noteWorkspace(at, context);
  const patterns = field(allowlist, 'patterns');
  const countPatterns = (outcome: Outcome) =>
    at.tally.count('allowlist_patterns', outcome, Array.isArray(patterns) ? patterns.length : 0);
  if (at.workspaceId !== at.name) {
    const reason =
      'this directory was registered here before: what is imported belongs to that workspace, which stays as it is';
    at.tally.conflict({ kind: 'workspaces', path: OWN_FILES[0], id: at.workspaceId, reason });
    countPatterns('conflicts');
    return;
  }
  const written = at.writer.putOne(new SourceFile(at.workspaceId, OWN_FILES[0]), {
    kind: 'workspaces',
    table: 'workspaces',
    id: { field: 'workspace_id', value: at.name },
    values: { ...columns, meta: metaJson(left, others) },
  });
  countPatterns(written.outcome);
}

/** What lies in other rows: scripts, and the lists of plans and programs. Children name their parents themselves. */
function isElsewhere(name: string): boolean {
  return name === 'workspace_build_scripts' || DERIVED_LISTS.includes(name as never);
}

/** The context file without what becomes rows: its sections and the entries of its logs. */
function withoutEntries(context: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(context).map(([name, value]) => {
      if (name === 'sections' && isObject(value)) return [name, {}];
      if (!(name === 'update_log' || name === 'audit_log') || !isObject(value)) return [name, value];
      return [name, Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'entries'))];
    }),
  );
}

/** The lists of plans and programs in the meta file are made again from the rows; an id without one is listed. */
function countDerivedLists(at: WorkspaceImport, meta: JsonObject): void {
  for (const name of DERIVED_LISTS) {
    const list = field(meta, name);
    for (const id of Array.isArray(list) ? list : []) {
      const known = at.planIds.has(String(id)) || at.programIds.has(String(id));
      if (known) at.tally.count('listed_ids', 'unchanged');
      else
        at.tally.skip({
          kind: 'listed_ids',
          path: `workspace.meta.json#${name}`,
          reason: `there is no plan ${String(id)}`,
          error: false,
        });
    }
  }
}

const KNOWN_FOLDERS = ['plans', 'programs', 'knowledge'];

function listOtherFiles(at: WorkspaceImport): void {
  const { files, folders, others } = listFolder(at.folder);
  for (const name of files) {
    if (!OWN_FILES.includes(name as never)) skipFile(at, name, 'not a part of the layout');
  }
  for (const folder of folders) {
    if (KNOWN_FOLDERS.includes(folder)) continue;
    for (const name of listTree(join(at.folder, folder))) skipFile(at, `${folder}/${name}`, 'not a part of the layout');
  }
  for (const name of others) skipFile(at, name, 'neither a file nor a folder');
  const programs = new Set(at.survey.programs.values());
  for (const name of listFolder(join(at.folder, 'programs')).folders.filter((it) => !programs.has(`programs/${it}`))) {
    for (const inside of listTree(join(at.folder, 'programs', name))) {
      skipFile(at, `programs/${name}/${inside}`, 'its program.json is missing or cannot be read', true);
    }
  }
  for (const folder of ['plans', 'plans/_archived', 'programs']) {
    for (const name of listFolder(join(at.folder, folder)).files) {
      const bogus = folder === 'plans/_archived' && name === 'state.json';
      const reason = bogus
        ? 'a recovered plan that stands for the folder of archived plans itself'
        : 'not a part of the layout';
      skipFile(at, `${folder}/${name}`, reason);
      if (bogus) at.tally.skip({ kind: 'plans', path: `${folder}/${name}`, reason, error: false });
    }
  }
}
