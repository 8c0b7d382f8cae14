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
import { quoted } from './text.ts';

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
  return createPlaced(placed);
}

/** Adds steps at the end of their phases; a phase that is named for the first time is created. */
export function addSteps(plan: PlanRow, steps: readonly NewStepInput[]): StepRow[] {
  return createPlaced(steps.map((step) => ({ step, phase: phaseOf(plan, step) })));
}

interface PlacedStep {
  step: NewStepInput;
  phase: PhaseRow;
}

/** Creates the steps, then the edges between them, so that a step may depend on a later one of the same call. */
function createPlaced(placed: readonly PlacedStep[]): StepRow[] {
  refuseStepIds(placed.map(({ step }) => step));
  const created = createSteps(placed.map(({ step, phase }) => ({ ...fieldsOf(step), phaseId: phase.id })));
  linkSteps(
    placed.map(({ step }) => step),
    created.map(({ id }) => id),
  );
  return created;
}

/** What a step says of itself; where it stands and what it waits for is told apart. */
export function fieldsOf(step: NewStepInput) {
  const { step_id, phase, phase_id, depends_on, ...fields } = step;
  return fields;
}

/** @throws invalid_input: new steps get an id, they do not bring one */
export function refuseStepIds(steps: readonly NewStepInput[]): void {
  const named = steps.find(({ step_id }) => step_id !== undefined);
  if (named === undefined) return;
  throw new MemoryError('invalid_input', `A new step cannot have the step_id "${named.step_id}".`, {
    hint: 'Leave step_id out; to change steps use update, to give a whole new list use replace.',
  });
}

/** @throws invalid_input for an id that stands twice in a list */
export function refuseTwice(stepIds: readonly string[]): void {
  const seen = new Set<string>();
  for (const id of stepIds) {
    if (seen.has(id)) {
      throw new MemoryError('invalid_input', `Step ${id} is named twice.`, {
        hint: 'Say all that changes about a step in one place.',
      });
    }
    seen.add(id);
  }
}

/** Makes the edges that `depends_on` names. `#n` is the n-th step of the call, from 1; anything else is an id. */
export function linkSteps(steps: readonly NewStepInput[], ids: readonly string[]): void {
  for (const [place, { depends_on = [] }] of steps.entries()) {
    for (const reference of depends_on) {
      link(ids[place] ?? '', resolve(reference, ids), ids);
    }
  }
}

/** @throws cycle in the words of the call: the ids of its steps are gone with it */
function link(source: string, target: string, ids: readonly string[]): void {
  try {
    addDependency('step', source, 'step', target);
  } catch (error) {
    if (!(error instanceof MemoryError) || error.code !== 'cycle') throw error;
    const inWords = ids.reduce((words, id, place) => words.replaceAll(id, `#${place + 1}`), error.message);
    throw new MemoryError('cycle', inWords, { hint: 'Let one of them wait for the other, not both.', cause: error });
  }
}

function resolve(reference: string, ids: readonly string[]): string {
  if (!reference.startsWith('#')) return reference;
  const id = ids[Number(reference.slice(1)) - 1];
  if (id !== undefined) return id;
  throw new MemoryError('invalid_input', `"${reference}" names no step of this call.`, {
    hint: `Use #1 to #${ids.length}, or the id of a step.`,
  });
}

/** By id, by name, or the plan's last phase. */
export function phaseOf(plan: PlanRow, { phase: name, phase_id: id }: NewStepInput): PhaseRow {
  if (id !== undefined) {
    const phase = getPhase(id);
    if (phase?.plan_id === plan.id) return phase;
    const phases = getPhases(plan.id).slice(0, 5);
    const known = phases.map((phase) => `${phase.id} ${quoted(phase.name, 60)}`).join(', ');
    throw notFound('phase of this plan', id, phases.length === 0 ? 'It has none yet.' : `It has: ${known}.`);
  }
  if (name !== undefined) return getPhaseByName(plan.id, name) ?? createPhase(plan.id, { name });
  return getPhases(plan.id).at(-1) ?? createPhase(plan.id, { name: FIRST_PHASE });
}
