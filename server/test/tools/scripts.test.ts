/** memory_library through the door: build scripts, which are kept and shown, never run. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { idIn, sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

const SCRIPT = { name: 'Unit tests', command: 'npm test', directory: 'server' };

test('a script is stored as it is, and shown with its directory inside the workspace', async () => {
  const { workspaceId, path } = await aWorld(memory);
  const place = { workspace_id: workspaceId };
  const reply = await memory.ok('library', 'add_build_script', { ...place, ...SCRIPT, description: 'Takes a minute' });
  const script_id = idIn(reply, 'script');
  expect(reply).toBe(`Stored: script ${script_id} "Unit tests" in ${path}/server`);
  expect(rows(memory.dataRoot, 'SELECT * FROM build_scripts WHERE id = ?', script_id)).toMatchObject([
    { ...SCRIPT, workspace_id: workspaceId, plan_id: null, description: 'Takes a minute' },
  ]);
  expect(await memory.ok('library', 'get_build_script', { ...place, script_id })).toBe(
    `Script ${script_id} "Unit tests"\ncommand: "npm test"\ndirectory: ${path}/server\n"Takes a minute"`,
  );
});

test.each([
  ['.', ''],
  ['a/../b', '/b'],
])('the relative directory %s is resolved against the workspace', async (directory, below) => {
  const { workspaceId, path } = await aWorld(memory);
  const script = { workspace_id: workspaceId, ...SCRIPT, directory };
  expect(await memory.ok('library', 'add_build_script', script)).toMatch(new RegExp(` in ${path}${below}$`));
});

test('an absolute directory stays', async () => {
  const { workspaceId } = await aWorld(memory);
  const script = { workspace_id: workspaceId, ...SCRIPT, directory: '/opt/tools' };
  expect(await memory.ok('library', 'add_build_script', script)).toMatch(/ in \/opt\/tools$/);
});

test('a plan shows the scripts of its workspace and its own, which the workspace does not list', async () => {
  const { workspaceId, planId } = await aWorld(memory);
  const listed = async (place: object) =>
    (await memory.ok('library', 'list_build_scripts', { ...place })).match(/script_\w{12}/g) ?? [];
  expect(await listed({ workspace_id: workspaceId })).toEqual([]);
  const general = await memory.id('script', 'library', 'add_build_script', { workspace_id: workspaceId, ...SCRIPT });
  const own = await memory.id('script', 'library', 'add_build_script', { plan_id: planId, ...SCRIPT });
  expect(await listed({ workspace_id: workspaceId })).toEqual([general]);
  expect(await listed({ plan_id: planId })).toEqual([general, own]);
  expect(await listed({ plan_id: planId, limit: 1, cursor: '1' })).toEqual([own]);
  const place = { workspace_id: workspaceId, script_id: own };
  expect(await memory.refused('library', 'get_build_script', place)).toMatch(
    new RegExp(`^not_found: No build script with id .* It belongs to ${planId}\\.$`),
  );
  expect(await memory.ok('library', 'get_build_script', { plan_id: planId, script_id: own })).toContain(own);
});

test('a script is not stored on an archived plan', async () => {
  const { planId } = await aWorld(memory);
  await memory.ok('plan', 'archive', { plan_id: planId });
  const script = { plan_id: planId, ...SCRIPT };
  expect(await memory.refused('library', 'add_build_script', script)).toMatch(/^conflict: .*restore/);
});

test('a deleted script is gone, and another workspace cannot delete it', async () => {
  const [here, elsewhere] = [await aWorld(memory), await aWorld(memory)];
  const place = { workspace_id: here.workspaceId };
  const script_id = await memory.id('script', 'library', 'add_build_script', { ...place, ...SCRIPT });
  const theirs = { workspace_id: elsewhere.workspaceId, script_id };
  expect(await memory.refused('library', 'delete_build_script', theirs)).toMatch(/^not_found: No build script with id/);
  expect(await memory.ok('library', 'delete_build_script', { ...place, script_id })).toBe(
    `Deleted: script ${script_id}`,
  );
  expect(await memory.refused('library', 'delete_build_script', { ...place, script_id })).toMatch(/^not_found: /);
  expect(rows(memory.dataRoot, 'SELECT * FROM build_scripts WHERE id = ?', script_id)).toEqual([]);
});
