import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import type { NodeType } from '../../domain/vocabulary.ts';
import {
  addDependency,
  checkCycle,
  getDependencies,
  getDependency,
  getDependents,
  removeDependency,
} from '../dependency-db.ts';
import { deletePhase, updatePhase } from '../phase-db.ts';
import { archivePlan, deletePlan, restorePlan, updatePlan } from '../plan-db.ts';
import { deleteStep, updateStep } from '../step-db.ts';
import { aPlan, countRows, hashOfAllRows, recordedDeletions, refusal, rowsOf, withTestDatabase } from './fixtures.ts';

/** A plan of two steps in one phase, as ends of edges. */
function nodes() {
  const { plan, phases, steps } = aPlan({ stepsEach: 2 });
  const [step, second] = steps.map(({ id }) => id) as [string, string];
  return { plan: plan.id, phase: String(phases[0]?.id), step, second };
}

const NODE_TYPES = ['plan', 'phase', 'step'] as const;
const PAIRS = NODE_TYPES.flatMap((source) => NODE_TYPES.map((target): [NodeType, NodeType] => [source, target]));

describe('addDependency', () => {
  test.each(PAIRS)('a %s can depend on a %s, and is found from both ends', (sourceType, targetType) =>
    withTestDatabase(() => {
      const [source, target] = [nodes()[sourceType], nodes()[targetType]];
      const edge = withClock(
        () => 0,
        () => addDependency(sourceType, source, targetType, target),
      );
      expect(edge).toMatchObject({
        source_type: sourceType,
        source_id: source,
        target_type: targetType,
        target_id: target,
        dependency_type: 'blocks',
        status: 'pending',
        satisfied_at: null,
        created_at: '1970-01-01T00:00:00.000Z',
      });
      expect(getDependency(edge.id)).toEqual(edge);
      expect(getDependencies(sourceType, source)).toEqual([edge]);
      expect(getDependents(targetType, target)).toEqual([edge]);
      expect(getDependents(sourceType, source)).toEqual([]);
    }),
  );

  test('edges are listed in the order they were said', () =>
    withTestDatabase(() => {
      const [a, b, c] = [nodes(), nodes(), nodes()];
      const edges = [c, b].map((target) => addDependency('step', a.step, 'step', target.step));
      expect(getDependencies('step', a.step)).toEqual(edges);
    }));

  test('refuses an end that does not exist or is of another type, at either end', () =>
    withTestDatabase(() => {
      const [a, b] = [nodes(), nodes()];
      const before = hashOfAllRows();
      for (const type of NODE_TYPES) {
        expect(refusal(() => addDependency(type, 'none', 'step', b.step)).code).toBe('not_found');
        expect(refusal(() => addDependency('step', a.step, type, 'none')).code).toBe('not_found');
      }
      expect(refusal(() => addDependency('phase', a.step, 'step', b.step)).code).toBe('not_found');
      expect(refusal(() => addDependency('step', a.step, 'plan', b.phase)).code).toBe('not_found');
      expect(hashOfAllRows()).toBe(before);
    }));

  test.each(NODE_TYPES)('refuses a %s that depends on itself, in either type of edge', (type) =>
    withTestDatabase(() => {
      const id = nodes()[type];
      for (const edge of ['blocks', 'informs'] as const) {
        expect(refusal(() => addDependency(type, id, type, id, edge)).code).toBe('cycle');
      }
      expect(countRows('dependencies')).toBe(0);
    }),
  );

  test('said twice is one edge; said again in the other type is a conflict', () =>
    withTestDatabase(() => {
      const [a, b] = [nodes(), nodes()];
      const edge = addDependency('step', a.step, 'step', b.step, 'informs');
      expect(addDependency('step', a.step, 'step', b.step, 'informs')).toEqual(edge);
      expect(refusal(() => addDependency('step', a.step, 'step', b.step)).code).toBe('conflict');
      expect(rowsOf('dependencies')).toEqual([edge]);
    }));

  test('an edge that only informs may close a circle, and is not followed when one is looked for', () =>
    withTestDatabase(() => {
      const [a, b] = [nodes(), nodes()];
      addDependency('step', a.step, 'step', b.step);
      expect(refusal(() => addDependency('step', b.step, 'step', a.step)).code).toBe('cycle');
      addDependency('step', b.step, 'step', a.step, 'informs');
      const c = nodes();
      addDependency('step', b.step, 'step', c.step, 'informs');
      expect(checkCycle('step', c.step, 'step', a.step)).toBe(false);
    }));

  test('refuses a type of edge that is none', () =>
    withTestDatabase(() => {
      const [a, b] = [nodes(), nodes()];
      const add = () => addDependency('step', a.step, 'step', b.step, 'likes' as 'blocks');
      expect(refusal(add).code).toBe('invalid_input');
    }));
});

describe('the status of an edge', () => {
  test.each<[NodeType, (node: ReturnType<typeof nodes>, done: boolean) => void]>([
    ['step', ({ step }, done) => updateStep(step, { status: done ? 'done' : 'pending' })],
    [
      'phase',
      ({ step, second }, done) => {
        for (const id of [step, second]) updateStep(id, { status: done ? 'done' : 'pending' });
      },
    ],
    ['plan', ({ plan }, done) => updatePlan(plan, { status: done ? 'completed' : 'active' })],
  ])('follows a %s, both ways, for edges of both types', (type, finish) =>
    withTestDatabase(() => {
      const target = nodes();
      for (const edge of ['blocks', 'informs'] as const) addDependency('plan', nodes().plan, type, target[type], edge);
      const statuses = () => rowsOf('dependencies').map(({ status, satisfied_at }) => [status, satisfied_at]);
      const at = (ms: number, done: boolean) =>
        withClock(
          () => ms,
          () => finish(target, done),
        );
      const satisfied = ['satisfied', '1970-01-01T00:00:00.007Z'];
      at(7, true);
      expect(statuses()).toEqual([satisfied, satisfied]);
      at(8, false);
      expect(statuses()).toEqual([
        ['pending', null],
        ['pending', null],
      ]);
    }),
  );

  test('is satisfied from the start when the target is done: a step, an empty phase, a completed plan', () =>
    withTestDatabase(() => {
      const [a, b] = [nodes(), nodes()];
      updateStep(b.step, { status: 'done' });
      const empty = aPlan({ stepsEach: 0 });
      const completed = nodes();
      updatePlan(completed.plan, { status: 'completed' });
      const edges = [
        addDependency('step', a.step, 'step', b.step),
        addDependency('step', a.step, 'phase', String(empty.phases[0]?.id)),
        addDependency('step', a.step, 'plan', completed.plan),
      ];
      for (const edge of edges) expect(edge).toMatchObject({ status: 'satisfied', satisfied_at: edge.created_at });
    }));

  test('follows the approval of a phase', () =>
    withTestDatabase(() => {
      const target = nodes();
      for (const id of [target.step, target.second]) updateStep(id, { status: 'done' });
      updatePhase(target.phase, { approval_required: true });
      const { id } = addDependency('plan', nodes().plan, 'phase', target.phase);
      expect(rowsOf('dependencies')).toMatchObject([{ id, status: 'pending' }]);
      updatePhase(target.phase, { approval_required: false });
      expect(rowsOf('dependencies')).toMatchObject([{ id, status: 'satisfied' }]);
    }));

  test('is of no account to the edges of other targets', () =>
    withTestDatabase(() => {
      const target = nodes();
      addDependency('plan', nodes().plan, 'step', target.step);
      addDependency('plan', nodes().plan, 'step', target.second);
      updateStep(target.step, { status: 'done' });
      expect(rowsOf('dependencies').map(({ status }) => status)).toEqual(['satisfied', 'pending']);
    }));
});

describe('removeDependency and deleted ends', () => {
  test('an edge is removed by its id, recorded, once', () =>
    withTestDatabase(() => {
      const { id } = addDependency('step', nodes().step, 'step', nodes().step);
      expect(removeDependency(id)).toBe(true);
      expect(recordedDeletions()).toEqual([id]);
      expect(removeDependency(id)).toBe(false);
      expect(removeDependency('dep_none')).toBe(false);
    }));

  test.each<[NodeType, (node: ReturnType<typeof nodes>) => void]>([
    ['step', ({ step }) => deleteStep(step)],
    ['phase', ({ phase }) => deletePhase(phase)],
    ['plan', ({ plan }) => deletePlan(plan)],
  ])('deleting a %s deletes the edges at both of its ends', (type, remove) =>
    withTestDatabase(() => {
      const [a, b] = [nodes(), nodes()];
      const kept = addDependency('plan', nodes().plan, 'plan', a.plan);
      addDependency(type, b[type], 'step', a.step);
      addDependency('step', a.second, type, b[type], 'informs');
      remove(b);
      expect(rowsOf('dependencies')).toEqual([kept]);
    }),
  );
});

describe('archived ends', () => {
  test('an archived step, phase or plan can be depended on, and its state counts', () =>
    withTestDatabase(() => {
      const [a, b] = [nodes(), nodes()];
      updateStep(b.step, { status: 'done' });
      archivePlan(b.plan);
      const statuses = (['step', 'phase', 'plan'] as const).map(
        (type) => addDependency('step', a.step, type, b[type]).status,
      );
      expect(statuses).toEqual(['satisfied', 'pending', 'pending']);
      expect(addDependency('step', a.step, 'step', b.second).status).toBe('pending');
      const completed = nodes();
      for (const id of [completed.step, completed.second]) updateStep(id, { status: 'done' });
      archivePlan(completed.plan);
      for (const type of ['phase', 'plan'] as const) {
        expect(addDependency('step', a.second, type, completed[type]).status).toBe('satisfied');
      }
    }));

  test('edges inside an archived plan are still shown and still close circles', () =>
    withTestDatabase(() => {
      const [a, b] = [nodes(), nodes()];
      const inside = addDependency('step', a.step, 'step', a.second);
      addDependency('step', a.second, 'step', b.step);
      archivePlan(a.plan);
      expect(getDependencies('step', a.step)).toEqual([inside]);
      expect(getDependents('step', a.second)).toEqual([inside]);
      expect(checkCycle('step', b.step, 'step', a.step)).toBe(true);
    }));

  test('said again between archived steps is the same edge, and the plan can be restored', () =>
    withTestDatabase(() => {
      const a = nodes();
      const inside = addDependency('step', a.step, 'step', a.second);
      archivePlan(a.plan);
      expect(addDependency('step', a.step, 'step', a.second)).toEqual(inside);
      expect(refusal(() => addDependency('step', a.step, 'step', a.second, 'informs')).code).toBe('conflict');
      restorePlan(a.plan);
      expect(rowsOf('dependencies')).toEqual([inside]);
    }));
});
