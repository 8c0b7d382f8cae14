/** Claims over processes: a server that lives keeps those of its sessions; one that is stopped loses them, and is told so. */
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from './support/folders.ts';
import { connect, idIn } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { aWorld } from './support/world.ts';

// Leases take their time.
vi.setConfig({ testTimeout: 60_000 });

const SHORT = { PROJECT_MEMORY_LEASE_SECONDS: '3' };

/** A world whose first step another server's session holds, under leases of three seconds. */
async function heldByAnother() {
  const dataRoot = temporaryFolder();
  const memory = await connect({ dataRoot, env: SHORT });
  const world = await aWorld(memory);
  const other = await connect({ dataRoot, env: SHORT });
  const asked = { plan_id: world.planId, agent_type: 'Painter' };
  const held = idIn(await other.ok('steps', 'next', asked), 'sess');
  return { memory, world, other, asked, session_id: held };
}

test('an agent that makes no calls keeps its step as long as its server runs, and no longer', async () => {
  const { memory, world, other, asked } = await heldByAnother();
  const [first, second] = world.stepIds;
  // Longer than two leases.
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  expect(await memory.ok('steps', 'next', { ...asked, session_id: world.sessionId })).toContain(`next: ${second} `);
  await other.close();
  const reply = await memory.ok('steps', 'wait', { ...asked, timeout_s: 60 });
  expect(reply).toContain(`ready: ${first} `);
});

test('a server that was stopped for longer than a lease comes back to a refusal that names the new holder', async () => {
  const { memory, world, other, asked, session_id } = await heldByAnother();
  const [first] = world.stepIds;
  other.signal('SIGSTOP');
  await memory.ok('steps', 'claim', { step_id: world.stepIds[1], agent_type: 'Executor', session_id: world.sessionId });
  await memory.ok('steps', 'wait', { ...asked, timeout_s: 60 });
  const taken = await memory.ok('steps', 'claim', {
    step_id: first,
    agent_type: 'Executor',
    session_id: world.sessionId,
  });
  expect(taken).toMatch(/claim_number 2[\s\S]*taken over from Painter, session .*: its lease ran out at/);
  other.signal('SIGCONT');
  const done = { ...asked, session_id, step_id: first, claim_number: 1 };
  expect(await other.refused('steps', 'next', done)).toContain(`it is held by Executor (session ${world.sessionId})`);
  expect(await other.refused('steps', 'update', { step_id: first, status: 'done', claim_number: 1 })).toMatch(
    new RegExp(`Claim 1 of step ${first} is over: .*session ${world.sessionId}\\), claim 2`),
  );
  expect(await other.ok('steps', 'next', { ...asked, session_id })).toMatch(
    new RegExp(`^nothing was finished: "?${first}, claim 1, taken over from Painter`),
  );
});

test('a server that comes back when another has finished its step leaves that completion and its evidence alone', async () => {
  const { memory, world, other, asked, session_id } = await heldByAnother();
  const [step_id] = world.stepIds;
  other.signal('SIGSTOP');
  // Holding the second, it waits for the first.
  await memory.ok('steps', 'claim', { step_id: world.stepIds[1], agent_type: 'Executor', session_id: world.sessionId });
  await memory.ok('steps', 'wait', { ...asked, timeout_s: 60 });
  const mine = { step_id, session_id: world.sessionId };
  await memory.ok('steps', 'claim', { ...mine, agent_type: 'Executor' });
  const evidence = { command: 'npm test', exit_code: 0 };
  await memory.ok('steps', 'update', { ...mine, status: 'done', evidence });
  other.signal('SIGCONT');
  const late = { step_id, status: 'done', evidence: { waiver: { by: 'Painter', reason: 'late' } } };
  const finished = `it was finished by Executor (session ${world.sessionId}) at `;
  expect(await other.refused('steps', 'update', { ...late, session_id })).toContain(finished);
  expect(await other.refused('steps', 'batch_update', { updates: [late], session_id })).toContain(finished);
  expect(await memory.data('steps', 'get', { step_id })).toMatchObject({ status: 'done', evidence });
});

test('a lease that is no number of seconds is refused at the start', async () => {
  const dataRoot = temporaryFolder();
  const { code, stderr } = await runBin(['mcp'], { dataRoot, env: { PROJECT_MEMORY_LEASE_SECONDS: 'long' } });
  expect([code, stderr]).toEqual([2, expect.stringMatching(/PROJECT_MEMORY_LEASE_SECONDS is "long"\. Use a number/)]);
});
