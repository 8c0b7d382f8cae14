import { expect, test } from 'vitest';
import { getContext, storeContext } from '../context-db.ts';
import { addDependency, getDependencies, getDependents } from '../dependency-db.ts';
import { archivePlan } from '../plan-db.ts';
import { getStep, updateStep } from '../step-db.ts';
import { consolidateSteps } from '../step-merge.ts';
import { aPhase, aStep, hashOfAllRows, refusal, withTestDatabase } from './fixtures.ts';
import { tasksOf, twoPhases } from './world.ts';

test('neighbours become one pending step in the place of the first, in whatever order they are named', () =>
  withTestDatabase(() => {
    const { first } = twoPhases(4, 0);
    updateStep('a1', { notes: 'line one\nline two', assignee: 'Painter' });
    updateStep('a2', { status: 'blocked', blocked_reason: 'rain', assignee: 'Washer' });
    const merged = consolidateSteps(['a2', 'a1'], 'Both');
    expect(tasksOf(first)).toEqual(['a0', 'Both', 'a3']);
    expect(merged).toEqual(getStep(merged.id));
    expect(merged).toMatchObject({
      status: 'pending',
      order_index: 1,
      notes: '- a1\n  line one\n  line two\n- a2',
      assignee: 'Painter',
      blocked_reason: null,
    });
    expect(getStep('a1')).toBeNull();
  }));

test('every gate of one of them is a gate of the whole, and their paths are joined', () =>
  withTestDatabase(() => {
    const { id: phase_id } = aPhase();
    const steps = [
      aStep({ phase_id, requires_confirmation: true, paths: ['a', 'b'] }),
      aStep({ phase_id, requires_user_confirmation: true, paths: ['b', 'c'] }),
      aStep({ phase_id, requires_validation: true }),
      aStep({ phase_id, requires_evidence: true }),
    ];
    const gates = ['confirmation', 'user_confirmation', 'validation', 'evidence'].map((gate) => `requires_${gate}`);
    const merged = consolidateSteps(
      steps.map(({ id }) => id),
      'All',
    );
    expect(merged).toMatchObject({ ...Object.fromEntries(gates.map((gate) => [gate, 1])), paths: '["a","b","c"]' });
    const plain = consolidateSteps([aStep({ phase_id }).id, aStep({ phase_id }).id], 'Plain');
    expect(plain).toMatchObject({ ...Object.fromEntries(gates.map((gate) => [gate, 0])), paths: '[]' });
  }));

test('steps of one type make a step of that type, others a standard one', () =>
  withTestDatabase(() => {
    const { id: phase_id } = aPhase();
    const made = (...types: ('test' | 'fix')[]) => types.map((type) => aStep({ phase_id, type }).id);
    expect(consolidateSteps(made('test', 'test'), 'Same').type).toBe('test');
    expect(consolidateSteps(made('test', 'fix'), 'Other').type).toBe('standard');
  }));

test('edges to and from others go over once, those among them go away, and context moves', () =>
  withTestDatabase(() => {
    twoPhases(3, 2);
    addDependency('step', 'a1', 'step', 'a0');
    addDependency('step', 'a2', 'step', 'a0');
    addDependency('step', 'a2', 'step', 'a1');
    addDependency('step', 'b0', 'step', 'a1', 'informs');
    const item = storeContext('step', 'a2', 'decision', 1);
    const { id } = consolidateSteps(['a1', 'a2'], 'Both');
    expect(getDependencies('step', id)).toMatchObject([{ target_id: 'a0', dependency_type: 'blocks' }]);
    expect(getDependents('step', id)).toMatchObject([{ source_id: 'b0', dependency_type: 'informs' }]);
    expect(getContext('step', id)).toMatchObject([{ id: item.id }]);
  }));

test.each([
  ['a single step', ['a0'], 'invalid_input'],
  ['one step named twice', ['a0', 'a0'], 'invalid_input'],
  ['steps with another between them', ['a0', 'a2'], 'invalid_input'],
  ['steps of two phases', ['a2', 'b0'], 'invalid_input'],
  ['a step that does not exist', ['a0', 'x'], 'not_found'],
])('%s is refused and nothing changes', (_what, ids, code) =>
  withTestDatabase(() => {
    twoPhases(3, 1);
    const before = hashOfAllRows();
    expect(refusal(() => consolidateSteps(ids, 'One'))).toMatchObject({ code });
    expect(hashOfAllRows()).toBe(before);
  }),
);

test.each(['active', 'done'] as const)('a step that is %s stays a step of its own, with the way out', (status) =>
  withTestDatabase(() => {
    twoPhases(2, 0);
    updateStep('a1', { status });
    const refused = refusal(() => consolidateSteps(['a0', 'a1'], 'Both'));
    expect(refused).toMatchObject({ code: 'conflict', message: `Step a1 is ${status} and stays a step of its own.` });
    expect(refused.hint).toMatch(/release .*re-open/);
  }),
);

test('steps whose union would wait for itself are refused', () =>
  withTestDatabase(() => {
    twoPhases(2, 1);
    addDependency('step', 'a1', 'step', 'b0');
    addDependency('step', 'b0', 'step', 'a0');
    const before = hashOfAllRows();
    expect(refusal(() => consolidateSteps(['a0', 'a1'], 'Both'))).toMatchObject({ code: 'cycle' });
    expect(hashOfAllRows()).toBe(before);
  }));

test('the steps of an archived plan are not consolidated', () =>
  withTestDatabase(() => {
    archivePlan(twoPhases(2, 0).plan.id);
    expect(refusal(() => consolidateSteps(['a0', 'a1'], 'Both'))).toMatchObject({ code: 'not_found' });
  }));
