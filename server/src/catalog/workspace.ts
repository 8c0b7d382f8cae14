/** memory_workspace: the directories that agents work in. */

import * as z from 'zod';
import {
  getPlansByWorkspace,
  getUnfinishedSteps,
  getWorkspace,
  getWorkspaceMeta,
  listWorkspaces,
  summarisePlans,
  type UnfinishedStep,
  updateWorkspace,
  type WorkspaceRow,
} from '../db/index.ts';
import { action, tool } from './define.ts';
import { requireWorkspace } from './lookup.ts';
import { pieceOf, renderPiece, sliceOf } from './page.ts';
import { id, json, PAGE, PIECE, title, W } from './params.ts';
import { count, oneLine, quoted, row, some } from './text.ts';
import { programActions } from './workspace-programs.ts';
import { addPath, register } from './workspace-register.ts';

const listAll = action({
  summary: 'All workspaces, flat or as a tree of parents and children.',
  effect: 'read',
  core: true,
  params: { hierarchical: z.boolean().optional(), ...PAGE },
  example: {},
  run: (params) => {
    const all = listWorkspaces();
    return sliceOf(params.hierarchical ? asTree(all) : all.map((workspace) => ({ ...workspace, depth: 0 })), params);
  },
  render: ({ items, cursor }) => ({
    columns: ['id', 'name', 'path'],
    rows: items.map(({ id, name, path, depth }) => ['  '.repeat(depth) + id, quoted(name, 80), path]),
    cursor,
  }),
});

type PlacedWorkspace = WorkspaceRow & { depth: number };

/** Parents before their children, each with its depth. */
function asTree(all: readonly WorkspaceRow[], parent: string | null = null, depth = 0): PlacedWorkspace[] {
  return all
    .filter(({ parent_workspace_id }) => parent_workspace_id === parent)
    .flatMap((workspace) => [{ ...workspace, depth }, ...asTree(all, workspace.id, depth + 1)]);
}

const PLANS_SHOWN = 10;

const info = action({
  summary: 'One workspace: counts, active plans, profile, paths, children.',
  effect: 'read',
  core: true,
  params: W,
  example: {},
  run: (params, call) => {
    const workspace = requireWorkspace(call, params);
    const plans = getPlansByWorkspace(workspace.id, { status: 'active', limit: PLANS_SHOWN });
    const found = summarisePlans(plans.map(({ id }) => id));
    const progress = plans.map(({ id, title }) => {
      const summary = found.get(id);
      return { id, title, done: summary?.done ?? 0, total: summary?.total ?? 0 };
    });
    return { ...getWorkspaceMeta(workspace.id), plans: progress };
  },
  render: (info) => {
    const ids = (name: string, all: readonly string[] = []) => (all.length === 0 ? [] : [`${name}: ${some(all, 10)}`]);
    return [
      `Workspace ${info.workspace_id} ${quoted(info.name ?? '')} at ${info.path}`,
      `${count(info.active_plans?.length ?? 0, 'plan')}, ${info.archived_plans?.length ?? 0} archived, ${count(info.active_programs?.length ?? 0, 'active program')}`,
      ...ids('children', info.child_workspace_ids),
      ...ids('other paths', info.paths),
      ...ids('older ids', info.legacy_workspace_ids),
      ...(info.profile ? [`profile: ${oneLine(JSON.stringify(info.profile), 600)}`] : []),
      ...info.plans.map((plan) => row(plan.id, `${plan.done}/${plan.total} done`, quoted(plan.title, 100))),
    ].join('\n');
  },
});

const update = action({
  summary: 'Change what is given; null clears.',
  effect: 'write',
  params: {
    ...W,
    name: title.optional(),
    profile: json.nullable().optional(),
    meta: json.nullable().optional(),
  },
  example: { workspace_id: 'ws_0123456789ab', name: 'Shop' },
  run: ({ workspace_id, workspace_path, ...changes }, call) => {
    const { id } = requireWorkspace(call, { workspace_id, workspace_path });
    updateWorkspace(id, changes);
    return getWorkspace(id);
  },
  render: (workspace) => `Updated: workspace ${workspace?.id} ${quoted(workspace?.name ?? '')}`,
});

const link = action({
  summary: 'Set or clear the parent of a workspace; a circle is refused.',
  effect: 'write',
  params: { ...W, parent_workspace_id: id.optional() },
  example: { workspace_id: 'ws_0123456789ab', parent_workspace_id: 'ws_cdefghjkmnpq' },
  run: ({ workspace_id, workspace_path, parent_workspace_id }, call) => {
    const { id } = requireWorkspace(call, { workspace_id, workspace_path });
    const parent =
      parent_workspace_id === undefined ? null : requireWorkspace(call, { workspace_id: parent_workspace_id }).id;
    updateWorkspace(id, { parent_workspace_id: parent });
    return { id, parent };
  },
  render: ({ id, parent }) =>
    parent === null ? `Workspace ${id} has no parent now` : `Workspace ${id} lies in ${parent} now`,
});

const exportPending = action({
  summary: 'A Markdown list of the unfinished steps of a workspace, by plan and phase.',
  effect: 'read',
  params: { ...W, ...PIECE },
  example: {},
  run: ({ workspace_id, workspace_path, cursor }, call) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    return pieceOf(pendingMarkdown(workspace), { cursor });
  },
  render: renderPiece,
});

function pendingMarkdown(workspace: WorkspaceRow): string {
  const plans = Map.groupBy(getUnfinishedSteps(workspace.id), ({ plan_id }) => plan_id);
  const sections = [...plans.values()].map((steps) => {
    const phases = Map.groupBy(steps, ({ phase }) => phase);
    const lists = [...phases].map(
      ([phase, items]) => `### ${oneLine(phase, 500)}\n\n${items.map(pendingLine).join('\n')}`,
    );
    return `## ${oneLine(steps[0]?.plan_title ?? '', 500)} (${steps[0]?.plan_status})\n\n${lists.join('\n\n')}`;
  });
  return `# Unfinished steps of ${oneLine(workspace.name, 500)}\n\n${sections.length === 0 ? 'None.' : sections.join('\n\n')}\n`;
}

function pendingLine({ task, status, claimed_agent, blocked_reason }: UnfinishedStep): string {
  const holder = claimed_agent === null ? '' : ` (${claimed_agent} is at it)`;
  const blocked = status === 'blocked' ? ` (blocked: ${oneLine(blocked_reason ?? 'no reason given', 200)})` : '';
  return `- [ ] ${oneLine(task, 1_000)}${holder}${blocked}`;
}

export const workspaceTool = tool({
  name: 'memory_workspace',
  summary: 'Workspaces: the directories that agents work in.',
  kind: 'write',
  actions: {
    register,
    list: listAll,
    info,
    update,
    link,
    add_path: addPath,
    ...programActions,
    export_pending: exportPending,
  },
});
