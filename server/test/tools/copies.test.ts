/** memory_plan through the door: pausing and resuming, copies, merges and templates. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { idIn, sharedMemory } from '../support/memory.ts';
import { aWorld, type World } from '../support/world.ts';

const memory = sharedMemory();

interface Plan {
  id: string;
  title: string;
  status: string;
  program_id: string | null;
  phases: { id: string; name: string }[];
  steps: { id: string; task: string; phase: string; status: string; depends_on: string[] }[];
  notes: { note: string }[];
}

async function getPlan(plan_id: string): Promise<Plan> {
  return await memory.data<Plan>('plan', 'get', { plan_id });
}

const outline = ({ steps }: Plan) => steps.map(({ phase, task, status }) => `${phase}: ${task} · ${status}`);

async function otherPlan({ workspaceId }: World, phase = 'Paint'): Promise<string> {
  return await memory.id('plan', 'plan', 'create', {
    workspace_id: workspaceId,
    title: 'Paint the fence',
    category: 'quick_task',
    phases: [{ name: phase, steps: [{ task: 'Sand it' }, { task: 'Paint it', depends_on: ['#1'] }] }],
  });
}

test('a paused plan hands out nothing, and resume tells where it stood', async () => {
  const { planId, phaseIds, stepIds, sessionId } = await aWorld(memory);
  await memory.ok('steps', 'update', { step_id: stepIds[0], status: 'done' });
  const why = { reason: 'It rains', notes: 'Until Monday', session_id: sessionId };
  expect(await memory.ok('plan', 'pause', { plan_id: planId, ...why })).toBe(
    `Paused: plan ${planId}, "It rains", at step ${stepIds[1]}`,
  );
  const [stored] = rows<{ paused_at_snapshot: string }>(memory.dataRoot, 'SELECT * FROM plans WHERE id = ?', planId);
  expect(JSON.parse(stored?.paused_at_snapshot ?? '')).toEqual({
    paused_at: expect.any(String),
    status: 'active',
    reason: 'It rains',
    phase_id: phaseIds[0],
    step_id: stepIds[1],
    user_notes: 'Until Monday',
    session_id: sessionId,
  });
  expect(await memory.ok('query', 'ready', { plan_id: planId })).not.toMatch(/step_\w{12} \| pending/);
  expect(await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Executor' })).not.toContain('next:');
  expect(await memory.ok('plan', 'resume', { plan_id: planId })).toBe(
    `Resumed: plan ${planId} · active; it stood at ${stepIds[1]} "Wash the walls"`,
  );
  expect(rows(memory.dataRoot, 'SELECT status, paused_at_snapshot FROM plans WHERE id = ?', planId)).toEqual([
    { status: 'active', paused_at_snapshot: null },
  ]);
});

test('a plan that was blocked is blocked again after a pause', async () => {
  const { planId } = await aWorld(memory);
  await memory.ok('plan', 'update', { plan_id: planId, status: 'blocked' });
  await memory.ok('plan', 'pause', { plan_id: planId, reason: 'It rains' });
  expect(await memory.ok('plan', 'resume', { plan_id: planId })).toContain(`plan ${planId} · blocked`);
});

test('only what goes on can be paused, and only what is paused can be resumed', async () => {
  const { planId } = await aWorld(memory);
  const pause = { plan_id: planId, reason: 'It rains' };
  expect(await memory.refused('plan', 'resume', { plan_id: planId })).toMatch(/^conflict: .* is active, not paused/);
  await memory.ok('plan', 'pause', pause);
  expect(await memory.refused('plan', 'pause', pause)).toMatch(/^conflict: .* is paused already/);
  await memory.ok('plan', 'update', { plan_id: planId, status: 'failed' });
  expect(await memory.refused('plan', 'pause', pause)).toMatch(/^conflict: .* is failed; only an active or blocked/);
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.refused('plan', 'pause', pause)).toMatch(/^conflict: .*restore/);
  expect(await memory.refused('plan', 'resume', { plan_id: planId })).toMatch(/^conflict: .*restore/);
});

test('a clone starts from the beginning with the same phases, steps, edges and notes under ids of its own', async () => {
  const { planId, stepIds } = await aWorld(memory);
  await memory.ok('plan', 'add_dependency', { source_id: stepIds[3], target_id: stepIds[2] });
  await memory.ok('plan', 'add_note', { plan_id: planId, note: 'White' });
  await memory.ok('steps', 'update', { step_id: stepIds[0], status: 'done' });
  const original = await getPlan(planId);
  const reply = await memory.ok('plan', 'clone', { plan_id: planId, title: 'Paint the barn' });
  expect(reply).toBe(`Cloned: plan ${idIn(reply, 'plan')} "Paint the barn" with 4 steps from ${planId}`);
  const copy = await getPlan(idIn(reply, 'plan'));
  expect(copy).toMatchObject({ title: 'Paint the barn', status: 'active', program_id: null });
  expect(outline(copy)).toEqual([
    'Prepare: Buy paint · pending',
    'Prepare: Wash the walls · pending',
    'Paint: Paint the north side · pending',
    'Paint: Paint the south side · pending',
  ]);
  expect(copy.steps[3]?.depends_on).toEqual([copy.steps[2]?.id]);
  expect(copy.notes.map(({ note }) => note)).toEqual(['White']);
  expect(copy.steps.map(({ id }) => id).filter((id) => stepIds.includes(id))).toEqual([]);
  expect(rows(memory.dataRoot, 'SELECT * FROM sessions WHERE plan_id = ?', copy.id)).toEqual([]);
  expect(await getPlan(planId)).toEqual(original);
});

test('a clone keeps what is done, and joins the program of its original, if it is told to', async () => {
  const { planId, stepIds } = await aWorld(memory);
  const program_id = await memory.id('prog', 'workspace', 'upgrade_to_program', { plan_id: planId });
  await memory.ok('steps', 'batch_update', { updates: stepIds.map((step_id) => ({ step_id, status: 'done' })) });
  const kept = { plan_id: planId, reset_steps: false, link_to_same_program: true };
  const copy = await getPlan(await memory.id('plan', 'plan', 'clone', kept));
  expect(copy).toMatchObject({ title: 'Paint the house (copy)', status: 'completed', program_id });
  expect(copy.steps.every(({ status }) => status === 'done')).toBe(true);
  const program = await memory.data('workspace', 'get_program', { program_id });
  expect(program).toMatchObject({ plans: [{ id: planId }, { id: copy.id }] });
});

test('an archived plan can be cloned too, and a program that is gone is left out', async () => {
  const { planId } = await aWorld(memory);
  const program_id = await memory.id('prog', 'workspace', 'upgrade_to_program', { plan_id: planId });
  await memory.ok('plan', 'archive', { plan_id: planId });
  await memory.ok('admin', 'delete_program', { program_id, confirm: true });
  const linked = { plan_id: planId, link_to_same_program: true };
  const copy = await getPlan(await memory.id('plan', 'plan', 'clone', linked));
  expect(copy).toMatchObject({ status: 'active', program_id: null });
  expect(copy.steps).toHaveLength(4);
});

test('merge appends the phases of the sources, which stay, and renames those whose name is taken', async () => {
  const world = await aWorld(memory);
  const source = await otherPlan(world);
  const before = await getPlan(source);
  expect(await memory.ok('plan', 'merge', { plan_id: world.planId, source_plan_ids: [source, source] })).toBe(
    `Merged: 1 phase and 2 steps of 1 plan into ${world.planId}`,
  );
  const merged = await getPlan(world.planId);
  expect(merged.phases.map(({ name }) => name)).toEqual(['Prepare', 'Paint', 'Paint (2)']);
  const [, , , , sand, paint] = merged.steps;
  expect(outline(merged).slice(4)).toEqual(['Paint (2): Sand it · pending', 'Paint (2): Paint it · pending']);
  expect(paint?.depends_on).toEqual([sand?.id]);
  expect(await getPlan(source)).toEqual(before);
});

test('merge archives the sources if it is told to', async () => {
  const world = await aWorld(memory);
  const [first, second] = [await otherPlan(world, 'Fence'), await otherPlan(world, 'Gate')];
  await memory.ok('plan', 'archive', { plan_id: first });
  const merge = { plan_id: world.planId, source_plan_ids: [first, second], archive_sources: true };
  expect(await memory.ok('plan', 'merge', merge)).toBe(
    `Merged: 2 phases and 4 steps of 2 plans into ${world.planId}; 1 archived`,
  );
  expect(await memory.data('plan', 'find', { plan_id: second })).toMatchObject({ archived: true });
});

test('unfinished steps that come into a completed plan open it again', async () => {
  const world = await aWorld(memory);
  const updates = world.stepIds.map((step_id) => ({ step_id, status: 'done' }));
  await memory.ok('steps', 'batch_update', { updates });
  await memory.ok('plan', 'merge', { plan_id: world.planId, source_plan_ids: [await otherPlan(world)] });
  expect((await getPlan(world.planId)).status).toBe('active');
});

test('merge refuses the plan itself, an unknown source and an archived target, and nothing happens', async () => {
  const world = await aWorld(memory);
  const source = await otherPlan(world);
  const before = await getPlan(world.planId);
  const merge = async (source_plan_ids: string[], plan_id = world.planId) =>
    await memory.refused('plan', 'merge', { plan_id, source_plan_ids });
  expect(await merge([source, world.planId])).toMatch(/^conflict: A plan cannot be merged into itself/);
  expect(await merge([source, 'plan_000000000000'])).toMatch(/^not_found: No plan with id "plan_000000000000"/);
  expect(await merge([])).toMatch(/"source_plan_ids": too small/);
  expect(await getPlan(world.planId)).toEqual(before);
  await memory.ok('plan', 'archive', { plan_id: world.planId });
  expect(await merge([source])).toMatch(/^conflict: .* is archived and cannot be changed\. .*restore/);
});

const TEMPLATES = ['feature', 'bugfix', 'refactor', 'documentation', 'analysis', 'investigation'];

test('list_templates shows every template with what it is for', async () => {
  const text = await memory.ok('plan', 'list_templates');
  expect(text.split('\n').slice(1)).toEqual(
    TEMPLATES.map((name) => expect.stringMatching(new RegExp(`^${name} \\| \\w+ \\| \\d+ \\| \\w`))),
  );
});

test.each(TEMPLATES)('the template %s makes a plan with goals, criteria, phases and steps', async (template) => {
  const { workspaceId } = await aWorld(memory);
  const args = { workspace_id: workspaceId, template, title: 'By the book' };
  const reply = await memory.ok('plan', 'create_from_template', args);
  const plan_id = idIn(reply, 'plan');
  expect(reply).toMatch(/^Created: plan plan_\w{12} "By the book" with \d+ steps$/);
  const plan = await memory.data<Plan & { goals: string[]; success_criteria: string[] }>('plan', 'get', { plan_id });
  expect(plan.goals).toHaveLength(1);
  expect(plan.success_criteria).toHaveLength(1);
  expect(plan.phases.length).toBeGreaterThan(1);
  expect(plan.steps.length).toBe(Number(/with (\d+) steps/.exec(reply)?.[1]));
});

test("a template's goals give way to those of the call, and its gates are set", async () => {
  const { workspaceId } = await aWorld(memory);
  const fields = { priority: 'high', goals: ['Fast'], success_criteria: ['Under a second'] };
  const args = { workspace_id: workspaceId, template: 'feature', title: 'Search', ...fields };
  const plan_id = await memory.id('plan', 'plan', 'create_from_template', args);
  expect(await memory.data('plan', 'get', { plan_id })).toMatchObject({ ...fields, category: 'feature' });
  const gates = 'SELECT task FROM steps WHERE plan_id = ? AND requires_user_confirmation = 1';
  expect(rows(memory.dataRoot, gates, plan_id)).toEqual([{ task: 'Have the user agree to the design' }]);
  expect(await memory.refused('plan', 'create_from_template', { ...args, template: 'miracle' })).toMatch(
    /"template": invalid option: expected one of "feature"\|"bugfix"/,
  );
});
