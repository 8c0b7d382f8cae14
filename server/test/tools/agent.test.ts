/** memory_agent through the door: sessions, and handing over. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

test('init opens a session and answers what its agent needs to start', async () => {
  const { planId, stepIds } = await aWorld(memory);
  await memory.ok('plan', 'update', { plan_id: planId, goals: ['All white'], success_criteria: ['No streaks'] });
  await memory.ok('plan', 'add_note', { plan_id: planId, note: 'The door is wet', note_type: 'warning' });
  const handed = { plan_id: planId, from_agent: 'Planner', to_agent: 'Painter', reason: 'Planned', data: { pots: 3 } };
  await memory.ok('agent', 'handoff', handed);
  const text = await memory.ok('agent', 'init', { plan_id: planId, agent_type: 'Painter', context: 'in a hurry' });
  const [first, second] = text.split('\n');
  expect(first).toMatch(/^session_id: sess_\w{12}$/);
  expect(second).toMatch(/^Plan plan_\w{12} "Paint the house" · active .* 0\/4 done · now in "Prepare"$/);
  expect(text.split('\n').slice(2)).toEqual([
    'step:',
    `- ${stepIds[0]} "Buy paint"`,
    '  phase "Prepare" · standard',
    '  pending',
    'handoff:',
    expect.stringMatching(/^- Planner → Painter, \d{4}-.*Z: "Planned"$/),
    '- "pots": "3"',
    'open:',
    expect.stringMatching(/^- session sess_\w{12} of Executor, last seen \d{4}-.*Z$/),
    'notes:',
    '- warning: "The door is wet"',
    'goals:',
    '- goal: "All white"',
    '- success criterion: "No streaks"',
    'ready:',
    `- ${stepIds[1]} "Wash the walls"`,
    'Take a step: memory_steps next with plan_id, agent_type, session_id.',
  ]);
  expect(
    rows(memory.dataRoot, 'SELECT agent_type, context FROM sessions WHERE id = ?', first?.slice(12) ?? ''),
  ).toEqual([{ agent_type: 'Painter', context: '{"text":"in a hurry"}' }]);
});

test('init says why no step is ready, and refuses an archived plan', async () => {
  const { planId } = await aWorld(memory);
  await memory.ok('plan', 'update', { plan_id: planId, status: 'paused' });
  expect(await memory.ok('agent', 'init', { plan_id: planId, agent_type: 'Painter' })).toMatch(
    /\nopen:\n- the plan is paused\n/,
  );
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.refused('agent', 'init', { plan_id: planId, agent_type: 'Painter' })).toMatch(
    /^conflict: .*restore/,
  );
});

test('complete closes a session once and gives its steps back', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Executor', session_id: sessionId });
  const closed = { target_session_id: sessionId, summary: 'Half done', artifacts: ['walls.md'] };
  expect(await memory.ok('agent', 'complete', closed)).toBe(
    `Completed: session ${sessionId} of Executor; released ${stepIds[0]}`,
  );
  expect(await memory.data('steps', 'get', { step_id: stepIds[0] })).toMatchObject({ status: 'pending', claim: null });
  expect(await memory.data('query', 'get', { id: sessionId })).toMatchObject({
    row: { summary: 'Half done', artifacts: '["walls.md"]', completed_at: expect.any(String) },
  });
  expect(await memory.refused('agent', 'complete', closed)).toMatch(
    /^conflict: Session .* was completed at \d{4}-.*Z\. Call memory_agent init to open a new one/,
  );
});

test('a handoff leaves a lineage entry, a recommendation, and a packet as context', async () => {
  const { planId, sessionId } = await aWorld(memory);
  const handed = { plan_id: planId, from_agent: 'Executor', to_agent: 'Reviewer', reason: 'Phase 1 is done' };
  expect(await memory.ok('agent', 'handoff', { ...handed, data: { files: ['a.ts'] }, session_id: sessionId })).toMatch(
    /^Handed over: Executor → Reviewer \(lin_\w{12}\)$/,
  );
  expect(await memory.data('plan', 'get', { plan_id: planId })).toMatchObject({
    recommended_next_agent: 'Reviewer',
    lineage: [{ from_agent: 'Executor', to_agent: 'Reviewer', reason: 'Phase 1 is done', data: { files: ['a.ts'] } }],
  });
  const context = { parent_type: 'plan', parent_id: planId, type: 'handoff_executor_to_reviewer' };
  expect(await memory.data('context', 'get', context)).toMatchObject({
    items: [
      {
        data: {
          handoff_id: expect.stringMatching(/^lin_/),
          step_id: null,
          done: [],
          decisions: [],
          blocked: [],
          data: { files: ['a.ts'] },
        },
        session_id: sessionId,
        agent_type: 'Executor',
      },
    ],
  });
});

test('lineage lists the handoffs, newest first and page by page', async () => {
  const { planId } = await aWorld(memory);
  for (const to_agent of ['B', 'C', 'D']) {
    await memory.ok('agent', 'handoff', { plan_id: planId, from_agent: 'A', to_agent, reason: `to ${to_agent}` });
  }
  const text = await memory.ok('agent', 'lineage', { plan_id: planId });
  expect(
    text
      .split('\n')
      .slice(1)
      .map((line) => line.split(' | ')[1]),
  ).toEqual(['A → D', 'A → C', 'A → B']);
  expect(await memory.ok('agent', 'lineage', { plan_id: planId, limit: 1, cursor: '2' })).toContain('A → B');
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.ok('agent', 'lineage', { plan_id: planId })).toBe(text);
});

test('a call with a session_id keeps that session alive', async () => {
  const { planId, sessionId } = await aWorld(memory);
  const seen = () =>
    rows<{ at: string }>(memory.dataRoot, 'SELECT last_seen_at AS at FROM sessions WHERE id = ?', sessionId)[0]?.at;
  const before = seen() ?? '';
  await expect
    .poll(async () => {
      await memory.ok('plan', 'add_note', { plan_id: planId, note: 'Here', session_id: sessionId });
      return seen();
    })
    .not.toBe(before);
});
