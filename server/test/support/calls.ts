/** One valid call of every action, for tests of what holds for all of them. An action that is published has its call here. */
import type { Args } from './memory.ts';
import type { World } from './world.ts';

/** Makes what the call needs beside the world, and answers its parameters. */
type Call = (world: World) => Args | Promise<Args>;

const CONFIRM = { confirm: true };

const QUERY: Record<string, Call> = {
  get: ({ stepIds }) => ({ id: stepIds[0] }),
  list: ({ planId }) => ({ kind: 'step', plan_id: planId }),
  search: () => ({ query: 'paint walls' }),
  ready: ({ planId }) => ({ plan_id: planId }),
  help: () => ({ tool: 'memory_steps', name: 'next' }),
  status: () => ({}),
};

const WORKSPACE: Record<string, Call> = {
  register: ({ path }) => ({ path: `${path}/inner` }),
  list: () => ({}),
  info: ({ workspaceId }) => ({ workspace_id: workspaceId }),
  update: ({ workspaceId }) => ({ workspace_id: workspaceId, name: 'Another name' }),
};

const PLAN: Record<string, Call> = {
  create: ({ workspaceId }) => ({
    workspace_id: workspaceId,
    title: 'Mend the roof',
    category: 'bugfix',
    goals: ['It is dry inside'],
    success_criteria: ['A week of rain and no bucket'],
    phases: [{ name: 'Up', steps: [{ task: 'Find the ladder' }, { task: 'Climb', depends_on: ['#1'] }] }],
  }),
  get: ({ planId }) => ({ plan_id: planId }),
  list: ({ workspaceId }) => ({ workspace_id: workspaceId }),
  find: ({ planId }) => ({ plan_id: planId }),
  update: ({ planId }) => ({ plan_id: planId, priority: 'high' }),
  add_note: ({ planId }) => ({ plan_id: planId, note: 'The neighbour lends a ladder' }),
  archive: ({ planId }) => ({ plan_id: planId }),
  restore: async ({ memory, planId }) => {
    await memory.ok('plan', 'archive', { plan_id: planId });
    return { plan_id: planId };
  },
  import: ({ workspaceId }) => ({
    workspace_id: workspaceId,
    category: 'quick_task',
    markdown: '# Tidy up\n\n## Cellar\n\n- [x] Look\n- [ ] Carry',
  }),
  export: ({ planId }) => ({ plan_id: planId }),
  add_dependency: ({ stepIds }) => ({ source_id: stepIds[1], target_id: stepIds[0] }),
  list_dependencies: ({ stepIds }) => ({ id: stepIds[0] }),
};

const STEPS: Record<string, Call> = {
  add: ({ planId }) => ({ plan_id: planId, steps: [{ task: 'Clean the brushes' }] }),
  list: ({ planId }) => ({ plan_id: planId }),
  get: ({ stepIds }) => ({ step_id: stepIds[0] }),
  update: ({ stepIds }) => ({ step_id: stepIds[0], notes: 'White' }),
  batch_update: ({ stepIds }) => ({ updates: [{ step_id: stepIds[0], status: 'done' }] }),
  next: ({ planId, sessionId }) => ({ plan_id: planId, agent_type: 'Executor', session_id: sessionId }),
  claim: ({ stepIds, sessionId }) => ({
    step_id: stepIds[0],
    agent_type: 'Executor',
    session_id: sessionId,
  }),
  release: async ({ memory, stepIds, sessionId }) => {
    await memory.ok('steps', 'claim', { step_id: stepIds[0], agent_type: 'Executor', session_id: sessionId });
    return { step_id: stepIds[0], session_id: sessionId, reason: 'It rains' };
  },
};

const AGENT: Record<string, Call> = {
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
};

const CONTEXT: Record<string, Call> = {
  store: ({ planId }) => ({ parent_type: 'plan', parent_id: planId, type: 'decision', data: { colour: 'white' } }),
  get: ({ planId }) => ({ parent_type: 'plan', parent_id: planId }),
  list_types: ({ planId }) => ({ parent_type: 'plan', parent_id: planId }),
  search: () => ({ query: 'paint walls' }),
  append_research: ({ planId }) => ({ plan_id: planId, filename: 'paint.md', content: '# Paint\nTwo coats.' }),
  get_research: async ({ memory, planId }) => {
    const document = { plan_id: planId, filename: 'paint.md' };
    await memory.ok('context', 'append_research', { ...document, content: '# Paint\nTwo coats.' });
    return document;
  },
};

const LIBRARY: Record<string, Call> = {
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
};

const ADMIN: Record<string, Call> = {
  delete_plan: ({ planId }) => ({ plan_id: planId, ...CONFIRM }),
  delete_workspace: ({ workspaceId }) => ({ workspace_id: workspaceId, ...CONFIRM }),
  purge: async ({ memory, planId }) => {
    const secret = { parent_type: 'plan', parent_id: planId, type: 'secret', data: { password: 'open sesame' } };
    return { id: await memory.id('ctx', 'context', 'store', secret), ...CONFIRM };
  },
  cleanup_events: () => ({ max_age_days: 30, ...CONFIRM }),
  seed: () => CONFIRM,
};

/** Tool → action → its call. */
export const CALLS: Record<string, Record<string, Call>> = {
  query: QUERY,
  workspace: WORKSPACE,
  plan: PLAN,
  steps: STEPS,
  agent: AGENT,
  context: CONTEXT,
  library: LIBRARY,
  admin: ADMIN,
};

export interface NamedCall {
  tool: string;
  action: string;
  call: Call;
}

export const ALL_CALLS: readonly NamedCall[] = Object.entries(CALLS).flatMap(([tool, actions]) =>
  Object.entries(actions).map(([action, call]) => ({ tool, action, call })),
);
