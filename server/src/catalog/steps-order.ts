/** memory_steps: inserting, moving, reordering, replacing and merging steps. */
import * as z from 'zod';
import {
  batchUpdateSteps,
  consolidateSteps,
  createSteps,
  deleteStep,
  deleteSteps,
  getAllSteps,
  getStep,
  insertStep,
  moveStep,
  moveSteps,
  reorderSteps,
  type StepRow,
} from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import type { Call } from './call.ts';
import { action } from './define.ts';
import { requireLivePhase, requireLivePlan, requireLiveStep, requirePhase } from './lookup.ts';
import { id, index, type NewStepInput, newStep, task } from './params.ts';
import { fieldsOf, linkSteps, phaseOf, refuseStepIds, refuseTwice } from './plan-outline.ts';
import { count, quoted } from './text.ts';

const STEP_ID = 'step_0123456789ab';
const PHASE_ID = 'phase_0123456789ab';

const insert = action({
  summary: 'Insert a step at an index of a phase and renumber.',
  effect: 'write',
  params: { phase_id: id, at_index: index, step: newStep },
  example: { phase_id: PHASE_ID, at_index: 0, step: { task: 'Write a failing test' } },
  run: ({ phase_id, at_index, step }, call) => {
    requireLivePhase(call, phase_id);
    refuseStepIds([step]);
    if (step.phase !== undefined || step.phase_id !== undefined) {
      throw new MemoryError('invalid_input', 'The step names a phase of its own.', {
        hint: 'Leave phase and phase_id out of step.',
      });
    }
    const created = insertStep(phase_id, at_index, fieldsOf(step));
    linkSteps([step], [created.id]);
    call.subject.stepId = created.id;
    return created;
  },
  render: (step) => `Inserted: ${step.id} as number ${step.order_index + 1} of its phase`,
});

const move = action({
  summary: 'Move a step within its phase or to another of its plan.',
  effect: 'write',
  params: { step_id: id, to_phase_id: id.optional(), to_index: index },
  example: { step_id: STEP_ID, to_index: 0 },
  run: ({ step_id, to_phase_id, to_index }, call) => {
    const step = requireLiveStep(call, step_id);
    moveStep(step_id, to_phase_id === undefined ? step.phase_id : requirePhase(call, to_phase_id).id, to_index);
    return getStep(step_id) as StepRow;
  },
  render: (step) => `Moved: ${step.id} is number ${step.order_index + 1} of phase ${step.phase_id}`,
});

const reorder = action({
  summary: 'Put the steps of a phase into this order; every step is named once.',
  effect: 'write',
  params: { phase_id: id, order: z.array(id).min(1).max(10_000) },
  example: { phase_id: PHASE_ID, order: ['step_cdefghjkmnpq', STEP_ID] },
  run: ({ phase_id, order }, call) => {
    requireLivePhase(call, phase_id);
    reorderSteps(phase_id, order);
    return { phase_id, steps: order.length };
  },
  render: ({ phase_id, steps }) => `Reordered: ${count(steps, 'step')} of phase ${phase_id}`,
});

const remove = action({
  summary: 'Delete a step and close the gap.',
  effect: 'write',
  params: { step_id: id },
  example: { step_id: STEP_ID },
  run: ({ step_id }, call) => {
    const step = requireLiveStep(call, step_id);
    refuseHeld(step, call);
    deleteStep(step_id);
    return { step_id, task: step.task };
  },
  render: ({ step_id, task }) => `Deleted: ${step_id} ${quoted(task, 100)}`,
});

/** What somebody is working on does not vanish under their hands. */
function refuseHeld(step: StepRow, call: Call): void {
  if (step.status !== 'active' || (call.session !== null && step.claimed_by_session === call.session.id)) return;
  throw new MemoryError('conflict', `Step ${step.id} is being worked on by ${step.claimed_agent ?? 'somebody'}.`, {
    hint: 'Let its holder finish or release it first.',
  });
}

/** A plan this long does not shrink below its half by accident. */
const GUARDED_LENGTH = 20;

const replace = action({
  summary: 'A new list of steps; those with a step_id keep their row, those not named are deleted.',
  effect: 'write',
  params: { plan_id: id, steps: z.array(newStep).min(1).max(500), confirm_loss: z.boolean().optional() },
  example: { plan_id: 'plan_0123456789ab', steps: [{ step_id: STEP_ID, task: 'Write a test' }, { task: 'Mend it' }] },
  run: ({ plan_id, steps, confirm_loss }, call) => {
    const plan = requireLivePlan(call, plan_id);
    const before = getAllSteps(plan_id);
    if (before.length > GUARDED_LENGTH && steps.length < before.length / 2 && confirm_loss !== true) {
      throw new MemoryError(
        'conflict',
        `The plan would shrink from ${before.length} to ${count(steps.length, 'step')}.`,
        {
          hint: 'Send confirm_loss: true if that is meant.',
        },
      );
    }
    const kept = requireOwn(steps, before, plan_id);
    const dropped = before.filter((step) => !kept.has(step.id));
    for (const step of dropped) refuseHeld(step, call);
    deleteSteps(dropped.map(({ id }) => id));
    const phaseOfKept = new Map(before.map(({ id, phase_id }) => [id, phase_id]));
    const placed = steps.map((step) => {
      const named = step.phase !== undefined || step.phase_id !== undefined;
      const own = named ? undefined : phaseOfKept.get(step.step_id ?? '');
      return { step, phaseId: own ?? phaseOf(plan, step).id };
    });
    const ids = keptOrCreated(placed);
    const byPhase = Map.groupBy(ids.entries(), ([place]) => placed[place]?.phaseId ?? '');
    for (const [phaseId, entries] of byPhase) {
      moveSteps(
        entries.map(([, id]) => id),
        phaseId,
        0,
      );
    }
    linkSteps(steps, ids);
    return { ids, kept: kept.size, dropped: dropped.length };
  },
  render: ({ ids, kept, dropped }) =>
    `Replaced: ${count(ids.length, 'step')}, ${kept} kept, ${ids.length - kept} new, ${dropped} deleted`,
});

/** The step ids that the list names. @throws invalid_input for one of another plan, or one named twice */
function requireOwn(steps: readonly NewStepInput[], own: readonly StepRow[], planId: string): Set<string> {
  const known = new Set(own.map((step) => step.id));
  const named = steps.flatMap(({ step_id }) => step_id ?? []);
  const stranger = named.find((stepId) => !known.has(stepId));
  if (stranger !== undefined) {
    throw new MemoryError('invalid_input', `Step ${quoted(stranger)} is not a step of plan ${planId}.`, {
      hint: 'memory_steps list shows the steps of the plan.',
    });
  }
  refuseTwice(named);
  return new Set(named);
}

/** Changes the steps that are kept and adds the others to their phases. Answers the ids in the order of the list. */
function keptOrCreated(placed: readonly { step: NewStepInput; phaseId: string }[]): string[] {
  batchUpdateSteps(
    placed.flatMap(({ step }) => (step.step_id === undefined ? [] : { id: step.step_id, ...fieldsOf(step) })),
  );
  const added = placed.filter(({ step }) => step.step_id === undefined);
  const created = createSteps(added.map(({ step, phaseId }) => ({ ...fieldsOf(step), phaseId }))).map(({ id }) => id);
  return placed.map(({ step }) => step.step_id ?? (created.shift() as string));
}

const consolidate = action({
  summary: 'Make one pending step of two or more neighbours of one phase.',
  effect: 'write',
  params: { step_ids: z.array(id).min(2).max(100), task },
  example: { step_ids: [STEP_ID, 'step_cdefghjkmnpq'], task: 'Write and run the tests' },
  run: ({ step_ids, task }, call) => {
    for (const stepId of step_ids) requireLiveStep(call, stepId);
    const step = consolidateSteps(step_ids, task);
    call.subject.stepId = step.id;
    return { step, from: step_ids.length };
  },
  render: ({ step, from }) => `Consolidated: ${count(from, 'step')} are ${step.id} ${quoted(step.task, 120)} now`,
});

export const orderActions = { insert, move, reorder, delete: remove, replace, consolidate };
