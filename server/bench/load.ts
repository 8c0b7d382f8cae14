/** Fills a database: 50 workspaces × 10 plans × 5 phases × 20 steps, and context on every plan. */
import {
  createPhase,
  createPlan,
  createSteps,
  createWorkspace,
  getAllSteps,
  storeContext,
  transaction,
} from '../src/db/index.ts';

export interface Size {
  workspaces: number;
  plansEach: number;
  phasesEach: number;
  stepsEach: number;
  contextEach: number;
}

export const FULL_SIZE: Size = { workspaces: 50, plansEach: 10, phasesEach: 5, stepsEach: 20, contextEach: 10 };

export interface Loaded {
  workspaceIds: string[];
  planIds: string[];
  steps: number;
  seconds: number;
}

export function load(size: Size): Loaded {
  const start = performance.now();
  const workspaceIds: string[] = [];
  const planIds: string[] = [];
  for (let w = 0; w < size.workspaces; w++) {
    // A transaction per workspace, as an importer would do it.
    transaction(() => {
      const workspace = createWorkspace({ path: `/bench/workspace-${w}` });
      workspaceIds.push(workspace.id);
      for (let p = 0; p < size.plansEach; p++) planIds.push(loadPlan(workspace.id, p, size));
    });
  }
  const seconds = (performance.now() - start) / 1000;
  return { workspaceIds, planIds, steps: planIds.reduce((sum, id) => sum + getAllSteps(id).length, 0), seconds };
}

function loadPlan(workspaceId: string, number: number, size: Size): string {
  const plan = createPlan({ workspace_id: workspaceId, title: `Plan ${number}`, category: 'quick_task' });
  for (let phase = 0; phase < size.phasesEach; phase++) {
    const { id: phaseId } = createPhase(plan.id, { name: `Phase ${phase}` });
    const tasks = Array.from({ length: size.stepsEach }, (_, step) => `Do part ${step} of phase ${phase} with care`);
    createSteps(tasks.map((task) => ({ phaseId, task, notes: `What is known of "${task}" beforehand.` })));
  }
  for (let item = 0; item < size.contextEach; item++) {
    storeContext('plan', plan.id, 'finding', {
      text: `Finding ${item}: ${'the cache was cold and the lock was held. '.repeat(20)}`,
    });
  }
  return plan.id;
}
