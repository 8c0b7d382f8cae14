/** memory_context through the door: knowledge that holds for a whole workspace. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

test('knowledge is stored under its slug, and storing it again keeps what is not named', async () => {
  const { workspaceId, planId } = await aWorld(memory);
  const place = { workspace_id: workspaceId, slug: 'build' };
  const first = { title: 'How to build', data: 'npm run build', category: 'howto', tags: ['build'] };
  const id = await memory.id('know', 'context', 'store_knowledge', { ...place, ...first, created_by_plan: planId });
  await memory.ok('context', 'store_knowledge', { ...place, title: 'How we build', data: { command: 'make' } });
  expect(await memory.data('context', 'get_knowledge', place)).toMatchObject({
    id,
    title: 'How we build',
    data: { command: 'make' },
    category: 'howto',
    tags: ['build'],
    created_by_plan: planId,
  });
  expect(await memory.ok('context', 'get_knowledge', place)).toMatch(
    /^build \(know_\w{12}\) "How we build" · howto · build · \S+Z\n\{"command":"make"\}$/,
  );
});

test('each workspace has its own knowledge, listed by category', async () => {
  const [here, elsewhere] = [await aWorld(memory), await aWorld(memory)];
  const store = async (workspace_id: string, slug: string, category: string) =>
    await memory.ok('context', 'store_knowledge', { workspace_id, slug, title: slug, data: { a: 1 }, category });
  await store(here.workspaceId, 'paint', 'material');
  await store(here.workspaceId, 'ladder', 'tool');
  await store(elsewhere.workspaceId, 'paint', 'material');
  const listed = async (filter: object) =>
    (
      await memory.data<{ items: { slug: string }[] }>('context', 'list_knowledge', {
        workspace_id: here.workspaceId,
        ...filter,
      })
    ).items.map(({ slug }) => slug);
  expect((await listed({})).sort()).toEqual(['ladder', 'paint']);
  expect(await listed({ category: 'tool' })).toEqual(['ladder']);
});

test('knowledge that is not there is refused with what there is', async () => {
  const { workspaceId } = await aWorld(memory);
  const place = { workspace_id: workspaceId, slug: 'paint' };
  expect(await memory.refused('context', 'get_knowledge', place)).toMatch(
    /^not_found: No knowledge is called "paint"\. There is none yet\./,
  );
  await memory.ok('context', 'store_knowledge', { ...place, slug: 'ladder', title: 'Ladder', data: { a: 1 } });
  expect(await memory.refused('context', 'get_knowledge', place)).toMatch(/ There is: ladder\.$/);
  expect(await memory.refused('context', 'delete_knowledge', place)).toMatch(/^not_found: .* list_knowledge shows/);
});

test('a slug is one line: nothing in it can pass for a line of a reply', async () => {
  const { workspaceId } = await aWorld(memory);
  const known = { workspace_id: workspaceId, slug: 'a\nb', title: 'T', data: { a: 1 } };
  expect(await memory.refused('context', 'store_knowledge', known)).toMatch(/"slug": must be one line/);
});

test('deleted knowledge is gone', async () => {
  const { workspaceId } = await aWorld(memory);
  const place = { workspace_id: workspaceId, slug: 'paint' };
  const id = await memory.id('know', 'context', 'store_knowledge', { ...place, title: 'Paint', data: { a: 1 } });
  expect(await memory.ok('context', 'delete_knowledge', place)).toBe('Deleted: knowledge paint');
  expect(rows(memory.dataRoot, 'SELECT * FROM knowledge WHERE id = ?', id)).toEqual([]);
});
