/** memory_workspace: the directories that agents work in. */

import * as z from 'zod';
import {
  createWorkspace,
  getPlansByWorkspace,
  getWorkspace,
  getWorkspaceByPath,
  getWorkspaceMeta,
  listWorkspaces,
  summarisePlans,
  updateWorkspace,
  type WorkspaceRow,
} from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { isAbsolutePath, isInside } from '../domain/workspace-path.ts';
import { action, tool } from './define.ts';
import { requireWorkspace } from './lookup.ts';
import { sliceOf } from './page.ts';
import { id, json, PAGE, path, title, W } from './params.ts';
import { count, list, oneLine, quoted, row } from './text.ts';

const register = action({
  summary: 'Create or re-find the workspace of a directory.',
  effect: 'write',
  core: true,
  params: { path, name: title.optional(), parent_workspace_id: id.optional(), profile: json.optional() },
  example: { path: '/home/me/project' },
  run: (params, call) => {
    if (!isAbsolutePath(params.path)) {
      throw new MemoryError('invalid_input', `"${oneLine(params.path, 200)}" is not an absolute path.`, {
        hint: 'Give the whole path of the directory, such as /home/me/project or C:\\work\\project.',
      });
    }
    const known = getWorkspaceByPath(params.path);
    const workspace = known ?? createWorkspace(params);
    call.subject.workspaceId = workspace.id;
    return { workspace, created: known === null, inside: known === null ? nearestAround(workspace) : null };
  },
  render: ({ workspace, created, inside }) =>
    [
      `${created ? 'Registered' : 'Known'}: workspace ${workspace.id} ${quoted(workspace.name, 50)} at ${oneLine(workspace.path, 150)}`,
      ...(inside === null
        ? []
        : [
            `It lies inside workspace ${inside.id} ${quoted(inside.name, 40)}; name it as parent_workspace_id to link them.`,
          ]),
    ].join('\n'),
});

/** The registered workspace whose directory most closely holds this one. */
function nearestAround(workspace: WorkspaceRow): WorkspaceRow | null {
  if (workspace.parent_workspace_id !== null) return null;
  const around = listWorkspaces().filter((other) => isInside(other.path, workspace.path));
  return around.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

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
  render: ({ items, cursor }) =>
    list(
      'id | name | path',
      items.map(({ id, name, path, depth }) => '  '.repeat(depth) + row(id, quoted(name, 80), path)),
      cursor,
    ),
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
      return { id, title, done: summary?.steps.done ?? 0, total: summary?.total ?? 0 };
    });
    return { ...getWorkspaceMeta(workspace.id), plans: progress };
  },
  render: (info) => {
    const ids = (name: string, all: readonly string[] = []) =>
      all.length === 0 ? [] : [`${name}: ${all.slice(0, 10).join(', ')}${all.length > 10 ? ', …' : ''}`];
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

export const workspaceTool = tool({
  name: 'memory_workspace',
  summary: 'Workspaces: the directories that agents work in.',
  kind: 'write',
  actions: { register, list: listAll, info, update },
});
