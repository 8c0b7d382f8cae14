/** Whole plans: small ones with steps of known names, and one with something in every table of a plan. */
import { expect } from 'vitest';
import { addBuildScript } from '../build-script-db.ts';
import { storeContext } from '../context-db.ts';
import { addDependency } from '../dependency-db.ts';
import { storeKnowledge } from '../knowledge-db.ts';
import { addLineageEntry } from '../lineage-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { addPlanToProgram, createProgram } from '../program-db.ts';
import { appendResearch } from '../research-db.ts';
import { completeSession } from '../session-db.ts';
import { batchUpdateSteps, getSteps, updateStep } from '../step-db.ts';
import type { PhaseRow, StepRow } from '../types.ts';
import { insertRow, updateRow } from '../write-helpers.ts';
import { aPhase, aPlan, aSession, aStep } from './fixtures.ts';

/** A plan with two phases, A and B, of the steps a0 … and b0 …, and their ids by these names. */
export function twoPhases(a: number, b: number) {
  const { plan } = aPlan({ phases: 0 });
  const [first, second] = [aPhase({ plan_id: plan.id, name: 'A' }), aPhase({ plan_id: plan.id, name: 'B' })];
  for (let n = 0; n < a; n++) aStep({ phase_id: first.id, task: `a${n}`, id: `a${n}` });
  for (let n = 0; n < b; n++) aStep({ phase_id: second.id, task: `b${n}`, id: `b${n}` });
  return { plan, first: first.id, second: second.id };
}

/** The tasks of a phase in order, which must be dense. */
export function tasksOf(phaseId: string): string[] {
  const steps = getSteps(phaseId);
  expect(steps.map(({ order_index }) => order_index)).toEqual(steps.map((_, index) => index));
  return steps.map(({ task }) => task);
}

/** One plan with two phases and four steps, and a neighbour in the same workspace and program that edges lead to and from. */
export function aWorld() {
  const { workspace, plan, phases, steps } = aPlan({
    phases: 1,
    stepsEach: 3,
    description: 'Text',
    goals: ['g'],
    success_criteria: ['s'],
    current_agent: 'Executor',
    recommended_next_agent: 'Reviewer',
    categorization: { category: 'feature' },
    deployment_context: { host: 'h' },
    paused_at_snapshot: { reason: 'r' },
    meta: { a: 1 },
    requires_evidence: true,
  });
  const [first] = phases as [PhaseRow];
  const [done, active, waiting] = steps as [StepRow, StepRow, StepRow];
  const second = aPhase({
    plan_id: plan.id,
    name: 'Phase 2',
    description: 'Text',
    success_criteria: ['s'],
    approval_required: true,
    approved_at: '2026-01-01T00:00:00.000Z',
    approved_by: 'user',
    meta: { a: 1 },
  });
  const last = aStep({
    phase_id: second.id,
    type: 'test',
    status: 'blocked',
    notes: 'n',
    assignee: 'Tester',
    blocked_reason: 'no database',
    requires_confirmation: true,
    requires_user_confirmation: true,
    requires_validation: true,
    requires_evidence: true,
    paths: ['src/**'],
    legacy_index: 7,
    meta: { a: 1 },
  });
  updateRow('steps', done.id, ['confirmed_at', 'confirmed_by'], {
    confirmed_at: '2026-01-02T00:00:00.000Z',
    confirmed_by: 'user',
  });

  const closed = aSession({ plan_id: plan.id, agent_type: 'Researcher', context: { c: 1 }, stats: { calls: 3 } });
  completeSession(closed.id, 'Read it all', ['a.md']);
  const open = aSession({ plan_id: plan.id });
  const by = { sessionId: open.id, agentType: 'Executor' };
  updateStep(active.id, { status: 'active' }, by);
  batchUpdateSteps([{ id: done.id, status: 'done', evidence: { command: 'make' } }], { agentType: 'Executor' });

  addLineageEntry(plan.id, { from_agent: 'Researcher', to_agent: 'Executor', reason: 'ready', data: { d: 1 } });
  addPlanNote(plan.id, { note: 'Mind the step', note_type: 'warning', added_by: 'user' });
  for (const data of [1, 2, 3]) {
    storeContext('plan', plan.id, 'decision', data, { key: 'k' });
    storeContext('phase', second.id, 'fact', data, { key: 'k' });
    storeContext('step', last.id, 'finding', { data });
  }
  appendResearch(plan.id, workspace.id, 'a.md', 'text');
  addBuildScript(workspace.id, { name: 'Build', command: 'make', directory: '.', plan_id: plan.id });

  // What stays where it is when the plan moves.
  const neighbour = aPlan({ workspace_id: workspace.id, phases: 2 });
  const [outside, beyond] = neighbour.steps as [StepRow, StepRow];
  storeContext('workspace', workspace.id, 'fact', 1);
  appendResearch(null, workspace.id, 'a.md', 'text');
  addBuildScript(workspace.id, { name: 'Build', command: 'make', directory: '.' });
  const knowledge = storeKnowledge(workspace.id, 'slug', 'Title', 1, { created_by_plan: plan.id });
  const program = createProgram(workspace.id, { title: 'Program', source_plan_id: plan.id });
  for (const { id } of [neighbour.plan, plan]) addPlanToProgram(program.id, id);
  const risk = insertRow('program_risks', {
    id: 'risk_1',
    program_id: program.id,
    risk_type: 'dependency_risk',
    title: 'Risk',
    created_at: program.created_at,
    updated_at: program.created_at,
  });
  const edges = {
    inside: [
      addDependency('step', last.id, 'step', done.id),
      addDependency('phase', second.id, 'phase', first.id),
      addDependency('step', waiting.id, 'step', active.id, 'informs'),
    ],
    across: [
      addDependency('plan', neighbour.plan.id, 'step', done.id),
      addDependency('step', outside.id, 'phase', first.id),
      addDependency('plan', plan.id, 'step', outside.id, 'informs'),
    ],
    elsewhere: [
      addDependency('phase', beyond.phase_id, 'phase', outside.phase_id),
      addDependency('step', beyond.id, 'step', outside.id),
    ],
  };
  return {
    workspace,
    plan,
    first,
    second,
    done,
    active,
    waiting,
    last,
    open,
    closed,
    neighbour,
    outside,
    program,
    risk,
    knowledge,
    edges,
  };
}
