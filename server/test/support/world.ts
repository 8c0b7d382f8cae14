/** A workspace with a plan under way, made through the tools: what most calls need around them. */
import type { Memory } from './memory.ts';

export interface World {
  memory: Memory;
  path: string;
  workspaceId: string;
  planId: string;
  phaseIds: [first: string, second: string];
  /** Two of the first phase, then two of the second; all pending. */
  stepIds: [string, string, string, string];
  /** An open session of the agent type Executor. */
  sessionId: string;
}

let made = 0;

export async function aWorld(memory: Memory): Promise<World> {
  const path = `/projects/world-${++made}`;
  const workspaceId = await memory.id('ws', 'workspace', 'register', { path });
  const planId = await memory.id('plan', 'plan', 'create', {
    workspace_id: workspaceId,
    title: 'Paint the house',
    category: 'quick_task',
    phases: [
      { name: 'Prepare', steps: [{ task: 'Buy paint' }, { task: 'Wash the walls' }] },
      { name: 'Paint', steps: [{ task: 'Paint the north side' }, { task: 'Paint the south side' }] },
    ],
  });
  const plan = await memory.data<{ phases: { id: string }[]; steps: { id: string }[] }>('plan', 'get', {
    plan_id: planId,
  });
  const sessionId = await memory.id('sess', 'agent', 'init', { plan_id: planId, agent_type: 'Executor' });
  return {
    memory,
    path,
    workspaceId,
    planId,
    phaseIds: plan.phases.map(({ id }) => id) as World['phaseIds'],
    stepIds: plan.steps.map(({ id }) => id) as World['stepIds'],
    sessionId,
  };
}
