/** Writes workspaces as a data directory of the old file store: what was imported from one comes out the same. */
import { resolve } from 'node:path';
import {
  allEvents,
  getWorkspace,
  getWorkspacePaths,
  listPrograms,
  listWorkspaces,
  type PlanRow,
  rowsOfWorkspace,
  snapshot,
  type WorkspaceRow,
} from '../../db/index.ts';
import { notFound } from '../../domain/errors.ts';
import { fromJson, type JsonObject } from '../../domain/stored-values.ts';
import { importedOf, withLeftovers } from '../leftovers.ts';
import { field, isObject } from '../values.ts';
import { ExportFolder, fileName } from './export-files.ts';
import { exportPlan } from './export-plan.ts';
import { exportProgram, isContained, programSourceId } from './export-programs.ts';
import { scriptElement } from './plan-children.ts';
import { eventElement } from './program-record.ts';
import { knowledgeElement, logElement, SECTION, workspaceElement } from './workspace-record.ts';

export interface ExportReport {
  folder: string;
  workspaces: string[];
  plans: number;
  files: number;
  /** What the layout has no place for. */
  left_out: string[];
}

/** @throws conflict for a folder that is not empty, not_found for an unknown workspace */
export function exportLegacy(target: string, options: { workspace?: string | undefined } = {}): ExportReport {
  const folder = new ExportFolder(resolve(target));
  const report: ExportReport = { folder: folder.root, workspaces: [], plans: 0, files: 0, left_out: [] };
  snapshot(() => {
    const workspaces = workspacesOf(options.workspace);
    for (const workspace of workspaces) {
      exportWorkspace(folder, workspace, report);
      report.workspaces.push(workspace.id);
    }
    if (options.workspace !== undefined) return;
    exportRegistry(folder, workspaces);
    exportEvents(folder);
  });
  return { ...report, files: folder.files };
}

function workspacesOf(id: string | undefined): WorkspaceRow[] {
  if (id === undefined) return listWorkspaces();
  const workspace = getWorkspace(id);
  if (workspace === null) throw notFound('workspace', id);
  return [workspace];
}

function exportWorkspace(folder: ExportFolder, workspace: WorkspaceRow, report: ExportReport): void {
  const place = fileName(workspace.id);
  const leaveOut = (what: string) => report.left_out.push(what);
  const archived = rowsOfWorkspace('plans', workspace.id, true);
  const isArchived = new Set(archived.map(({ id }) => id));
  const plans = [...rowsOfWorkspace('plans', workspace.id), ...archived].sort((a, b) => a.seq - b.seq);
  const sourceIds = new Map(plans.map((plan) => [plan.id, planSourceId(plan)]));
  const programs = listPrograms(workspace.id);
  const programIds = new Map(programs.map((program) => [program.id, programSourceId(program)]));
  const members = plans
    .filter(({ program_id }) => program_id !== null)
    .toSorted((a, b) => (a.program_order ?? 0) - (b.program_order ?? 0) || a.seq - b.seq);
  for (const plan of plans) {
    const id = sourceIds.get(plan.id);
    const program = programs.find((it) => isContained(it, sourceIds) && programSourceId(it) === id);
    exportPlan(folder, place, plan, {
      archived: isArchived.has(plan.id),
      programId: plan.program_id === null ? null : (programIds.get(plan.program_id) ?? plan.program_id),
      childPlanIds:
        program === undefined
          ? null
          : members
              .filter(({ program_id }) => program_id === program.id)
              .map((member) => sourceIds.get(member.id) ?? member.id),
      sourceIds,
      leaveOut,
    });
  }
  for (const program of programs) {
    if (!isContained(program, sourceIds)) exportProgram(folder, place, program, plans, sourceIds);
  }
  exportOwnFiles(folder, place, workspace, {
    active_plans: plans.filter(({ id }) => !isArchived.has(id)).map(({ id }) => sourceIds.get(id) ?? id),
    archived_plans: plans.filter(({ id }) => isArchived.has(id)).map(({ id }) => sourceIds.get(id) ?? id),
    active_programs: programs
      .filter(({ status }) => status === 'active')
      .map((program) => programIds.get(program.id) ?? program.id),
  });
  exportKnowledge(folder, place, workspace.id);
  for (const { id, plan_id, filename } of rowsOfWorkspace('research_documents', workspace.id)) {
    if (plan_id === null) leaveOut(`research ${id} (${filename}), which belongs to no plan`);
  }
  report.plans += plans.length;
}

/** The id that a plan has in the file store. */
function planSourceId(plan: PlanRow): string {
  const id = importedOf(plan.meta).said?.['id'];
  return id !== undefined && id.as === plan.id && typeof id.said === 'string' ? id.said : plan.id;
}

function exportOwnFiles(folder: ExportFolder, place: string, workspace: WorkspaceRow, lists: JsonObject): void {
  const meta = fromJson<JsonObject>(workspace.meta) ?? {};
  const left = importedOf(workspace.meta);
  const aliases = getWorkspacePaths(workspace.id).filter(({ kind }) => kind === 'legacy_id');
  const scripts = rowsOfWorkspace('build_scripts', workspace.id)
    .filter(({ plan_id }) => plan_id === null)
    .map((row) => {
      const own = importedOf(row.meta);
      const id = own['no_id'] === true ? null : row.id;
      return withLeftovers(scriptElement(row, { id, workspaceId: workspace.id, planId: null }), own);
    });
  const isImported = isObject(meta['imported']);
  folder.json(
    `${place}/workspace.meta.json`,
    {
      ...withLeftovers(workspaceElement(workspace, workspace.id), left),
      ...(isImported || aliases.length === 0 ? {} : { legacy_workspace_ids: aliases.map(({ path }) => path) }),
      ...lists,
      ...(scripts.length > 0 ? { workspace_build_scripts: scripts } : {}),
    },
    // What dates a workspace that does not say when it was made.
    workspace.created_at,
  );
  if (isObject(meta['terminal_allowlist'])) {
    folder.json(`${place}/terminal-allowlist.json`, meta['terminal_allowlist'], workspace.updated_at);
  }
  exportContext(folder, place, workspace, isObject(meta['context']) ? meta['context'] : null);
}

function exportContext(folder: ExportFolder, place: string, workspace: WorkspaceRow, said: JsonObject | null): void {
  const sections = rowsOfWorkspace('context_items', workspace.id).filter(
    ({ parent_type }) => parent_type === 'workspace',
  );
  const entries = rowsOfWorkspace('update_log', workspace.id).map((row) => {
    const meta = fromJson<JsonObject>(row.meta) ?? {};
    return {
      log: meta['log'] === 'audit_log' ? 'audit_log' : 'update_log',
      element: withLeftovers(logElement(row), importedOf(row.meta)),
    };
  });
  if (said === null && sections.length === 0 && entries.length === 0) return;
  const envelope = said ?? {
    schema_version: '1.0.0',
    workspace_id: workspace.id,
    workspace_path: workspace.path,
    name: workspace.name,
    created_at: workspace.created_at,
    updated_at: workspace.updated_at,
  };
  const logOf = (name: string) => {
    const own = entries.filter(({ log }) => log === name).map(({ element }) => element);
    const about = field(envelope, name);
    return own.length === 0 && about === undefined
      ? {}
      : { [name]: { entries: own, ...(isObject(about) ? about : {}) } };
  };
  const named = sections.map((row) => {
    const left = importedOf(row.meta);
    const data: unknown = JSON.parse(row.data);
    const name = typeof left['key'] === 'string' ? left['key'] : (row.key ?? row.type);
    return [
      row.type === SECTION ? name : `${row.type} ${name}`,
      left['shape'] === 'bare' && isObject(data) ? data['value'] : data,
    ];
  });
  const isListed = named.length > 0 || isObject(field(envelope, 'sections'));
  folder.json(
    `${place}/workspace.context.json`,
    {
      ...envelope,
      ...(isListed ? { sections: Object.fromEntries(named) } : {}),
      ...logOf('update_log'),
      ...logOf('audit_log'),
    },
    workspace.updated_at,
  );
}

function exportKnowledge(folder: ExportFolder, place: string, workspaceId: string): void {
  for (const row of rowsOfWorkspace('knowledge', workspaceId)) {
    const left = importedOf(row.meta);
    const stem = fileName(typeof left['stem'] === 'string' ? left['stem'] : row.slug);
    const data: unknown = JSON.parse(row.data);
    if (left['is_markdown'] === true && isObject(data)) {
      folder.text(`${place}/knowledge/${stem}.md`, String(data['text'] ?? ''), row.created_at);
    } else folder.json(`${place}/knowledge/${stem}.json`, withLeftovers(knowledgeElement(row), left), row.created_at);
  }
}

/** A directory without a registry gets none; a workspace that was made here is registered with its path. */
function exportRegistry(folder: ExportFolder, workspaces: readonly WorkspaceRow[]): void {
  const entries = workspaces.flatMap((workspace) => {
    const meta = fromJson<JsonObject>(workspace.meta) ?? {};
    const registered = meta['registry_paths'];
    if (Array.isArray(registered)) return registered.map((path) => [String(path), workspace.id]);
    return isObject(meta['imported']) ? [] : [[workspace.path, workspace.id]];
  });
  if (entries.length === 0) return;
  const newest =
    workspaces
      .map(({ updated_at }) => updated_at)
      .toSorted()
      .at(-1) ?? '';
  folder.json(
    'workspace-registry.json',
    { schema_version: '1.0.0', entries: Object.fromEntries(entries), updated_at: newest },
    newest,
  );
}

function exportEvents(folder: ExportFolder): void {
  const lines: string[] = [];
  let last = '';
  for (const row of allEvents()) {
    const left = importedOf(row.meta);
    const element = withLeftovers(eventElement(row, left['no_id'] === true ? null : row.id, row.workspace_id), left);
    last = row.created_at;
    if (left['from_log'] === true) lines.push(JSON.stringify(element));
    else
      folder.json(
        `events/${typeof left['file'] === 'string' ? fileName(left['file']) : `${fileName(row.id)}.json`}`,
        element,
        row.created_at,
      );
  }
  if (lines.length > 0) folder.text('events/events.log', `${lines.join('\n')}\n`, last);
}
