/** Adding phases and steps to a plan from what a call describes. */
import {
  addDependency,
  createPhase,
  createSteps,
  getPhase,
  getPhaseByName,
  getPhases,
  type PhaseRow,
  type PlanRow,
  type StepRow,
} from '../db/index.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import type { NewStepInput } from './params.ts';

export interface PhaseInput {
  name: string;
  description?: string | undefined;
  steps?: readonly NewStepInput[] | undefined;
}

/** Where a step goes that names no phase, in a plan that has none. */
const FIRST_PHASE = 'Work';

/** Adds phases with their steps at the end of a plan. `#n` counts the steps of the whole call. */
export function addPhases(plan: PlanRow, phases: readonly PhaseInput[]): StepRow[] {
  const placed = phases.flatMap(({ name, description, steps = [] }) => {
    const phase = createPhase(plan.id, { name, description });
    return steps.map((step): PlacedStep => {
      if (step.phase !== undefined || step.phase_id !== undefined) {
        throw new MemoryError(
          'invalid_input',
          `Step ${JSON.stringify(step.task.slice(0, 80))} stands in phase "${name}" and names another.`,
          {
            hint: 'Leave phase and phase_id out of steps that are listed inside a phase.',
          },
        );
      }
      return { step, phase };
    });
  });
  return create(placed);
}

/** Adds steps at the end of their phases; a phase that is named for the first time is created. */
export function addSteps(plan: PlanRow, steps: readonly NewStepInput[]): StepRow[] {
  return create(steps.map((step) => ({ step, phase: phaseOf(plan, step) })));
}

interface PlacedStep {
  step: NewStepInput;
  phase: PhaseRow;
}

/** Creates the steps, then the edges between them, so that a step may depend on a later one of the same call. */
function create(placed: readonly PlacedStep[]): StepRow[] {
  const created = createSteps(
    placed.map(({ step: { phase: _, phase_id: __, depends_on: ___, ...data }, phase }) => ({
      ...data,
      phaseId: phase.id,
    })),
  );
  for (const [index, { step }] of placed.entries()) {
    for (const reference of step.depends_on ?? []) {
      addDependency('step', created[index]?.id ?? '', 'step', resolve(reference, created));
    }
  }
  return created;
}

/** `#n` is the n-th step of this call, from 1; anything else is an id. */
function resolve(reference: string, created: readonly StepRow[]): string {
  if (!reference.startsWith('#')) return reference;
  const step = created[Number(reference.slice(1)) - 1];
  if (step !== undefined) return step.id;
  throw new MemoryError('invalid_input', `"${reference}" names no step of this call.`, {
    hint: `Use #1 to #${created.length}, or the id of a step.`,
  });
}

/** By id, by name, or the plan's last phase. */
function phaseOf(plan: PlanRow, { phase: name, phase_id: id }: NewStepInput): PhaseRow {
  if (id !== undefined) {
    const phase = getPhase(id);
    if (phase?.plan_id === plan.id) return phase;
    throw notFound('phase of this plan', id, 'memory_plan get shows the phases.');
  }
  if (name !== undefined) return getPhaseByName(plan.id, name) ?? createPhase(plan.id, { name });
  return getPhases(plan.id).at(-1) ?? createPhase(plan.id, { name: FIRST_PHASE });
}
