/** A step is finished once, through every door: whoever finished it may say so again, the user may, and nobody else. */
import { expect, test } from 'vitest';
import { idIn, sharedMemory } from '../support/memory.ts';
import { runBin } from '../support/processes.ts';
import { aWorld, type World } from '../support/world.ts';

const memory = sharedMemory();

/** A world whose first step the agent has finished, and another agent's session. */
async function finished(): Promise<World & { step_id: string; other: string }> {
  const world = await aWorld(memory);
  const { planId: plan_id, sessionId: session_id } = world;
  const [step_id] = world.stepIds;
  await memory.ok('steps', 'next', { plan_id, agent_type: 'Executor', session_id });
  await memory.ok('steps', 'next', { plan_id, agent_type: 'Executor', session_id, evidence: { commit: '1a2b3c4' } });
  const other = idIn(await memory.ok('agent', 'init', { plan_id, agent_type: 'Painter' }), 'sess');
  return { ...world, step_id, other };
}

test('another session is refused at every door, and told who finished it and when', async () => {
  const { planId: plan_id, sessionId, step_id, other: session_id } = await finished();
  const before = await memory.data('steps', 'get', { step_id });
  const told = new RegExp(`was finished by Executor \\(session ${sessionId}\\) at \\d{4}-`);
  const late = { step_id, status: 'done', evidence: { commit: '5d6e7f8' } };
  expect(await memory.refused('steps', 'update', { ...late, session_id })).toMatch(told);
  expect(await memory.refused('steps', 'update', { step_id, evidence: null, session_id })).toMatch(told);
  expect(await memory.refused('steps', 'batch_update', { updates: [late], session_id })).toMatch(told);
  const next = { plan_id, agent_type: 'Painter', step_id, session_id };
  expect(await memory.refused('steps', 'next', next)).toMatch(told);
  const args = ['steps', 'update', '--step-id', step_id, '--status', 'done', '--session-id', session_id];
  const { code, stderr } = await runBin(args, { dataRoot: memory.dataRoot });
  expect([code, stderr]).toEqual([1, expect.stringMatching(told)]);
  expect(await memory.data('steps', 'get', { step_id })).toEqual(before);
});

test('whoever finished it says so again with better evidence, and so does the user at the command line', async () => {
  const { sessionId: session_id, step_id } = await finished();
  const evidence = { commit: '5d6e7f8' };
  await memory.ok('steps', 'update', { step_id, status: 'done', evidence, session_id });
  expect(await memory.data('steps', 'get', { step_id })).toMatchObject({ status: 'done', evidence });
  const args = ['steps', 'update', '--step-id', step_id, '--status', 'done', '--evidence', '{"commit":"9a8b7c6"}'];
  expect(await runBin(args, { dataRoot: memory.dataRoot })).toMatchObject({ code: 0 });
  expect(await memory.data('steps', 'get', { step_id })).toMatchObject({ evidence: { commit: '9a8b7c6' } });
});
