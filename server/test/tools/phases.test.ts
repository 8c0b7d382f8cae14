/** memory_plan through the door: phases, and the confirmations that gates wait for. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { idIn, sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

interface Plan {
  status: string;
  phases: { id: string; name: string; description: string | null }[];
  steps: { id: string; task: string; phase: string }[];
}

async function getPlan(plan_id: string): Promise<Plan> {
  return await memory.data<Plan>('plan', 'get', { plan_id });
}

async function phaseNames(plan_id: string): Promise<string[]> {
  return (await getPlan(plan_id)).phases.map(({ name }) => name);
}

test('add_phase puts a phase at the end, or where it is told to', async () => {
  const { planId } = await aWorld(memory);
  const reply = await memory.ok('plan', 'add_phase', { plan_id: planId, name: 'Tidy up', approval_required: true });
  expect(reply).toBe(`Added: phase ${idIn(reply, 'phase')} "Tidy up" as number 3`);
  const plan = { plan_id: planId, description: 'Look first', success_criteria: ['Seen'] };
  expect(await memory.ok('plan', 'add_phase', { ...plan, name: 'Look', at_index: 0 })).toContain('as number 1');
  expect(await phaseNames(planId)).toEqual(['Look', 'Prepare', 'Paint', 'Tidy up']);
  expect(rows(memory.dataRoot, 'SELECT * FROM phases WHERE plan_id = ? ORDER BY order_index', planId)).toMatchObject([
    { description: 'Look first', success_criteria: '["Seen"]', approval_required: 0 },
    {},
    {},
    { approval_required: 1 },
  ]);
});

test('no two phases of a plan have one name', async () => {
  const { planId, phaseIds } = await aWorld(memory);
  const taken = new RegExp(`^conflict: The plan already has a phase named "Paint" \\(${phaseIds[1]}\\)`);
  expect(await memory.refused('plan', 'add_phase', { plan_id: planId, name: 'Paint' })).toMatch(taken);
  expect(await memory.refused('plan', 'update_phase', { phase_id: phaseIds[0], name: 'Paint' })).toMatch(taken);
  await memory.ok('plan', 'update_phase', { phase_id: phaseIds[1], name: 'Paint' });
});

test('update_phase changes what is given and keeps the rest', async () => {
  const { planId, phaseIds } = await aWorld(memory);
  const phase_id = phaseIds[0];
  await memory.ok('plan', 'update_phase', { phase_id, description: 'With care', success_criteria: ['Clean'] });
  expect(await memory.ok('plan', 'update_phase', { phase_id, name: 'Get ready' })).toBe(
    `Updated: phase ${phase_id} "Get ready"`,
  );
  expect((await getPlan(planId)).phases[0]).toMatchObject({ name: 'Get ready', description: 'With care' });
  await memory.ok('plan', 'update_phase', { phase_id, description: null });
  expect(rows(memory.dataRoot, 'SELECT * FROM phases WHERE id = ?', phase_id)).toMatchObject([
    { description: null, success_criteria: '["Clean"]' },
  ]);
});

test('a phase with steps is deleted only with a place for them, and they keep their order there', async () => {
  const { planId, phaseIds, stepIds } = await aWorld(memory);
  const [phase_id, move_steps_to] = phaseIds;
  const has = new RegExp(`^conflict: Phase ${phase_id} has 2 steps\\. Name another phase of the plan in move_steps_to`);
  expect(await memory.refused('plan', 'delete_phase', { phase_id })).toMatch(has);
  expect(await memory.refused('plan', 'delete_phase', { phase_id, move_steps_to: phase_id })).toMatch(has);
  expect(await memory.ok('plan', 'delete_phase', { phase_id, move_steps_to })).toBe(
    `Deleted: phase ${phase_id} "Prepare"; 2 steps went to ${move_steps_to}`,
  );
  const plan = await getPlan(planId);
  expect(plan.phases.map(({ id }) => id)).toEqual([move_steps_to]);
  expect(plan.steps.map(({ id }) => id)).toEqual([stepIds[2], stepIds[3], stepIds[0], stepIds[1]]);
});

test('the steps of a deleted phase do not go to another plan, and nothing happens', async () => {
  const { planId, phaseIds } = await aWorld(memory);
  const other = await aWorld(memory);
  const before = await getPlan(planId);
  const args = { phase_id: phaseIds[0], move_steps_to: other.phaseIds[0] };
  expect(await memory.refused('plan', 'delete_phase', args)).toMatch(/^invalid_input: .* belongs to another plan/);
  expect(await getPlan(planId)).toEqual(before);
});

test('an empty phase is deleted without further ado', async () => {
  const { planId } = await aWorld(memory);
  const phase_id = await memory.id('phase', 'plan', 'add_phase', { plan_id: planId, name: 'Empty', at_index: 1 });
  expect(await memory.ok('plan', 'delete_phase', { phase_id })).toBe(`Deleted: phase ${phase_id} "Empty"`);
  expect(await phaseNames(planId)).toEqual(['Prepare', 'Paint']);
});

test('reorder_phases wants every phase of the plan once', async () => {
  const { planId, phaseIds } = await aWorld(memory);
  const [first, second] = phaseIds;
  expect(await memory.ok('plan', 'reorder_phases', { plan_id: planId, order: [second, first] })).toBe(
    'Reordered: "Paint", "Prepare"',
  );
  expect(await phaseNames(planId)).toEqual(['Paint', 'Prepare']);
  for (const order of [[first], [first, first], [first, second, 'phase_000000000000']]) {
    expect(await memory.refused('plan', 'reorder_phases', { plan_id: planId, order })).toMatch(
      /^invalid_input: The new order must name each phase exactly once/,
    );
  }
  expect(await phaseNames(planId)).toEqual(['Paint', 'Prepare']);
});

test('the phases of an archived plan stay as they are', async () => {
  const { planId, phaseIds } = await aWorld(memory);
  await memory.ok('plan', 'archive', { plan_id: planId });
  const archived = /^conflict: Plan plan_\w+ is archived and cannot be changed\. .*restore/;
  expect(await memory.refused('plan', 'add_phase', { plan_id: planId, name: 'Late' })).toMatch(archived);
  expect(await memory.refused('plan', 'update_phase', { phase_id: phaseIds[0], name: 'Late' })).toMatch(archived);
  expect(await memory.refused('plan', 'delete_phase', { phase_id: phaseIds[0] })).toMatch(archived);
  const order = [...phaseIds].reverse();
  expect(await memory.refused('plan', 'reorder_phases', { plan_id: planId, order })).toMatch(archived);
});

test('a phase that needs approval holds the plan open until somebody approves it', async () => {
  const { planId, phaseIds, stepIds } = await aWorld(memory);
  await memory.ok('plan', 'update_phase', { phase_id: phaseIds[1], approval_required: true });
  await memory.ok('steps', 'batch_update', { updates: stepIds.map((step_id) => ({ step_id, status: 'done' })) });
  expect((await getPlan(planId)).status).toBe('active');
  const approval = { plan_id: planId, scope: 'phase', target_id: phaseIds[1], confirmed_by: 'user' };
  expect(await memory.ok('plan', 'confirm', approval)).toBe(`Confirmed: phase ${phaseIds[1]} by "user"`);
  expect((await getPlan(planId)).status).toBe('completed');
  expect(rows(memory.dataRoot, 'SELECT approved_by FROM phases WHERE id = ?', phaseIds[1])).toEqual([
    { approved_by: 'user' },
  ]);
});

test('a step that the user must confirm is done after that, and not after the word of another', async () => {
  const { planId, stepIds } = await aWorld(memory);
  const [step_id] = stepIds;
  await memory.ok('steps', 'update', { step_id, requires_user_confirmation: true });
  const confirm = { plan_id: planId, scope: 'step', target_id: step_id };
  expect(await memory.refused('plan', 'confirm', { ...confirm, confirmed_by: 'Reviewer' })).toMatch(
    /^invalid_input: Only the user can confirm step .*confirmed_by: "user"/,
  );
  expect(await memory.refused('steps', 'update', { step_id, status: 'done' })).toMatch(/the user has not confirmed it/);
  await memory.ok('plan', 'confirm', { ...confirm, confirmed_by: 'user' });
  await memory.ok('steps', 'update', { step_id, status: 'done' });
});

test('who does a step does not validate it', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  const [step_id] = stepIds;
  await memory.ok('steps', 'update', { step_id, requires_validation: true });
  await memory.ok('steps', 'claim', { step_id, agent_type: 'Executor', session_id: sessionId });
  const confirm = { plan_id: planId, scope: 'step', target_id: step_id, confirmed_by: 'Executor' };
  expect(await memory.refused('plan', 'confirm', { ...confirm, session_id: sessionId })).toMatch(
    /^conflict: .* must be validated by somebody else/,
  );
});

test('confirm refuses what belongs to another plan, and an id of another kind', async () => {
  const { planId, phaseIds } = await aWorld(memory);
  const other = await aWorld(memory);
  const confirm = { plan_id: planId, scope: 'step', confirmed_by: 'user' };
  expect(await memory.refused('plan', 'confirm', { ...confirm, target_id: other.stepIds[0] })).toMatch(
    new RegExp(`^invalid_input: ${other.stepIds[0]} belongs to plan ${other.planId}\\. Send that plan_id`),
  );
  expect(await memory.refused('plan', 'confirm', { ...confirm, target_id: phaseIds[0] })).toMatch(
    /^not_found: No step with id/,
  );
});
