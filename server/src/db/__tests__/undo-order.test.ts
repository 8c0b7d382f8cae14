import { describe, expect, test } from 'vitest';
import { openDatabase, withDatabase } from '../connection.ts';
import { archivePlan, createPlan, getPlan, restorePlan } from '../plan-db.ts';
import { addPlanToProgram, createProgram, listProgramPlans } from '../program-db.ts';
import { createStep, deleteStep, insertStep, moveStep, reorderSteps } from '../step-db.ts';
import { previewUndo, undo } from '../undo.ts';
import { aPlan, aSession, rowsOf, withTestDatabase } from './fixtures.ts';
import { requireSound } from './soundness.ts';
import { operation, refused, undone } from './undoing.ts';
import { tasksOf, twoPhases } from './world.ts';

describe('the order of siblings counts as one thing', () => {
  const reorder = (phase: string, order: string[]) => operation(() => reorderSteps(phase, order));

  test('and is taken back where nobody has changed it since, around what came and went', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(4, 1);
      const { id } = reorder(first, ['a1', 'a0', 'a2', 'a3']);
      insertStep(first, 0, { task: 'mine' });
      deleteStep('a3');
      undone(id);
      expect(tasksOf(first)).toEqual(['mine', 'a0', 'a1', 'a2']);
    }));

  test.each<[string, (first: string) => unknown]>([
    ['in another order', (first) => reorderSteps(first, ['a3', 'a2', 'a0', 'a1'])],
    ['by a move', (first) => moveStep('a1', first, 3)],
  ])('a later change of it stands against an undo: %s', (_how, change) =>
    withTestDatabase(() => {
      const { first } = twoPhases(4, 1);
      const { id } = reorder(first, ['a1', 'a0', 'a2', 'a3']);
      const later = operation(() => change(first));
      expect(refused(id)).toMatch(new RegExp(`steps a\\d\\.order_index was changed .* in ${later.id}`));
    }),
  );

  test('the one named is who changed it, not who only made room', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(4, 1);
      const { id } = reorder(first, ['a1', 'a0', 'a2', 'a3']);
      const second = reorder(first, ['a3', 'a0', 'a1', 'a2']);
      operation(() => insertStep(first, 0, { task: 'mine' }));
      const sentence = refused(id);
      expect(sentence).toMatch(new RegExp(`steps a\\d\\.order_index was changed .* in ${second.id}\\.`));
    }));

  test('and is looked at in as many statements for many siblings as for few', () => {
    const statementsFor = (siblings: number) => {
      let statements = 0;
      const db = openDatabase(':memory:', { onStatement: () => statements++ });
      withDatabase(db, () => {
        const { first } = twoPhases(siblings, 1);
        const ids = Array.from({ length: siblings }, (_, n) => `a${n}`);
        const { id } = reorder(first, ['a1', 'a0', ...ids.slice(2)]);
        statements = 0;
        expect(previewUndo({ operationId: id }).rows).toEqual({ steps: 2 });
      });
      db.close();
      return statements;
    };
    expect(statementsFor(40)).toBe(statementsFor(5));
  });

  test('an order that somebody has put back already is not taken back again, and no operation is named', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(4, 1);
      const { id } = reorder(first, ['a1', 'a0', 'a2', 'a3']);
      reorderSteps(first, ['a0', 'a1', 'a2', 'a3']);
      const nothing = { operation_id: null, changes: 2, rows: {} };
      expect([previewUndo({ operationId: id }), undo({ operationId: id })]).toEqual([nothing, nothing]);
    }));

  test('so does that of the plans of a program', () =>
    withTestDatabase(() => {
      const { workspace } = aPlan();
      const program = createProgram(workspace.id, { title: 'All' }).id;
      const place = (title: string, at?: number) =>
        operation(() =>
          addPlanToProgram(program, String(rowsOf('plans').find((plan) => plan.title === title)?.id), at),
        );
      const titles = () => listProgramPlans(program).map(({ title }) => title);
      for (const title of ['a', 'b', 'c', 'd', 'e']) createPlan({ workspace_id: workspace.id, title });
      for (const title of ['a', 'b', 'c']) place(title);
      const first = place('c', 0);
      place('d', 1);
      place('e', 0);
      undone(first.id);
      expect(titles()).toEqual(['e', 'a', 'd', 'b', 'c']);
      const second = place('c', 0);
      const third = place('b', 0);
      expect(refused(second.id)).toMatch(new RegExp(`program_order was changed .* in ${third.id}`));
      undone(third.id);
      undone(second.id);
      expect(titles()).toEqual(['e', 'a', 'd', 'b', 'c']);
    }));

  test('what an undo took out of a program comes back to its place by an undo of that', () =>
    withTestDatabase(() => {
      const { workspace } = aPlan();
      const program = createProgram(workspace.id, { title: 'All' }).id;
      const [a, b] = ['a', 'b'].map((title) => createPlan({ workspace_id: workspace.id, title }).id) as [
        string,
        string,
      ];
      addPlanToProgram(program, a);
      const added = operation(() => addPlanToProgram(program, b, 0));
      const takenBack = operation(() => undo({ operationId: added.id }));
      undone(takenBack.id);
      expect(listProgramPlans(program).map(({ title }) => title)).toEqual(['b', 'a']);
    }));

  test('what is said to change is what changes, siblings that move up or down too', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(3, 1);
      const gone = operation(() => deleteStep('a0'));
      const before = new Map(rowsOf('steps').map(({ id, order_index }) => [id, order_index]));
      const said = previewUndo({ operationId: gone.id });
      expect(said.rows).toEqual({ steps: 3 });
      expect(undo({ operationId: gone.id }).rows).toEqual(said.rows);
      expect(rowsOf('steps').filter(({ id, order_index }) => before.get(id) !== order_index)).toHaveLength(3);
      expect(tasksOf(first)).toEqual(['a0', 'a1', 'a2']);
    }));

  test('an undo of an undo of an undo comes to the same ends, also through the archive', () =>
    withTestDatabase(() => {
      const { plan, first } = twoPhases(3, 1);
      const session = aSession({ plan_id: aPlan().plan.id });
      archivePlan(plan.id);
      operation(() => restorePlan(plan.id), session.id);
      operation(() => createStep(first, { task: 'a3' }), session.id);
      operation(() => deleteStep('a0'), session.id);
      const after = tasksOf(first);
      let last = operation(() => undo({ sessionId: session.id }));
      for (let n = 0; n < 4; n++) {
        const said = previewUndo({ operationId: last.id });
        const target = { operationId: last.id };
        last = operation(() => undo(target));
        expect(last.value).toEqual({ ...said, operation_id: last.id });
        expect(getPlan(plan.id)?.id).toBe(plan.id);
        if (n % 2 === 0) expect(tasksOf(first)).toEqual(after);
        requireSound();
      }
    }));
});
