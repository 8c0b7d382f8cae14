/** memory_plan: the phases of a plan, and the confirmations that its gates wait for. */
import * as z from 'zod';
import {
  approvePhase,
  confirmStep,
  createPhase,
  deletePhase,
  getPhases,
  getSteps,
  moveSteps,
  reorderPhases,
  updatePhase,
} from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { CONFIRMATION_SCOPES } from '../domain/vocabulary.ts';
import { action } from './define.ts';
import { requireLivePhase, requireLivePlan, requirePhase, requireStep } from './lookup.ts';
import { id, index, lines, text, title, word } from './params.ts';
import { count, quoted, some } from './text.ts';

const PHASE_ID = 'phase_0123456789ab';

const add = action({
  summary: 'A phase at the end of the plan, or at an index.',
  effect: 'write',
  params: {
    plan_id: id,
    name: title,
    at_index: index.optional(),
    description: text.nullable().optional(),
    success_criteria: lines.optional(),
    approval_required: z.boolean().optional(),
  },
  example: { plan_id: 'plan_0123456789ab', name: 'Roll out', approval_required: true },
  run: ({ plan_id, ...phase }, call) => {
    requireLivePlan(call, plan_id);
    return createPhase(plan_id, phase);
  },
  render: (phase) => `Added: phase ${phase.id} ${quoted(phase.name)} as number ${phase.order_index + 1}`,
});

const update = action({
  summary: 'Change what is given; null clears a description.',
  effect: 'write',
  params: {
    phase_id: id,
    name: title.optional(),
    description: text.nullable().optional(),
    success_criteria: lines.optional(),
    approval_required: z.boolean().optional(),
  },
  example: { phase_id: PHASE_ID, name: 'Roll out slowly' },
  run: ({ phase_id, ...changes }, call) => {
    requireLivePhase(call, phase_id);
    return updatePhase(phase_id, changes);
  },
  render: (phase) => `Updated: phase ${phase.id} ${quoted(phase.name)}`,
});

const remove = action({
  summary: 'Delete a phase; one that has steps needs move_steps_to.',
  effect: 'write',
  params: { phase_id: id, move_steps_to: id.optional() },
  example: { phase_id: PHASE_ID, move_steps_to: 'phase_cdefghjkmnpq' },
  run: ({ phase_id, move_steps_to }, call) => {
    const phase = requireLivePhase(call, phase_id);
    const steps = getSteps(phase_id);
    if (steps.length > 0) {
      if (move_steps_to === undefined || move_steps_to === phase_id) {
        throw new MemoryError('conflict', `Phase ${phase_id} has ${count(steps.length, 'step')}.`, {
          hint: 'Name another phase of the plan in move_steps_to, or delete the steps first.',
        });
      }
      const target = getSteps(requireLivePhase(call, move_steps_to).id).length;
      moveSteps(
        steps.map(({ id }) => id),
        move_steps_to,
        target,
      );
    }
    deletePhase(phase_id);
    return { phase_id, name: phase.name, moved: steps.length, to: move_steps_to ?? null };
  },
  render: ({ phase_id, name, moved, to }) =>
    `Deleted: phase ${phase_id} ${quoted(name)}${moved === 0 ? '' : `; ${count(moved, 'step')} went to ${to}`}`,
});

const reorder = action({
  summary: 'Put the phases into this order; every phase is named once.',
  effect: 'write',
  params: { plan_id: id, order: z.array(id).min(1).max(1_000) },
  example: { plan_id: 'plan_0123456789ab', order: ['phase_cdefghjkmnpq', PHASE_ID] },
  run: ({ plan_id, order }, call) => {
    requireLivePlan(call, plan_id);
    reorderPhases(plan_id, order);
    return { plan_id, phases: getPhases(plan_id).map(({ id, name }) => ({ id, name })) };
  },
  render: ({ phases }) =>
    `Reordered: ${some(
      phases.map(({ name }) => quoted(name, 30)),
      8,
    )}`,
});

const confirm = action({
  summary: 'Record the confirmation of a step or the approval of a phase; confirmed_by is "user" or an agent type.',
  effect: 'write',
  core: true,
  params: { plan_id: id, scope: z.enum(CONFIRMATION_SCOPES), target_id: id, confirmed_by: word },
  example: { plan_id: 'plan_0123456789ab', scope: 'step', target_id: 'step_0123456789ab', confirmed_by: 'user' },
  run: ({ plan_id, scope, target_id, confirmed_by }, call) => {
    requireLivePlan(call, plan_id);
    const target = scope === 'phase' ? requirePhase(call, target_id) : requireStep(call, target_id);
    if (target.plan_id !== plan_id) {
      throw new MemoryError('invalid_input', `${target_id} belongs to plan ${target.plan_id}.`, {
        hint: 'Send that plan_id.',
      });
    }
    if (scope === 'phase') approvePhase(target_id, confirmed_by);
    else confirmStep(target_id, confirmed_by, call.session?.id);
    return { scope, target_id, confirmed_by };
  },
  render: ({ scope, target_id, confirmed_by }) => `Confirmed: ${scope} ${target_id} by ${quoted(confirmed_by, 100)}`,
});

export const phaseActions = {
  add_phase: add,
  update_phase: update,
  delete_phase: remove,
  reorder_phases: reorder,
  confirm,
};
