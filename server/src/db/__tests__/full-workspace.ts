/** A workspace in which every user table has rows, with references of every kind between them. */

import { newId } from '../../domain/ids.ts';
import { storeAgent } from '../agent-definition-db.ts';
import { addBuildScript } from '../build-script-db.ts';
import { storeContext } from '../context-db.ts';
import { addDependency } from '../dependency-db.ts';
import { storeInstruction } from '../instruction-db.ts';
import { storeKnowledge } from '../knowledge-db.ts';
import { addLineageEntry } from '../lineage-db.ts';
import { archivePlan } from '../plan-db.ts';
import { addPlanNote } from '../plan-note-db.ts';
import { addPlanToProgram, createProgram } from '../program-db.ts';
import { appendResearch } from '../research-db.ts';
import { storeSkill } from '../skill-db.ts';
import { markCurrentDoneAndGetNext } from '../step-db.ts';
import type { ProgramRow, WorkspaceRow } from '../types.ts';
import { addUpdateLog } from '../update-log-db.ts';
import { addWorkspacePath } from '../workspace-db.ts';
import { insertRow } from '../write-helpers.ts';
import { aPlan, aSession, aWorkspace, type PlanFixture } from './fixtures.ts';

export interface FullWorkspace {
  workspace: WorkspaceRow;
  program: ProgramRow;
  /** Live, and waited for by a plan of another workspace. */
  live: PlanFixture;
  archived: PlanFixture;
}

const AT = '2026-01-02T03:04:05.678Z';

export function aFullWorkspace(): FullWorkspace {
  const workspace = aWorkspace();
  const other = aWorkspace({ parent_workspace_id: workspace.id });
  addWorkspacePath(workspace.id, `${workspace.path}-worktree`);
  addUpdateLog(workspace.id, { tool: 'memory_plan' });
  storeKnowledge(workspace.id, 'build', 'How to build', { command: 'make' }, { tags: ['build'] });
  addBuildScript(workspace.id, { name: 'all', command: 'make', directory: '.' });
  appendResearch(null, workspace.id, 'survey.md', 'Of the workspace itself.');
  storeContext('workspace', workspace.id, 'decision', { text: 'One file' }, { key: 'storage' });
  storeContext('workspace', workspace.id, 'decision', { text: 'One database file' }, { key: 'storage' });
  storeAgent(`Agent of ${workspace.id}`, 'Does its duty.');
  storeInstruction(`${workspace.id}.instructions.md`, '**/*.ts', 'Write short files.');
  storeSkill(`skill-${workspace.id}`, 'general', ['sql'], [], [], 'Bind every value.');

  const program = createProgram(workspace.id, { title: 'Everything' });
  const about = { program_id: program.id, created_at: AT };
  insertRow('program_workspace_links', { ...about, id: newId('programLink'), workspace_id: other.id });
  insertRow('program_risks', {
    ...about,
    id: newId('risk'),
    risk_type: 'dependency_risk',
    title: 'Late',
    updated_at: AT,
  });

  const live = aFullPlan(workspace);
  const archived = aFullPlan(workspace);
  const outside = aPlan({ workspace_id: other.id });
  for (const { plan } of [live, archived, outside]) addPlanToProgram(program.id, plan.id);
  addDependency('plan', outside.plan.id, 'plan', live.plan.id);
  addDependency('step', live.steps[0]?.id ?? '', 'phase', archived.phases[0]?.id ?? '');
  archivePlan(archived.plan.id);
  return { workspace, program, live, archived };
}

/** A plan of two phases with two steps each, one of them held, and something of everything on it. */
function aFullPlan(workspace: WorkspaceRow): PlanFixture {
  const made = aPlan({ workspace_id: workspace.id, phases: 2, stepsEach: 2 });
  const { plan, phases, steps } = made;
  const [phase, step, later] = [phases[0]?.id ?? '', steps[0]?.id ?? '', steps[3]?.id ?? ''];
  const session = aSession({ plan_id: plan.id });
  markCurrentDoneAndGetNext(plan.id, 'Executor', { sessionId: session.id });
  addPlanNote(plan.id, { note: 'Careful with the schema.' });
  addLineageEntry(plan.id, { from_agent: 'Coordinator', to_agent: 'Executor', reason: 'Plan is ready.' });
  for (const [type, id] of [
    ['plan', plan.id],
    ['phase', phase],
    ['step', step],
  ] as const) {
    storeContext(type, id, 'finding', { about: type, number: 1 }, { key: 'first' });
    storeContext(type, id, 'finding', { about: type, number: 2 }, { key: 'first' });
  }
  appendResearch(plan.id, workspace.id, 'notes.md', 'Of the plan.');
  addBuildScript(workspace.id, { name: 'test', command: 'make test', directory: '.', plan_id: plan.id });
  addDependency('step', later, 'step', step);
  return made;
}
