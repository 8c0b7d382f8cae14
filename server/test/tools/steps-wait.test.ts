/** memory_steps wait: woken over processes when a step becomes ready for the caller, and let go when nobody wants the answer. */
import { expect, test } from 'vitest';
import { tamper } from '../support/database.ts';
import { connectHttp, startServer } from '../support/http-server.ts';
import { connect, idIn, type Memory, sharedMemory } from '../support/memory.ts';
import { runBin } from '../support/processes.ts';
import { RawStdio } from '../support/raw-stdio.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

/** Somebody in another process waits for a step of this plan. */
async function waiter(planId: string): Promise<{ asked: Promise<string>; other: Memory }> {
  const other = await connect({ dataRoot: memory.dataRoot });
  const asked = other.ok('steps', 'wait', { plan_id: planId, agent_type: 'Painter', timeout_s: 60 });
  return { asked, other };
}

/** A plan whose first phase is all in the hands of the world's session. */
async function busyWorld() {
  const world = await aWorld(memory);
  for (const step_id of world.stepIds.slice(0, 2)) {
    await memory.ok('steps', 'claim', { step_id, agent_type: 'Executor', session_id: world.sessionId });
  }
  return world;
}

test('a step that is ready is answered at once', async () => {
  const { planId, stepIds } = await aWorld(memory);
  const asked = { plan_id: planId, agent_type: 'Painter' };
  expect(await memory.ok('steps', 'wait', asked)).toBe(`ready: ${stepIds[0]} "Buy paint". Take it with next.`);
});

test('who waits in vain is told for what, and a finished plan is not waited for', async () => {
  const { planId, stepIds, sessionId } = await busyWorld();
  const asked = { plan_id: planId, agent_type: 'Painter', timeout_s: 1 };
  expect(await memory.ok('steps', 'wait', asked)).toMatch(
    new RegExp(`^waiting: step ${stepIds[0]} is held by Executor, session ${sessionId}; step ${stepIds[1]} is held by`),
  );
  const updates = stepIds.map((step_id) => ({ step_id, status: 'done' }));
  await memory.ok('steps', 'batch_update', { updates, session_id: sessionId });
  expect(await memory.ok('steps', 'wait', { ...asked, timeout_s: 60 })).toBe('finished');
});

test.each<[string, (world: Awaited<ReturnType<typeof busyWorld>>) => Promise<unknown>]>([
  [
    'a step is given back',
    ({ stepIds, sessionId }) => memory.ok('steps', 'release', { step_id: stepIds[0], session_id: sessionId }),
  ],
  [
    'a phase becomes done',
    ({ stepIds, sessionId }) => {
      const updates = stepIds.slice(0, 2).map((step_id) => ({ step_id, status: 'done' }));
      return memory.ok('steps', 'batch_update', { updates, session_id: sessionId });
    },
  ],
  [
    'a step is added',
    ({ planId, phaseIds }) =>
      memory.ok('steps', 'add', { plan_id: planId, steps: [{ task: 'Fetch a ladder', phase_id: phaseIds[0] }] }),
  ],
  [
    'a dead session is reclaimed',
    ({ sessionId }) => memory.ok('admin', 'reclaim', { target_session_id: sessionId, confirm: true }),
  ],
  [
    'the plan may be worked on in any order',
    ({ planId }) => memory.ok('plan', 'update', { plan_id: planId, execution: 'free' }),
  ],
])('who waits in another process is woken when %s', async (_what, unblock) => {
  const world = await busyWorld();
  const { asked } = await waiter(world.planId);
  await unblock(world);
  expect(await asked).toMatch(/^ready: step_/);
});

test('who waits for a gate, or for a paused plan, is woken by the confirmation, or by its going on', async () => {
  const { planId, phaseIds, sessionId, stepIds } = await busyWorld();
  await memory.ok('plan', 'update_phase', { phase_id: phaseIds[0], approval_required: true });
  const updates = stepIds.slice(0, 2).map((step_id) => ({ step_id, status: 'done' }));
  await memory.ok('steps', 'batch_update', { updates, session_id: sessionId });
  const first = await waiter(planId);
  await memory.ok('plan', 'confirm', { plan_id: planId, scope: 'phase', target_id: phaseIds[0], confirmed_by: 'user' });
  expect(await first.asked).toContain(`ready: ${stepIds[2]}`);
  await memory.ok('plan', 'pause', { plan_id: planId, reason: 'user_request' });
  const second = await waiter(planId);
  await memory.ok('plan', 'resume', { plan_id: planId });
  expect(await second.asked).toContain(`ready: ${stepIds[2]}`);
});

test('who waits is woken when a lease runs out, though nothing is written then', async () => {
  const { planId, stepIds } = await busyWorld();
  const soon = new Date(Date.now() + 500).toISOString();
  tamper(memory.dataRoot, (db) =>
    db.prepare('UPDATE steps SET lease_expires_at = ? WHERE id = ?').run(soon, stepIds[0]),
  );
  const { asked, other } = await waiter(planId);
  expect(await asked).toContain(`ready: ${stepIds[0]}`);
  const reply = await other.ok('steps', 'next', { plan_id: planId, agent_type: 'Painter' });
  expect(reply).toMatch(/\ntaken over from Executor, session sess_.*: its lease ran out at/);
});

test('waiting is not answered, and holds nothing, after the client has given up', async () => {
  const { planId, stepIds, sessionId } = await busyWorld();
  const raw = new RawStdio({ dataRoot: memory.dataRoot });
  await raw.initialize();
  const args = { action: 'wait', plan_id: planId, agent_type: 'Painter', timeout_s: 60 };
  raw.send({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'memory_steps', arguments: args } });
  raw.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } });
  const waiting = raw.ask(8, 'tools/call', { name: 'memory_steps', arguments: args });
  // Once this is answered, all that was sent before it has been read.
  await raw.ask(9, 'tools/list');
  await memory.ok('steps', 'release', { step_id: stepIds[0], session_id: sessionId });
  await waiting;
  expect(raw.lines.filter((line) => line.includes('"id":7'))).toEqual([]);
});

test('a server whose client goes away in the middle of waiting ends', async () => {
  const { planId } = await busyWorld();
  const raw = new RawStdio({ dataRoot: memory.dataRoot });
  await raw.initialize();
  const args = { action: 'wait', plan_id: planId, agent_type: 'Painter', timeout_s: 60 };
  raw.send({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'memory_steps', arguments: args } });
  await raw.ask(8, 'tools/list');
  raw.running.child.stdin.end();
  expect((await raw.running.finished).code).toBe(0);
});

test('a hundred wait in one process, and all are woken', async () => {
  const { planId, stepIds, sessionId } = await busyWorld();
  const other = await connect({ dataRoot: memory.dataRoot });
  const all = Array.from({ length: 100 }, () =>
    other.ok('steps', 'wait', { plan_id: planId, agent_type: 'Painter', timeout_s: 60 }),
  );
  await memory.ok('steps', 'release', { step_id: stepIds[0], session_id: sessionId });
  expect(new Set(await Promise.all(all)).size).toBe(1);
});

test('waiting works over HTTP, where waiter and worker share a process, and on the command line', async () => {
  const server = await startServer({ dataRoot: memory.dataRoot });
  const http = await connectHttp(server);
  const { planId, stepIds, sessionId } = await busyWorld();
  const asked = http.ok('steps', 'wait', { plan_id: planId, agent_type: 'Painter', timeout_s: 60 });
  const atTerminal = runBin(['steps', 'wait', '--plan-id', planId, '--agent-type', 'Painter', '--timeout-s', '60'], {
    dataRoot: memory.dataRoot,
  });
  await http.ok('steps', 'release', { step_id: stepIds[1], session_id: sessionId });
  expect(idIn(await asked, 'step')).toBe(stepIds[1]);
  expect(await atTerminal).toMatchObject({
    code: 0,
    stdout: `ready: ${stepIds[1]} "Wash the walls". Take it with next.\n`,
  });
});
