/** memory_plan: plans with their phases, notes and dependencies. */
import * as z from 'zod';
import {
  addPlanNote,
  createPlan,
  getPlan,
  getPlanNotes,
  getPlanStateAt,
  getPlansByWorkspace,
  type NewPlan,
  type PlanRow,
  summarisePlans,
  toPlanNote,
  updatePlan,
} from '../db/index.ts';
import { boundOf } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import type { BriefPlan } from '../domain/plan-state.ts';
import { NOTE_TYPES } from '../domain/vocabulary.ts';
import { action, tool } from './define.ts';
import { requireBriefPlan, requireLivePlan, requirePlan, requirePlanState, requireWorkspace } from './lookup.ts';
import { pageBounds, pageOf, sliceOf } from './page.ts';
import {
  category,
  execution,
  id,
  lines,
  newStep,
  PAGE,
  planStatus,
  priority,
  rare,
  text,
  time,
  title,
  W,
} from './params.ts';
import { archiveActions } from './plan-archive.ts';
import { copyActions } from './plan-copies.ts';
import { dependencyActions } from './plan-dependencies.ts';
import { transferActions } from './plan-markdown.ts';
import { addPhases } from './plan-outline.ts';
import { phaseActions } from './plan-phases.ts';
import { planText } from './plan-text.ts';
import { count, quoted } from './text.ts';

/** Small plans need no goals; these do. */
const NEEDS_GOALS = ['feature', 'bugfix', 'refactor', 'orchestration', 'program'];

const create = action({
  summary: 'A plan with its phases and steps, all or nothing. Bigger categories need a goal and a success criterion.',
  effect: 'write',
  core: true,
  params: {
    ...W,
    title,
    description: text.optional(),
    category,
    priority: priority.optional(),
    goals: lines.optional(),
    success_criteria: lines.optional(),
    program_id: id.optional(),
    execution: execution.optional(),
    requires_evidence: z.boolean().optional(),
    phases: z
      .array(
        z.strictObject({
          name: title,
          description: text.optional(),
          steps: z.array(newStep).max(500).optional().describe('as in memory_steps add'),
        }),
      )
      .max(200)
      .optional(),
  },
  example: {
    title: 'Fix the login form',
    category: 'bugfix',
    goals: ['Login works on phones'],
    success_criteria: ['Test on two phones passes'],
    phases: [{ name: 'Fix', steps: [{ task: 'Write a failing test' }, { task: 'Mend it', depends_on: ['#1'] }] }],
  },
  run: ({ workspace_id, workspace_path, phases = [], ...data }, call) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    requireGoals(data);
    const plan = createPlan({ ...data, workspace_id: workspace.id });
    call.subject.planId = plan.id;
    const steps = addPhases(plan, phases);
    return { plan, phases: phases.length, steps: steps.map((step) => step.id) };
  },
  render: ({ plan, phases, steps }) =>
    `Created: plan ${plan.id} ${quoted(plan.title)} with ${count(phases, 'phase')} and ${count(steps.length, 'step')}`,
});

function requireGoals({ category, goals = [], success_criteria = [] }: Partial<NewPlan>): void {
  if (category === undefined || !NEEDS_GOALS.includes(category)) return;
  if (goals.length > 0 && success_criteria.length > 0) return;
  throw new MemoryError(
    'invalid_input',
    `A plan of category ${category} needs at least one goal and one success criterion.`,
    {
      hint: 'Add goals: ["…"] and success_criteria: ["…"], or use category quick_task or advisory.',
    },
  );
}

const get = action({
  summary: 'A plan with phases, unfinished steps, notes, open sessions, last handoff, progress.',
  effect: 'read',
  core: true,
  params: { plan_id: id, as_of: rare(time.optional()) },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id, as_of }, call): BriefPlan & { as_of?: string } => {
    if (as_of === undefined) return call.brief ? requireBriefPlan(call, plan_id) : requirePlanState(call, plan_id);
    const at = boundOf(as_of, 'T23:59:59.999Z');
    return { ...getPlanStateAt(plan_id, at), as_of: at };
  },
  render: (plan) => `${plan.as_of === undefined ? '' : `As it was at ${plan.as_of}:\n`}${planText(plan)}`,
});

const listPlans = action({
  summary: 'Plans of a workspace, newest first, with progress, current phase, active agents.',
  effect: 'read',
  core: true,
  params: {
    ...W,
    status: planStatus.optional(),
    category: category.optional(),
    priority: priority.optional(),
    program_id: id.optional(),
    include_archived: z.boolean().optional(),
    ...PAGE,
  },
  example: { status: 'active' },
  run: ({ workspace_id, workspace_path, limit, cursor, ...filter }, call) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    const bounds = pageBounds({ limit, cursor });
    const page = pageOf(
      getPlansByWorkspace(workspace.id, { ...filter, limit: bounds.limit + 1, offset: bounds.offset }),
      { limit, cursor },
    );
    return { ...page, items: summaries(page.items) };
  },
  render: ({ items, cursor }) => ({
    empty: 'No plans here.',
    columns: ['id', 'status', 'done', 'now in', 'agents', 'title'],
    rows: items.map((plan) => [
      plan.id,
      plan.archived ? `${plan.status}, archived` : plan.status,
      `${plan.done}/${plan.total}`,
      plan.current_phase === null ? null : quoted(plan.current_phase, 60),
      plan.agents.join(', ') || null,
      quoted(plan.title, 100),
    ]),
    cursor,
  }),
});

function summaries(plans: readonly PlanRow[]) {
  const found = summarisePlans(plans.map(({ id }) => id));
  return plans.map(({ id, title, status, category, priority, program_id, updated_at }) => {
    const summary = found.get(id);
    return {
      id,
      title,
      status,
      category,
      priority,
      program_id,
      updated_at,
      archived: summary?.archived ?? false,
      done: summary?.done ?? 0,
      total: summary?.total ?? 0,
      current_phase: summary?.current_phase ?? null,
      agents: summary?.agents ?? [],
    };
  });
}

const find = action({
  summary: 'Where a plan is: in any workspace, live or archived.',
  effect: 'read',
  params: { plan_id: id },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id }, call) => {
    const { id, title, workspace_id, program_id, status, archived } = requirePlan(call, plan_id);
    return { id, title, workspace_id, program_id, status, archived };
  },
  render: (plan) =>
    `Plan ${plan.id} ${quoted(plan.title)} · ${plan.status} · ${plan.archived ? 'archived: true' : 'live'} · workspace ${plan.workspace_id}${plan.program_id === null ? '' : ` · program ${plan.program_id}`}`,
});

const update = action({
  summary: 'Change what is given; null clears a description.',
  effect: 'write',
  core: true,
  params: {
    plan_id: id,
    title: title.optional(),
    description: text.nullable().optional(),
    category: category.optional(),
    priority: priority.optional(),
    status: planStatus.optional(),
    goals: lines.optional(),
    success_criteria: lines.optional(),
    execution: execution.optional(),
    requires_evidence: z.boolean().optional(),
  },
  example: { plan_id: 'plan_0123456789ab', priority: 'high' },
  run: ({ plan_id, ...changes }, call) => {
    requireLivePlan(call, plan_id);
    updatePlan(plan_id, changes);
    return getPlan(plan_id);
  },
  render: (plan) => `Updated: plan ${plan?.id} ${quoted(plan?.title ?? '')} · ${plan?.status} · ${plan?.priority}`,
});

const addNote = action({
  summary: 'Something that everybody who works on the plan should see.',
  effect: 'write',
  core: true,
  params: { plan_id: id, note: text, note_type: z.enum(NOTE_TYPES).optional() },
  example: { plan_id: 'plan_0123456789ab', note: 'The API is frozen until Monday', note_type: 'warning' },
  run: ({ plan_id, ...note }, call) => {
    requireLivePlan(call, plan_id);
    return addPlanNote(plan_id, note);
  },
  render: (note) => `Noted: ${note.id} (${note.note_type}) on plan ${note.plan_id}`,
});

const listNotes = action({
  summary: 'The notes of a plan, oldest first.',
  effect: 'read',
  params: { plan_id: id, note_type: z.enum(NOTE_TYPES).optional(), ...PAGE },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id, note_type, ...page }, call) => {
    requirePlan(call, plan_id);
    return sliceOf(getPlanNotes(plan_id, note_type).map(toPlanNote), page);
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'note'),
    columns: ['id', 'type', 'when', 'note'],
    rows: items.map((note) => [note.id, note.type, note.added_at, quoted(note.note, 400)]),
    cursor,
  }),
});

export const planTool = tool({
  name: 'memory_plan',
  summary: 'Plans: phases and steps towards a goal.',
  kind: 'write',
  actions: {
    create,
    get,
    list: listPlans,
    find,
    update,
    add_note: addNote,
    list_notes: listNotes,
    ...archiveActions,
    ...phaseActions,
    ...copyActions,
    ...transferActions,
    ...dependencyActions,
  },
});
