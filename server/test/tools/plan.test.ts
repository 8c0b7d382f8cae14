/** memory_plan through the door: plans with phases, steps and notes, and the archive. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

interface Plan {
  id: string;
  title: string;
  status: string;
  archived: boolean;
  phases: { id: string; name: string; description: string | null }[];
  steps: { id: string; task: string; phase: string; status: string; depends_on: string[] }[];
  notes: { type: string; note: string }[];
}

async function getPlan(plan_id: string): Promise<Plan> {
  return await memory.data<Plan>('plan', 'get', { plan_id });
}

test('create makes a plan with its phases, steps and dependencies', async () => {
  const { workspaceId } = await aWorld(memory);
  const reply = await memory.ok('plan', 'create', {
    workspace_id: workspaceId,
    title: 'Mend the roof',
    description: 'It drips.',
    category: 'bugfix',
    priority: 'critical',
    goals: ['Dry'],
    success_criteria: ['No bucket'],
    execution: 'free',
    requires_evidence: true,
    phases: [
      { name: 'Up', description: 'Mind the wind', steps: [{ task: 'Ladder' }, { task: 'Climb', depends_on: ['#1'] }] },
      { name: 'Down', steps: [{ task: 'Tiles', depends_on: ['#2'], type: 'build', assignee: 'Roofer' }] },
    ],
  });
  expect(reply).toMatch(/^Created: plan plan_\w{12} "Mend the roof" with 2 phases and 3 steps$/);
  const plan = await getPlan(/plan_\w{12}/.exec(reply)?.[0] ?? '');
  const [ladder, climb, tiles] = plan.steps;
  expect(plan).toMatchObject({
    title: 'Mend the roof',
    description: 'It drips.',
    category: 'bugfix',
    priority: 'critical',
    status: 'active',
    goals: ['Dry'],
    success_criteria: ['No bucket'],
    execution: 'free',
    requires_evidence: true,
    phases: [
      { name: 'Up', description: 'Mind the wind', sequence: 1 },
      { name: 'Down', sequence: 2 },
    ],
  });
  expect(climb?.depends_on).toEqual([ladder?.id]);
  expect(tiles).toMatchObject({ phase: 'Down', type: 'build', assignee: 'Roofer', depends_on: [climb?.id] });
});

test.each(['feature', 'bugfix', 'refactor', 'orchestration', 'program'])(
  'create refuses a plan of category %s without a goal and a success criterion, and small ones need none',
  async (category) => {
    const { workspaceId } = await aWorld(memory);
    const plan = { workspace_id: workspaceId, title: 'Aimless', category };
    const words = new RegExp(`^invalid_input: A plan of category ${category} needs at least one goal and one success`);
    expect(await memory.refused('plan', 'create', plan)).toMatch(words);
    expect(await memory.refused('plan', 'create', { ...plan, goals: ['Aim'] })).toMatch(words);
    await memory.ok('plan', 'create', { ...plan, goals: ['Aim'], success_criteria: ['Hit'] });
    await memory.ok('plan', 'create', { ...plan, category: 'quick_task' });
    await memory.ok('plan', 'create', { ...plan, category: 'advisory' });
  },
);

test.each([
  [
    'a reference to a step that the call does not have',
    [{ name: 'A', steps: [{ task: 'x', depends_on: ['#2'] }] }],
    /^invalid_input: "#2" names no step of this call\. Use #1 to #1/,
  ],
  [
    'a circle',
    [
      {
        name: 'A',
        steps: [
          { task: 'x', depends_on: ['#2'] },
          { task: 'y', depends_on: ['#1'] },
        ],
      },
    ],
    /^cycle: #1 already waits for #2, so #2 cannot wait for it\./,
  ],
  [
    'a step that depends on itself',
    [{ name: 'A', steps: [{ task: 'x', depends_on: ['#1'] }] }],
    /^cycle: .* cannot depend on itself/,
  ],
  [
    'a step that names another phase than the one it stands in',
    [{ name: 'A', steps: [{ task: 'x', phase: 'B' }] }],
    /^invalid_input: Step "x" stands in phase "A" and names another/,
  ],
  ['two phases of one name', [{ name: 'A' }, { name: 'A' }], /^conflict: /],
  [
    'an id for a step, which only the program gives',
    [{ name: 'A', steps: [{ task: 'x', step_id: 'y' }] }],
    /^invalid_input: .*step_id/,
  ],
])('create refuses %s, and nothing of the plan is left', async (_what, phases, words) => {
  const { workspaceId } = await aWorld(memory);
  const before = rows(memory.dataRoot, 'SELECT count(*) AS n FROM plans');
  const plan = { workspace_id: workspaceId, title: 'Wrong', category: 'quick_task', phases };
  expect(await memory.refused('plan', 'create', plan)).toMatch(words);
  expect(rows(memory.dataRoot, 'SELECT count(*) AS n FROM plans')).toEqual(before);
});

test('get shows where a plan stands, and which steps are open', async () => {
  const { planId, phaseIds, stepIds, sessionId } = await aWorld(memory);
  await memory.ok('plan', 'add_note', { plan_id: planId, note: 'Wet paint', note_type: 'warning' });
  await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Executor', session_id: sessionId });
  await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Executor', session_id: sessionId });
  const text = await memory.ok('plan', 'get', { plan_id: planId });
  expect(text).toMatch(
    /^Plan plan_\w{12} "Paint the house" · active · quick_task · medium · phased · 1\/4 done · now in "Prepare"/,
  );
  expect(text).toContain('notes: warning: "Wet paint"');
  expect(text).toContain(`open sessions: ${sessionId} Executor`);
  expect(text).toContain(`1. "Prepare" (${phaseIds[0]}) 1/2\n  ${stepIds[1]} | active (Executor) | "Wash the walls"`);
  expect(text).not.toContain(stepIds[0]);
});

test('list shows the plans of a workspace, newest first, and filters them', async () => {
  const { workspaceId, planId } = await aWorld(memory);
  const other = await memory.id('plan', 'plan', 'create', {
    workspace_id: workspaceId,
    title: 'Garden',
    category: 'advisory',
    priority: 'low',
  });
  const listed = async (filter: object) =>
    (await memory.ok('plan', 'list', { workspace_id: workspaceId, ...filter })).match(/plan_\w{12}/g) ?? [];
  expect(await listed({})).toEqual([other, planId]);
  expect(await listed({ limit: 1 })).toEqual([other]);
  expect(await listed({ limit: 1, cursor: '1' })).toEqual([planId]);
  expect(await listed({ category: 'advisory' })).toEqual([other]);
  expect(await listed({ priority: 'medium' })).toEqual([planId]);
  expect(await listed({ status: 'completed' })).toEqual([]);
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await listed({})).toEqual([other]);
  expect(await listed({ include_archived: true })).toEqual([other, planId]);
  const text = await memory.ok('plan', 'list', { workspace_id: workspaceId, include_archived: true });
  expect(text).toContain(`${planId} | active, archived | 0/4 | "Prepare" | Executor | "Paint the house"`);
});

test('a cursor that no reply gave is refused', async () => {
  const { workspaceId } = await aWorld(memory);
  expect(await memory.refused('plan', 'list', { workspace_id: workspaceId, cursor: 'next' })).toMatch(
    /^invalid_input: "next" is not a cursor\. /,
  );
});

test('update changes what is given and keeps the rest', async () => {
  const { planId } = await aWorld(memory);
  await memory.ok('plan', 'update', { plan_id: planId, description: 'All white', goals: ['White'] });
  const reply = await memory.ok('plan', 'update', { plan_id: planId, priority: 'high', status: 'paused' });
  expect(reply).toBe(`Updated: plan ${planId} "Paint the house" · paused · high`);
  expect(await getPlan(planId)).toMatchObject({ description: 'All white', goals: ['White'], status: 'paused' });
  await memory.ok('plan', 'update', { plan_id: planId, description: null });
  expect(await getPlan(planId)).toMatchObject({ description: null, goals: ['White'] });
});

test('a plan does not become archived by its status', async () => {
  const { planId } = await aWorld(memory);
  expect(await memory.refused('plan', 'update', { plan_id: planId, status: 'archived' })).toMatch(
    /^invalid_input: A plan does not become archived by its status\. Call memory_plan archive/,
  );
});

test('notes are kept in order with their type', async () => {
  const { planId } = await aWorld(memory);
  await memory.ok('plan', 'add_note', { plan_id: planId, note: 'One' });
  await memory.ok('plan', 'add_note', { plan_id: planId, note: 'Two', note_type: 'instruction' });
  expect((await getPlan(planId)).notes).toMatchObject([
    { type: 'info', note: 'One' },
    { type: 'instruction', note: 'Two' },
  ]);
  expect(await memory.refused('plan', 'add_note', { plan_id: planId, note: 'x', note_type: 'shout' })).toMatch(
    /"note_type": invalid option: expected one of "info"\|"warning"\|"instruction"/,
  );
});

test('find answers where a plan is, live and archived', async () => {
  const { planId, workspaceId } = await aWorld(memory);
  expect(await memory.ok('plan', 'find', { plan_id: planId })).toBe(
    `Plan ${planId} "Paint the house" · active · live · workspace ${workspaceId}`,
  );
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.data('plan', 'find', { plan_id: planId })).toMatchObject({ archived: true, status: 'active' });
});

test('archive takes a plan away with all that hangs on it, and restore brings the same plan back', async () => {
  const { planId, stepIds, workspaceId } = await aWorld(memory);
  await memory.ok('plan', 'add_note', { plan_id: planId, note: 'Keep me' });
  await memory.ok('context', 'store', { parent_type: 'step', parent_id: stepIds[0], type: 'decision', data: { a: 1 } });
  await memory.ok('plan', 'add_dependency', { source_id: stepIds[3], target_id: stepIds[2] });
  await memory.ok('steps', 'update', { step_id: stepIds[0], status: 'done' });
  const live = await getPlan(planId);

  const reply = await memory.ok('plan', 'archive', { plan_id: planId });
  expect(reply).toBe(`Archived: plan ${planId} "Paint the house" with 4 steps, 3 of them unfinished`);
  expect(await getPlan(planId)).toEqual({ ...live, archived: true });
  expect(await memory.refused('plan', 'archive', { plan_id: planId })).toMatch(/^conflict: .* is archived already/);
  expect(await memory.refused('plan', 'add_note', { plan_id: planId, note: 'x' })).toMatch(
    new RegExp(`^conflict: Plan ${planId} is archived and cannot be changed\\. .*restore`),
  );
  expect(await memory.refused('steps', 'update', { step_id: stepIds[1], notes: 'x' })).toMatch(/^conflict: .*restore/);
  expect(await memory.ok('plan', 'list', { workspace_id: workspaceId })).toBe('No plans here.');

  expect(await memory.ok('plan', 'restore', { plan_id: planId })).toBe(`Restored: plan ${planId} "Paint the house"`);
  expect(await getPlan(planId)).toEqual(live);
  expect(await memory.refused('plan', 'restore', { plan_id: planId })).toMatch(/^conflict: .* is not archived/);
  expect(await memory.ok('context', 'get', { parent_type: 'step', parent_id: stepIds[0] })).toContain('"decision"');
});
