/** memory_workspace through the door: programs, their plans and their risks. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { sharedMemory } from '../support/memory.ts';
import { aWorld, type World } from '../support/world.ts';

const memory = sharedMemory();

interface Program {
  title: string;
  status: string;
  goals: string[];
  plans: { id: string; title: string; done: number; total: number; archived: boolean }[];
  steps_done: number;
  steps_total: number;
  completion_percentage: number;
  risks: { id: string; severity: string; risk_status: string }[];
}

async function aProgram({ workspaceId }: Pick<World, 'workspaceId'>, fields: object = {}): Promise<string> {
  const program = { workspace_id: workspaceId, title: 'The whole house', ...fields };
  return await memory.id('prog', 'workspace', 'create_program', program);
}

async function getProgram(program_id: string): Promise<Program> {
  return await memory.data<Program>('workspace', 'get_program', { program_id });
}

async function aSecondPlan({ workspaceId }: World): Promise<string> {
  const plan = { workspace_id: workspaceId, title: 'Mow the lawn', category: 'quick_task' };
  return await memory.id('plan', 'plan', 'create', { ...plan, phases: [{ name: 'Mow', steps: [{ task: 'Mow' }] }] });
}

test('a program is made with what is given, and changes only where it is told to', async () => {
  const world = await aWorld(memory);
  const fields = { description: 'All of it', category: 'refactor', priority: 'high', goals: ['White'] };
  const program_id = await aProgram(world, { ...fields, success_criteria: ['No streaks'] });
  const before = await getProgram(program_id);
  expect(before).toMatchObject({ ...fields, status: 'active', success_criteria: ['No streaks'], plans: [], risks: [] });
  expect(await memory.ok('workspace', 'update_program', { program_id, status: 'completed', description: null })).toBe(
    `Updated: program ${program_id} "The whole house" · completed · high`,
  );
  const text = expect.any(String);
  const completed = { status: 'completed', description: null, completed_at: text, updated_at: text };
  expect(await getProgram(program_id)).toEqual({ ...before, ...completed });
});

test('get_program adds up the steps of its plans, archived ones included', async () => {
  const world = await aWorld(memory);
  const program_id = await aProgram(world);
  const other = await aSecondPlan(world);
  for (const plan_id of [world.planId, other]) await memory.ok('workspace', 'add_to_program', { program_id, plan_id });
  await memory.ok('steps', 'update', { step_id: world.stepIds[0], status: 'done' });
  await memory.ok('plan', 'archive', { plan_id: other });
  expect(await getProgram(program_id)).toMatchObject({
    steps_done: 1,
    steps_total: 5,
    completion_percentage: 20,
    plans: [
      { id: world.planId, done: 1, total: 4, archived: false },
      { id: other, done: 0, total: 1, archived: true },
    ],
  });
  const shown = await memory.ok('workspace', 'get_program', { program_id });
  expect(shown).toContain('1/5 steps done (20 %)');
  expect(shown).toContain(`${other} | active, archived | 0/1`);
});

test('list_programs shows those of a workspace, of one status if asked', async () => {
  const world = await aWorld(memory);
  const listed = async (filter: object) =>
    (await memory.ok('workspace', 'list_programs', { workspace_id: world.workspaceId, ...filter })).match(
      /prog_\w{12}/g,
    ) ?? [];
  expect(await memory.ok('workspace', 'list_programs', { workspace_id: world.workspaceId })).toBe('No programs here.');
  const first = await aProgram(world);
  const second = await aProgram(world, { title: 'The garden' });
  await memory.ok('workspace', 'update_program', { program_id: first, status: 'paused' });
  expect(await listed({})).toEqual([first, second]);
  expect(await listed({ status: 'paused' })).toEqual([first]);
  expect(await listed({ limit: 1, cursor: '1' })).toEqual([second]);
});

test('a plan is in one program at a time, at the place that was asked for', async () => {
  const world = await aWorld(memory);
  const [first, second] = [await aProgram(world), await aProgram(world)];
  const other = await aSecondPlan(world);
  await memory.ok('workspace', 'add_to_program', { program_id: first, plan_id: world.planId });
  const place = { program_id: first, plan_id: other, order_index: 0 };
  expect(await memory.ok('workspace', 'add_to_program', place)).toBe(`Plan ${other} is number 1 of program ${first}`);
  expect((await getProgram(first)).plans.map(({ id }) => id)).toEqual([other, world.planId]);
  await memory.ok('workspace', 'add_to_program', { program_id: second, plan_id: other });
  expect((await getProgram(first)).plans.map(({ id }) => id)).toEqual([world.planId]);
  expect((await getProgram(second)).plans.map(({ id }) => id)).toEqual([other]);
});

test('a plan leaves its program, and says so when it was in none', async () => {
  const world = await aWorld(memory);
  const program_id = await aProgram(world);
  await memory.ok('workspace', 'add_to_program', { program_id, plan_id: world.planId });
  expect(await memory.ok('workspace', 'remove_from_program', { plan_id: world.planId })).toBe(
    `Plan ${world.planId} is out of program ${program_id}`,
  );
  expect((await getProgram(program_id)).plans).toEqual([]);
  expect(await memory.ok('workspace', 'remove_from_program', { plan_id: world.planId })).toBe(
    `Plan ${world.planId} was in no program.`,
  );
});

test('a program reaches the plans of another workspace only over a link', async () => {
  const world = await aWorld(memory);
  const other = await aWorld(memory);
  const program_id = await aProgram(world);
  const plan = { program_id, plan_id: other.planId };
  expect(await memory.refused('workspace', 'add_to_program', plan)).toMatch(
    /^conflict: Plan plan_\w+ is in workspace ws_\w+, which program prog_\w+ cannot reach\. .*link_workspace/,
  );
  expect(await memory.refused('workspace', 'link_workspace', { program_id })).toMatch(
    /^invalid_input: Which workspace\? /,
  );
  for (let times = 0; times < 2; times++) {
    await memory.ok('workspace', 'link_workspace', { program_id, workspace_id: other.workspaceId });
  }
  const links = rows(memory.dataRoot, 'SELECT * FROM program_workspace_links WHERE program_id = ?', program_id);
  expect(links).toHaveLength(1);
  await memory.ok('workspace', 'add_to_program', plan);
  expect((await getProgram(program_id)).plans).toMatchObject([{ id: other.planId }]);
});

test('an archived plan is put into no program', async () => {
  const world = await aWorld(memory);
  const program_id = await aProgram(world);
  await memory.ok('plan', 'archive', { plan_id: world.planId });
  const plan = { program_id, plan_id: world.planId };
  expect(await memory.refused('workspace', 'add_to_program', plan)).toMatch(/^conflict: .* is archived .*restore/);
});

test('upgrade_to_program makes a program of a plan, which becomes its first child with all its steps', async () => {
  const { planId } = await aWorld(memory);
  await memory.ok('plan', 'update', { plan_id: planId, goals: ['White'], success_criteria: ['No streaks'] });
  const program_id = await memory.id('prog', 'workspace', 'upgrade_to_program', { plan_id: planId });
  expect(await getProgram(program_id)).toMatchObject({
    title: 'Paint the house',
    goals: ['White'],
    success_criteria: ['No streaks'],
    source_plan_id: planId,
    plans: [{ id: planId, total: 4 }],
  });
  expect(await memory.refused('workspace', 'upgrade_to_program', { plan_id: planId })).toMatch(
    new RegExp(`^conflict: Plan ${planId} is in program ${program_id} already\\. .*remove_from_program`),
  );
});

test('risks are listed most severe first, by status, and change where they are told to', async () => {
  const world = await aWorld(memory);
  const program_id = await aProgram(world);
  const add = async (severity: string) =>
    await memory.id('risk', 'workspace', 'add_risk', {
      ...{ program_id, severity, risk_type: 'dependency_risk', title: `A ${severity} risk`, description: 'Rain' },
      source_plan_id: world.planId,
    });
  const [low, critical, medium] = [await add('low'), await add('critical'), await add('medium')];
  const listed = async (filter: object) =>
    (await memory.ok('workspace', 'list_risks', { program_id, ...filter })).match(/risk_\w{12}/g) ?? [];
  expect(await listed({})).toEqual([critical, medium, low]);
  const changes = { risk_id: low, risk_status: 'mitigated', severity: 'high', mitigation: 'A tent' };
  expect(await memory.ok('workspace', 'update_risk', changes)).toBe(
    `Updated: risk ${low} "A low risk" · mitigated · high`,
  );
  expect(await listed({})).toEqual([critical, low, medium]);
  expect(await listed({ risk_status: 'mitigated' })).toEqual([low]);
  expect(rows(memory.dataRoot, 'SELECT * FROM program_risks WHERE id = ?', low)).toMatchObject([
    { mitigation: 'A tent', description: 'Rain', source_plan_id: world.planId, detected_by: 'manual' },
  ]);
  expect((await getProgram(program_id)).risks.map(({ id }) => id)).toEqual([critical, low, medium]);
});

test('delete_program takes its risks along and leaves its plans', async () => {
  const { planId } = await aWorld(memory);
  const program_id = await memory.id('prog', 'workspace', 'upgrade_to_program', { plan_id: planId });
  const risk = { risk_type: 'behavioral_change', severity: 'low', title: 'Other colour' };
  await memory.ok('workspace', 'add_risk', { program_id, ...risk });
  await memory.ok('admin', 'delete_program', { program_id, confirm: true });
  expect(await memory.refused('workspace', 'get_program', { program_id })).toMatch(/^not_found: No program with id/);
  expect(rows(memory.dataRoot, 'SELECT * FROM program_risks WHERE program_id = ?', program_id)).toEqual([]);
  expect(await memory.data('plan', 'get', { plan_id: planId })).toMatchObject({ program_id: null });
});
