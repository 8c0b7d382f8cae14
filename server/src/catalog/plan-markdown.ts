/** memory_plan: plans from Markdown checklists, and back. */
import * as z from 'zod';
import { createPhase, createPlan, createSteps, getPlanState, type PlanRow } from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import type { PlanOutline } from '../domain/plan-markdown.ts';
import type { PlanState } from '../domain/plan-state.ts';
import { type Category, PRIORITIES, type Priority } from '../domain/vocabulary.ts';
import { action } from './define.ts';
import { requirePlan, requireWorkspace } from './lookup.ts';
import { pieceOf, renderPiece } from './page.ts';
import { category, id, PIECE, priority, title, W } from './params.ts';
import { progressOf } from './plan-text.ts';
import { count, quoted } from './text.ts';

const importMarkdown = action({
  summary: 'A plan from a Markdown checklist: headings with checkboxes are phases, "- [ ]" and "- [x]" steps.',
  effect: 'write',
  core: true,
  params: {
    ...W,
    markdown: z.string().min(1).max(5_000_000),
    category,
    title: title.optional(),
    priority: priority.optional(),
  },
  example: {
    category: 'quick_task',
    markdown: '# Tidy up\n## Files\n- [x] List them\n- [ ] Delete the old ones',
  },
  load: () => import('../domain/plan-markdown-parse.ts'),
  run: ({ workspace_id, workspace_path, markdown, ...given }, call, { parsePlanMarkdown }) => {
    const workspace = requireWorkspace(call, { workspace_id, workspace_path });
    const outline = parsePlanMarkdown(markdown);
    const plan = createFromOutline(workspace.id, outline, given);
    call.subject.planId = plan.id;
    return getPlanState(plan.id);
  },
  render: (plan) => {
    if (plan === null) return '';
    const { done, total } = progressOf(plan.steps);
    return [
      `Imported: plan ${plan.id} ${quoted(plan.title)} · ${plan.status} · ${count(plan.phases.length, 'phase')}, ${count(total, 'step')}, ${done} done`,
      ...plan.phases.slice(0, 10).map(({ sequence, name }) => `${sequence}. ${quoted(name, 60)}`),
    ].join('\n');
  },
});

const MAX_STEPS = 10_000;

interface Given {
  category: Category;
  title?: string | undefined;
  priority?: Priority | undefined;
}

function createFromOutline(workspaceId: string, outline: PlanOutline, given: Given): PlanRow {
  const planTitle = given.title ?? outline.title;
  if (planTitle === '') {
    throw new MemoryError('invalid_input', 'The Markdown has no heading, so the plan has no title.', {
      hint: 'Begin it with "# Title", or give a title.',
    });
  }
  if (outline.phases.length === 0) {
    throw new MemoryError(
      'invalid_input',
      'The Markdown holds no checkbox of a step, so the plan would have no steps.',
      {
        hint: 'Write steps as "- [ ] task" below a heading, or call memory_plan create.',
      },
    );
  }
  const count = outline.phases.reduce((sum, phase) => sum + phase.steps.length, 0);
  if (count > MAX_STEPS) {
    throw new MemoryError(
      'invalid_input',
      `The Markdown holds ${count} checkboxes; a plan is imported with up to ${MAX_STEPS}.`,
      {
        hint: 'Make several plans of it: others cannot write while one is imported.',
      },
    );
  }
  const plan = createPlan({
    workspace_id: workspaceId,
    title: planTitle.slice(0, 500),
    description: outline.description,
    category: given.category,
    priority: given.priority ?? PRIORITIES.find((known) => known === outline.priority),
    goals: outline.goals,
    success_criteria: outline.success_criteria,
  });
  const steps = outline.phases.flatMap(({ name, description, steps }) => {
    const phase = createPhase(plan.id, { name: name.slice(0, 500), description });
    // When a checked step was done, the text does not say.
    return steps.map(({ task, done, notes }) => ({
      phaseId: phase.id,
      task,
      notes,
      status: done ? ('done' as const) : ('pending' as const),
      completed_at: null,
    }));
  });
  createSteps(steps);
  return plan;
}

const exportPlan = action({
  summary: 'The plan as text; the Markdown imports to the same plan. Long text comes in pieces.',
  effect: 'read',
  core: true,
  params: { plan_id: id, format: z.enum(['markdown', 'json']).optional(), ...PIECE },
  example: { plan_id: 'plan_0123456789ab' },
  load: () => import('../domain/plan-markdown-render.ts'),
  run: ({ plan_id, format = 'markdown', cursor }, call, { renderPlanMarkdown }) => {
    const plan = getPlanState(requirePlan(call, plan_id).id);
    if (plan === null) throw new MemoryError('conflict', `Plan ${plan_id} is gone.`);
    return pieceOf(format === 'json' ? JSON.stringify(plan, null, 2) : renderPlanMarkdown(outlineOf(plan)), {
      cursor,
    });
  },
  render: renderPiece,
});

function outlineOf(plan: PlanState): PlanOutline {
  return {
    title: plan.title,
    description: plan.description,
    category: plan.category,
    priority: plan.priority,
    goals: plan.goals,
    success_criteria: plan.success_criteria,
    phases: plan.phases.map((phase) => ({
      name: phase.name,
      description: phase.description,
      steps: plan.steps
        .filter(({ phase_id }) => phase_id === phase.id)
        .map(({ task, status, notes }) => ({ task, done: status === 'done', notes })),
    })),
  };
}

export const transferActions = { import: importMarkdown, export: exportPlan };
