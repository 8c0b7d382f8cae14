import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPhase, deletePhase, getPhases, reorderPhases } from '../phase-db.ts';
import { createStep, deleteStep, getSteps, insertStep, moveStep, reorderSteps } from '../step-db.ts';
import { aPlan, rowsOf, withTestDatabase } from './fixtures.ts';

/** The plan as a naive list of lists. */
interface Phase {
  id: string;
  name: string;
  steps: Step[];
}

interface Step {
  id: string;
  task: string;
}

/** One change; its numbers choose a phase, a step and a place, which may lie outside the list. */
interface Change {
  name: keyof typeof CHANGES;
  phase: number;
  step: number;
  place: number;
  order: number[];
}

/** A permutation of the list: sorted by numbers that have nothing to do with it. */
function shuffled<T>(list: readonly T[], order: readonly number[]): T[] {
  const keyed = list.map((item, index) => ({ item, key: order[index % order.length] ?? 0, index }));
  return keyed.sort((one, other) => one.key - other.key || other.index - one.index).map(({ item }) => item);
}

/** Array.splice with a place that is moved to the nearest end. */
function put<T>(list: T[], place: number, item: T): void {
  list.splice(Math.min(Math.max(place, 0), list.length), 0, item);
}

let named = 0;

/** What each call does to the database, and what it means for the list. */
const CHANGES = {
  createPhase: (plan: Phase[], planId: string) => {
    const name = `phase ${++named}`;
    plan.push({ id: createPhase(planId, { name }).id, name, steps: [] });
  },
  insertPhase: (plan: Phase[], planId: string, { place }: Change) => {
    const name = `phase ${++named}`;
    const { id } = createPhase(planId, { name, at_index: place });
    put(plan, place, { id, name, steps: [] });
  },
  reorderPhases: (plan: Phase[], planId: string, { order }: Change) => {
    const wanted = shuffled(plan, order);
    reorderPhases(
      planId,
      wanted.map(({ id }) => id),
    );
    plan.splice(0, plan.length, ...wanted);
  },
  deletePhase: (plan: Phase[], _: string, { phase }: Change) => {
    const [gone] = plan.splice(phase % plan.length, 1);
    if (gone !== undefined) expect(deletePhase(gone.id)).toBe(true);
  },
  createStep: (plan: Phase[], _: string, { phase }: Change) => {
    const target = plan[phase % plan.length];
    if (target === undefined) return;
    const task = `step ${++named}`;
    target.steps.push({ id: createStep(target.id, { task }).id, task });
  },
  insertStep: (plan: Phase[], _: string, { phase, place }: Change) => {
    const target = plan[phase % plan.length];
    if (target === undefined) return;
    const task = `step ${++named}`;
    const step = insertStep(target.id, place, { task });
    put(target.steps, place, { id: step.id, task });
    expect(step.order_index).toBe(target.steps.findIndex(({ id }) => id === step.id));
  },
  moveStep: (plan: Phase[], _: string, { phase, step, place }: Change) => {
    const steps = plan.flatMap((each) => each.steps);
    const moved = steps[step % steps.length];
    const target = plan[phase % plan.length];
    if (moved === undefined || target === undefined) return;
    moveStep(moved.id, target.id, place);
    for (const each of plan) each.steps = each.steps.filter(({ id }) => id !== moved.id);
    put(target.steps, place, moved);
  },
  reorderSteps: (plan: Phase[], _: string, { phase, order }: Change) => {
    const target = plan[phase % plan.length];
    if (target === undefined) return;
    const wanted = shuffled(target.steps, order);
    reorderSteps(
      target.id,
      wanted.map(({ id }) => id),
    );
    target.steps = wanted;
  },
  deleteStep: (plan: Phase[], _: string, { step }: Change) => {
    const steps = plan.flatMap((each) => each.steps);
    const gone = steps[step % steps.length];
    if (gone === undefined) return;
    expect(deleteStep(gone.id)).toBe(true);
    for (const each of plan) each.steps = each.steps.filter(({ id }) => id !== gone.id);
  },
};

const NAMES = Object.keys(CHANGES) as (keyof typeof CHANGES)[];

const ANY_CHANGE: fc.Arbitrary<Change> = fc.record({
  name: fc.constantFrom(...NAMES, 'createStep', 'insertStep', 'moveStep'),
  phase: fc.nat(20),
  step: fc.nat(50),
  place: fc.integer({ min: -2, max: 12 }),
  order: fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }),
});

/** Phases and steps as the database has them; a gap or a place held twice shows in the numbers. */
function stored(planId: string): unknown {
  return getPhases(planId).map(({ id, name, order_index }) => ({
    id,
    name,
    order_index,
    steps: getSteps(id).map((step) => ({ id: step.id, task: step.task, order_index: step.order_index })),
  }));
}

function expected(plan: readonly Phase[]): unknown {
  return plan.map((phase, order_index) => ({
    ...phase,
    order_index,
    steps: phase.steps.map((step, index) => ({ ...step, order_index: index })),
  }));
}

test('any sequence of changes leaves phases and steps in the order of a plain list, dense, under the ids they had', () => {
  fc.assert(
    fc.property(fc.array(ANY_CHANGE, { maxLength: 30, size: 'max' }), (changes) =>
      withTestDatabase(() => {
        const { plan, phases } = aPlan({ phases: 3, stepsEach: 3 });
        const model = phases.map(({ id, name }) => ({
          id,
          name,
          steps: getSteps(id).map((step) => ({ id: step.id, task: step.task })),
        }));
        const neighbour = aPlan({ phases: 2, stepsEach: 2 });
        const untouched = stored(neighbour.plan.id);
        for (const change of changes) {
          CHANGES[change.name](model, plan.id, change);
          expect(stored(plan.id)).toEqual(expected(model));
        }
        expect(stored(neighbour.plan.id)).toEqual(untouched);
        expect(rowsOf('steps')).toHaveLength(4 + model.flatMap(({ steps }) => steps).length);
      }),
    ),
    { numRuns: 100 },
  );
});

test.each([
  ['one is missing', (ids: string[]) => ids.slice(1), /missing: /],
  ['one stands twice', (ids: string[]) => [...ids, ids[0] ?? ''], /an id stands twice/],
  ['one replaces another', (ids: string[]) => [ids[1] ?? '', ...ids.slice(1)], /missing: .*an id stands twice/],
  ['one is not there', (ids: string[]) => [...ids.slice(1), 'step_none'], /missing: .*not here: step_none/],
  ['all are missing', () => [], /missing: /],
])('an order in which %s is refused and changes nothing', (_, wrong, says) =>
  withTestDatabase(() => {
    const { plan, phases } = aPlan({ phases: 3, stepsEach: 3 });
    const before = stored(plan.id);
    const phaseIds = phases.map(({ id }) => id);
    const stepIds = getSteps(phaseIds[0] ?? '').map(({ id }) => id);
    expect(() => reorderPhases(plan.id, wrong(phaseIds))).toThrow(says);
    expect(() => reorderSteps(phaseIds[0] ?? '', wrong(stepIds))).toThrow(says);
    expect(stored(plan.id)).toEqual(before);
  }),
);
