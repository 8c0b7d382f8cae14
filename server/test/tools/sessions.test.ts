/** memory_agent through the door: looking at sessions, keeping them alive, and where a plan was routed. */
import { expect, test } from 'vitest';
import { rows } from '../support/database.ts';
import { sharedMemory } from '../support/memory.ts';
import { aWorld, type World } from '../support/world.ts';

const memory = sharedMemory();

async function anotherSession({ planId }: World): Promise<string> {
  return await memory.id('sess', 'agent', 'init', { plan_id: planId, agent_type: 'Reviewer' });
}

test('list_sessions shows the sessions of a plan or workspace, newest first, by status', async () => {
  const world = await aWorld(memory);
  const { planId, workspaceId, sessionId } = world;
  const second = await anotherSession(world);
  await memory.ok('agent', 'complete', { target_session_id: sessionId, summary: 'Done' });
  const listed = async (filter: object) =>
    (await memory.ok('agent', 'list_sessions', { ...filter })).match(/sess_\w{12}/g) ?? [];
  expect(await listed({ plan_id: planId })).toEqual([second, sessionId]);
  expect(await listed({ workspace_id: workspaceId })).toEqual([second, sessionId]);
  expect(await listed({ plan_id: planId, status: 'open' })).toEqual([second]);
  expect(await listed({ plan_id: planId, status: 'completed' })).toEqual([sessionId]);
  expect(await listed({ plan_id: planId, status: 'orphaned' })).toEqual([]);
  expect(await listed({ plan_id: planId, limit: 1 })).toEqual([second]);
  expect(await listed({ plan_id: planId, limit: 1, cursor: '1' })).toEqual([sessionId]);
  expect(await memory.ok('agent', 'list_sessions', { plan_id: planId })).toMatch(
    new RegExp(
      `^2 sessions: .*\\n${second} \\| Reviewer \\| open \\| .*\\n${sessionId} \\| Executor \\| completed \\| `,
    ),
  );
});

test('list_sessions asks which workspace is meant when there are several', async () => {
  await aWorld(memory);
  await aWorld(memory);
  expect(await memory.refused('agent', 'list_sessions')).toMatch(/^invalid_input: Which workspace\? /);
});

test('get_session shows what a session holds, and at its end what came of it', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Executor', session_id: sessionId });
  const target = { target_session_id: sessionId };
  expect(await memory.ok('agent', 'get_session', target)).toMatch(
    new RegExp(
      `^Session ${sessionId} of Executor on plan ${planId} · open · .*\\nholds ${stepIds[0]} \\| "Buy paint"$`,
    ),
  );
  await memory.ok('agent', 'complete', { ...target, summary: 'Bought', artifacts: ['bill.pdf'] });
  const text = await memory.ok('agent', 'get_session', target);
  expect(text).toContain('· completed ·');
  expect(text).toContain('summary: "Bought"\nartifacts: "bill.pdf"');
  expect(await memory.data('agent', 'get_session', target)).toMatchObject({ plan_id: planId, holds: [] });
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.ok('agent', 'get_session', target)).toBe(text);
});

test('categorize stores the whole decision and gives the plan its category', async () => {
  const { planId } = await aWorld(memory);
  const decision = { category: 'bugfix', confidence: 0.9, reasoning: 'It drips', suggested_workflow: ['A', 'B'] };
  expect(await memory.ok('agent', 'categorize', { plan_id: planId, ...decision })).toBe(
    `Categorized: plan ${planId} is bugfix; A → B`,
  );
  const [plan] = rows(memory.dataRoot, 'SELECT category, categorization FROM plans WHERE id = ?', planId);
  expect(plan?.['category']).toBe('bugfix');
  expect(JSON.parse(String(plan?.['categorization']))).toEqual(decision);
});

test('categorize refuses more than certainty, a category that is none, and an archived plan', async () => {
  const { planId } = await aWorld(memory);
  const decision = { plan_id: planId, category: 'bugfix' };
  expect(await memory.refused('agent', 'categorize', { ...decision, confidence: 1.1 })).toMatch(
    /"confidence": too big/,
  );
  expect(await memory.refused('agent', 'categorize', { ...decision, category: 'fun' })).toMatch(
    /"category": invalid option/,
  );
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.refused('agent', 'categorize', decision)).toMatch(/^conflict: .*restore/);
});

test('a heartbeat renews the leases of what the session holds, and a completed session has none', async () => {
  const { planId, stepIds, sessionId } = await aWorld(memory);
  await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Executor', session_id: sessionId });
  const lease = () => rows(memory.dataRoot, 'SELECT lease_expires_at AS until FROM steps WHERE id = ?', stepIds[0])[0];
  const before = String(lease()?.['until']);
  await expect
    .poll(async () => {
      expect(await memory.ok('agent', 'heartbeat', { session_id: sessionId })).toBe(
        `Session ${sessionId} is alive and holds 1 step`,
      );
      return String(lease()?.['until']) > before;
    })
    .toBe(true);
  await memory.ok('agent', 'complete', { target_session_id: sessionId, summary: 'Done' });
  expect(await memory.refused('agent', 'heartbeat', { session_id: sessionId })).toMatch(
    /^conflict: Session .* was completed at .* memory_agent init/,
  );
});
