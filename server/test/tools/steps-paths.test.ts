/** Steps that change the same files, and claims of the dead, as agents see them. */
import { expect, test } from 'vitest';
import { sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

/** The first step is held and changes all of src; the second wants a file in it. */
async function sharedFiles() {
  const world = await aWorld(memory);
  const [first, second] = world.stepIds;
  const updates = [
    { step_id: first, paths: ['src/**'] },
    { step_id: second, paths: ['src/wall.ts'] },
  ];
  await memory.ok('steps', 'batch_update', { updates });
  const asked = { plan_id: world.planId, agent_type: 'Executor', session_id: world.sessionId };
  await memory.ok('steps', 'next', asked);
  const other = await memory.id('sess', 'agent', 'init', { plan_id: world.planId, agent_type: 'Painter' });
  return { ...world, first, second, other, asked };
}

test('next, ready and claim keep a step back whose files somebody is changing, and say who and which', async () => {
  const { planId, first, second, sessionId, other } = await sharedFiles();
  const why = `step ${second} would change "src/wall.ts", and step ${first}, which changes "src/**", is held by Executor (session ${sessionId})`;
  const asked = { plan_id: planId, agent_type: 'Painter', session_id: other };
  expect(await memory.ok('steps', 'next', asked)).toContain(`\nwaiting: ${why}`);
  expect(await memory.ok('query', 'ready', { plan_id: planId, session_id: other })).toContain(why);
  const claim = { step_id: second, agent_type: 'Painter', session_id: other };
  expect(await memory.refused('steps', 'claim', claim)).toContain(why);
  expect(await memory.refused('steps', 'update', { step_id: second, status: 'active', session_id: other })).toContain(
    why,
  );
  await memory.ok('steps', 'add', { plan_id: planId, steps: [{ task: 'Sweep', phase: 'Prepare' }] });
  expect(await memory.ok('query', 'ready', { plan_id: planId, session_id: other })).toMatch(
    /1 ready step\n {2}step_.*Sweep.*\n {2}kept back: step /,
  );
});

test('who holds the one step may have the other too', async () => {
  const { second, sessionId } = await sharedFiles();
  const claim = { step_id: second, agent_type: 'Executor', session_id: sessionId };
  expect(await memory.ok('steps', 'claim', claim)).toContain(`${second} "Wash the walls"`);
});

test('who waits is woken when the files are free', async () => {
  const { planId, first, second, other, asked } = await sharedFiles();
  const wait = memory.ok('steps', 'wait', { plan_id: planId, agent_type: 'Painter', session_id: other, timeout_s: 60 });
  await memory.ok('steps', 'release', { step_id: first, session_id: asked.session_id });
  expect(await wait).toMatch(/^ready: step_/);
  expect(await memory.ok('query', 'ready', { plan_id: planId, session_id: other })).toContain(second);
});

test('reclaim gives back what a session holds, and of a plan only what has run out', async () => {
  const { planId, first, sessionId, asked } = await sharedFiles();
  expect(await memory.ok('admin', 'reclaim', { plan_id: planId, confirm: true })).toBe(
    `Reclaimed: 0 steps\nKept: 1 step of live sessions, ${first} of ${sessionId}; target_session_id takes those too`,
  );
  const reclaim = { target_session_id: sessionId, confirm: true };
  expect(await memory.ok('admin', 'reclaim', reclaim)).toBe(`Reclaimed: 1 step, ${first}`);
  expect(await memory.refused('steps', 'next', { ...asked, notes: 'Done' })).toMatch(
    new RegExp(`^conflict: You hold no step\\. Your step ${first}, claim 1, reclaimed from Executor`),
  );
  expect(await memory.ok('steps', 'next', asked)).toMatch(/^nothing was finished: .*reclaimed from Executor/);
  expect(await memory.refused('admin', 'reclaim', { confirm: true })).toMatch(/^invalid_input: Whose claims are meant/);
});
