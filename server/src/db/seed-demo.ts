/** A small workspace to look around in: `project-memory seed --demo`. */
import { storeContext } from './context-db.ts';
import { createPhase } from './phase-db.ts';
import { createPlan } from './plan-db.ts';
import { addPlanNote } from './plan-note-db.ts';
import { transaction } from './query-helpers.ts';
import { createSteps, markCurrentDoneAndGetNext } from './step-db.ts';
import type { PlanRow } from './types.ts';
import { createWorkspace, getWorkspaceByPath } from './workspace-db.ts';

const PATH = '/demo/coffee-shop';

const PHASES: readonly [name: string, tasks: readonly string[]][] = [
  ['Understand', ['Read the order form and list its fields', 'Ask how orders reach the kitchen today']],
  ['Build', ['Store an order in the database', 'Show open orders on the kitchen screen', 'Print a receipt']],
  ['Check', ['Order ten coffees at once and count them', 'Let a barista use it for an hour']],
];

/** Makes the demo workspace with a plan that is under way; answers null when it is there already. */
export function seedDemo(): PlanRow | null {
  return transaction(() => {
    if (getWorkspaceByPath(PATH) !== null) return null;
    const workspace = createWorkspace({ path: PATH, name: 'Coffee shop (demo)' });
    const plan = createPlan({
      workspace_id: workspace.id,
      title: 'Orders without paper',
      description: 'Replace the paper slips by a screen in the kitchen.',
      category: 'feature',
      goals: ['No order is lost'],
      success_criteria: ['A day without a paper slip'],
    });
    const steps = PHASES.flatMap(([name, tasks]) => {
      const phase = createPhase(plan.id, { name });
      return tasks.map((task) => ({ phaseId: phase.id, task }));
    });
    createSteps(steps);
    markCurrentDoneAndGetNext(plan.id, 'Researcher');
    markCurrentDoneAndGetNext(plan.id, 'Researcher', {
      notes: 'Five fields; the phone number is never used.',
    });
    addPlanNote(plan.id, {
      note: 'The kitchen screen has no keyboard.',
      note_type: 'warning',
      added_by: 'user',
    });
    storeContext('plan', plan.id, 'decision', {
      text: 'Orders are numbered per day, so that they can be called out.',
    });
    return plan;
  });
}
