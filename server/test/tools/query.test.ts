/** memory_query through the door: reads only. */
import { describe, expect, test } from 'vitest';
import { ENTITY_KINDS } from '../../src/db/index.ts';
import { VERSION } from '../../src/domain/version.ts';
import { databaseFile } from '../support/database.ts';
import { type Args, sharedMemory } from '../support/memory.ts';
import { aWorld } from '../support/world.ts';

const memory = sharedMemory();

test('get answers anything by its id, live and archived', async () => {
  const { workspaceId, planId, phaseIds, stepIds, sessionId } = await aWorld(memory);
  const note = await memory.id('note', 'plan', 'add_note', { plan_id: planId, note: 'Wet' });
  const item = await memory.id('ctx', 'context', 'store', {
    parent_type: 'plan',
    parent_id: planId,
    type: 'a',
    data: 'b',
  });
  const edge = await memory.id('dep', 'plan', 'add_dependency', { source_id: stepIds[1], target_id: stepIds[0] });
  const kinds = {
    plan: planId,
    phase: phaseIds[0],
    step: stepIds[0],
    session: sessionId,
    note,
    context: item,
    dependency: edge,
  };
  expect(await memory.ok('query', 'get', { id: workspaceId })).toMatch(new RegExp(`^workspace ${workspaceId}\n`));
  for (const [kind, id] of Object.entries(kinds)) {
    expect(await memory.ok('query', 'get', { id })).toMatch(new RegExp(`^${kind} ${id}\n`));
  }
  await memory.ok('plan', 'archive', { plan_id: planId });
  for (const [kind, id] of Object.entries(kinds)) {
    expect(await memory.ok('query', 'get', { id })).toMatch(new RegExp(`^${kind} ${id} \\(archived\\)\n`));
  }
});

test('get answers any id in under 1,000 characters, however long what was stored is', async () => {
  const { workspaceId: workspace_id, planId: plan_id, stepIds, phaseIds, sessionId } = await aWorld(memory);
  const [long, word] = ['A long text with "quotes". '.repeat(60), 'w'.repeat(100)];
  const list = Array.from({ length: 20 }, () => long);
  const [plan, step, phase] = [{ plan_id }, { step_id: stepIds[0] }, { phase_id: phaseIds[0] }];
  const title = long.slice(0, 500);
  await memory.ok('workspace', 'update', { workspace_id, name: title, profile: { long }, meta: { long } });
  const program = { workspace_id, title, description: long, goals: list, success_criteria: list };
  const program_id = await memory.id('prog', 'workspace', 'create_program', { ...program, category: 'feature' });
  const risk = { program_id, risk_type: 'functional_conflict', severity: 'high', title, description: long };
  await memory.ok('workspace', 'add_risk', { ...risk, mitigation: long, source_plan_id: plan_id });
  await memory.ok('workspace', 'add_to_program', { ...plan, program_id });
  const texts = { title, description: long, goals: list, success_criteria: list };
  await memory.ok('plan', 'update', { ...plan, ...texts });
  await memory.ok('plan', 'update_phase', { ...phase, name: title, description: long, success_criteria: list });
  const paths = Array.from({ length: 50 }, (_, n) => `src/${n}/**`);
  await memory.ok('steps', 'claim', { ...step, agent_type: word, session_id: sessionId });
  const evidence = { command: long, exit_code: 0, commit: word, files: paths, waiver: { by: word, reason: long } };
  await memory.ok('steps', 'update', {
    ...step,
    session_id: sessionId,
    task: long,
    notes: long,
    assignee: word,
    paths,
    evidence,
  });
  await memory.ok('plan', 'add_note', { ...plan, note: long });
  await memory.ok('agent', 'handoff', { ...plan, from_agent: word, to_agent: word, reason: long, data: { long } });
  const item = { parent_type: 'step', parent_id: stepIds[0], type: word, key: word };
  for (const data of [{ long }, { other: long }]) await memory.ok('context', 'store', { ...item, data });
  await memory.ok('context', 'append_research', { ...plan, filename: `${word}.md`, content: long });
  await memory.ok('context', 'store_knowledge', { workspace_id, slug: word, title, data: { long }, tags: [word] });
  const script = { workspace_id, name: title, command: long, directory: 'x', description: long };
  await memory.ok('library', 'add_build_script', script);
  await memory.ok('plan', 'add_dependency', { source_id: stepIds[1], target_id: stepIds[0] });
  await memory.ok('library', 'store_agent', { name: word, content: long, metadata: { long } });
  await memory.ok('library', 'store_instruction', { filename: `${word}.md`, applies_to: '**', content: long });
  await memory.ok('library', 'store_skill', { name: word, content: long, tags: [word, long.slice(0, 90)] });
  for (const kind of ENTITY_KINDS) {
    const ids = (await memory.ok('query', 'list', { kind, limit: 200 })).match(/^\w+(?= \| )/gm) ?? [];
    expect(ids.length, kind).toBeGreaterThan(0);
    for (const id of ids) {
      const reply = await memory.ok('query', 'get', { id });
      expect(reply.length, reply).toBeLessThan(1_000);
      expect(reply).toMatch(new RegExp(`^${kind} ${id}\n`));
    }
  }
});

test('list answers the live rows of a kind, by workspace, plan, parent and status', async () => {
  const { workspaceId, planId, phaseIds, stepIds } = await aWorld(memory);
  await memory.ok('steps', 'update', { step_id: stepIds[0], status: 'done' });
  const ids = async (filter: Args) =>
    (await memory.data<{ items: { id: string }[] }>('query', 'list', filter)).items.map(({ id }) => id);
  expect(await ids({ kind: 'step', plan_id: planId })).toEqual(stepIds);
  expect(await ids({ kind: 'step', workspace_id: workspaceId, status: 'done' })).toEqual([stepIds[0]]);
  expect(await ids({ kind: 'step', parent_id: phaseIds[1] })).toEqual([stepIds[2], stepIds[3]]);
  const { cursor } = await memory.data<{ cursor: string }>('query', 'list', {
    kind: 'step',
    plan_id: planId,
    limit: 1,
  });
  expect(await ids({ kind: 'step', plan_id: planId, limit: 2, cursor })).toEqual([stepIds[1], stepIds[2]]);
  expect(await memory.ok('query', 'list', { kind: 'phase', plan_id: planId })).toBe(
    `2 phases: id | title | status\n${phaseIds[0]} | "Prepare"\n${phaseIds[1]} | "Paint"`,
  );
});

test('list refuses a kind there is not, and a filter that the kind does not have', async () => {
  const { planId } = await aWorld(memory);
  expect(await memory.refused('query', 'list', { kind: 'secret' })).toMatch(
    /"kind": invalid option: expected one of "workspace"/,
  );
  expect(await memory.refused('query', 'list', { kind: 'agent', plan_id: planId })).toMatch(
    /^invalid_input: A list of kind "agent" cannot be filtered by plan_id/,
  );
});

test('ready shows what could be claimed now, for a plan and for a workspace, and what the rest waits for', async () => {
  const { workspaceId, planId, stepIds, sessionId } = await aWorld(memory);
  await memory.ok('steps', 'update', { step_id: stepIds[1], assignee: 'Washer' });
  expect(await memory.ok('query', 'ready', { plan_id: planId })).toBe(
    `Plan ${planId} "Paint the house": 2 ready steps\n  ${stepIds[0]} | "Buy paint"\n  ${stepIds[1]} | "Wash the walls" | Washer`,
  );
  expect(await memory.ok('query', 'ready', { plan_id: planId, agent_type: 'Buyer' })).toContain('1 ready step\n');
  for (const step_id of stepIds.slice(0, 2)) {
    await memory.ok('steps', 'claim', { step_id, agent_type: 'Executor', session_id: sessionId });
  }
  expect(await memory.ok('query', 'ready', { workspace_id: workspaceId })).toMatch(
    new RegExp(
      `^Plan ${planId} "Paint the house": waiting; step ${stepIds[0]} is held by Executor, session ${sessionId}; step`,
    ),
  );
  await memory.ok('plan', 'archive', { plan_id: planId });
  expect(await memory.ok('query', 'ready', { workspace_id: workspaceId })).toBe('No active plan here.');
  expect(await memory.ok('query', 'ready', { plan_id: planId })).toContain('waiting; the plan is archived');
});

describe('help', () => {
  test('lists the tools, the actions of one, and one with an example', async () => {
    expect(await memory.ok('query', 'help')).toMatch(/^memory_query: .*\nmemory_workspace: .*\n(.*\n)+For one of them/);
    expect(await memory.ok('query', 'help', { tool: 'memory_steps' })).toMatch(
      /\nnext\(plan_id, agent_type.*\) – Finish your/,
    );
    const text = await memory.ok('query', 'help', { tool: 'memory_plan', name: 'add_note' });
    expect(text).toMatch(
      /^memory_plan add_note\(plan_id, note, note_type\?\)\n.*\nnote_type: info \| warning \| instruction\nExample: \{/,
    );
  });

  test('is an example that can be called as it stands', async () => {
    const { planId } = await aWorld(memory);
    const text = await memory.ok('query', 'help', { tool: 'memory_plan', name: 'add_note' });
    const { action, ...example } = JSON.parse(text.slice(text.indexOf('Example: ') + 9)) as { action: string };
    await memory.ok('plan', action, { ...example, plan_id: planId });
  });
});

test('status tells version, schema, place, size, health and counts', async () => {
  const { planId } = await aWorld(memory);
  const status = await memory.data<{ counts: Record<string, number>; open_sessions: number }>('query', 'status');
  expect(status).toMatchObject({
    version: VERSION,
    schema_version: expect.any(Number),
    path: databaseFile(memory.dataRoot),
    size_bytes: expect.any(Number),
    integrity: 'ok',
    stale_claims: 0,
  });
  await memory.ok('agent', 'init', { plan_id: planId, agent_type: 'Another' });
  await memory.ok('workspace', 'register', { path: '/one/more' });
  const after = await memory.data<typeof status>('query', 'status');
  expect(after.open_sessions).toBe(status.open_sessions + 1);
  expect(after.counts).toEqual({ ...status.counts, workspaces: (status.counts['workspaces'] ?? 0) + 1 });
  expect(await memory.ok('query', 'status')).toMatch(
    /^Project Memory \d+\.\d+\.\d+, schema \d+, database .*integrity ok\)\n.*\n.*\nsearch index ok$/,
  );
});
