/** The phases and steps of a plan as they hang together: who stands in which phase, confirmed by whom, after what. Pure. */
import type { JsonObject } from '../../domain/stored-values.ts';
import { field } from '../values.ts';
import {
  type Confirmations,
  type Confirmed,
  confirmationElement,
  confirmationLeftovers,
  confirmationsOf,
  confirmedBy,
  phaseName,
} from './step-record.ts';

export interface OutlinedPhase {
  name: string;
  /** What the plan says of the phase itself; null where only its steps name it. */
  element: JsonObject | null;
  approval: Confirmed | null;
}

export interface OutlinedStep {
  element: JsonObject;
  phase: string;
  confirmation: Confirmed | null;
  /** Positions of the steps that come first; each once, and never its own. */
  dependsOn: number[];
}

export interface StepOutline {
  phases: OutlinedPhase[];
  steps: OutlinedStep[];
  /** Name of the first phase with an unfinished step. */
  currentPhase: string | null;
  /** How many entries `confirmation_state` has. */
  confirmations: number;
  /** Entries of it that the rows cannot say again. */
  leftConfirmations: Confirmations | null;
}

export function outlineSteps(
  state: JsonObject,
  phases: readonly JsonObject[],
  steps: readonly JsonObject[],
  since: string,
): StepOutline {
  const said = confirmationsOf(state);
  const outlined = outlinePhases(phases, steps);
  const positions = new Map<unknown, number>();
  for (const [position, step] of steps.entries()) {
    for (const name of ['id', 'index']) {
      const value = field(step, name);
      if (value !== undefined && !positions.has(value)) positions.set(value, position);
    }
  }
  const positionOf = (value: unknown) =>
    positions.get(value) ?? (typeof value === 'number' && value in steps ? value : undefined);
  const confirmed = new Map<number, Confirmed>();
  const attached: Confirmations = { phases: {}, steps: {} };
  for (const [key, entry] of Object.entries(said.steps)) {
    const position = /^\d+$/.test(key) ? positionOf(Number(key)) : undefined;
    const confirmation = confirmedBy(entry, since);
    if (position === undefined || confirmation === null || confirmed.has(position)) continue;
    confirmed.set(position, confirmation);
    attached.steps[key] = confirmationElement(confirmation);
  }
  for (const phase of outlined) {
    phase.approval = confirmedBy(field(said.phases, phase.name), since);
    if (phase.approval !== null) attached.phases[phase.name] = confirmationElement(phase.approval);
  }
  const list = steps.map((element, position) => ({
    element,
    phase: phaseName(field(element, 'phase')),
    confirmation: confirmed.get(position) ?? null,
    dependsOn: uniquePositions(field(element, 'depends_on'), positionOf, position),
  }));
  const open = new Set(list.filter(({ element }) => field(element, 'status') !== 'done').map(({ phase }) => phase));
  return {
    phases: outlined,
    steps: list,
    currentPhase: outlined.find(({ name }) => open.has(name))?.name ?? null,
    confirmations: Object.keys(said.phases).length + Object.keys(said.steps).length,
    leftConfirmations: confirmationLeftovers(said, attached),
  };
}

/** The phases that the plan lists, in their sequence, then those that only steps name, as they come. */
function outlinePhases(phases: readonly JsonObject[], steps: readonly JsonObject[]): OutlinedPhase[] {
  const sequenceOf = (element: JsonObject) => {
    const sequence = field(element, 'sequence');
    return typeof sequence === 'number' ? sequence : Number.POSITIVE_INFINITY;
  };
  const taken = new Set<string>();
  const outlined = phases
    .toSorted((a, b) => (sequenceOf(a) === sequenceOf(b) ? 0 : sequenceOf(a) - sequenceOf(b)))
    .map((element): OutlinedPhase => {
      const name = freeName(phaseName(field(element, 'name')), taken);
      taken.add(name);
      return { name, element, approval: null };
    });
  for (const step of steps) {
    const name = phaseName(field(step, 'phase'));
    if (taken.has(name)) continue;
    taken.add(name);
    outlined.push({ name, element: null, approval: null });
  }
  return outlined;
}

/** A phase that has the name of one before it gets a number. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name.slice(0, 490)} (${number})`;
  return free;
}

function uniquePositions(value: unknown, positionOf: (value: unknown) => number | undefined, own: number): number[] {
  if (!Array.isArray(value)) return [];
  const positions = value
    .map(positionOf)
    .filter((position): position is number => position !== undefined && position !== own);
  return [...new Set(positions)];
}
