/** memory_plan: pausing and resuming, copies, merges, and plans from templates. */
import * as z from 'zod';
import {
  archivePlan,
  clonePlan,
  createPlan,
  getAllSteps,
  getPlan,
  getStep,
  mergePlans,
  type StepRow,
  summarisePlans,
  updatePlan,
} from '../db/index.ts';
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { fromJson, type JsonObject } from '../domain/stored-values.ts';
import { action } from './define.ts';
import { requireLivePlan, requirePlan, requireWorkspace } from './lookup.ts';
import { id, lines, priority, sentence, text, title, W } from './params.ts';
import { addPhases } from './plan-outline.ts';
import { TEMPLATES } from './plan-templates.ts';
import { count, quoted } from './text.ts';

const PLAN_ID = 'plan_0123456789ab';

const pause = action({
  summary: 'Stop handing out steps; where the plan stands is kept.',
  effect: 'write',
  params: { plan_id: id, reason: sentence, notes: text.optional() },
  example: { plan_id: PLAN_ID, reason: 'deferred', notes: 'Until the release is out' },
  run: ({ plan_id, reason, notes }, call) => {
    const plan = requireLivePlan(call, plan_id);
    if (plan.status === 'paused') throw new MemoryError('conflict', `Plan ${plan_id} is paused already.`);
    if (plan.status !== 'active' && plan.status !== 'blocked') {
      throw new MemoryError(
        'conflict',
        `Plan ${plan_id} is ${plan.status}; only an active or blocked plan can be paused.`,
      );
    }
    const current = firstUnfinished(plan_id);
    const snapshot = {
      paused_at: now(),
      status: plan.status,
      reason,
      // Ids alone: what they say may be changed or purged.
      phase_id: current?.phase_id ?? null,
      step_id: current?.id ?? null,
      user_notes: notes ?? null,
      session_id: call.session?.id ?? null,
    };
    updatePlan(plan_id, { status: 'paused', paused_at_snapshot: snapshot });
    return { plan_id, snapshot };
  },
  render: ({ plan_id, snapshot }) =>
    `Paused: plan ${plan_id}, ${quoted(snapshot.reason, 100)}${snapshot.step_id === null ? '' : `, at step ${snapshot.step_id}`}`,
});

function firstUnfinished(planId: string): StepRow | undefined {
  return getAllSteps(planId).find(({ status }) => status !== 'done');
}

const resume = action({
  summary: 'Go on with a paused plan; answers where it stood.',
  effect: 'write',
  params: { plan_id: id },
  example: { plan_id: PLAN_ID },
  run: ({ plan_id }, call) => {
    const plan = requireLivePlan(call, plan_id);
    if (plan.status !== 'paused') throw new MemoryError('conflict', `Plan ${plan_id} is ${plan.status}, not paused.`);
    const snapshot = fromJson<JsonObject>(plan.paused_at_snapshot);
    updatePlan(plan_id, {
      status: snapshot?.['status'] === 'blocked' ? 'blocked' : 'active',
      paused_at_snapshot: null,
    });
    const stepId = snapshot?.['step_id'];
    const step = typeof stepId === 'string' ? getStep(stepId) : null;
    return {
      plan_id,
      status: getPlan(plan_id)?.status ?? null,
      snapshot,
      step: step === null ? null : { id: step.id, task: step.task },
    };
  },
  render: ({ plan_id, status, step }) => {
    const stood = step === null ? '' : `; it stood at ${step.id} ${quoted(step.task, 120)}`;
    return `Resumed: plan ${plan_id} · ${status}${stood}`;
  },
});

const clone = action({
  summary: 'A deep copy of a plan; sessions and lineage are not copied.',
  effect: 'write',
  params: {
    plan_id: id,
    title: title.optional(),
    reset_steps: z.boolean().default(true),
    link_to_same_program: z.boolean().optional(),
  },
  example: { plan_id: PLAN_ID, title: 'Release 4.3' },
  run: ({ plan_id, title, reset_steps, link_to_same_program }, call) => {
    const source = requirePlan(call, plan_id);
    const copy = clonePlan(source.id, { title, resetSteps: reset_steps, linkToSameProgram: link_to_same_program });
    call.subject.planId = copy.id;
    return { id: copy.id, title: copy.title, from: plan_id, steps: summarisePlans([copy.id]).get(copy.id)?.total ?? 0 };
  },
  render: ({ id, title, from, steps }) =>
    `Cloned: plan ${id} ${quoted(title)} with ${count(steps, 'step')} from ${from}`,
});

const merge = action({
  summary: 'Append the phases and steps of other plans; the sources stay, or are archived.',
  effect: 'write',
  params: { plan_id: id, source_plan_ids: z.array(id).min(1).max(50), archive_sources: z.boolean().optional() },
  example: { plan_id: PLAN_ID, source_plan_ids: ['plan_cdefghjkmnpq'], archive_sources: true },
  run: ({ plan_id, source_plan_ids, archive_sources }, call) => {
    const sources = [...new Set(source_plan_ids)].map((source) => requirePlan(call, source));
    requireLivePlan(call, plan_id);
    const { phases, steps } = mergePlans(
      plan_id,
      sources.map((source) => source.id),
    );
    const archived = archive_sources === true ? sources.filter((source) => !source.archived) : [];
    for (const source of archived) archivePlan(source.id);
    return { plan_id, phases, steps, sources: sources.length, archived: archived.length };
  },
  render: ({ plan_id, phases, steps, sources, archived }) =>
    `Merged: ${count(phases, 'phase')} and ${count(steps, 'step')} of ${count(sources, 'plan')} into ${plan_id}${archived === 0 ? '' : `; ${archived} archived`}`,
});

const listTemplates = action({
  summary: 'The templates for plans.',
  effect: 'read',
  params: {},
  example: {},
  run: () => TEMPLATES.map(({ name, category, about, phases }) => ({ name, category, about, phases })),
  render: (templates) => ({
    columns: ['template', 'category', 'steps', 'for'],
    rows: templates.map((template) => [
      template.name,
      template.category,
      template.phases.flatMap(({ steps }) => steps).length,
      template.about,
    ]),
  }),
});

const createFromTemplate = action({
  summary: 'A plan with the phases and steps of a template.',
  effect: 'write',
  params: {
    ...W,
    template: z.enum(TEMPLATES.map(({ name }) => name)),
    title,
    description: text.nullable().optional(),
    priority: priority.optional(),
    goals: lines.optional(),
    success_criteria: lines.optional(),
  },
  example: { template: 'bugfix', title: 'Orders vanish after a time-out' },
  run: ({ workspace_id, workspace_path, template: name, goals, success_criteria, ...data }, call) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    const template = TEMPLATES.find((candidate) => candidate.name === name);
    if (template === undefined) throw new MemoryError('not_found', `There is no template ${quoted(name)}.`);
    const plan = createPlan({
      ...data,
      workspace_id: workspace.id,
      category: template.category,
      goals: goals ?? template.goals,
      success_criteria: success_criteria ?? template.success_criteria,
    });
    call.subject.planId = plan.id;
    const steps = addPhases(plan, template.phases);
    return { plan, steps: steps.map((step) => step.id) };
  },
  render: ({ plan, steps }) => `Created: plan ${plan.id} ${quoted(plan.title)} with ${count(steps.length, 'step')}`,
});

export const copyActions = {
  pause,
  resume,
  clone,
  merge,
  list_templates: listTemplates,
  create_from_template: createFromTemplate,
};
