/** Two workspaces that turned out to be one directory: every row of the one moves into the other. */
import { MemoryError, notFound } from '../domain/errors.ts';
import { moveEvents } from './event-log-db.ts';
import { moveImportSources } from './import-source-db.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import type { ContextRow, UserTable, UserTables, WorkspaceRow } from './types.ts';
import { moveUpdateLog } from './update-log-db.ts';
import { addWorkspacePath, getWorkspace, getWorkspacePaths } from './workspace-db.ts';
import { type Changes, changeRow, deleteRow, deleteRows, updateRow, updateRows } from './write-helpers.ts';

/** Tables whose rows name their workspace, in the order in which a report lists them. */
const TABLES = [
  'programs',
  'plans',
  'plans_archive',
  'context_items',
  'context_items_archive',
  'research_documents',
  'research_documents_archive',
  'knowledge',
  'build_scripts',
  'build_scripts_archive',
] as const satisfies readonly UserTable[];

export interface WorkspaceMerge {
  source: WorkspaceRow;
  target: WorkspaceRow;
  /** How many rows of each table move; tables without any are left out. */
  rows: Partial<Record<UserTable, number>>;
  /** What gets another name because the target has one of its name: `knowledge build → build-2`. */
  renamed: string[];
}

/** What `mergeWorkspaces` would do. @throws not_found, invalid_input when both are the same */
export function previewWorkspaceMerge(sourceId: string, targetId: string): WorkspaceMerge {
  return planMerge(sourceId, targetId).merge;
}

/**
 * Moves everything into the target, all or nothing: programs, plans live and archived, context, research, knowledge, scripts,
 * logs, children. Ids stay. The paths and the id of the source lead to the target from then on; what the target says of
 * itself stays, and what only the source says is taken over.
 */
export function mergeWorkspaces(sourceId: string, targetId: string): WorkspaceMerge {
  return transaction(() => {
    const { merge, names } = planMerge(sourceId, targetId);
    const { source, target } = merge;
    for (const table of TABLES) {
      for (const row of rowsOf(table, source.id)) {
        moveRow(table, row, { workspace_id: target.id, ...names.get(row.id)?.changes });
      }
    }
    moveContext(source.id, target.id);
    moveLinks(source.id, target.id);
    moveChildren(source, target);
    moveEvents(source.id, target.id);
    moveUpdateLog(source.id, target.id);
    moveImportSources(source.id, target.id);
    const { profile, meta, git_origin } = source;
    const said = {
      profile: target.profile ?? profile,
      meta: target.meta ?? meta,
      git_origin: target.git_origin ?? git_origin,
    };
    updateRow('workspaces', target.id, ['profile', 'meta', 'git_origin'], said);
    movePaths(source, target.id);
    return merge;
  });
}

/** What will move, and the names that rows get because the target has theirs, by the id of the row. */
function planMerge(sourceId: string, targetId: string): { merge: WorkspaceMerge; names: Map<string, NewName> } {
  const [source, target] = [requireWorkspace(sourceId), requireWorkspace(targetId)];
  if (source.id === target.id) {
    throw new MemoryError('invalid_input', `${sourceId} and ${targetId} are one workspace already.`);
  }
  const counts = TABLES.map((table) => [table, countOf(table, source.id)] as const);
  const names = new Map(NAMED.flatMap((named) => newNames(named, source.id, target.id)));
  const renamed = [...names.values()].map(({ label, from, to }) => `${label} ${from} → ${to}`);
  return { merge: { source, target, rows: Object.fromEntries(counts.filter(([, n]) => n > 0)), renamed }, names };
}

function requireWorkspace(id: string): WorkspaceRow {
  const workspace = getWorkspace(id);
  if (workspace === null) throw notFound('workspace', id);
  return workspace;
}

type Table = (typeof TABLES)[number];

function countOf(table: Table, workspaceId: string): number {
  return queryOne<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE workspace_id = ?`, [workspaceId])?.n ?? 0;
}

function rowsOf<T extends Table>(table: T, workspaceId: string): UserTables[T][] {
  return queryAll<UserTables[T]>(`SELECT * FROM ${table} WHERE workspace_id = ? ORDER BY seq`, [workspaceId]);
}

/** A row is as old as it was: that it lies elsewhere is no change of what it says. */
function moveRow<T extends Table>(table: T, row: UserTables[T], changes: Changes<T>): void {
  const kept = 'updated_at' in row ? { updated_at: row.updated_at } : {};
  const columns = Object.keys({ ...changes, ...kept }) as (keyof UserTables[T] & string)[];
  changeRow(table, row, columns, { ...changes, ...kept });
}

/** Context of the workspace itself hangs on the target now; a key that is taken there is given up, the item stays. */
function moveContext(sourceId: string, targetId: string): void {
  const itemsOf = (id: string) =>
    queryAll<ContextRow>("SELECT * FROM context_items WHERE parent_type = 'workspace' AND parent_id = ? ORDER BY seq", [
      id,
    ]);
  const keyOf = ({ type, key }: ContextRow) => JSON.stringify([type, key]);
  const taken = new Set(itemsOf(targetId).map(keyOf));
  for (const item of itemsOf(sourceId)) {
    moveRow('context_items', item, { parent_id: targetId, key: taken.has(keyOf(item)) ? null : item.key });
  }
}

interface NewName {
  label: string;
  from: string;
  to: string;
  changes: object;
}

/** What is found by its name within a workspace: documents on plans are found within their plan. */
interface Named {
  table: 'knowledge' | 'research_documents';
  column: 'slug' | 'filename';
  label: string;
  max: number;
  /** Which rows of the table. */
  where: string;
}

const NAMED: readonly Named[] = [
  { table: 'research_documents', column: 'filename', label: 'research', max: 300, where: 'plan_id IS NULL' },
  { table: 'knowledge', column: 'slug', label: 'knowledge', max: 100, where: 'TRUE' },
];

/** Row id → the name that it gets, for the rows of the source whose name the target has taken. */
function newNames(named: Named, sourceId: string, targetId: string): [string, NewName][] {
  const { column, label, max } = named;
  const moving = namesIn(named, sourceId);
  const there = new Set(namesIn(named, targetId).map(({ name }) => name));
  const taken = new Set([...there, ...moving.map(({ name }) => name)]);
  return moving
    .filter(({ name }) => there.has(name))
    .map(({ id, name: from }) => {
      const to = freeName(from, taken, max);
      return [id, { label, from, to, changes: { [column]: to } }];
    });
}

function namesIn({ table, column, where }: Named, workspaceId: string): { id: string; name: string }[] {
  return queryAll(`SELECT id, ${column} AS name FROM ${table} WHERE workspace_id = ? AND ${where} ORDER BY seq`, [
    workspaceId,
  ]);
}

/** `build` → `build-2`, `notes.md` → `notes-2.md`: the first that is free, which is taken then. */
function freeName(name: string, taken: Set<string>, max: number): string {
  const [, stem = name, ending = ''] = /^(.+?)(\.[^.]{1,20})?$/s.exec(name) ?? [];
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${stem.slice(0, max - ending.length - 6)}-${n}${ending}`;
  taken.add(free);
  return free;
}

/** A link from a program of the target is needless now, and so is a second one from the same program. */
function moveLinks(sourceId: string, targetId: string): void {
  deleteRows(
    'program_workspace_links',
    `workspace_id IN (?, ?) AND program_id IN (SELECT id FROM programs WHERE workspace_id = ?)`,
    [sourceId, targetId, targetId],
  );
  deleteRows(
    'program_workspace_links',
    'workspace_id = ? AND program_id IN (SELECT program_id FROM program_workspace_links WHERE workspace_id = ?)',
    [sourceId, targetId],
  );
  updateRows('program_workspace_links', 'workspace_id = ?', [sourceId], { workspace_id: targetId });
}

/**
 * The children of the source are the target's now. A target that lay below the source rises to the source's parent; one that
 * has no parent gets the source's, unless the source lay below it.
 */
function moveChildren(source: WorkspaceRow, target: WorkspaceRow): void {
  const { parent_workspace_id } = source;
  if (isBelow(target, source.id) || (target.parent_workspace_id === null && !isBelow(source, target.id))) {
    updateRow('workspaces', target.id, ['parent_workspace_id'], { parent_workspace_id });
  }
  updateRows('workspaces', 'parent_workspace_id = ?', [source.id], { parent_workspace_id: target.id });
}

function isBelow(workspace: WorkspaceRow, ancestorId: string): boolean {
  for (let above = workspace.parent_workspace_id; above !== null; ) {
    if (above === ancestorId) return true;
    above = getWorkspace(above)?.parent_workspace_id ?? null;
  }
  return false;
}

/** The source goes, and everything under which it was known leads to the target. */
function movePaths(source: WorkspaceRow, targetId: string): void {
  const paths = getWorkspacePaths(source.id);
  deleteRows('workspace_paths', 'workspace_id = ?', [source.id]);
  deleteRow('workspaces', source.id);
  addWorkspacePath(targetId, source.path);
  addWorkspacePath(targetId, source.id, 'legacy_id');
  for (const { path, kind } of paths) addWorkspacePath(targetId, path, kind);
}
