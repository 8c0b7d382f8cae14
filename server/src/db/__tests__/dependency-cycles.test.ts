import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeType } from '../../domain/vocabulary.ts';
import { addDependency, checkCycle } from '../dependency-db.ts';
import { archivePlan } from '../plan-db.ts';
import { aPhase, aPlan, aStep, refusal, withTestDatabase } from './fixtures.ts';

interface Node {
  type: NodeType;
  id: string;
  plan: string;
  phase?: string;
}

type Edge = readonly [source: Node, target: Node];

/** How many steps each phase of each plan has. Empty phases and plans without phases are part of the game. */
type Shape = readonly (readonly number[])[];

function build(shape: Shape): Node[] {
  return shape.flatMap((phases) => {
    const plan = aPlan({ phases: 0 }).plan.id;
    const inside = phases.flatMap((count): Node[] => {
      const phase = aPhase({ plan_id: plan }).id;
      const steps = Array.from({ length: count }, () => aStep({ phase_id: phase }).id);
      return [{ type: 'phase', id: phase, plan }, ...steps.map((id): Node => ({ type: 'step', id, plan, phase }))];
    });
    return [{ type: 'plan', id: plan, plan }, ...inside];
  });
}

/**
 * The naive model. What is worked on is a step; a container without content counts as one. It waits for all that is in the
 * target of any edge which starts at it, its phase or its plan.
 */
function hasCycle(nodes: readonly Node[], edges: readonly Edge[]): boolean {
  const holds = (outer: Node, inner: Node) => [inner.id, inner.phase, inner.plan].includes(outer.id);
  const units = nodes.filter((node) => !nodes.some((other) => other !== node && holds(node, other)));
  const waitsFor = new Map(
    units.map((unit) => [
      unit,
      edges
        .filter(([source]) => holds(source, unit))
        .flatMap(([, target]) => units.filter((other) => holds(target, other))),
    ]),
  );
  // What waits for nothing is taken away until nothing is left, or only circles and what waits for them.
  for (let left = waitsFor.size; ; left = waitsFor.size) {
    for (const [unit, targets] of waitsFor) {
      if (!targets.some((target) => waitsFor.has(target))) waitsFor.delete(unit);
    }
    if (waitsFor.size === left) return left > 0;
  }
}

const shapes = fc.array(fc.array(fc.nat(2), { maxLength: 3 }), { minLength: 1, maxLength: 3 });
const attempts = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { maxLength: 14 });

test('an edge is refused exactly when somebody would wait for himself, whatever contains whatever', () =>
  withTestDatabase(() => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(shapes, attempts, (shape, pairs) => {
        const nodes = build(shape);
        const edges: Edge[] = [];
        const archived = new Set<string>();
        for (const [from, to, archive] of pairs) {
          const [source, target] = [nodes[from % nodes.length], nodes[to % nodes.length]] as [Node, Node];
          const closes = hasCycle(nodes, [...edges, [source, target]]);
          const add = () => addDependency(source.type, source.id, target.type, target.id);
          expect(checkCycle(source.type, source.id, target.type, target.id)).toBe(closes);
          if (closes) expect(refusal(add).code).toBe('cycle');
          else {
            add();
            edges.push([source, target]);
          }
          seen[closes ? 'refused' : 'accepted']++;
          // Where a plan lies makes no difference.
          if (archive && !archived.has(target.plan)) {
            archivePlan(target.plan);
            archived.add(target.plan);
          }
        }
      }),
      { numRuns: 300 },
    );
    // The game is worth nothing when one side always wins.
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(200);
  }));

describe('checkCycle', () => {
  /** Two plans of two phases with two steps each: `a` to `d` are the steps of the first one, `x` is one of the second. */
  function twoPlans() {
    const [first, second] = [aPlan({ phases: 2, stepsEach: 2 }), aPlan()];
    const [a, b, c, d] = first.steps.map(({ id }) => id) as [string, string, string, string];
    const [ab, cd] = first.phases.map(({ id }) => id) as [string, string];
    return { a, b, c, d, ab, cd, plan: first.plan.id, x: String(second.steps[0]?.id), other: second.plan.id };
  }

  test('follows a chain of any length', () =>
    withTestDatabase(() => {
      const { phases } = aPlan({ stepsEach: 0 });
      const steps = Array.from({ length: 40 }, () => aStep({ phase_id: String(phases[0]?.id) }).id);
      for (const [index, id] of steps.entries()) {
        if (index > 0) addDependency('step', String(steps[index - 1]), 'step', id);
      }
      expect(checkCycle('step', String(steps.at(-1)), 'step', String(steps[0]))).toBe(true);
      expect(checkCycle('step', String(steps[0]), 'step', String(steps.at(-1)))).toBe(false);
    }));

  test('a step cannot wait for what contains it, nor what contains it for the step', () =>
    withTestDatabase(() => {
      const { a, ab, plan } = twoPlans();
      for (const [type, id] of [
        ['phase', ab],
        ['plan', plan],
      ] as const) {
        expect(checkCycle('step', a, type, id)).toBe(true);
        expect(checkCycle(type, id, 'step', a)).toBe(true);
      }
      expect(checkCycle('phase', ab, 'plan', plan)).toBe(true);
    }));

  test('a step waits for whatever its phase and its plan wait for', () =>
    withTestDatabase(() => {
      const { a, c, ab, plan, x, other } = twoPlans();
      addDependency('phase', ab, 'plan', other);
      expect(checkCycle('step', x, 'step', a)).toBe(true);
      expect(checkCycle('step', x, 'step', c)).toBe(false);
      addDependency('plan', plan, 'step', x);
      expect(checkCycle('plan', other, 'step', c)).toBe(true);
    }));

  test('a phase is done only with all its steps, so waiting for it is waiting for each of them', () =>
    withTestDatabase(() => {
      const { a, b, c, cd, x } = twoPlans();
      addDependency('step', c, 'step', x);
      expect(checkCycle('step', x, 'phase', cd)).toBe(true);
      expect(checkCycle('step', a, 'phase', cd)).toBe(false);
      addDependency('step', x, 'step', a);
      expect(checkCycle('step', a, 'phase', cd)).toBe(true);
      expect(checkCycle('step', b, 'phase', cd)).toBe(false);
    }));

  test('changes nothing and asks of nodes that do not exist get no', () =>
    withTestDatabase(() => {
      const { a } = twoPlans();
      expect(checkCycle('step', a, 'step', 'step_none')).toBe(false);
      expect(checkCycle('plan', 'plan_none', 'phase', 'phase_none')).toBe(false);
    }));
});
