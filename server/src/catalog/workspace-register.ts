/** memory_workspace: from a directory to its one workspace, whatever path leads there. */
import { existsSync } from 'node:fs';
import * as z from 'zod';
import {
  addWorkspacePath,
  createWorkspace,
  getWorkspace,
  getWorkspaceAround,
  getWorkspaceByPath,
  getWorkspacesByOrigin,
  updateWorkspace,
  type WorkspaceRow,
} from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { isAbsolutePath, parentPath } from '../domain/workspace-path.ts';
import { action } from './define.ts';
import { firstOf, requireWorkspace } from './lookup.ts';
import { directory, id, json, rare, title, W } from './params.ts';
import { oneLine, quoted } from './text.ts';
import { originOf, placesOf, readDirectory } from './workspace-directory.ts';
import { identityIn, refuseUnwritable, writeIdentity } from './workspace-identity.ts';

/** What the disk says about the directory. */
interface Found {
  /** Whether it is on this machine at all. */
  here: boolean;
  /** Whether something else than a directory lies there. */
  file: boolean;
  /** Every path under which its workspace may be registered. */
  places: readonly string[];
  /** Where its workspace lies when it is new: of a worktree, in the main one. */
  home: string;
  /** Further places that lead to it: a worktree, a repository that lies outside of its worktrees. */
  aliases: readonly string[];
  origin: string | null;
  /** The workspace that its identity file names, where that lay when the disk was asked, and whether it is gone from there. */
  named: { id: string; path: string; gone: boolean } | null;
}

export const register = action({
  summary:
    'Create or re-find the workspace of a directory. A worktree has that of its repository; about a clone you are asked.',
  effect: 'write',
  core: true,
  params: {
    path: directory,
    name: title.optional(),
    parent_workspace_id: id.optional(),
    profile: json.optional(),
    write_identity: rare(z.boolean().optional()),
    separate: rare(z.boolean().optional()),
  },
  example: { path: '/home/me/project' },
  load: async ({ path, write_identity }): Promise<Found> => {
    const found = readDirectory(path);
    const { shared = null } = found ?? {};
    const inside = shared !== null && readDirectory(shared)?.repository === found?.repository;
    const home = (inside ? shared : found?.path) ?? path;
    if (write_identity && found !== null) refuseUnwritable(home);
    const named = found === null ? null : getWorkspace(identityIn(found.path) ?? '');
    return {
      here: found !== null,
      file: found === null && existsSync(path),
      places: [...placesOf(path, found)],
      home,
      aliases: [found?.path ?? home, shared ?? home].filter((place) => place !== home),
      origin: found === null ? null : await originOf(found),
      named: named === null ? null : { id: named.id, path: named.path, gone: !existsSync(named.path) },
    };
  },
  run: ({ path, separate, write_identity, ...data }, call, found) => {
    requireAbsolute(path);
    if (found.file) {
      throw new MemoryError('invalid_input', `${quoted(path)} is no directory.`, {
        hint: 'Register the directory of the project.',
      });
    }
    if (write_identity && !found.here) {
      throw new MemoryError('invalid_input', `${quoted(path)} is no directory of this machine.`, {
        hint: 'Leave write_identity out, or register the directory where it lies.',
      });
    }
    const known = firstOf(found.places, getWorkspaceByPath) ?? (separate ? null : moved(found));
    if (known === null && !separate) refuseTwin(path, found);
    const workspace = known ?? createWorkspace({ ...data, path: found.home, git_origin: found.origin });
    for (const alias of found.aliases) addWorkspacePath(workspace.id, alias);
    if (found.here && workspace.path === found.home) updateWorkspace(workspace.id, { git_origin: found.origin });
    call.subject.workspaceId = workspace.id;
    return {
      workspace,
      created: known === null,
      here: found.here,
      kept: known === null ? [] : Object.keys(data),
      inside: known === null ? nearestAround(workspace) : null,
    };
  },
  finish: ({ workspace }, { write_identity }) => {
    if (write_identity) writeIdentity(workspace);
  },
  render: ({ workspace, created, here, kept, inside }) =>
    [
      `${created ? 'Registered' : 'Known'}: workspace ${workspace.id} ${quoted(workspace.name, 50)} at ${oneLine(workspace.path, 150)}`,
      ...(created && !here ? ['There is no such directory on this machine.'] : []),
      ...(kept.length === 0 ? [] : [`Not changed: ${kept.join(', ')}; update and link do that.`]),
      ...(inside === null
        ? []
        : [
            `It lies inside workspace ${inside.id} ${quoted(inside.name, 40)}; name it as parent_workspace_id to link them.`,
          ]),
    ].join('\n'),
});

/** The workspace that the directory names, when its own directory is gone: it lies here now. */
function moved({ named, home }: Found): WorkspaceRow | null {
  if (named === null || !named.gone) return null;
  const { id, path } = named;
  if (getWorkspace(id)?.path !== path) return null;
  updateWorkspace(id, { path: home });
  return getWorkspace(id);
}

/** A clone or a copy of a registered directory may be meant as the same project or not: whoever registers it says which. */
function refuseTwin(path: string, { origin, home, named }: Found): void {
  const twins = [
    ...(named === null ? [] : [getWorkspace(named.id)]),
    ...(origin === null ? [] : getWorkspacesByOrigin(origin)),
    ...(origin === null || !isAbsolutePath(origin) ? [] : [getWorkspaceByPath(origin)]),
    ...getWorkspacesByOrigin(home),
  ].filter((twin) => twin !== null);
  const [twin] = twins;
  if (twin === undefined) return;
  const others = [...new Set(twins.map(({ id, name, path }) => `${id} ${quoted(name, 50)} at ${oneLine(path, 150)}`))];
  const reason = named === null ? `has the same origin as` : 'is a copy of';
  throw new MemoryError(
    'conflict',
    `This directory ${reason} workspace ${others.slice(0, 3).join(', ')}; nothing was registered.`,
    {
      hint: `The same project? memory_workspace ${JSON.stringify({ action: 'add_path', workspace_id: twin.id, path })}. Another one? Register it again with separate: true.`,
    },
  );
}

function requireAbsolute(path: string): void {
  if (isAbsolutePath(path)) return;
  throw new MemoryError('invalid_input', `"${oneLine(path, 200)}" is not an absolute path.`, {
    hint: 'Give the whole path of the directory, such as /home/me/project or C:\\work\\project.',
  });
}

/** The registered workspace whose directory most closely holds this one. */
function nearestAround({ path, parent_workspace_id }: WorkspaceRow): WorkspaceRow | null {
  const parent = parent_workspace_id === null ? parentPath(path) : null;
  return parent === null ? null : getWorkspaceAround(parent);
}

export const addPath = action({
  summary: 'Another path of the same workspace: a clone, a mount, a second machine.',
  effect: 'write',
  params: { ...W, path: directory },
  example: { workspace_id: 'ws_0123456789ab', path: '/mnt/project' },
  load: async ({ path }) => readDirectory(path)?.path ?? path,
  run: ({ workspace_id, workspace_path, path: given }, call, path) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    requireAbsolute(given);
    addWorkspacePath(workspace.id, path);
    return { id: workspace.id, path };
  },
  render: ({ id, path }) => `Workspace ${id} is found under ${oneLine(path, 300)} too`,
});
