/** memory_library: build scripts. They are kept and shown, never run. */
import {
  addBuildScript,
  type BuildScriptRow,
  deleteBuildScript,
  findBuildScript,
  getBuildScripts,
  getWorkspace,
} from '../db/index.ts';
import { isAbsolutePath, normaliseWorkspacePath } from '../domain/workspace-path.ts';
import { action } from './define.ts';
import { requireLivePlan, requirePlanOrWorkspace, requireWorkspace, unknownId } from './lookup.ts';
import { sliceOf } from './page.ts';
import { id, PAGE, path, sentence, text, title, W } from './params.ts';
import { count, oneLine, quoted } from './text.ts';

const PLACE = { plan_id: id.optional(), ...W };

/** With the directory as a whole path, which only the workspace's path makes of a relative one. */
function resolved(script: BuildScriptRow) {
  const root = getWorkspace(script.workspace_id)?.path ?? '';
  const directory_path = normaliseWorkspacePath(
    isAbsolutePath(script.directory) ? script.directory : `${root}/${script.directory}`,
  );
  return { ...script, directory_path };
}

const add = action({
  summary: 'Store a build script on the workspace or on a plan.',
  effect: 'write',
  params: { ...PLACE, name: title, command: sentence, directory: path, description: text.optional() },
  example: { name: 'Unit tests', command: 'npm test', directory: '.' },
  run: ({ plan_id, workspace_id, workspace_path, ...script }, call) => {
    if (plan_id !== undefined) requireLivePlan(call, plan_id);
    const { workspaceId } = requirePlanOrWorkspace(call, { plan_id, workspace_id, workspace_path });
    return resolved(addBuildScript(workspaceId, { ...script, plan_id }));
  },
  render: (script) => `Stored: script ${script.id} ${quoted(script.name)} in ${oneLine(script.directory_path, 200)}`,
});

const listAll = action({
  summary: 'The build scripts of a workspace and, with plan_id, of a plan.',
  effect: 'read',
  core: true,
  params: { ...PLACE, ...PAGE },
  example: {},
  run: ({ plan_id, workspace_id, workspace_path, ...page }, call) => {
    const { workspaceId } = requirePlanOrWorkspace(call, { plan_id, workspace_id, workspace_path });
    return sliceOf(getBuildScripts(workspaceId, plan_id).map(resolved), page);
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'script'),
    columns: ['id', 'name', 'command', 'directory'],
    rows: items.map((script) => [
      script.id,
      quoted(script.name, 80),
      quoted(script.command, 200),
      script.directory_path,
    ]),
    cursor,
  }),
});

const get = action({
  summary: 'One build script with its directory as a whole path.',
  effect: 'read',
  params: { ...PLACE, script_id: id },
  example: { script_id: 'script_0123456789ab' },
  run: ({ script_id, ...place }, call) => {
    const script = findBuildScript(requirePlanOrWorkspace(call, place).workspaceId, script_id, place.plan_id);
    if (script === null) throw unknownId('build_script', script_id);
    return resolved(script);
  },
  render: (script) =>
    [
      `Script ${script.id} ${quoted(script.name)}`,
      `command: ${quoted(script.command, 2_000)}`,
      `directory: ${script.directory_path}`,
      ...(script.description === null ? [] : [quoted(script.description, 2_000)]),
    ].join('\n'),
});

const remove = action({
  summary: 'Delete a build script.',
  effect: 'write',
  params: { ...W, script_id: id },
  example: { script_id: 'script_0123456789ab' },
  run: ({ script_id, ...workspace }, call) => {
    if (!deleteBuildScript(requireWorkspace(call, workspace).id, script_id)) {
      throw unknownId('build_script', script_id);
    }
    return { script_id };
  },
  render: ({ script_id }) => `Deleted: script ${script_id}`,
});

export const scriptActions = {
  add_build_script: add,
  list_build_scripts: listAll,
  get_build_script: get,
  delete_build_script: remove,
};
