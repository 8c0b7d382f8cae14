/** One valid call of every action of memory_workspace and memory_plan. */
import type { Calls } from './call-types.ts';
import type { World } from './world.ts';

async function aProgram({ memory, workspaceId }: World): Promise<string> {
  return await memory.id('prog', 'workspace', 'create_program', {
    workspace_id: workspaceId,
    title: 'The whole house',
  });
}

async function aRisk(world: World): Promise<string> {
  const risk = { risk_type: 'dependency_risk', severity: 'high', title: 'It rains' };
  return await world.memory.id('risk', 'workspace', 'add_risk', { program_id: await aProgram(world), ...risk });
}

async function anotherPlan({ memory, workspaceId }: World): Promise<string> {
  return await memory.id('plan', 'plan', 'create', {
    workspace_id: workspaceId,
    title: 'Mow the lawn',
    category: 'quick_task',
    phases: [{ name: 'Mow', steps: [{ task: 'Mow' }] }],
  });
}

export const WORKSPACE: Calls = {
  register: ({ path }) => ({ path: `${path}/inner` }),
  list: () => ({}),
  info: ({ workspaceId }) => ({ workspace_id: workspaceId }),
  update: ({ workspaceId }) => ({ workspace_id: workspaceId, name: 'Another name' }),
  link: async ({ memory, workspaceId, path }) => ({
    workspace_id: workspaceId,
    parent_workspace_id: await memory.id('ws', 'workspace', 'register', { path: `${path}-parent` }),
  }),
  add_path: ({ workspaceId, path }) => ({ workspace_id: workspaceId, path: `${path}-clone` }),
  create_program: ({ workspaceId }) => ({
    workspace_id: workspaceId,
    title: 'The whole house',
    goals: ['It is white'],
  }),
  get_program: async (world) => ({ program_id: await aProgram(world) }),
  list_programs: ({ workspaceId }) => ({ workspace_id: workspaceId }),
  update_program: async (world) => ({ program_id: await aProgram(world), status: 'paused' }),
  add_to_program: async (world) => ({ program_id: await aProgram(world), plan_id: world.planId }),
  remove_from_program: async (world) => {
    const program_id = await aProgram(world);
    await world.memory.ok('workspace', 'add_to_program', { program_id, plan_id: world.planId });
    return { plan_id: world.planId };
  },
  upgrade_to_program: ({ planId }) => ({ plan_id: planId }),
  link_workspace: async (world) => ({
    program_id: await aProgram(world),
    workspace_id: await world.memory.id('ws', 'workspace', 'register', { path: `${world.path}-other` }),
  }),
  add_risk: async (world) => ({
    program_id: await aProgram(world),
    risk_type: 'functional_conflict',
    severity: 'low',
    title: 'Paint on the lawn',
  }),
  update_risk: async (world) => ({ risk_id: await aRisk(world), risk_status: 'mitigated' }),
  list_risks: async (world) => ({ program_id: await aProgram(world) }),
  export_pending: ({ workspaceId }) => ({ workspace_id: workspaceId }),
};

export const PLAN: Calls = {
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
  list_notes: ({ planId }) => ({ plan_id: planId }),
  add_phase: ({ planId }) => ({ plan_id: planId, name: 'Tidy up' }),
  update_phase: ({ phaseIds }) => ({ phase_id: phaseIds[0], name: 'Get ready' }),
  delete_phase: ({ phaseIds }) => ({ phase_id: phaseIds[0], move_steps_to: phaseIds[1] }),
  reorder_phases: ({ planId, phaseIds }) => ({ plan_id: planId, order: [...phaseIds].reverse() }),
  confirm: ({ planId, stepIds }) => ({
    plan_id: planId,
    scope: 'step',
    target_id: stepIds[0],
    confirmed_by: 'user',
  }),
  pause: ({ planId }) => ({ plan_id: planId, reason: 'It rains' }),
  resume: async ({ memory, planId }) => {
    await memory.ok('plan', 'pause', { plan_id: planId, reason: 'It rains' });
    return { plan_id: planId };
  },
  archive: ({ planId }) => ({ plan_id: planId }),
  restore: async ({ memory, planId }) => {
    await memory.ok('plan', 'archive', { plan_id: planId });
    return { plan_id: planId };
  },
  clone: ({ planId }) => ({ plan_id: planId, title: 'Paint the other house' }),
  merge: async (world) => ({ plan_id: world.planId, source_plan_ids: [await anotherPlan(world)] }),
  import: ({ workspaceId }) => ({
    workspace_id: workspaceId,
    category: 'quick_task',
    markdown: '# Tidy up\n\n## Cellar\n\n- [x] Look\n- [ ] Carry',
  }),
  export: ({ planId }) => ({ plan_id: planId }),
  list_templates: () => ({}),
  create_from_template: ({ workspaceId }) => ({ workspace_id: workspaceId, template: 'bugfix', title: 'It drips' }),
  add_dependency: ({ stepIds }) => ({ source_id: stepIds[1], target_id: stepIds[0] }),
  remove_dependency: async ({ memory, stepIds }) => {
    const edge = { source_id: stepIds[1], target_id: stepIds[0] };
    return { dependency_id: await memory.id('dep', 'plan', 'add_dependency', edge) };
  },
  list_dependencies: ({ stepIds }) => ({ id: stepIds[0] }),
};
