/** memory_steps through the door: adding, reading and changing steps. */
import { expect, test } from 'vitest';
import { idIn, sharedMemory } from '../support/memory.ts';
import { aWorld, type World } from '../support/world.ts';

const memory = sharedMemory();

interface Step {
  id: string;
  task: string;
  phase: string;
  status: string;
  type: string;
  notes: string | null;
  assignee: string | null;
  paths: string[];
  depends_on: string[];
  requires_evidence: boolean;
  evidence: object | null;
  blocked_reason: string | null;
  completed_at: string | null;
  completed_by_agent: string | null;
  claim: { agent_type: string; session_id: string; claim_number: number } | null;
}

async function step(step_id: string): Promise<Step> {
  return await memory.data<Step>('steps', 'get', { step_id });
}

async function stepsOf({ planId }: World, filter: object = {}): Promise<Step[]> {
  return (await memory.data<{ items: Step[] }>('steps', 'list', { plan_id: planId, limit: 200, ...filter })).items;
}

test('add appends to the phase that is named, creates a new one, and else takes the last', async () => {
  const world = await aWorld(memory);
  const reply = await memory.ok('steps', 'add', {
    plan_id: world.planId,
    steps: [
      { task: 'In the last phase' },
      { task: 'In the first', phase_id: world.phaseIds[0] },
      { task: 'By its name', phase: 'Prepare' },
      { task: 'In a new one', phase: 'Clean up', depends_on: ['#1', world.stepIds[0]] },
    ],
  });
  expect(reply).toMatch(/^Added 4 steps: (step_\w{12}(, )?){4}$/);
  const all = await stepsOf(world);
  expect(all.map(({ phase, task }) => `${phase}: ${task}`)).toEqual([
    'Prepare: Buy paint',
    'Prepare: Wash the walls',
    'Prepare: In the first',
    'Prepare: By its name',
    'Paint: Paint the north side',
    'Paint: Paint the south side',
    'Paint: In the last phase',
    'Clean up: In a new one',
  ]);
  expect(all.at(-1)?.depends_on).toEqual([idIn(reply, 'step'), world.stepIds[0]]);
});

test('the first steps of a plan without phases go to a phase named Work', async () => {
  const world = await aWorld(memory);
  const bare = { workspace_id: world.workspaceId, title: 'Bare', category: 'advisory' };
  const planId = await memory.id('plan', 'plan', 'create', bare);
  await memory.ok('steps', 'add', { plan_id: planId, steps: [{ task: 'Begin' }] });
  expect(await stepsOf({ ...world, planId })).toMatchObject([{ task: 'Begin', phase: 'Work' }]);
});

test('adding a step to a completed plan makes it active again', async () => {
  const { planId, stepIds } = await aWorld(memory);
  await memory.ok('steps', 'batch_update', { updates: stepIds.map((step_id) => ({ step_id, status: 'done' })) });
  expect(await memory.data('plan', 'find', { plan_id: planId })).toMatchObject({ status: 'completed' });
  await memory.ok('steps', 'add', { plan_id: planId, steps: [{ task: 'One more' }] });
  expect(await memory.data('plan', 'find', { plan_id: planId })).toMatchObject({ status: 'active' });
});

test.each([
  ['no steps', { steps: [] }, /"steps": too small/],
  ['a step without a task', { steps: [{ phase: 'Prepare' }] }, /"steps\.0\.task" is missing/],
  ['an id, which only the program gives', { steps: [{ task: 'x', step_id: 'mine' }] }, /^invalid_input: .*step_id/],
  [
    'the phase of another plan',
    { steps: [{ task: 'x', phase_id: 'phase_000000000000' }] },
    /^not_found: No phase of this plan with id "phase_000000000000"\. It has: phase_\w{12} "Prepare", phase_/,
  ],
  ['a prerequisite that does not exist', { steps: [{ task: 'x', depends_on: ['step_000000000000'] }] }, /^not_found: /],
  [
    'a number that names no step of the call',
    { steps: [{ task: 'x', depends_on: ['#7'] }] },
    /^invalid_input: "#7" names no step of this call/,
  ],
])('add refuses %s and adds nothing', async (_what, args, words) => {
  const world = await aWorld(memory);
  expect(await memory.refused('steps', 'add', { plan_id: world.planId, ...args })).toMatch(words);
  expect(await stepsOf(world)).toHaveLength(4);
});

test('list shows the steps in order, by status, phase and assignee, page by page', async () => {
  const world = await aWorld(memory);
  await memory.ok('steps', 'update', { step_id: world.stepIds[0], status: 'done' });
  await memory.ok('steps', 'update', { step_id: world.stepIds[2], assignee: 'Painter' });
  const ids = async (filter: object) => (await stepsOf(world, filter)).map(({ id }) => id);
  expect(await ids({})).toEqual(world.stepIds);
  expect(await ids({ status: 'done' })).toEqual([world.stepIds[0]]);
  expect(await ids({ phase_id: world.phaseIds[1] })).toEqual([world.stepIds[2], world.stepIds[3]]);
  expect(await ids({ assignee: 'Painter' })).toEqual([world.stepIds[2]]);
  const page = await memory.ok('steps', 'list', { plan_id: world.planId, limit: 3 });
  expect(page).toMatch(/^4 steps: id \| status \| task\n"Prepare" \(phase_\w{12}\)\n {2}step_/);
  expect(page).toContain('more: the same call with cursor "3"');
  expect(await memory.ok('steps', 'list', { plan_id: world.planId, limit: 3, cursor: '3' })).toMatch(
    new RegExp(`"Paint" \\(phase_\\w+\\)\\n {2}${world.stepIds[3]} \\| pending \\| "Paint the south side"$`),
  );
  expect(await memory.refused('steps', 'list', { plan_id: world.planId, phase_id: 'phase_000000000000' })).toMatch(
    /^not_found: No phase with id/,
  );
});

test('whoever works off a list while paging through it sees each of its steps', async () => {
  const world = await aWorld(memory);
  const all = (await stepsOf(world)).map(({ id }) => id);
  const seen: string[] = [];
  const pending = { plan_id: world.planId, status: 'pending', limit: 1 };
  const rows = { kind: 'step', plan_id: world.planId, status: 'pending', limit: 1 };
  let cursor: string | undefined = '0';
  let rowCursor: string | undefined = '0';
  const seenRows: string[] = [];
  while (cursor !== undefined) {
    const page: { items: Step[]; cursor?: string } = await memory.data('steps', 'list', { ...pending, cursor });
    const same: { items: Step[]; cursor?: string } = await memory.data('query', 'list', { ...rows, cursor: rowCursor });
    for (const { id } of page.items) {
      seen.push(id);
      await memory.ok('steps', 'update', { step_id: id, status: 'done' });
    }
    seenRows.push(...same.items.map(({ id }) => id));
    cursor = page.cursor;
    rowCursor = same.cursor;
  }
  expect(seen).toEqual(all);
  expect(seenRows).toEqual(all);
});

test('get shows a step with all that belongs to it', async () => {
  const { stepIds, sessionId } = await aWorld(memory);
  const [first, second] = stepIds;
  await memory.ok('plan', 'add_dependency', { source_id: second, target_id: first });
  await memory.ok('steps', 'update', { step_id: first, notes: 'White,\nnot grey', paths: ['walls/**'] });
  await memory.ok('context', 'store', { parent_type: 'step', parent_id: first, type: 'decision', data: { a: 1 } });
  await memory.ok('steps', 'claim', { step_id: first, agent_type: 'Executor', session_id: sessionId });
  const text = await memory.ok('steps', 'get', { step_id: first });
  expect(text).toMatch(/^Step of plan plan_\w{12} · active\n/);
  expect(text).toContain(`${first} "Buy paint"\nphase "Prepare" · standard · claim_number 1 · paths walls/**`);
  expect(text).toContain('notes: "White,\\nnot grey"');
  expect(text).toContain(`held by Executor (session ${sessionId})`);
  expect(text).toContain(`needed by step ${second}`);
  expect(text).toMatch(/context ctx_\w{12} decision/);
  expect(await memory.ok('steps', 'get', { step_id: second })).toContain(`depends on step ${first} (blocks, pending)`);
});

test('update changes what is named and nothing else', async () => {
  const { stepIds } = await aWorld(memory);
  const step_id = stepIds[0];
  const before = await step(step_id);
  const changes = {
    notes: 'Two pots',
    type: 'research',
    assignee: 'Buyer',
    paths: ['shop/*'],
    requires_evidence: true,
  };
  const reply = await memory.ok('steps', 'update', { step_id, ...changes });
  expect(reply).toBe(`Updated: ${step_id} · pending · "Buy paint"`);
  const updated_at = expect.any(String);
  expect(await step(step_id)).toEqual({ ...before, ...changes, updated_at });
  await memory.ok('steps', 'update', { step_id, task: 'Buy white paint' });
  expect(await step(step_id)).toEqual({ ...before, ...changes, task: 'Buy white paint', updated_at });
  await memory.ok('steps', 'update', { step_id, notes: null, assignee: null });
  expect(await step(step_id)).toMatchObject({ notes: null, assignee: null, type: 'research' });
});

test('done has a time and re-opening takes it back', async () => {
  const { planId, stepIds } = await aWorld(memory);
  const step_id = stepIds[0];
  await memory.ok('steps', 'update', { step_id, status: 'done', evidence: { command: 'npm test', exit_code: 0 } });
  expect(await step(step_id)).toMatchObject({
    status: 'done',
    completed_at: expect.any(String),
    evidence: { exit_code: 0 },
  });
  await memory.ok('steps', 'update', { step_id, status: 'pending' });
  expect(await step(step_id)).toMatchObject({ status: 'pending', completed_at: null, completed_by_agent: null });
  expect(await memory.ok('query', 'ready', { plan_id: planId })).toContain(step_id);
});

test('a step becomes active by an update only for a session', async () => {
  const { stepIds, sessionId } = await aWorld(memory);
  const step_id = stepIds[0];
  expect(await memory.refused('steps', 'update', { step_id, status: 'active' })).toMatch(
    /^invalid_input: A step becomes active only for somebody\. Call claim\(step_id, agent_type, session_id\?\)/,
  );
  await memory.ok('steps', 'update', { step_id, status: 'active', session_id: sessionId });
  expect((await step(step_id)).claim).toMatchObject({ session_id: sessionId, agent_type: 'Executor', claim_number: 1 });
  expect(
    await memory.refused('steps', 'update', { step_id: stepIds[2], status: 'active', session_id: sessionId }),
  ).toMatch(/^conflict: Step .* cannot be claimed now/);
});

test('only the holder, or who knows the claim number, takes a held step on', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  const step_id = stepIds[0];
  const other = await memory.id('sess', 'agent', 'init', { plan_id: planId, agent_type: 'Executor' });
  await memory.ok('steps', 'claim', { step_id, agent_type: 'Executor', session_id: sessionId });
  const held = new RegExp(`^conflict: Step ${step_id} is held by Executor \\(session ${sessionId}\\)\\.`);
  expect(await memory.refused('steps', 'update', { step_id, status: 'done' })).toMatch(held);
  expect(await memory.refused('steps', 'update', { step_id, status: 'done', session_id: other })).toMatch(held);
  expect(await memory.refused('steps', 'update', { step_id, status: 'done', claim_number: 0 })).toMatch(
    /^conflict: Claim 0 of step .* is over/,
  );
  await memory.ok('steps', 'update', { step_id, notes: 'Anybody may add what they know' });
  await memory.ok('steps', 'update', { step_id, status: 'blocked', claim_number: 1 });
  expect(await step(step_id)).toMatchObject({ status: 'blocked', claim: null });
});

test.each([
  ['requires_evidence', /it requires evidence\. Send evidence: /],
  ['requires_confirmation', /nobody has confirmed it/],
  ['requires_user_confirmation', /the user has not confirmed it/],
  ['requires_validation', /nobody else has validated it/],
])('a step that %s is not done without it', async (gate, words) => {
  const { stepIds } = await aWorld(memory);
  await memory.ok('steps', 'update', { step_id: stepIds[0], [gate]: true });
  expect(await memory.refused('steps', 'update', { step_id: stepIds[0], status: 'done' })).toMatch(words);
  expect(await step(stepIds[0])).toMatchObject({ status: 'pending', completed_at: null });
});

test('evidence, or a waiver with its reason, opens the gate', async () => {
  const { stepIds } = await aWorld(memory);
  const done = { status: 'done', requires_evidence: true };
  await memory.ok('steps', 'update', { step_id: stepIds[0], ...done, evidence: { commit: 'abc1234' } });
  await memory.ok('steps', 'update', {
    step_id: stepIds[1],
    ...done,
    evidence: { waiver: { by: 'me', reason: 'trivial' } },
  });
  expect(await memory.refused('steps', 'update', { step_id: stepIds[2], evidence: { proof: 'none' } })).toMatch(
    /unknown parameter "proof" in "evidence"/,
  );
});

test('batch_update changes all of its steps, or none', async () => {
  const world = await aWorld(memory);
  const [first, second, third] = world.stepIds;
  await memory.ok('steps', 'update', { step_id: second, notes: 'Stays' });
  const updates = [
    { step_id: first, status: 'done' },
    { step_id: second, assignee: 'Washer' },
  ];
  expect(await memory.ok('steps', 'batch_update', { updates })).toBe(`Updated 2 steps: ${first}, ${second}`);
  expect(await step(second)).toMatchObject({ notes: 'Stays', assignee: 'Washer' });

  const before = await stepsOf(world);
  const wrong = [
    { step_id: third, notes: 'x' },
    { step_id: 'step_000000000000', notes: 'y' },
  ];
  expect(await memory.refused('steps', 'batch_update', { updates: wrong })).toMatch(
    /^not_found: No step with id "step_0/,
  );
  const held = [
    { step_id: third, notes: 'x' },
    { step_id: second, status: 'active' },
  ];
  expect(await memory.refused('steps', 'batch_update', { updates: held })).toMatch(
    /^invalid_input: A step becomes active/,
  );
  const twice = [
    { step_id: first, notes: 'a' },
    { step_id: first, notes: 'b' },
  ];
  expect(await memory.refused('steps', 'batch_update', { updates: twice })).toMatch(
    /^invalid_input: Step .* is named twice/,
  );
  expect(await memory.refused('steps', 'batch_update', { updates: [] })).toMatch(/"updates": too small/);
  expect(await stepsOf(world)).toEqual(before);
});
