/** memory_query through the door: what happened, and how a row came to be what it is. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

interface Entry {
  at: string;
  what: string;
  session_id: string | null;
  step_id: string | null;
  summary: string;
}

async function timeline(args: object): Promise<Entry[]> {
  return (await memory.data<{ items: Entry[] }>('query', 'timeline', { ...args, limit: 200 })).items;
}

test('timeline lists every call once, newest first, and who made it', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  await memory.ok('steps', 'claim', { step_id: stepIds[0], agent_type: 'Executor', session_id: sessionId });
  await memory.ok('plan', 'add_note', { plan_id: planId, note: 'White' });
  const entries = await timeline({ plan_id: planId });
  expect(entries.map(({ what }) => what)).toEqual(['plan.add_note', 'steps.claim', 'agent.init', 'plan.create']);
  expect(entries[1]).toMatchObject({
    session_id: sessionId,
    step_id: stepIds[0],
    summary: expect.stringMatching(/^claimed/),
  });
  expect(await memory.ok('query', 'timeline', { plan_id: planId })).toMatch(
    /^4 entries: when \| what \| who \| about\n\S+Z \| plan\.add_note \| – \| ".*"\n\S+Z \| steps\.claim \| Executor \| /,
  );
});

test('timeline of a workspace has what happened to all of its plans, page by page', async () => {
  const { workspaceId, planId } = await aWorld(memory);
  const plan = { workspace_id: workspaceId, title: 'Mow', category: 'quick_task' };
  const other = await memory.id('plan', 'plan', 'create', plan);
  for (const plan_id of [planId, other]) await memory.ok('plan', 'add_note', { plan_id, note: 'Dry' });
  const place = { workspace_id: workspaceId };
  const all = await timeline(place);
  expect(all.map(({ what }) => what)).toEqual([
    'plan.add_note',
    'plan.add_note',
    'plan.create',
    'agent.init',
    'plan.create',
    'workspace.register',
  ]);
  const page = async (cursor: string) =>
    await memory.data<{ items: Entry[]; cursor?: string }>('query', 'timeline', { ...place, limit: 4, cursor });
  const [first, second] = [await page('0'), await page('4')];
  expect(first.cursor).toBe('4');
  expect(second.cursor).toBeUndefined();
  expect([...first.items, ...second.items]).toEqual(all);
  expect(await memory.ok('query', 'timeline', { plan_id: other, limit: 1 })).toMatch(/^1 entry: /);
});

test('timeline starts at a time or a day, which are part of it', async () => {
  const { planId } = await aWorld(memory);
  const entries = await timeline({ plan_id: planId });
  const [newest] = entries;
  const since = async (time: string) => (await timeline({ plan_id: planId, since: time })).length;
  expect(await since(newest?.at ?? '')).toBe(entries.filter(({ at }) => at === newest?.at).length);
  expect(await since(newest?.at.slice(0, 10) ?? '')).toBeGreaterThan(0);
  expect(await since('2999-01-01')).toBe(0);
  expect(await memory.refused('query', 'timeline', { plan_id: planId, since: 'yesterday' })).toMatch(
    /"since": expected a date such as 2026-01-31/,
  );
});

test('timeline keeps what the event log has forgotten', async () => {
  const { planId } = await aWorld(memory);
  await memory.ok('admin', 'cleanup_events', { max_age_days: 0, confirm: true });
  const whats = (await timeline({ plan_id: planId })).map(({ what }) => what);
  expect(whats).toHaveLength(2);
  expect(new Set(whats.map((what) => what.replace(' ', '.').replace('memory_', '')))).toEqual(
    new Set(['agent.init', 'plan.create']),
  );
});

test('history tells of every change of a row when, by what and whom, and what it was before', async () => {
  const { stepIds, sessionId } = await aWorld(memory);
  const [id] = stepIds;
  await memory.ok('steps', 'update', { step_id: id, notes: 'Grey' });
  await memory.ok('steps', 'update', { step_id: id, notes: 'White', session_id: sessionId });
  const { items } = await memory.data<{ items: object[] }>('query', 'history', { id });
  expect(items).toMatchObject([
    { action: 'update', session_id: sessionId, before: { notes: 'Grey' }, after: { notes: 'White' } },
    { action: 'update', session_id: null, before: { notes: null }, after: { notes: 'Grey' } },
    { action: 'create', before: null, after: { id, task: 'Buy paint', notes: null } },
  ]);
  const lines = (await memory.ok('query', 'history', { id })).split('\n');
  expect(lines[0]).toBe('3 changes: when | what | by | operation | before → after');
  expect(lines[1]).toMatch(
    new RegExp(` \\| memory_steps update \\| ${sessionId} \\| op_\\w+ \\| notes: "Grey" → "White"$`),
  );
  expect(lines[2]).toContain('| no session |');
  expect(lines[3]).toContain('made: {');
});

test('history still knows a row that was deleted, and pages through it', async () => {
  const { stepIds } = await aWorld(memory);
  const [id] = stepIds;
  await memory.ok('steps', 'delete', { step_id: id });
  expect(await memory.ok('query', 'history', { id, limit: 1 })).toMatch(
    /^1 change: .*\n.* memory_steps delete .* deleted: \{.*\nmore: the same call with cursor "1"$/,
  );
  expect(await memory.ok('query', 'history', { id, limit: 1, cursor: '1' })).toContain('made: {');
  expect(rows(memory.dataRoot, 'SELECT * FROM steps WHERE id = ?', id)).toEqual([]);
});

test('a row that nobody ever wrote has no history', async () => {
  expect(await memory.refused('query', 'history', { id: 'step_000000000000' })).toMatch(
    /^not_found: No history of a row with id "step_000000000000"\. History is kept/,
  );
});
