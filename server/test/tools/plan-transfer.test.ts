/** memory_plan import, export and dependencies through the door. */
import { expect, test } from 'vitest';
import { idIn, sharedMemory, textOf } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

const CHECKLIST = `# Tidy up

**Category:** refactor
**Priority:** high

Why we do it.

## Goal

Room to move

## Cellar

- [x] Look
- [ ] Carry

  Mind the head.

## Attic

- [ ] Sweep
`;

interface Plan {
  steps: { task: string; status: string; notes: string | null; completed_at: string | null }[];
}

async function importedBy(markdown: string, more: object = {}): Promise<string> {
  const { workspaceId } = await aWorld(memory);
  return await memory.id('plan', 'plan', 'import', {
    workspace_id: workspaceId,
    category: 'feature',
    markdown,
    ...more,
  });
}

test('import makes the plan that the Markdown says; the absence of goals is no reason to refuse', async () => {
  const { workspaceId } = await aWorld(memory);
  const reply = await memory.ok('plan', 'import', {
    workspace_id: workspaceId,
    category: 'feature',
    markdown: CHECKLIST,
  });
  expect(reply).toMatch(
    /^Imported: plan plan_\w{12} "Tidy up" · active · 2 phases, 3 steps, 1 done\n1\. "Cellar"\n2\. "Attic"$/,
  );
  const plan = await memory.data<Plan>('plan', 'get', { plan_id: idIn(reply, 'plan') });
  expect(plan).toMatchObject({
    category: 'feature',
    priority: 'high',
    description: 'Why we do it.',
    goals: ['Room to move'],
  });
  expect(plan.steps).toMatchObject([
    { task: 'Look', status: 'done', notes: null, completed_at: null },
    { task: 'Carry', status: 'pending', notes: 'Mind the head.' },
    { task: 'Sweep', status: 'pending' },
  ]);
});

test('a title and a priority in the call win over those of the text', async () => {
  const planId = await importedBy(CHECKLIST, { title: 'Another title', priority: 'low' });
  expect(await memory.data('plan', 'get', { plan_id: planId })).toMatchObject({
    title: 'Another title',
    priority: 'low',
  });
});

test('a checklist whose steps are all done is a completed plan', async () => {
  const planId = await importedBy('# Done\n\n- [x] One\n- [x] Two\n');
  expect(await memory.data('plan', 'get', { plan_id: planId })).toMatchObject({ status: 'completed' });
});

test('a plan of two million characters comes in whole', async () => {
  const notes = 'What to think of. '.repeat(10_000);
  const steps = Array.from({ length: 12 }, (_, i) => `- [ ] Step ${i}\n\n  ${notes}\n`).join('\n');
  const planId = await importedBy(`# Long\n\n## All\n\n${steps}`);
  expect(await memory.ok('steps', 'list', { plan_id: planId })).toMatch(/^12 steps/);
});

test.each([
  [
    'text without a heading',
    '- [ ] lost',
    /^invalid_input: The Markdown has no heading, so the plan has no title\. Begin it with/,
  ],
  [
    'text without a checkbox',
    '# Title\n\nJust words.',
    /^invalid_input: The Markdown holds no checkbox.* Write steps as "- \[ \] task"/,
  ],
  ['blanks', ' \n\n ', /^invalid_input: /],
  [
    'an unfinished comment and fence',
    '# Title\n\n<!-- \n```\n- [ ] hidden',
    /^invalid_input: The Markdown holds no checkbox/,
  ],
])('import refuses %s', async (_what, markdown, words) => {
  const { workspaceId } = await aWorld(memory);
  expect(await memory.refused('plan', 'import', { workspace_id: workspaceId, category: 'feature', markdown })).toMatch(
    words,
  );
  expect(await memory.ok('plan', 'list', { workspace_id: workspaceId, category: 'feature' })).toBe('No plans here.');
});

test('export answers Markdown that imports to the same text, and JSON with everything', async () => {
  const planId = await importedBy(CHECKLIST);
  const markdown = await memory.ok('plan', 'export', { plan_id: planId });
  expect(markdown).toContain('# Tidy up\n');
  expect(markdown).toContain('- [ ] Carry\n\n  Mind the head.\n');
  const again = await importedBy(markdown);
  expect(await memory.ok('plan', 'export', { plan_id: again })).toBe(markdown);
  expect(JSON.parse(await memory.ok('plan', 'export', { plan_id: planId, format: 'json' }))).toMatchObject({
    id: planId,
    title: 'Tidy up',
  });
});

test('an archived plan can be exported', async () => {
  const planId = await importedBy(CHECKLIST);
  const markdown = await memory.ok('plan', 'export', { plan_id: planId });
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.ok('plan', 'export', { plan_id: planId })).toBe(markdown);
});

test('a long export comes in pieces; joined, they are the whole', async () => {
  const steps = Array.from({ length: 300 }, (_, i) => `- [ ] Step ${i} ${'🦆 ü "quoted" '.repeat(15)}`);
  const planId = await importedBy(`# Long\n\n## All\n\n${steps.join('\n')}\n`);
  const pieces: string[] = [];
  for (let cursor: string | undefined = '0'; cursor !== undefined; ) {
    const result = await memory.call('plan', 'export', { plan_id: planId, cursor });
    expect(textOf(result).length).toBeLessThanOrEqual(24_000);
    const [piece, note] = result.content.map((block) => (block.type === 'text' ? block.text : ''));
    pieces.push(piece ?? '');
    cursor = /the rest: the same call with cursor "(\d+)"/.exec(note ?? '')?.[1];
  }
  expect(pieces.length).toBeGreaterThan(2);
  const again = await importedBy(pieces.join(''));
  const [first, second] = await Promise.all(
    [planId, again].map((plan_id) => memory.data<{ total: number }>('steps', 'list', { plan_id })),
  );
  expect([first?.total, second?.total]).toEqual([300, 300]);
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
});

test('a dependency holds its source back until its target is done', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  const [first, second] = stepIds;
  const reply = await memory.ok('plan', 'add_dependency', { source_id: first, target_id: second });
  expect(reply).toMatch(new RegExp(`^Depends: ${first} waits for ${second} \\(dep_\\w{12}, pending\\)$`));
  expect(await memory.ok('plan', 'list_dependencies', { id: first })).toMatch(
    new RegExp(`\\| depends on \\| step ${second} \\| blocks \\| pending`),
  );
  expect(await memory.ok('plan', 'list_dependencies', { id: second })).toContain(`| needed by | step ${first} |`);
  const asked = { plan_id: planId, agent_type: 'Executor', session_id: sessionId };
  expect(await memory.ok('steps', 'next', asked)).toContain(`next: ${second} `);
  const then = await memory.ok('steps', 'next', asked);
  expect(then).toContain(`done: ${second}\n`);
  expect(then).toContain(`next: ${first} `);
  expect(await memory.ok('plan', 'list_dependencies', { id: first })).toContain('| satisfied');
});

test('plans, phases and steps can depend on each other, and informing holds nothing back', async () => {
  const { planId, phaseIds, stepIds } = await aWorld(memory);
  const other = await aWorld(memory);
  await memory.ok('plan', 'add_dependency', { source_id: planId, target_id: other.planId, type: 'informs' });
  await memory.ok('plan', 'add_dependency', { source_id: phaseIds[1], target_id: other.stepIds[0] });
  await memory.ok('plan', 'add_dependency', { source_id: stepIds[0], target_id: other.phaseIds[0], type: 'informs' });
  expect(await memory.ok('query', 'ready', { plan_id: planId })).toMatch(new RegExp(`2 ready steps\n  ${stepIds[0]} `));
});

test('adding an edge twice answers the same edge', async () => {
  const { stepIds } = await aWorld(memory);
  const edge = { source_id: stepIds[0], target_id: stepIds[1] };
  expect(await memory.ok('plan', 'add_dependency', edge)).toBe(await memory.ok('plan', 'add_dependency', edge));
  expect(await memory.refused('plan', 'add_dependency', { ...edge, type: 'informs' })).toMatch(
    /^conflict: .*Remove dependency/,
  );
});

test.each([
  ['itself', 0, 0],
  ['what waits for it already', 1, 0],
  ['what waits for it over another step', 2, 0],
])('a step cannot depend on %s', async (_what, source, target) => {
  const { stepIds } = await aWorld(memory);
  await memory.ok('plan', 'add_dependency', { source_id: stepIds[0], target_id: stepIds[1] });
  await memory.ok('plan', 'add_dependency', { source_id: stepIds[1], target_id: stepIds[2] });
  const edge = { source_id: stepIds[source], target_id: stepIds[target] };
  expect(await memory.refused('plan', 'add_dependency', edge)).toMatch(/^cycle: /);
});

test('a step cannot depend on the plan that contains it', async () => {
  const { planId, phaseIds, stepIds } = await aWorld(memory);
  expect(await memory.refused('plan', 'add_dependency', { source_id: stepIds[0], target_id: planId })).toMatch(
    /^cycle: /,
  );
  expect(await memory.refused('plan', 'add_dependency', { source_id: stepIds[0], target_id: phaseIds[0] })).toMatch(
    /^cycle: /,
  );
});

test('what is no plan, phase or step has no dependencies', async () => {
  const { workspaceId, stepIds } = await aWorld(memory);
  expect(await memory.refused('plan', 'add_dependency', { source_id: workspaceId, target_id: stepIds[0] })).toMatch(
    new RegExp(`^not_found: No step with id "${workspaceId}"\\. That is the id of a workspace\\.$`),
  );
  expect(await memory.ok('plan', 'list_dependencies', { id: stepIds[0] })).toMatch(/depends on nothing, and nothing/);
});
