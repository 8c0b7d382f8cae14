/** memory_workspace through the door: the directories that agents work in. */
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { connect, idIn, sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

interface Workspace {
  workspace_id: string;
  path: string;
  name: string;
  parent_workspace_id: string | null;
  child_workspace_ids?: string[];
  profile: Record<string, unknown> | null;
}

async function info(workspace_id: string): Promise<Workspace> {
  return await memory.data<Workspace>('workspace', 'info', { workspace_id });
}

test('registering a directory makes a workspace once and finds it again, however the path is written', async () => {
  const first = await memory.ok('workspace', 'register', { path: '/projects/shop', name: 'Shop' });
  expect(first).toMatch(/^Registered: workspace ws_\w{12} "Shop" at \/projects\/shop\nThere is no such directory on/);
  for (const path of ['/projects/shop', '/projects/shop/', '/projects//shop/.', '/projects/other/../shop']) {
    const again = await memory.ok('workspace', 'register', { path, name: 'Another name' });
    const known = first.replace('Registered', 'Known').split('\n', 1)[0];
    expect(again).toBe(`${known}\nNot changed: name; update and link do that.`);
  }
});

test('a workspace without a name gets the last part of its path', async () => {
  const reply = await memory.ok('workspace', 'register', { path: '/projects/deep/down/kitchen' });
  expect(reply).toContain('"kitchen"');
});

test('a nested directory reports the workspace around it, and can be linked to it', async () => {
  const outer = await memory.id('ws', 'workspace', 'register', { path: '/nest/outer' });
  const nested = await memory.ok('workspace', 'register', { path: '/nest/outer/inner' });
  expect(nested).toContain(`It lies inside workspace ${outer} "outer"`);
  const child = await memory.id('ws', 'workspace', 'register', {
    path: '/nest/outer/child',
    parent_workspace_id: outer,
  });
  expect(await info(child)).toMatchObject({ parent_workspace_id: outer });
  expect((await info(outer)).child_workspace_ids).toEqual([child]);
});

test.each([
  [
    'a path that is not absolute',
    { path: 'projects/shop' },
    /^invalid_input: "projects\/shop" is not an absolute path\. Give the whole path/,
  ],
  ['an empty path', { path: '   ' }, /^invalid_input: "path": /],
  [
    'a parent that does not exist',
    { path: '/projects/orphan', parent_workspace_id: 'ws_000000000000' },
    /^not_found: No workspace with id "ws_000000000000"/,
  ],
])('register refuses %s', async (_what, args, words) => {
  expect(await memory.refused('workspace', 'register', args)).toMatch(words);
});

test('list shows all workspaces, flat or as a tree, page by page', async () => {
  const parent = await memory.id('ws', 'workspace', 'register', { path: '/tree/parent' });
  const child = await memory.id('ws', 'workspace', 'register', { path: '/tree/child', parent_workspace_id: parent });
  const flat = await memory.ok('workspace', 'list', { limit: 200 });
  expect(flat).toMatch(/^id \| name \| path\n/);
  expect(flat).toContain(`${child} | "child" | /tree/child`);
  const tree = await memory.ok('workspace', 'list', { hierarchical: true, limit: 200 });
  expect(tree).toContain(`${parent} | "parent" | /tree/parent\n  ${child} | "child" | /tree/child`);

  const all = flat
    .split('\n')
    .slice(1)
    .map((line) => idIn(line, 'ws'));
  const seen: string[] = [];
  for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
    const page: string = await memory.ok('workspace', 'list', { limit: 2, cursor });
    seen.push(...(page.match(/ws_\w{12}/g) ?? []));
    cursor = /more: the same call with cursor "(\d+)"/.exec(page)?.[1];
  }
  expect(seen).toEqual(all);
});

test('info tells counts, active plans with progress, profile and children', async () => {
  const { workspaceId, planId, stepIds } = await aWorld(memory);
  await memory.ok('steps', 'update', { step_id: stepIds[0], status: 'done' });
  await memory.ok('workspace', 'update', { workspace_id: workspaceId, profile: { language: 'TypeScript' } });
  const text = await memory.ok('workspace', 'info', { workspace_id: workspaceId });
  expect(text).toContain('1 plan, 0 archived');
  expect(text).toContain('profile: {"language":"TypeScript"}');
  expect(text).toContain(`${planId} | 1/4 done | "Paint the house"`);
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.ok('workspace', 'info', { workspace_id: workspaceId })).toContain('0 plans, 1 archived');
});

test('update changes what is given, keeps the rest, and null clears', async () => {
  const { workspaceId, path } = await aWorld(memory);
  await memory.ok('workspace', 'update', { workspace_id: workspaceId, profile: { language: 'Go' } });
  await memory.ok('workspace', 'update', { workspace_path: path, name: 'Renamed' });
  expect(await info(workspaceId)).toMatchObject({ name: 'Renamed', profile: { language: 'Go' }, path });
  await memory.ok('workspace', 'update', { workspace_id: workspaceId, profile: null });
  expect(await info(workspaceId)).toMatchObject({ name: 'Renamed', profile: null });
});

test('a workspace that is not there is refused with those that are', async () => {
  const { workspaceId } = await aWorld(memory);
  const two = { workspace_id: workspaceId, workspace_path: '/nowhere' };
  expect(await memory.refused('workspace', 'info', two)).toMatch(
    /^invalid_input: "\/nowhere" is no path of workspace ws_/,
  );
  const refusal = await memory.refused('workspace', 'info', { workspace_path: '/nowhere' });
  expect(refusal).toMatch(/^not_found: No workspace with path "\/nowhere"\. Known: ws_\w{12} "/);
});

test('a call that names no workspace means the one in which the server was started', async () => {
  const dataRoot = temporaryFolder();
  const project = temporaryFolder();
  const inside = await connect({ dataRoot, cwd: project });
  expect(await inside.refused('workspace', 'info')).toMatch(/^invalid_input: Which workspace\? .*register/);
  const here = await inside.id('ws', 'workspace', 'register', { path: project });
  const there = await inside.id('ws', 'workspace', 'register', { path: '/somewhere/else' });
  expect(await inside.data('workspace', 'info')).toMatchObject({ workspace_id: here });

  const outside = await connect({ dataRoot, cwd: '/' });
  expect(await outside.refused('workspace', 'info')).toMatch(/^invalid_input: Which workspace\? .*list/);
  await outside.ok('admin', 'delete_workspace', { workspace_id: there, confirm: true });
  expect(await outside.data('workspace', 'info')).toMatchObject({ workspace_id: here });
});
