import { describe, expect, test } from 'vitest';
import { getContext, storeContext } from '../context-db.ts';
import { addDependency, getDependents } from '../dependency-db.ts';
import { getRowHistory } from '../history-db.ts';
import {
  deleteStep,
  deleteSteps,
  getStep,
  getSteps,
  insertStep,
  moveStep,
  moveSteps,
  reorderSteps,
  updateStep,
} from '../step-db.ts';
import { allIds, aPhase, countRows, hashOfAllRows, recordedDeletions, refusal, withTestDatabase } from './fixtures.ts';
import { tasksOf, twoPhases } from './world.ts';

describe('insertStep', () => {
  test('puts a step at a place, or at the nearest end, and answers it as it lies there', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(2, 0);
      expect(insertStep(first, 1, { task: 'middle' }).order_index).toBe(1);
      expect(insertStep(first, -3, { task: 'start' }).order_index).toBe(0);
      expect(insertStep(first, 99, { task: 'end' }).order_index).toBe(4);
      expect(tasksOf(first)).toEqual(['start', 'a0', 'middle', 'a1', 'end']);
      expect(refusal(() => insertStep('phase_none', 0, { task: 'x' })).code).toBe('not_found');
    }));
});

test('moving and deleting many steps writes each row once', () =>
  withTestDatabase(() => {
    const { first, second } = twoPhases(20, 3);
    const written = () => countRows('row_history', {});
    const before = written();
    moveSteps(
      getSteps(first).map(({ id }) => id),
      second,
      1,
    );
    expect(tasksOf(second).slice(0, 3)).toEqual(['b0', 'a0', 'a1']);
    expect(tasksOf(second).slice(-2)).toEqual(['b1', 'b2']);
    // The twenty that came are placed at the end, and then, with the two behind them, where they belong.
    expect(written() - before).toBe(20 + 22);
    deleteSteps(
      getSteps(second)
        .slice(0, 20)
        .map(({ id }) => id),
    );
    expect(tasksOf(second)).toEqual(['a19', 'b1', 'b2']);
    expect(written() - before).toBe(42 + 20 + 3);
  }));

describe('deleteStep, moveStep, reorderSteps', () => {
  test('deleting takes context and edges along, every row recorded, and closes the gap', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(3, 1);
      const kept = allIds();
      insertStep(first, 1, { task: 'doomed', id: 'doomed' });
      storeContext('step', 'doomed', 'fact', 1, { key: 'k' });
      storeContext('step', 'doomed', 'fact', 2, { key: 'k' });
      addDependency('step', 'b0', 'step', 'doomed');
      addDependency('step', 'doomed', 'step', 'a0');
      const gone = allIds().filter((id) => !kept.includes(id));
      expect(deleteStep('doomed')).toBe(true);
      expect(allIds()).toEqual(kept);
      expect(recordedDeletions()).toEqual(gone);
      expect(tasksOf(first)).toEqual(['a0', 'a1', 'a2']);
      expect(getContext('step', 'doomed')).toEqual([]);
      expect(getDependents('step', 'a0')).toEqual([]);
      expect(countRows('search_documents', { ref_id: 'doomed' })).toBe(0);
      expect(deleteStep('doomed')).toBe(false);
    }));

  test('a step moves within its phase and to another one, with its id and all it holds', () =>
    withTestDatabase(() => {
      const { first, second } = twoPhases(3, 2);
      updateStep('a1', { notes: 'n' });
      moveStep('a2', first, 0);
      expect(tasksOf(first)).toEqual(['a2', 'a0', 'a1']);
      moveStep('a1', second, 1);
      expect([tasksOf(first), tasksOf(second)]).toEqual([
        ['a2', 'a0'],
        ['b0', 'a1', 'b1'],
      ]);
      moveStep('b0', first, 99);
      expect([tasksOf(first), tasksOf(second)]).toEqual([
        ['a2', 'a0', 'b0'],
        ['a1', 'b1'],
      ]);
      expect(getStep('a1')).toMatchObject({ notes: 'n', phase_id: second });
    }));

  test('a step does not move to another plan or from or to nowhere', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(1, 0);
      const elsewhere = aPhase();
      const before = hashOfAllRows();
      expect(refusal(() => moveStep('a0', elsewhere.id, 0)).code).toBe('invalid_input');
      expect(refusal(() => moveStep('a0', 'phase_none', 0)).code).toBe('not_found');
      expect(refusal(() => moveStep('step_none', first, 0)).code).toBe('not_found');
      expect(hashOfAllRows()).toBe(before);
    }));

  test('a new order names every step once, and only steps that move are written', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(3, 1);
      reorderSteps(first, ['a1', 'a0', 'a2']);
      expect(tasksOf(first)).toEqual(['a1', 'a0', 'a2']);
      expect(getRowHistory('a2')).toHaveLength(1);
      for (const wrong of [
        ['a0', 'a1'],
        ['a0', 'a1', 'a2', 'a2'],
        ['a0', 'a1', 'b0'],
      ]) {
        expect(refusal(() => reorderSteps(first, wrong)).code).toBe('invalid_input');
      }
      expect(refusal(() => reorderSteps('phase_none', [])).code).toBe('not_found');
      expect(tasksOf(first)).toEqual(['a1', 'a0', 'a2']);
    }));
});
