/** What holds for every action of every tool, asked of a real server: it answers, and a write can be repeated safely. */
import { expect, test } from 'vitest';
import { ALL_CALLS, CALLS } from './support/calls.ts';
import { actionOf, replyLimit } from './support/catalog.ts';
import { rows, writingNothing } from './support/database.ts';
import { type Args, sharedMemory } from './support/memory.ts';
import { aWorld } from './support/world.ts';

const memory = sharedMemory();

const READS = ALL_CALLS.filter((call) => actionOf(call).effect === 'read');
const WRITES = ALL_CALLS.filter((call) => actionOf(call).effect === 'write');

test('the published tools have exactly the actions that these tests call', async () => {
  const published = (await memory.tools()).map(({ name, inputSchema }) => [
    name.replace('memory_', ''),
    [...(inputSchema.properties as { action: { enum: string[] } }).action.enum].sort(),
  ]);
  const called = Object.entries(CALLS).map(([tool, actions]) => [tool, Object.keys(actions).sort()]);
  expect(Object.fromEntries(published)).toEqual(Object.fromEntries(called));
});

test.each(READS)('$tool $action answers and changes nothing', async ({ tool, action, call }) => {
  const args = await call(await aWorld(memory));
  await writingNothing(memory.dataRoot, async () => {
    const text = await memory.ok(tool, action, args);
    expect(text).not.toBe('');
    // The pieces of a long text are that text, whatever the form.
    const full = await memory.ok(tool, action, { ...args, detail: 'full' });
    if (full !== text) expect(JSON.parse(full)).toBeTypeOf('object');
  });
});

test.each(WRITES)(
  '$tool $action answers briefly, the same to the same request_id, and happens once',
  async ({ tool, action, call }) => {
    const world = await aWorld(memory);
    const args = { ...(await call(world)), request_id: `request of ${world.workspaceId}` };
    const first = await memory.ok(tool, action, args);
    expect(first.length).toBeLessThanOrEqual(replyLimit(action));
    await writingNothing(memory.dataRoot, async () => {
      expect(await memory.ok(tool, action, args)).toBe(first);
      expect(await memory.ok(tool, action, reversed(args))).toBe(first);
    });
  },
);

test.each(WRITES)(
  '$tool $action is logged once, and refuses a request_id that is used for another call',
  async ({ tool, action, call }) => {
    const world = await aWorld(memory);
    const request_id = `request of ${world.workspaceId}`;
    const args = await call(world);
    const [last] = rows<{ seq: number }>(memory.dataRoot, 'SELECT max(seq) AS seq FROM event_log');
    await memory.ok(tool, action, { ...args, request_id });
    const events = rows(
      memory.dataRoot,
      // Beside the call, the log of a session that loses a step tells it why.
      "SELECT event_type FROM event_log WHERE seq > ? AND event_type NOT LIKE 'claim.%'",
      last?.seq ?? 0,
    );
    expect(events).toEqual([{ event_type: `${tool}.${action}` }]);

    await writingNothing(memory.dataRoot, async () => {
      const other = { ...args, ...changed(args), request_id };
      expect(await memory.refused(tool, action, other)).toMatch(/^conflict: request_id .* was already used/);
      const note = { plan_id: world.planId, note: 'Another call', request_id };
      expect(await memory.refused('plan', 'add_note', note)).toMatch(/^conflict: request_id .* was already used/);
    });
  },
);

test('a refused call leaves its request_id free', async () => {
  const { planId } = await aWorld(memory);
  const request_id = `request of ${planId}`;
  await memory.refused('plan', 'add_note', { plan_id: 'plan_000000000000', note: 'Lost', request_id });
  await memory.ok('plan', 'add_note', { plan_id: planId, note: 'Found', request_id });
});

test('null and empty text in an optional parameter of a create count as absent', async () => {
  const { workspaceId } = await aWorld(memory);
  const empty = { description: '', priority: null, goals: null, program_id: '', workspace_path: '' };
  const bare = { workspace_id: workspaceId, title: 'Bare', category: 'advisory' };
  const planId = await memory.id('plan', 'plan', 'create', { ...bare, ...empty });
  const plan = await memory.data('plan', 'get', { plan_id: planId });
  expect(plan).toMatchObject({ description: null, priority: 'medium', goals: [], program_id: null });
});

/** The same call with its keys the other way round. */
function reversed(args: Args): Args {
  return Object.fromEntries(Object.entries(args).reverse());
}

/** Another value of the same type for one parameter of a call; sets of words are left as they are. */
function changed(args: Args): Args {
  for (const [key, value] of Object.entries(args)) {
    if (typeof value === 'string' && !['parent_type', 'category'].includes(key)) return { [key]: `${value}x` };
    if (typeof value === 'number') return { [key]: value + 1 };
  }
  return { session_id: 'sess_000000000000' };
}
