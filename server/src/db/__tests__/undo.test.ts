import { describe, expect, test } from 'vitest';
import { deleteContext, storeContext } from '../context-db.ts';
import { addDependency, removeDependency } from '../dependency-db.ts';
import { deleteKnowledge, storeKnowledge } from '../knowledge-db.ts';
import { createPhase, deletePhase } from '../phase-db.ts';
import { archivePlan, createPlan, getPlan, restorePlan } from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { appendResearch } from '../research-db.ts';
import { completeSession } from '../session-db.ts';
import { createStep, deleteStep, getStep, insertStep, updateStep } from '../step-db.ts';
import { undo } from '../undo.ts';
import { aPlan, aSession, hashOfAllRows, refusal, rowsOf, withTestDatabase } from './fixtures.ts';
import { operation, refused, undone } from './undoing.ts';
import { tasksOf, twoPhases } from './world.ts';

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
