/** Resources: plans, steps and context items by their address, with nothing in them that a tool would not say. */
import { describe, expect, test } from 'vitest';
import { HIGHEST_REPLY } from './support/catalog.ts';
import { tamper } from './support/database.ts';
import { behind, DOORS } from './support/doors.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect, type Memory, sharedMemory } from './support/memory.ts';
import { aWorld, type World } from './support/world.ts';

/** The text at an address. */
async function read(memory: Memory, uri: string): Promise<string> {
  const { contents } = await memory.client.readResource({ uri });
  expect(contents).toEqual([{ uri, mimeType: 'text/plain', text: expect.any(String) }]);
  return (contents[0] as { text: string }).text;
}

async function aContextItem({ memory, planId }: World, data: string | object): Promise<string> {
  return await memory.id('ctx', 'context', 'store', { parent_type: 'plan', parent_id: planId, type: 'decision', data });
}

describe.each(DOORS)('over $door', (door) => {
  const entered = behind(door);

  test('an address answers what the tool answers', async () => {
    const world = await aWorld(entered.memory);
    const { memory, planId, stepIds } = world;
    const id = await aContextItem(world, { colour: 'blue' });
    expect(await read(memory, `memory://plan/${planId}`)).toBe(await memory.ok('plan', 'get', { plan_id: planId }));
    const [step_id] = stepIds;
    expect(await read(memory, `memory://step/${step_id}`)).toBe(await memory.ok('steps', 'get', { step_id }));
    const item = await memory.ok('query', 'get', { id, detail: 'full' });
    expect(await read(memory, `memory://context/${id}`)).toBe(item);
    expect(item).toContain('blue');
  });

  test('an address where nothing is gets the error of the protocol, with the address and the way out', async () => {
    const { memory, planId } = await aWorld(entered.memory);
    const read = (uri: string) => memory.client.readResource({ uri });
    const nowhere = {
      'memory://plan/plan_000000000000': `No plan with id "plan_000000000000". Recent: ${planId}`,
      'memory://step/step_000000000000': 'No step with id',
      'memory://context/ctx_000000000000': 'No thing with id',
      // That of a plan is no address of a context item.
      [`memory://context/${planId}`]: 'No context item with id',
      'memory://house/1': 'not found',
      'other://plan/1': 'not found',
    };
    for (const [uri, words] of Object.entries(nowhere)) {
      await expect(read(uri), uri).rejects.toMatchObject({
        code: -32602,
        data: { uri },
        message: expect.stringContaining(words),
      });
    }
  });

  test('the templates are three, and the list holds active plans, the one that changed last first', async () => {
    const { memory, planId, workspaceId } = await aWorld(entered.memory);
    const { resourceTemplates } = await memory.client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'memory://plan/{id}',
      'memory://step/{id}',
      'memory://context/{id}',
    ]);
    const another = { workspace_id: workspaceId, title: 'Mow the lawn', category: 'quick_task' };
    const second = await memory.id('plan', 'plan', 'create', another);
    const done = await memory.id('plan', 'plan', 'create', another);
    await memory.ok('plan', 'update', { plan_id: done, status: 'completed' });
    await memory.ok('plan', 'update', { plan_id: planId, priority: 'high' });
    const { resources } = await memory.client.listResources();
    const uris = resources.map(({ uri }) => uri);
    expect(uris.slice(0, 2)).toEqual([`memory://plan/${planId}`, `memory://plan/${second}`]);
    expect(uris).not.toContain(`memory://plan/${done}`);
    expect(resources[0]).toMatchObject({ name: planId, title: 'Paint the house', mimeType: 'text/plain' });
  });
});

const memory = sharedMemory();

test('the list stays short, however many plans there are', async () => {
  const { workspaceId } = await aWorld(memory);
  for (let n = 0; n < 15; n++) {
    await memory.ok('plan', 'create', { workspace_id: workspaceId, title: `Plan ${n}`, category: 'quick_task' });
  }
  expect((await memory.client.listResources()).resources).toHaveLength(10);
});

test('a body is at most 24,000 characters, however much was stored', async () => {
  const world = await aWorld(memory);
  const { planId, stepIds } = world;
  const text = '"\n'.repeat(25_000);
  await memory.ok('plan', 'update', { plan_id: planId, description: text });
  await memory.ok('plan', 'add_note', { plan_id: planId, note: text });
  await memory.ok('steps', 'update', { step_id: stepIds[0], notes: text });
  const id = await aContextItem(world, { text });
  for (const uri of [`memory://plan/${planId}`, `memory://step/${stepIds[0]}`, `memory://context/${id}`]) {
    const body = await read(memory, uri);
    expect(body.length, uri).toBeGreaterThan(0);
    expect(body.length, uri).toBeLessThanOrEqual(HIGHEST_REPLY);
  }
});

test('an archived plan keeps its address', async () => {
  const { planId } = await aWorld(memory);
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await read(memory, `memory://plan/${planId}`)).toContain('archived');
});

test('a bug of ours is told as one, without SQL', async () => {
  const broken = await connect({ dataRoot: temporaryFolder() });
  const { planId } = await aWorld(broken);
  tamper(broken.dataRoot, (db) => db.exec('ALTER TABLE plan_notes RENAME TO elsewhere'));
  await expect(broken.client.readResource({ uri: `memory://plan/${planId}` })).rejects.toMatchObject({
    code: -32603,
    message: expect.stringMatching(/^This is a bug of Project Memory, logged as err_\w{12} on stderr/),
  });
});

test.each([[['--tools', 'core']], [['--read-only']], [['--tools', 'core', '--read-only']]])(
  'a server with %j has all of them',
  async (flags) => {
    const dataRoot = temporaryFolder();
    const world = await aWorld(await connect({ dataRoot }));
    const id = await aContextItem(world, { colour: 'blue' });
    const few = await connect({ dataRoot, flags });
    expect(await read(few, `memory://plan/${world.planId}`)).toContain('Paint the house');
    expect(await read(few, `memory://step/${world.stepIds[0]}`)).toContain('Buy paint');
    expect(await read(few, `memory://context/${id}`)).toContain('blue');
    expect((await few.client.listResources()).resources).toHaveLength(1);
  },
);
