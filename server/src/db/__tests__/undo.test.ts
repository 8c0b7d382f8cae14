import { describe, expect, test } from 'vitest';
import { newId } from '../../domain/ids.ts';
import { openDatabase, withDatabase } from '../connection.ts';
import { deleteContext, storeContext } from '../context-db.ts';
import { addDependency, removeDependency } from '../dependency-db.ts';
import { deleteKnowledge, storeKnowledge } from '../knowledge-db.ts';
import { withOperation } from '../operation.ts';
import { createPhase, deletePhase } from '../phase-db.ts';
import { archivePlan, createPlan, getPlan, restorePlan } from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { addPlanToProgram, createProgram, listProgramPlans } from '../program-db.ts';
import { appendResearch } from '../research-db.ts';
import { completeSession } from '../session-db.ts';
import { createStep, deleteStep, getStep, insertStep, moveStep, reorderSteps, updateStep } from '../step-db.ts';
import type { Actor } from '../step-status.ts';
import { previewUndo, undo } from '../undo.ts';
import { updateRow } from '../write-helpers.ts';
import { aPlan, aSession, hashOfAllRows, refusal, rowsOf, withTestDatabase } from './fixtures.ts';
import { requireRules } from './invariants.ts';
import { requireSound } from './soundness.ts';
import { tasksOf, twoPhases } from './world.ts';

/** Does it as an operation of its own, and answers which that was. */
function operation<T>(fn: () => T, sessionId: string | null = null): { id: string; value: T } {
  const id = newId('operation');
  return { id, value: withOperation({ id, sessionId, tool: 'memory_plan', action: 'test' }, fn) };
}

/** Why the operation cannot be taken back; looking and trying change nothing. */
function refused(operationId: string): string {
  const before = hashOfAllRows();
  const { sentence } = refusal(() => undo({ operationId }));
  expect(refusal(() => previewUndo({ operationId })).sentence).toBe(sentence);
  expect(hashOfAllRows()).toBe(before);
  return sentence;
}

function undone(operationId: string): void {
  undo({ operationId });
  requireSound();
  requireRules('undo');
}

describe('what others have done since stands against an undo', () => {
  test('when it hangs on what would go', () =>
    withTestDatabase(() => {
      const { workspace } = aPlan();
      const made = operation(() => createPlan({ workspace_id: workspace.id, title: 'Theirs' }));
      const phase = createPhase(made.value.id, { name: 'Mine' });
      expect(refused(made.id)).toContain(`phases ${phase.id} hangs on ${made.value.id}`);
    }));

  test('when it hangs on what would only leave its table for a while', () =>
    withTestDatabase(() => {
      const { plan, phases } = aPlan();
      const session = aSession({ plan_id: aPlan().plan.id });
      for (const move of [archivePlan, restorePlan]) operation(() => move(plan.id), session.id);
      const step = createStep(phases[0]?.id ?? '', { task: 'Mine' });
      expect(refusal(() => undo({ sessionId: session.id })).sentence).toContain(`steps ${step.id} hangs on`);
      expect(getStep(step.id)).toEqual(step);
    }));

  test('when it hangs on what would leave its table for longer than itself', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const session = aSession({ plan_id: aPlan().plan.id });
      for (const move of [archivePlan, restorePlan]) operation(() => move(plan.id), session.id);
      const note = addPlanNote(plan.id, { note: 'Mine' });
      operation(() => archivePlan(plan.id), session.id);
      expect(refusal(() => undo({ sessionId: session.id })).sentence).toContain(`plan_notes ${note.id} hangs on`);
    }));

  test('when it has taken away what would be hung on', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(2, 1);
      const gone = operation(() => deleteStep('a0'));
      deletePhase(first);
      expect(refused(gone.id)).toContain(`phases ${first} was deleted, and a0 hangs on it`);
    }));

  test('when it has taken the name', () =>
    withTestDatabase(() => {
      const { workspace } = aPlan();
      storeKnowledge(workspace.id, 'build', 'How to build', 1);
      const gone = operation(() => deleteKnowledge(workspace.id, 'build'));
      const mine = storeKnowledge(workspace.id, 'build', 'How I build', 2);
      expect(refused(gone.id)).toContain(`knowledge ${mine.id}.slug has the name of`);
    }));

  test('when it is the same thing in other words', () =>
    withTestDatabase(() => {
      twoPhases(1, 1);
      const done = operation(() => updateStep('a0', { status: 'done' }));
      updateStep('a0', { status: 'pending' });
      updateStep('a0', { status: 'done', completed_at: '2030-01-01T00:00:00.000Z' });
      expect(refused(done.id)).toContain('steps a0.completed_at was changed');
    }));

  test('when it was appended behind it', () =>
    withTestDatabase(() => {
      const { plan, workspace } = aPlan();
      const append = (text: string) => appendResearch(plan.id, workspace.id, 'log.md', text.repeat(300));
      append('first ');
      const second = operation(() => append('second '));
      const third = operation(() => append('third '));
      expect(refused(second.id)).toContain('research_documents');
      undone(third.id);
      undone(second.id);
      expect(rowsOf('research_documents')[0]?.content).not.toContain('second');
    }));

  test('when it would close a circle', () =>
    withTestDatabase(() => {
      twoPhases(2, 1);
      const edge = addDependency('step', 'a0', 'step', 'a1');
      const gone = operation(() => removeDependency(edge.id));
      addDependency('step', 'a1', 'step', 'a0');
      const before = hashOfAllRows();
      expect(refusal(() => undo({ operationId: gone.id })).code).toBe('cycle');
      expect(hashOfAllRows()).toBe(before);
    }));
});

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

describe('a claim that comes back', () => {
  function claimedAndReleased() {
    const { plan } = twoPhases(2, 1);
    const by = (agentType: string) => ({ sessionId: aSession({ plan_id: plan.id }).id, agentType });
    const [ada, bob] = [by('Ada'), by('Bob')];
    const claim = (who: typeof ada) => operation(() => updateStep('a0', { status: 'active' }, who));
    claim(ada);
    const released = operation(() => updateStep('a0', { status: 'pending' }, ada));
    return { ada, bob, claim, released };
  }

  test('has a new number, so that no earlier one passes for it', () =>
    withTestDatabase(() => {
      const { ada, released } = claimedAndReleased();
      undone(released.id);
      expect(getStep('a0')).toMatchObject({ status: 'active', claimed_by_session: ada.sessionId, claim_number: 2 });
      expect(refusal(() => updateStep('a0', { status: 'done' }, { claimNumber: 1 })).code).toBe('conflict');
      updateStep('a0', { status: 'done' }, { claimNumber: 2 });
    }));

  test('does not come back where somebody has claimed since, which is named', () =>
    withTestDatabase(() => {
      const { bob, claim, released } = claimedAndReleased();
      const theirs = claim(bob);
      updateStep('a0', { status: 'pending' }, bob);
      expect(refused(released.id)).toMatch(new RegExp(`steps a0\\.claim_number was changed .* in ${theirs.id}`));
    }));

  test('does not come back where somebody else is changing the same files now, who is named', () =>
    withTestDatabase(() => {
      const { bob, released } = claimedAndReleased();
      updateStep('a0', { paths: ['src/**'] });
      updateStep('a1', { paths: ['src/a.ts'] });
      const theirs = operation(() => updateStep('a1', { status: 'active' }, bob));
      operation(() => updateStep('a1', { notes: 'On it' }, bob));
      expect(refused(released.id)).toMatch(
        new RegExp(`steps a1 is held, and changes the files of a0; it was claimed at .* in ${theirs.id}\\.`),
      );
      updateStep('a1', { status: 'pending' }, bob);
      undone(released.id);
      expect(getStep('a0')?.status).toBe('active');
    }));

  test('comes back to a step that was taken over, and the one who took it over has lost it', () =>
    withTestDatabase(() => {
      const { ada, bob, claim } = claimedAndReleased();
      claim(ada);
      updateRow('steps', 'a0', ['lease_expires_at'], { lease_expires_at: '2020-01-01T00:00:00.000Z' });
      const taken = claim(bob);
      expect(getStep('a0')).toMatchObject({ claimed_by_session: bob.sessionId, claim_number: 3 });
      undone(taken.id);
      expect(getStep('a0')).toMatchObject({ claimed_by_session: ada.sessionId, claim_number: 4 });
      const finish = (by: Actor) => updateStep('a0', { status: 'done' }, by);
      for (const by of [bob, { claimNumber: 3 }]) expect(refusal(() => finish(by)).code).toBe('conflict');
      // What it had lost it has again, and may give back and finish.
      updateStep('a0', { status: 'pending' }, ada);
      finish(ada);
    }));
});

describe('what others have done since stays, and the rest follows it', () => {
  test('in the order of a phase', () =>
    withTestDatabase(() => {
      const { first } = twoPhases(3, 1);
      const gone = operation(() => deleteStep('a1'));
      insertStep(first, 0, { task: 'mine at the top' });
      createStep(first, { task: 'mine at the end' });
      undone(gone.id);
      expect(tasksOf(first)).toEqual(['mine at the top', 'a0', 'a1', 'a2', 'mine at the end']);
    }));

  test('in the state of a plan and its edges', () =>
    withTestDatabase(() => {
      const { plan } = twoPhases(1, 1);
      const finished = operation(() => updateStep('a0', { status: 'done' }));
      updateStep('b0', { status: 'done' });
      const waiting = aPlan();
      const edge = addDependency('step', waiting.steps[0]?.id ?? '', 'step', 'a0');
      expect([getPlan(plan.id)?.status, edge.status]).toEqual(['completed', 'satisfied']);
      undone(finished.id);
      expect(getPlan(plan.id)?.status).toBe('active');
      expect(rowsOf('dependencies').map(({ status }) => status)).toEqual(['pending']);
    }));

  test('a step does not come back into the hands of a session that has ended', () =>
    withTestDatabase(() => {
      const { plan } = twoPhases(2, 1);
      const session = aSession({ plan_id: plan.id });
      const by = { sessionId: session.id, agentType: 'Executor' };
      updateStep('a0', { status: 'active' }, by);
      const finished = operation(() => updateStep('a0', { status: 'done' }, by));
      completeSession(session.id, 'Done');
      undone(finished.id);
      expect(getStep('a0')).toMatchObject({ status: 'pending', claimed_by_session: null });
    }));

  test('a claim number is never given twice', () =>
    withTestDatabase(() => {
      const { plan } = twoPhases(1, 1);
      const by = { sessionId: aSession({ plan_id: plan.id }).id, agentType: 'Executor' };
      const claimed = operation(() => updateStep('a0', { status: 'active' }, by));
      const number = getStep('a0')?.claim_number ?? 0;
      undone(claimed.id);
      expect(getStep('a0')?.status).toBe('pending');
      updateStep('a0', { status: 'active' }, by);
      expect(getStep('a0')?.claim_number).toBeGreaterThan(number);
    }));

  test('what was taken back already is not taken back again', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const made = operation(() => storeContext('plan', plan.id, 'fact', 1));
      deleteContext(made.value.id);
      const before = hashOfAllRows();
      expect(undo({ operationId: made.id })).toMatchObject({ operation_id: null, changes: 1, rows: {} });
      expect(hashOfAllRows()).toBe(before);
    }));
});
