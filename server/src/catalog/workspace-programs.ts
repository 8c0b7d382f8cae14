/** memory_workspace: programs, which hold plans that belong together, and their risks. */

import * as z from 'zod';
import {
  addPlanToProgram,
  addRisk,
  createProgram,
  getRisk,
  linkProgramToWorkspace,
  listProgramPlans,
  listPrograms,
  listRisks,
  removePlanFromProgram,
  summarisePlans,
  updateProgram,
  updateRisk,
  upgradeToProgram,
} from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { listFromJson } from '../domain/stored-values.ts';
import { PROGRAM_STATUSES, RISK_STATUSES, RISK_TYPES } from '../domain/vocabulary.ts';
import { action } from './define.ts';
import { requireLivePlan, requirePlan, requireProgram, requireWorkspace, unknownId } from './lookup.ts';
import { sliceOf } from './page.ts';
import { category, id, index, lines, PAGE, priority, text, title, W } from './params.ts';
import { count, quoted, row } from './text.ts';

const programStatus = z.enum(PROGRAM_STATUSES);
const riskStatus = z.enum(RISK_STATUSES).optional();

const FIELDS = {
  description: text.nullable().optional(),
  category: category.optional(),
  priority: priority.optional(),
  goals: lines.optional(),
  success_criteria: lines.optional(),
};

const EXAMPLE_ID = 'prog_0123456789ab';

const create = action({
  summary: 'A program: plans that belong together.',
  effect: 'write',
  params: { ...W, title, ...FIELDS },
  example: { title: 'Accounts', goals: ['One login for everything'] },
  run: ({ workspace_id, workspace_path, ...data }, call) =>
    createProgram(requireWorkspace(call, { workspace_id, workspace_path }).id, data),
  render: (program) => `Created: program ${program.id} ${quoted(program.title)}`,
});

const get = action({
  summary: 'A program with its plans, progress and risks.',
  effect: 'read',
  core: true,
  params: { program_id: id },
  example: { program_id: EXAMPLE_ID },
  run: ({ program_id }, call) => {
    const program = requireProgram(call, program_id);
    const plans = plansOf(program_id);
    const steps = { done: 0, total: 0 };
    for (const plan of plans) {
      steps.done += plan.done;
      steps.total += plan.total;
    }
    return {
      ...program,
      goals: listFromJson(program.goals),
      success_criteria: listFromJson(program.success_criteria),
      plans,
      steps_done: steps.done,
      steps_total: steps.total,
      completion_percentage: steps.total === 0 ? 0 : Math.round((steps.done / steps.total) * 100),
      risks: listRisks(program_id),
    };
  },
  render: (program) =>
    [
      `Program ${program.id} ${quoted(program.title)} · ${program.status} · ${program.priority} · ${program.steps_done}/${program.steps_total} steps done (${program.completion_percentage} %)`,
      ...program.goals.slice(0, 5).map((goal) => `goal: ${quoted(goal, 150)}`),
      ...program.plans
        .slice(0, 50)
        .map((plan) =>
          row(
            plan.id,
            plan.archived ? `${plan.status}, archived` : plan.status,
            `${plan.done}/${plan.total}`,
            quoted(plan.title, 100),
          ),
        ),
      ...program.risks
        .slice(0, 20)
        .map((risk) => `risk ${row(risk.id, risk.severity, risk.risk_status, quoted(risk.title, 100))}`),
    ].join('\n'),
});

function plansOf(programId: string) {
  const plans = listProgramPlans(programId);
  const found = summarisePlans(plans.map(({ id }) => id));
  return plans.map(({ id, title, status }) => {
    const summary = found.get(id);
    return {
      id,
      title,
      status,
      archived: summary?.archived ?? false,
      done: summary?.done ?? 0,
      total: summary?.total ?? 0,
    };
  });
}

const listAll = action({
  summary: 'The programs of a workspace.',
  effect: 'read',
  params: { ...W, status: programStatus.optional(), ...PAGE },
  example: {},
  run: ({ workspace_id, workspace_path, status, ...page }, call) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    const programs = listPrograms(workspace.id).filter((program) => status === undefined || program.status === status);
    return sliceOf(programs, page);
  },
  render: ({ items, cursor }) => ({
    empty: 'No programs here.',
    columns: ['id', 'status', 'priority', 'title'],
    rows: items.map((program) => [program.id, program.status, program.priority, quoted(program.title, 100)]),
    cursor,
  }),
});

const update = action({
  summary: 'Change what is given; null clears a description.',
  effect: 'write',
  params: { program_id: id, title: title.optional(), status: programStatus.optional(), ...FIELDS },
  example: { program_id: EXAMPLE_ID, status: 'completed' },
  run: ({ program_id, ...changes }, call) => {
    requireProgram(call, program_id);
    return updateProgram(program_id, changes);
  },
  render: (program) =>
    `Updated: program ${program.id} ${quoted(program.title)} · ${program.status} · ${program.priority}`,
});

const addPlan = action({
  summary: 'Put a plan into a program, out of the one it was in.',
  effect: 'write',
  params: { plan_id: id, program_id: id, order_index: index.optional() },
  example: { plan_id: 'plan_0123456789ab', program_id: EXAMPLE_ID },
  run: ({ plan_id, program_id, order_index }, call) => {
    requireProgram(call, program_id);
    requireLivePlan(call, plan_id);
    addPlanToProgram(program_id, plan_id, order_index);
    return { program_id, plan_id, place: listProgramPlans(program_id).findIndex((plan) => plan.id === plan_id) };
  },
  render: ({ program_id, plan_id, place }) => `Plan ${plan_id} is number ${place + 1} of program ${program_id}`,
});

const removePlan = action({
  summary: 'Take a plan out of its program.',
  effect: 'write',
  params: { plan_id: id },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id }, call) => {
    requirePlan(call, plan_id);
    return { plan_id, program_id: removePlanFromProgram(plan_id) };
  },
  render: ({ plan_id, program_id }) =>
    program_id === null ? `Plan ${plan_id} was in no program.` : `Plan ${plan_id} is out of program ${program_id}`,
});

const upgrade = action({
  summary: "Make a program of a plan's title, goals and criteria; the plan becomes its first child.",
  effect: 'write',
  params: { plan_id: id, title: title.optional() },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id, title }, call) => {
    requireLivePlan(call, plan_id);
    return { plan_id, program: upgradeToProgram(plan_id, title) };
  },
  render: ({ plan_id, program }) =>
    `Created: program ${program.id} ${quoted(program.title)} with plan ${plan_id} as its first`,
});

const linkWorkspace = action({
  summary: 'Let a program reach the plans of another workspace.',
  effect: 'write',
  params: { program_id: id, ...W },
  example: { program_id: EXAMPLE_ID, workspace_id: 'ws_0123456789ab' },
  run: ({ program_id, workspace_id, workspace_path }, call) => {
    if (workspace_id === undefined && workspace_path === undefined) {
      throw new MemoryError('invalid_input', 'Which workspace? Name it with workspace_id or workspace_path.');
    }
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    requireProgram(call, program_id);
    linkProgramToWorkspace(program_id, workspace.id);
    return { program_id, workspace_id: workspace.id };
  },
  render: ({ program_id, workspace_id }) => `Program ${program_id} reaches workspace ${workspace_id}`,
});

const addOneRisk = action({
  summary: 'A risk of a program.',
  effect: 'write',
  params: {
    program_id: id,
    risk_type: z.enum(RISK_TYPES),
    severity: priority,
    title,
    description: text.nullable().optional(),
    mitigation: text.nullable().optional(),
    source_plan_id: id.optional(),
  },
  example: {
    program_id: EXAMPLE_ID,
    risk_type: 'dependency_risk',
    severity: 'high',
    title: 'The old login stays until May',
  },
  run: ({ program_id, ...risk }, call) => {
    requireProgram(call, program_id);
    if (risk.source_plan_id !== undefined) requirePlan(call, risk.source_plan_id);
    return addRisk(program_id, risk);
  },
  render: (risk) => `Added: risk ${risk.id} ${quoted(risk.title)} (${risk.severity}) to program ${risk.program_id}`,
});

const updateOneRisk = action({
  summary: 'Change the status, severity or mitigation of a risk.',
  effect: 'write',
  params: {
    risk_id: id,
    risk_status: riskStatus,
    severity: priority.optional(),
    mitigation: text.nullable().optional(),
  },
  example: { risk_id: 'risk_0123456789ab', risk_status: 'mitigated' },
  run: ({ risk_id, ...changes }, call) => {
    const risk = getRisk(risk_id);
    if (risk === null) throw unknownId('risk', risk_id);
    requireProgram(call, risk.program_id);
    return updateRisk(risk_id, changes);
  },
  render: (risk) => `Updated: risk ${risk.id} ${quoted(risk.title)} · ${risk.risk_status} · ${risk.severity}`,
});

const listAllRisks = action({
  summary: 'The risks of a program, most severe first.',
  effect: 'read',
  params: { program_id: id, risk_status: riskStatus, ...PAGE },
  example: { program_id: EXAMPLE_ID },
  run: ({ program_id, risk_status, ...page }, call) => {
    requireProgram(call, program_id);
    return sliceOf(listRisks(program_id, risk_status), page);
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'risk'),
    columns: ['id', 'severity', 'status', 'type', 'title'],
    rows: items.map((risk) => [risk.id, risk.severity, risk.risk_status, risk.risk_type, quoted(risk.title, 100)]),
    cursor,
  }),
});

export const programActions = {
  create_program: create,
  get_program: get,
  list_programs: listAll,
  update_program: update,
  add_to_program: addPlan,
  remove_from_program: removePlan,
  upgrade_to_program: upgrade,
  link_workspace: linkWorkspace,
  add_risk: addOneRisk,
  update_risk: updateOneRisk,
  list_risks: listAllRisks,
};
