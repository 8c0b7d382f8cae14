/** Completions: ids, found by their beginning or by words, where a prompt or an address asks for one. */
import { describe, expect, test } from 'vitest';
import { behind, DOORS } from './support/doors.ts';
import { type Memory, sharedMemory } from './support/memory.ts';
import { aWorld } from './support/world.ts';

type Completion = Awaited<ReturnType<Memory['client']['complete']>>['completion'];

async function inAddress(memory: Memory, kind: string, value: string): Promise<Completion> {
  const ref = { type: 'ref/resource' as const, uri: `memory://${kind}/{id}` };
  return (await memory.client.complete({ ref, argument: { name: 'id', value } })).completion;
}

async function inPrompt(memory: Memory, prompt: string, name: string, value: string): Promise<string[]> {
  const ref = { type: 'ref/prompt' as const, name: prompt };
  return (await memory.client.complete({ ref, argument: { name, value } })).completion.values;
}

describe.each(DOORS)('over $door', (door) => {
  const entered = behind(door);

  test('an id is found by its beginning and by words, for an address and for a prompt', async () => {
    const { memory, planId, stepIds } = await aWorld(entered.memory);
    const item = { parent_type: 'plan', parent_id: planId, type: 'decision', key: 'colour', data: 'blue' };
    const ctx = await memory.id('ctx', 'context', 'store', item);
    expect((await inAddress(memory, 'plan', planId.slice(0, 9))).values).toEqual([planId]);
    expect((await inAddress(memory, 'plan', 'house PAINT')).values).toEqual([planId]);
    expect((await inAddress(memory, 'step', 'north')).values).toEqual([stepIds[2]]);
    expect((await inAddress(memory, 'context', 'colour')).values).toEqual([ctx]);
    expect((await inAddress(memory, 'step', 'decision')).values).toEqual([]);
    for (const prompt of ['resume', 'handoff', 'review']) {
      expect(await inPrompt(memory, prompt, 'plan_id', 'house')).toEqual([planId]);
    }
  });
});

const memory = sharedMemory();

test('what changed last comes first', async () => {
  const { workspaceId } = await aWorld(memory);
  const plan = (title: string) =>
    memory.id('plan', 'plan', 'create', { workspace_id: workspaceId, title, category: 'quick_task' });
  const [first, second] = [await plan('Zebra one'), await plan('Zebra two')];
  expect((await inAddress(memory, 'plan', 'zebra')).values).toEqual([second, first]);
  await memory.ok('plan', 'update', { plan_id: first, priority: 'high' });
  expect((await inAddress(memory, 'plan', 'zebra')).values).toEqual([first, second]);
});

test('letters beyond ASCII are found whatever their case, and what looks like a pattern is plain text', async () => {
  const { workspaceId } = await aWorld(memory);
  const plan = { workspace_id: workspaceId, title: 'Ärger mit 100% _Öl_', category: 'quick_task' };
  const id = await memory.id('plan', 'plan', 'create', plan);
  for (const typed of ['ärger', 'ÖL', '100%', '_öl_']) {
    expect((await inAddress(memory, 'plan', typed)).values, typed).toEqual([id]);
  }
  expect((await inAddress(memory, 'plan', '%')).values).toEqual([id]);
});

test('at most a hundred are sent, with how many there are', async () => {
  const { planId } = await aWorld(memory);
  const steps = Array.from({ length: 150 }, (_, n) => ({ task: `Turn screw ${n}` }));
  await memory.ok('steps', 'add', { plan_id: planId, steps });
  const completion = await inAddress(memory, 'step', 'screw');
  expect(completion.values).toHaveLength(100);
  expect(completion).toMatchObject({ total: 150, hasMore: true });
});

test('an agent type is offered from the definitions that there are', async () => {
  expect(await inPrompt(memory, 'resume', 'agent_type', 'exe')).toEqual(['Executor']);
  expect(await inPrompt(memory, 'handoff', 'to_agent', 'R')).toEqual(['Researcher', 'Reviewer']);
  expect(await inPrompt(memory, 'plan', 'goal', 'x')).toEqual([]);
});
