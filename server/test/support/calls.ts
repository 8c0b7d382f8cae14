/** One valid call of every action, for tests of what holds for all of them. An action that is published has its call here. */
import type { Call, Calls } from './call-types.ts';
import { PLAN, WORKSPACE } from './calls-places.ts';
import { AGENT, CONTEXT, LIBRARY, STEPS } from './calls-work.ts';

const CONFIRM = { confirm: true };

const QUERY: Calls = {
  get: ({ stepIds }) => ({ id: stepIds[0] }),
  list: ({ planId }) => ({ kind: 'step', plan_id: planId }),
  search: () => ({ query: 'paint walls' }),
  ready: ({ planId }) => ({ plan_id: planId }),
  briefing: ({ planId }) => ({ plan_id: planId }),
  timeline: ({ planId }) => ({ plan_id: planId }),
  history: ({ stepIds }) => ({ id: stepIds[0] }),
  help: () => ({ tool: 'memory_steps', name: 'next' }),
  status: () => ({}),
};

const ADMIN: Calls = {
  delete_plan: ({ planId }) => ({ plan_id: planId, ...CONFIRM }),
  delete_workspace: ({ workspaceId }) => ({ workspace_id: workspaceId, ...CONFIRM }),
  delete_program: async ({ memory, planId }) => ({
    program_id: await memory.id('prog', 'workspace', 'upgrade_to_program', { plan_id: planId }),
    ...CONFIRM,
  }),
  purge: async ({ memory, planId }) => {
    const secret = { parent_type: 'plan', parent_id: planId, type: 'secret', data: { password: 'open sesame' } };
    return { id: await memory.id('ctx', 'context', 'store', secret), ...CONFIRM };
  },
  merge_workspaces: async ({ memory, workspaceId, path }) => ({
    source_id: await memory.id('ws', 'workspace', 'register', { path: `${path}-twin` }),
    target_id: workspaceId,
    dry_run: false,
    ...CONFIRM,
  }),
  undo: async ({ memory, stepIds, sessionId }) => {
    await memory.ok('steps', 'update', { step_id: stepIds[0], notes: 'Blue', session_id: sessionId });
    return { target_session_id: sessionId, dry_run: false, ...CONFIRM };
  },
  reclaim: async ({ memory, planId, sessionId }) => {
    await memory.ok('steps', 'next', { plan_id: planId, agent_type: 'Executor', session_id: sessionId });
    return { target_session_id: sessionId, ...CONFIRM };
  },
  cleanup_events: () => ({ max_age_days: 30, ...CONFIRM }),
  seed: () => CONFIRM,
};

/** Tool → action → its call. */
export const CALLS: Record<string, Calls> = {
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
