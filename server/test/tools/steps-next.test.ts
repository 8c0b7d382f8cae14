/** memory_steps next, claim and release through the door: how agents share the steps of a plan. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { connect, idIn, sharedMemory } from '../support/memory.ts';
import { aWorld, type World } from '../support/world.ts';

const memory = sharedMemory();

async function next({ planId, sessionId }: World, more: object = {}): Promise<string> {
  return await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Executor', session_id: sessionId, ...more });
}

async function statusOf(step_id: string): Promise<string> {
  return (await memory.data<{ status: string }>('steps', 'get', { step_id })).status;
}

test('next gives the first ready step, then finishes it and gives the one after, until the plan is finished', async () => {
  const world = await aWorld(memory);
  const [first, second, third, fourth] = world.stepIds;
  expect(await next(world)).toBe(
    `session_id: ${world.sessionId}\nnext: ${first} "Buy paint"\nphase "Prepare" · standard · claim_number 1`,
  );
  expect(await next(world, { notes: 'Ten litres' })).toMatch(
    new RegExp(`^done: ${first}\nsession_id: .*\nnext: ${second} `),
  );
  expect(await memory.data('steps', 'get', { step_id: first })).toMatchObject({
    status: 'done',
    notes: 'Ten litres',
    completed_by_agent: 'Executor',
    claim: null,
  });
  expect(await next(world)).toMatch(
    new RegExp(`^done: ${second}\nunblocked: ${fourth}\nsession_id: .*\nnext: ${third} `),
  );
  expect(await next(world)).toMatch(new RegExp(`^done: ${third}\nsession_id: .*\nnext: ${fourth} `));
  expect(await next(world)).toBe(`done: ${fourth}\nsession_id: ${world.sessionId}\nfinished`);
  expect(await next(world)).toBe(`session_id: ${world.sessionId}\nfinished`);
  expect(await memory.data('plan', 'find', { plan_id: world.planId })).toMatchObject({ status: 'completed' });
});

test('next without a session opens one with the first step, and none in vain', async () => {
  const { planId, stepIds } = await aWorld(memory);
  const asked = { plan_id: planId, agent_type: 'Stranger' };
  const sessions = () => rows(memory.dataRoot, 'SELECT id FROM sessions WHERE plan_id = ?', planId).length;
  const reply = await memory.ok('steps', 'next', asked);
  expect(reply).toContain(`next: ${stepIds[0]} `);
  const session_id = idIn(reply, 'sess');
  expect(sessions()).toBe(2);
  // Nothing is finished that the caller does not name: it asks again without its session.
  expect(await memory.ok('steps', 'next', asked)).toContain(`next: ${stepIds[1]} `);
  expect(await statusOf(stepIds[0])).toBe('active');
  expect(await memory.ok('steps', 'next', asked)).toMatch(/^waiting: step .* is held by Stranger, session sess_/);
  expect(sessions()).toBe(3);
  expect(await memory.ok('steps', 'next', { ...asked, session_id })).toMatch(new RegExp(`^done: ${stepIds[0]}\n`));
});

test('next with the id of the held step and without a session goes on as the session that holds it', async () => {
  const { planId, stepIds } = await aWorld(memory);
  const asked = { plan_id: planId, agent_type: 'Stranger' };
  const session = idIn(await memory.ok('steps', 'next', asked), 'sess');
  const reply = await memory.ok('steps', 'next', { ...asked, step_id: stepIds[0] });
  expect(reply).toMatch(new RegExp(`^done: ${stepIds[0]}\nsession_id: ${session}\nnext: ${stepIds[1]} `));
});

test('next refuses to finish a step that is not the caller’s active one', async () => {
  const world = await aWorld(memory);
  const { planId, stepIds } = world;
  await next(world);
  const other = { plan_id: planId, agent_type: 'Reviewer' };
  const words = new RegExp(
    `^conflict: Step ${stepIds[0]} is active and not your active step: it is held by Executor \\(session .*\\)\\. Call next`,
  );
  expect(await memory.refused('steps', 'next', { ...other, step_id: stepIds[0] })).toMatch(words);
  expect(await memory.refused('steps', 'next', { ...other, step_id: stepIds[1] })).toMatch(/is pending and not your/);
  expect(await memory.refused('steps', 'next', { ...other, step_id: 'step_000000000000' })).toMatch(
    /^not_found: No step of this plan/,
  );
  expect(await Promise.all(stepIds.map(statusOf))).toEqual(['active', 'pending', 'pending', 'pending']);
});

test('who holds several steps says which one is finished', async () => {
  const world = await aWorld(memory);
  const { stepIds, sessionId } = world;
  for (const step_id of stepIds.slice(0, 2)) {
    await memory.ok('steps', 'claim', { step_id, agent_type: 'Executor', session_id: sessionId });
  }
  const asked = { plan_id: world.planId, agent_type: 'Executor', session_id: sessionId };
  expect(await memory.refused('steps', 'next', asked)).toMatch(
    /^conflict: You hold several steps: .* Name the one you have finished/,
  );
  expect(await next(world, { step_id: stepIds[1] })).toMatch(new RegExp(`^done: ${stepIds[1]}\n`));
});

test('a gate that is not met keeps the step active, and gives no other', async () => {
  const world = await aWorld(memory);
  await memory.ok('steps', 'update', { step_id: world.stepIds[0], requires_evidence: true });
  await next(world);
  const asked = { plan_id: world.planId, agent_type: 'Executor', session_id: world.sessionId };
  expect(await memory.refused('steps', 'next', asked)).toMatch(/^conflict: .* it requires evidence\. Send evidence/);
  expect(await statusOf(world.stepIds[0])).toBe('active');
  expect(await next(world, { evidence: { command: 'ls', exit_code: 0 } })).toContain(`next: ${world.stepIds[1]} `);
});

test.each(['paused', 'blocked', 'failed'])('a %s plan hands out nothing and says so', async (status) => {
  const world = await aWorld(memory);
  await memory.ok('plan', 'update', { plan_id: world.planId, status });
  expect(await next(world)).toBe(`session_id: ${world.sessionId}\nwaiting: the plan is ${status}`);
  expect(await memory.refused('steps', 'claim', { step_id: world.stepIds[0], agent_type: 'Executor' })).toMatch(
    new RegExp(`^conflict: .* cannot be claimed now: the plan is ${status}`),
  );
});

test('an archived plan hands out nothing and says so', async () => {
  const { planId, stepIds } = await aWorld(memory);
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Executor' })).toBe(
    'waiting: the plan is archived',
  );
  expect(await statusOf(stepIds[0])).toBe('pending');
});

test('blocked steps are named with their state', async () => {
  const world = await aWorld(memory);
  for (const step_id of world.stepIds.slice(0, 2)) await memory.ok('steps', 'update', { step_id, status: 'blocked' });
  expect(await next(world)).toMatch(
    new RegExp(`\nblocked: step ${world.stepIds[0]} is blocked: no reason given; step `),
  );
});

test('a plan that waits for another says for which', async () => {
  const world = await aWorld(memory);
  const other = await aWorld(memory);
  await memory.ok('plan', 'add_dependency', { source_id: world.planId, target_id: other.planId });
  expect(await next(world)).toContain(`waiting: ${world.planId} waits for plan ${other.planId}`);
});

test('a free plan gives steps of all phases, a phased one those of the first unfinished', async () => {
  const world = await aWorld(memory);
  const { planId, stepIds } = world;
  const claim = { step_id: stepIds[2], agent_type: 'Executor' };
  expect(await memory.refused('steps', 'claim', claim)).toMatch(/^conflict: Step .* cannot be claimed now: .*ready/);
  await memory.ok('plan', 'update', { plan_id: planId, execution: 'free' });
  expect(await memory.ok('steps', 'claim', claim)).toContain(stepIds[2]);
});

test('claim takes one step for one caller, and opens a session for a caller without one', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  const step_id = stepIds[1];
  const reply = await memory.ok('steps', 'claim', { step_id, agent_type: 'Washer' });
  expect(reply).toMatch(
    new RegExp(`^claimed with session_id: sess_\\w{12}\n${step_id} "Wash the walls"\n.*claim_number 1`),
  );
  const holder = idIn(reply, 'sess');
  expect(holder).not.toBe(sessionId);
  const again = await memory.ok('steps', 'claim', { step_id, agent_type: 'Washer', session_id: holder });
  expect(again).toBe(reply);
  expect(await memory.refused('steps', 'claim', { step_id, agent_type: 'Washer', session_id: sessionId })).toMatch(
    new RegExp(`^conflict: Step ${step_id} cannot be claimed now: it is active\\. memory_query .*ready`),
  );
  expect(await memory.ok('query', 'ready', { plan_id: planId })).toContain('1 ready step');
});

test('of many claimers in two processes exactly one wins', async () => {
  const { planId, stepIds } = await aWorld(memory);
  const other = await connect({ dataRoot: memory.dataRoot });
  const claims = Array.from({ length: 20 }, (_, i) =>
    (i % 2 === 0 ? memory : other).call('steps', 'claim', { step_id: stepIds[0], agent_type: `Agent ${i}` }),
  );
  const won = (await Promise.all(claims)).filter((result) => result.isError !== true);
  expect(won).toHaveLength(1);
  expect(rows(memory.dataRoot, 'SELECT claim_number FROM steps WHERE id = ?', stepIds[0])).toEqual([
    { claim_number: 1 },
  ]);
  // Those who lost left no session behind.
  expect(rows(memory.dataRoot, 'SELECT id FROM sessions WHERE plan_id = ?', planId)).toHaveLength(2);
});

test('release gives a step back, which the next claimer gets under a new claim number', async () => {
  const world = await aWorld(memory);
  const { planId, stepIds, sessionId } = world;
  const step_id = stepIds[0];
  await next(world);
  expect(await memory.refused('steps', 'release', { step_id })).toMatch(/^conflict: Step .* is held by Executor/);
  expect(await memory.ok('steps', 'release', { step_id, session_id: sessionId, reason: 'It rains' })).toBe(
    `Released: ${step_id}, "It rains"`,
  );
  expect(await memory.refused('steps', 'release', { step_id, session_id: sessionId })).toMatch(
    /^conflict: Step .* is pending, so nobody holds it/,
  );
  const reply = await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Second' });
  expect(reply).toMatch(new RegExp(`next: ${step_id} .*\n.*claim_number 2`));
  expect(await memory.refused('steps', 'release', { step_id, claim_number: 1 })).toMatch(
    /^conflict: Claim 1 of step .* is over/,
  );
  await memory.ok('steps', 'release', { step_id, claim_number: 2 });
});

test('a lost answer to next is given again by its request_id, and no step is finished unseen', async () => {
  const world = await aWorld(memory);
  const lost = await next(world, { request_id: `next of ${world.planId}` });
  expect(await next(world, { request_id: `next of ${world.planId}` })).toBe(lost);
  expect(await statusOf(world.stepIds[0])).toBe('active');
  expect(await statusOf(world.stepIds[1])).toBe('pending');
});
