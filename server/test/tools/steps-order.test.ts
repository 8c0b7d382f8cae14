/** memory_steps through the door: where steps stand, which there are, and blocking them. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { idIn, sharedMemory } from '../support/memory.ts';
import { aWorld, type World } from '../support/world.ts';

const memory = sharedMemory();

interface Step {
  id: string;
  task: string;
  phase: string;
  status: string;
  notes: string | null;
  paths: string[];
  type: string;
  blocked_reason: string | null;
  depends_on: string[];
  claim: object | null;
}

async function stepsOf(plan_id: string): Promise<Step[]> {
  return (await memory.data<{ items: Step[] }>('steps', 'list', { plan_id, limit: 200 })).items;
}

async function tasksOf({ planId }: Pick<World, 'planId'>): Promise<string[]> {
  return (await stepsOf(planId)).map(({ phase, task }) => `${phase}: ${task}`);
}

const TASKS = [
  'Prepare: Buy paint',
  'Prepare: Wash the walls',
  'Paint: Paint the north side',
  'Paint: Paint the south side',
];

test('insert puts a step where it is told to, behind what it depends on', async () => {
  const world = await aWorld(memory);
  const [phase_id] = world.phaseIds;
  const step = { task: 'Look at the sky', depends_on: [world.stepIds[0]], type: 'analysis' };
  const reply = await memory.ok('steps', 'insert', { phase_id, at_index: 1, step });
  expect(reply).toBe(`Inserted: ${idIn(reply, 'step')} as number 2 of its phase`);
  expect(await tasksOf(world)).toEqual(TASKS.toSpliced(1, 0, 'Prepare: Look at the sky'));
  expect((await stepsOf(world.planId))[1]).toMatchObject({ type: 'analysis', depends_on: [world.stepIds[0]] });
  await memory.ok('steps', 'insert', { phase_id, at_index: 99, step: { task: 'Last of all' } });
  expect((await tasksOf(world))[3]).toBe('Prepare: Last of all');
});

test.each([
  ['an id, which only the program gives', { step_id: 'step_000000000000' }, /^invalid_input: A new step cannot have/],
  ['a phase of its own', { phase: 'Paint' }, /^invalid_input: The step names a phase of its own\. Leave phase/],
  ['a prerequisite that does not exist', { depends_on: ['step_000000000000'] }, /^not_found: /],
])('insert refuses %s, and nothing is inserted', async (_what, fields, words) => {
  const world = await aWorld(memory);
  const args = { phase_id: world.phaseIds[0], at_index: 0, step: { task: 'Look', ...fields } };
  expect(await memory.refused('steps', 'insert', args)).toMatch(words);
  expect(await tasksOf(world)).toEqual(TASKS);
});

test('move takes a step within its phase and to another, and both stay without gaps', async () => {
  const world = await aWorld(memory);
  const [step_id] = world.stepIds;
  expect(await memory.ok('steps', 'move', { step_id, to_index: 1 })).toBe(
    `Moved: ${step_id} is number 2 of phase ${world.phaseIds[0]}`,
  );
  expect((await tasksOf(world)).slice(0, 2)).toEqual([TASKS[1], TASKS[0]]);
  await memory.ok('steps', 'move', { step_id, to_phase_id: world.phaseIds[1], to_index: 1 });
  expect(await tasksOf(world)).toEqual([TASKS[1], TASKS[2], 'Paint: Buy paint', TASKS[3]]);
  const places = 'SELECT order_index FROM steps WHERE plan_id = ? ORDER BY phase_id = ?, order_index';
  expect(rows(memory.dataRoot, places, world.planId, world.phaseIds[1])).toEqual(
    [0, 0, 1, 2].map((order_index) => ({ order_index })),
  );
});

test('move refuses the phase of another plan, and a place where steps would wait for themselves', async () => {
  const world = await aWorld(memory);
  const other = await aWorld(memory);
  const [step_id, second] = world.stepIds;
  const last = world.phaseIds[1];
  expect(await memory.refused('steps', 'move', { step_id, to_phase_id: other.phaseIds[0], to_index: 0 })).toMatch(
    /^invalid_input: .* belongs to another plan/,
  );
  await memory.ok('plan', 'add_dependency', { source_id: last, target_id: second });
  expect(await memory.refused('steps', 'move', { step_id: second, to_phase_id: last, to_index: 0 })).toMatch(
    /^cycle: /,
  );
  expect(await tasksOf(world)).toEqual(TASKS);
});

test('reorder wants every step of the phase once', async () => {
  const world = await aWorld(memory);
  const phase_id = world.phaseIds[0];
  const [first, second, third] = world.stepIds;
  expect(await memory.ok('steps', 'reorder', { phase_id, order: [second, first] })).toBe(
    `Reordered: 2 steps of phase ${phase_id}`,
  );
  for (const order of [[first], [first, first], [first, second, third]]) {
    expect(await memory.refused('steps', 'reorder', { phase_id, order })).toMatch(
      /^invalid_input: The new order must name each step exactly once .* Give all 2 ids/,
    );
  }
  expect((await tasksOf(world)).slice(0, 2)).toEqual([TASKS[1], TASKS[0]]);
});

test('delete closes the gap, takes the edges along and completes a plan that has nothing left to do', async () => {
  const world = await aWorld(memory);
  const [first, second, third, fourth] = world.stepIds;
  await memory.ok('plan', 'add_dependency', { source_id: fourth, target_id: first });
  expect(await memory.ok('steps', 'delete', { step_id: first })).toBe(`Deleted: ${first} "Buy paint"`);
  expect(await tasksOf(world)).toEqual(TASKS.slice(1));
  expect((await stepsOf(world.planId)).at(-1)?.depends_on).toEqual([]);
  const places = 'SELECT id FROM steps WHERE phase_id = ? AND order_index = 0';
  expect(rows(memory.dataRoot, places, world.phaseIds[0])).toEqual([{ id: second }]);
  await memory.ok('steps', 'batch_update', { updates: [second, third].map((id) => ({ step_id: id, status: 'done' })) });
  await memory.ok('steps', 'delete', { step_id: fourth });
  expect(await memory.data('plan', 'find', { plan_id: world.planId })).toMatchObject({ status: 'completed' });
});

test('a step that somebody works on is deleted by its holder alone', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  const [step_id] = stepIds;
  await memory.ok('steps', 'claim', { step_id, agent_type: 'Executor', session_id: sessionId });
  const held = new RegExp(`^conflict: Step ${step_id} is being worked on by Executor\\. Let its holder finish`);
  expect(await memory.refused('steps', 'delete', { step_id })).toMatch(held);
  const steps = [{ step_id: stepIds[1], task: 'Alone' }];
  expect(await memory.refused('steps', 'replace', { plan_id: planId, steps })).toMatch(held);
  expect(await stepsOf(planId)).toHaveLength(4);
  await memory.ok('steps', 'delete', { step_id, session_id: sessionId });
});

test('replace keeps the rows of steps that are named, deletes the others and adds the new ones in order', async () => {
  const world = await aWorld(memory);
  const [first, second] = world.stepIds;
  await memory.ok('steps', 'update', { step_id: second, status: 'done', notes: 'Warm water' });
  const steps = [
    { task: 'Choose a colour', phase: 'Prepare' },
    { step_id: second, task: 'Wash all walls' },
    { step_id: first, task: 'Buy paint', phase: 'Shop', depends_on: ['#1'] },
  ];
  expect(await memory.ok('steps', 'replace', { plan_id: world.planId, steps })).toBe(
    'Replaced: 3 steps, 2 kept, 1 new, 2 deleted',
  );
  const after = await stepsOf(world.planId);
  expect(await tasksOf(world)).toEqual(['Prepare: Choose a colour', 'Prepare: Wash all walls', 'Shop: Buy paint']);
  expect(after[1]).toMatchObject({ id: second, status: 'done', notes: 'Warm water' });
  expect(after[2]).toMatchObject({ id: first, depends_on: [after[0]?.id] });
});

test('replace refuses a step of another plan and one that is named twice, and nothing happens', async () => {
  const world = await aWorld(memory);
  const other = await aWorld(memory);
  const refused = async (...ids: string[]) =>
    await memory.refused('steps', 'replace', {
      plan_id: world.planId,
      steps: ids.map((step_id) => ({ step_id, task: 'x' })),
    });
  expect(await refused(other.stepIds[0])).toMatch(
    /^invalid_input: Step ".*" is not a step of plan .*memory_steps list/,
  );
  expect(await refused(world.stepIds[0], world.stepIds[0])).toMatch(/^invalid_input: Step step_\w+ is named twice/);
  expect(await tasksOf(world)).toEqual(TASKS);
});

test('a plan of more than 20 steps shrinks below its half only when that is meant', async () => {
  const { planId } = await aWorld(memory);
  const more = Array.from({ length: 17 }, (_, n) => ({ task: `Coat ${n}` }));
  await memory.ok('steps', 'add', { plan_id: planId, steps: more });
  const ten = { plan_id: planId, steps: more.slice(0, 10) };
  expect(await memory.refused('steps', 'replace', ten)).toMatch(
    /^conflict: The plan would shrink from 21 to 10 steps\. Send confirm_loss: true if that is meant\./,
  );
  expect(await stepsOf(planId)).toHaveLength(21);
  await memory.ok('steps', 'replace', { ...ten, steps: more.slice(0, 11) });
  expect(await stepsOf(planId)).toHaveLength(11);
  await memory.ok('steps', 'add', { plan_id: planId, steps: more });
  await memory.ok('steps', 'replace', { ...ten, confirm_loss: true });
  expect(await stepsOf(planId)).toHaveLength(10);
});

test('a plan of 20 steps is replaced by a single one', async () => {
  const { planId } = await aWorld(memory);
  const more = Array.from({ length: 16 }, (_, n) => ({ task: `Coat ${n}` }));
  await memory.ok('steps', 'add', { plan_id: planId, steps: more });
  await memory.ok('steps', 'replace', { plan_id: planId, steps: [{ task: 'Paint' }] });
  expect(await stepsOf(planId)).toHaveLength(1);
});

test('consolidate makes one step of neighbours, with their edges, paths and gates', async () => {
  const world = await aWorld(memory);
  const [first, second, third] = world.stepIds;
  await memory.ok('plan', 'add_dependency', { source_id: third, target_id: second });
  await memory.ok('steps', 'update', { step_id: first, paths: ['shop/**'], notes: 'White', requires_evidence: true });
  await memory.ok('steps', 'update', { step_id: second, paths: ['walls/**'], requires_user_confirmation: true });
  const reply = await memory.ok('steps', 'consolidate', { step_ids: [second, first], task: 'Get ready' });
  const step_id = idIn(reply, 'step');
  expect(reply).toBe(`Consolidated: 2 steps are ${step_id} "Get ready" now`);
  expect(await tasksOf(world)).toEqual(['Prepare: Get ready', TASKS[2], TASKS[3]]);
  const [merged, waiting] = await stepsOf(world.planId);
  expect(merged).toMatchObject({
    id: step_id,
    status: 'pending',
    notes: '- Buy paint\n  White\n- Wash the walls',
    paths: ['shop/**', 'walls/**'],
    requires_evidence: true,
    requires_user_confirmation: true,
    requires_validation: false,
  });
  expect(waiting?.depends_on).toEqual([step_id]);
});

test('consolidate refuses steps apart, of two phases, named twice, at work or done', async () => {
  const world = await aWorld(memory);
  const [first, second, third] = world.stepIds;
  const refused = async (...step_ids: string[]) =>
    await memory.refused('steps', 'consolidate', { step_ids, task: 'One' });
  const neighbours = /^invalid_input: Only two or more neighbours of one phase, .*memory_steps reorder or move/;
  expect(await refused(second, third)).toMatch(neighbours);
  expect(await refused(first, first)).toMatch(neighbours);
  expect(await refused(first)).toMatch(/"step_ids": too small/);
  await memory.ok('steps', 'insert', { phase_id: world.phaseIds[0], at_index: 1, step: { task: 'Between' } });
  expect(await refused(first, second)).toMatch(neighbours);
  const between = (await stepsOf(world.planId))[1]?.id ?? '';
  await memory.ok('steps', 'update', { step_id: between, status: 'done' });
  expect(await refused(first, between)).toMatch(/^conflict: Step step_\w+ is done and stays a step of its own\. \S/);
  expect(await stepsOf(world.planId)).toHaveLength(5);
});

test('block gives the claim back with a reason that others see, and unblock makes the step ready again', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  const [step_id] = stepIds;
  await memory.ok('steps', 'claim', { step_id, agent_type: 'Executor', session_id: sessionId });
  const blocking = { step_id, reason: 'The shop is closed' };
  expect(await memory.refused('steps', 'block', blocking)).toMatch(/^conflict: Step .* is held by Executor/);
  expect(await memory.refused('steps', 'block', { ...blocking, claim_number: 9 })).toMatch(/^conflict: Claim 9 of/);
  expect(await memory.ok('steps', 'block', { ...blocking, session_id: sessionId })).toBe(
    `Blocked: ${step_id}, "The shop is closed"`,
  );
  expect((await stepsOf(planId))[0]).toMatchObject({
    status: 'blocked',
    blocked_reason: 'The shop is closed',
    claim: null,
  });
  expect(await memory.ok('steps', 'get', { step_id })).toContain('blocked: "The shop is closed"');
  expect(await memory.ok('steps', 'unblock', { step_id })).toBe(`Unblocked: ${step_id} "Buy paint"`);
  expect((await stepsOf(planId))[0]).toMatchObject({ status: 'pending', blocked_reason: null });
  expect(await memory.ok('query', 'ready', { plan_id: planId })).toContain(step_id);
});

test('what is done is not blocked, and what is not blocked is not unblocked', async () => {
  const { stepIds } = await aWorld(memory);
  const [step_id] = stepIds;
  expect(await memory.refused('steps', 'unblock', { step_id })).toMatch(/^conflict: .* is pending, not blocked/);
  await memory.ok('steps', 'update', { step_id, status: 'done' });
  expect(await memory.refused('steps', 'block', { step_id, reason: 'Late' })).toMatch(
    /^conflict: Step .* is done\. Re-open it first/,
  );
});

test('the steps of an archived plan stay as they are', async () => {
  const { planId, phaseIds, stepIds } = await aWorld(memory);
  await memory.ok('plan', 'archive', { plan_id: planId });
  const [step_id, second] = stepIds;
  const calls: [string, object][] = [
    ['insert', { phase_id: phaseIds[0], at_index: 0, step: { task: 'x' } }],
    ['move', { step_id, to_index: 1 }],
    ['reorder', { phase_id: phaseIds[0], order: [second, step_id] }],
    ['delete', { step_id }],
    ['replace', { plan_id: planId, steps: [{ task: 'x' }] }],
    ['consolidate', { step_ids: [step_id, second], task: 'x' }],
    ['block', { step_id, reason: 'x' }],
    ['unblock', { step_id }],
  ];
  for (const [action, args] of calls) {
    expect(await memory.refused('steps', action, { ...args })).toMatch(/^conflict: .* is archived .*restore/);
  }
  expect(await memory.ok('steps', 'get', { step_id })).toContain(`Step of plan ${planId} (archived) · pending`);
});
