import { expect, test } from 'vitest';
import * as db from '../index.ts';

/** What the design of the data layer promises, module by module. A name that is missing here breaks what was built on it. */
const PROMISED: Record<string, readonly string[]> = {
  connection: ['getDb'],
  'migration-runner': ['runMigrations'],
  'query-helpers': ['queryOne', 'queryAll', 'run', 'transaction'],
  'workspace-db': [
    'createWorkspace',
    'getWorkspace',
    'getWorkspaceByPath',
    'listWorkspaces',
    'updateWorkspace',
    'deleteWorkspace',
  ],
  'plan-db': [
    'createPlan',
    'getPlan',
    'getPlansByWorkspace',
    'updatePlan',
    'deletePlan',
    'archivePlan',
    'restorePlan',
    'findPlanById',
  ],
  'phase-db': ['createPhase', 'getPhases', 'updatePhase', 'deletePhase', 'reorderPhases'],
  'step-db': [
    'createStep',
    'getSteps',
    'getAllSteps',
    'updateStep',
    'batchUpdateSteps',
    'deleteStep',
    'insertStep',
    'moveStep',
    'reorderSteps',
    'getNextPendingStep',
    'markCurrentDoneAndGetNext',
  ],
  'session-db': ['createSession', 'getSession', 'getSessions', 'completeSession'],
  'lineage-db': ['addLineageEntry', 'getLineage'],
  'plan-note-db': ['addPlanNote', 'getPlanNotes'],
  'context-db': ['storeContext', 'getContext', 'searchContext', 'listContextTypes', 'deleteContext'],
  'research-db': ['appendResearch', 'getResearch', 'listResearch'],
  'knowledge-db': ['storeKnowledge', 'getKnowledge', 'listKnowledge', 'deleteKnowledge'],
  'build-script-db': ['addBuildScript', 'getBuildScripts', 'findBuildScript', 'deleteBuildScript'],
  'dependency-db': ['addDependency', 'getDependencies', 'getDependents', 'removeDependency', 'checkCycle'],
  'tool-catalog-db': ['seedToolCatalog', 'getTools', 'getToolActions', 'getActionParams', 'getToolHelp'],
  'agent-definition-db': ['storeAgent', 'getAgent', 'listAgents'],
  'instruction-db': ['storeInstruction', 'getInstruction', 'getInstructionsForFile', 'listInstructions'],
  'skill-db': ['storeSkill', 'getSkill', 'matchSkills', 'listSkills'],
  'update-log-db': ['addUpdateLog', 'getUpdateLog'],
  'event-log-db': ['addEventLog', 'getRecentEvents', 'getEventsSince', 'cleanupOldEvents'],
  'program-db': [
    'createProgram',
    'getProgram',
    'listPrograms',
    'addPlanToProgram',
    'listProgramPlans',
    'upgradeToProgram',
  ],
  mappers: ['getPlanState', 'getWorkspaceMeta'],
};

test.each(Object.entries(PROMISED))('all that %s promises is there to be called', (_module, names) => {
  const exported: Readonly<Record<string, unknown>> = { ...db };
  const missing = names.filter((name) => typeof exported[name] !== 'function');
  expect(missing).toEqual([]);
});

test('every function of the list is promised once', () => {
  const names = Object.values(PROMISED).flat();
  expect(new Set(names).size).toBe(names.length);
});
