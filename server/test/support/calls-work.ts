/** One valid call of every action of memory_steps, memory_agent, memory_context and memory_library. */
import type { Calls } from './call-types.ts';
import type { Args } from './memory.ts';
import type { World } from './world.ts';

export const STEPS: Calls = {
  add: ({ planId }) => ({ plan_id: planId, steps: [{ task: 'Clean the brushes' }] }),
  list: ({ planId }) => ({ plan_id: planId }),
  get: ({ stepIds }) => ({ step_id: stepIds[0] }),
  update: ({ stepIds }) => ({ step_id: stepIds[0], notes: 'White' }),
  batch_update: ({ stepIds }) => ({ updates: [{ step_id: stepIds[0], status: 'done' }] }),
  insert: ({ phaseIds }) => ({ phase_id: phaseIds[0], at_index: 0, step: { task: 'Look at the sky' } }),
  move: ({ stepIds, phaseIds }) => ({ step_id: stepIds[0], to_phase_id: phaseIds[1], to_index: 1 }),
  reorder: ({ phaseIds, stepIds }) => ({ phase_id: phaseIds[0], order: [stepIds[1], stepIds[0]] }),
  delete: ({ stepIds }) => ({ step_id: stepIds[3] }),
  replace: ({ planId, stepIds }) => ({
    plan_id: planId,
    steps: [{ step_id: stepIds[0], task: 'Buy white paint' }, { task: 'Buy brushes' }],
  }),
  consolidate: ({ stepIds }) => ({ step_ids: [stepIds[0], stepIds[1]], task: 'Get ready' }),
  next: ({ planId, sessionId }) => ({ plan_id: planId, agent_type: 'Executor', session_id: sessionId }),
  claim: ({ stepIds, sessionId }) => ({ step_id: stepIds[0], agent_type: 'Executor', session_id: sessionId }),
  release: async ({ memory, stepIds, sessionId }) => {
    await memory.ok('steps', 'claim', { step_id: stepIds[0], agent_type: 'Executor', session_id: sessionId });
    return { step_id: stepIds[0], session_id: sessionId, reason: 'It rains' };
  },
  block: ({ stepIds }) => ({ step_id: stepIds[0], reason: 'The shop is closed' }),
  wait: ({ planId }) => ({ plan_id: planId, agent_type: 'Executor', timeout_s: 1 }),
  unblock: async ({ memory, stepIds }) => {
    await memory.ok('steps', 'block', { step_id: stepIds[0], reason: 'The shop is closed' });
    return { step_id: stepIds[0] };
  },
};

export const AGENT: Calls = {
  init: ({ planId }) => ({ plan_id: planId, agent_type: 'Reviewer' }),
  complete: ({ sessionId }) => ({ target_session_id: sessionId, summary: 'Painted' }),
  handoff: ({ planId }) => ({
    plan_id: planId,
    from_agent: 'Executor',
    to_agent: 'Reviewer',
    reason: 'The walls are washed',
    data: { walls: 4 },
  }),
  lineage: ({ planId }) => ({ plan_id: planId }),
  list_sessions: ({ planId }) => ({ plan_id: planId }),
  get_session: ({ sessionId }) => ({ target_session_id: sessionId }),
  categorize: ({ planId }) => ({ plan_id: planId, category: 'quick_task', confidence: 0.8 }),
  heartbeat: ({ sessionId }) => ({ session_id: sessionId }),
};

async function someKnowledge({ memory, workspaceId }: World): Promise<Args> {
  const known = { workspace_id: workspaceId, slug: 'paint' };
  await memory.ok('context', 'store_knowledge', { ...known, title: 'Which paint', data: { colour: 'white' } });
  return known;
}

export const CONTEXT: Calls = {
  store: ({ planId }) => ({ parent_type: 'plan', parent_id: planId, type: 'decision', data: { colour: 'white' } }),
  get: ({ planId }) => ({ parent_type: 'plan', parent_id: planId }),
  list_types: ({ planId }) => ({ parent_type: 'plan', parent_id: planId }),
  batch_store: ({ planId, stepIds }) => ({
    items: [
      { parent_type: 'plan', parent_id: planId, type: 'decision', data: { colour: 'white' } },
      { parent_type: 'step', parent_id: stepIds[0], type: 'finding', data: 'The shop is shut' },
    ],
  }),
  delete: async ({ memory, planId }) => {
    const item = { parent_type: 'plan', parent_id: planId, type: 'decision', data: { colour: 'white' } };
    return { context_id: await memory.id('ctx', 'context', 'store', item) };
  },
  store_request: ({ planId }) => ({
    plan_id: planId,
    user_request: 'Paint the house, please',
    requirements: ['White'],
    constraints: ['Not on Sunday'],
  }),
  search: () => ({ query: 'paint walls' }),
  append_research: ({ planId }) => ({ plan_id: planId, filename: 'paint.md', content: '# Paint\nTwo coats.' }),
  get_research: async ({ memory, planId }) => {
    const document = { plan_id: planId, filename: 'paint.md' };
    await memory.ok('context', 'append_research', { ...document, content: '# Paint\nTwo coats.' });
    return document;
  },
  list_research: async ({ memory, planId }) => {
    await memory.ok('context', 'append_research', { plan_id: planId, filename: 'paint.md', content: 'Two coats.' });
    return { plan_id: planId };
  },
  store_knowledge: ({ workspaceId, planId }) => ({
    workspace_id: workspaceId,
    slug: 'paint',
    title: 'Which paint',
    data: { colour: 'white' },
    tags: ['paint'],
    created_by_agent: 'Executor',
    created_by_plan: planId,
  }),
  get_knowledge: someKnowledge,
  list_knowledge: ({ workspaceId }) => ({ workspace_id: workspaceId }),
  delete_knowledge: someKnowledge,
  dump: ({ planId }) => ({ plan_id: planId }),
};

async function aScript({ memory, workspaceId }: World): Promise<string> {
  const script = { workspace_id: workspaceId, name: 'Paint', command: 'paint --all', directory: '.' };
  return await memory.id('script', 'library', 'add_build_script', script);
}

export const LIBRARY: Calls = {
  list_agents: () => ({}),
  get_agent: () => ({ name: 'Executor' }),
  store_agent: ({ workspaceId }) => ({ name: `Painter ${workspaceId}`, content: '# Painter\nPaint.' }),
  list_instructions: () => ({}),
  get_instruction: () => ({ filename: 'tests.instructions.md' }),
  store_instruction: ({ workspaceId }) => ({
    filename: `${workspaceId}.instructions.md`,
    applies_to: '**/*.paint',
    content: 'Two coats.',
  }),
  match_instructions: () => ({ path: 'src/wall.test.ts' }),
  list_skills: () => ({}),
  get_skill: () => ({ name: 'resume-work' }),
  store_skill: ({ workspaceId }) => ({ name: `painting-${workspaceId}`, content: 'From the top down.' }),
  match_skills: () => ({ query: 'write tests for a bug' }),
  add_build_script: ({ workspaceId }) => ({
    workspace_id: workspaceId,
    name: 'Paint',
    command: 'paint --all',
    directory: '.',
  }),
  list_build_scripts: ({ workspaceId }) => ({ workspace_id: workspaceId }),
  get_build_script: async (world) => ({ workspace_id: world.workspaceId, script_id: await aScript(world) }),
  delete_build_script: async (world) => ({ workspace_id: world.workspaceId, script_id: await aScript(world) }),
};
