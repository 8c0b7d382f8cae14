/** The data layer: everything that the rest of the program may use of it. */
export type { CatalogTool } from '../domain/tool-catalog.ts';
export { getAgent, listAgents, storeAgent } from './agent-definition-db.ts';
export { type DumpedRow, RowWriter, readAllRows, schemaVersion, unfitDump } from './all-rows.ts';
export { getBriefPlan } from './brief-plan.ts';
export { addBuildScript, deleteBuildScript, findBuildScript, getBuildScripts } from './build-script-db.ts';
export type { NextOptions } from './callers-step.ts';
export { type LostClaim, lastLoss, lossReason } from './claim-losses.ts';
export { confirmStep } from './confirmation-db.ts';
export {
  closeDb,
  type Database,
  getDb,
  type OpenOptions,
  openDatabase,
  setDb,
  withDatabase,
} from './connection.ts';
export { hashContentFiles } from './content-files.ts';
export {
  type ContextQuery,
  type ContextTypeCount,
  countContextTypes,
  deleteContext,
  getContext,
  getContextItem,
  getContextVersions,
  listContextTypes,
  searchContext,
  storeContext,
} from './context-db.ts';
export {
  addDependency,
  checkCycle,
  getDependencies,
  getDependency,
  getDependents,
  removeDependency,
} from './dependency-db.ts';
export { isSatisfied } from './dependency-status.ts';
export {
  ENTITY_KINDS,
  type Entity,
  type EntityKind,
  findEntity,
  getEntities,
  listEntities,
  recentEntities,
} from './entity-db.ts';
export { purge } from './entity-purge.ts';
export { addEventLog, cleanupOldEvents, getEventsSince, getRecentEvents } from './event-log-db.ts';
export { copyDatabase, type FileFacts, inspectDatabase, refuseDamage } from './file-copy.ts';
export { findDamage, isFullTextDamage, isIndexDamage, isPageDamage, rebuildIndexes } from './file-health.ts';
export { replaceDatabase } from './file-replacement.ts';
export { getOperationHistory, getRowHistory } from './history-db.ts';
export {
  addImportSource,
  getImportSources,
  isImported,
  parkImportSources,
  updateImportSource,
} from './import-source-db.ts';
export {
  addImportedRow,
  allEvents,
  changeImportedRow,
  edgesFrom,
  findNamesake,
  findPlaced,
  type ImportedTable,
  isTaken,
  type PlacedRow,
  type RowValues,
  rowsOfPlan,
  rowsOfWorkspace,
} from './imported-rows.ts';
export {
  getInstruction,
  getInstructionsForFile,
  getInstructionsForFiles,
  type InstructionMatch,
  listInstructions,
  storeInstruction,
} from './instruction-db.ts';
export { deleteKnowledge, getKnowledge, listKnowledge, storeKnowledge } from './knowledge-db.ts';
export { renewalMs } from './lease.ts';
export { addLineageEntry, getLineage } from './lineage-db.ts';
export { deleteLostRows, findBrokenReferences, findLostRows, repairBrokenReferences } from './lost-rows.ts';
export { finishTask, giveBackTask, scrubRequestedAt, type Task, takeTask } from './maintenance-db.ts';
export {
  getPlanState,
  getPlanStep,
  getPlanSteps,
  getWorkspaceMeta,
  type PlanParts,
  toAgentSession,
  toLineageRecord,
  toPlanNote,
  toPlanPhase,
  toPlanState,
  toPlanStep,
} from './mappers.ts';
export { type Migration, readMigrations, runMigrations, schemaVersionOfProgram } from './migration-runner.ts';
export { type Operation, withOperation } from './operation.ts';
export { applyOrder, orderedIds, PHASES_OF_PLAN, STEPS_OF_PHASE } from './order-rows.ts';
export { conflictReason, type PathConflict } from './path-conflicts.ts';
export {
  approvePhase,
  createPhase,
  deletePhase,
  getPhase,
  getPhaseByName,
  getPhases,
  reorderPhases,
  updatePhase,
} from './phase-db.ts';
export { getPlanStateAt } from './plan-at.ts';
export { type CloneOptions, clonePlan, mergePlans } from './plan-copy.ts';
export {
  archivePlan,
  createPlan,
  deletePlan,
  findPlanById,
  getPlan,
  getPlansByWorkspace,
  type NewPlan,
  type PlanFilter,
  type PlanUpdate,
  restorePlan,
  updatePlan,
} from './plan-db.ts';
export { dumpPlan } from './plan-dump.ts';
export { addPlanNote, getPlanNotes } from './plan-note-db.ts';
export { type PlanSummary, summarisePlans } from './plan-summary.ts';
export {
  addPlanToProgram,
  createProgram,
  deleteProgram,
  getProgram,
  linkProgramToWorkspace,
  listProgramPlans,
  listPrograms,
  removePlanFromProgram,
  updateProgram,
  upgradeToProgram,
} from './program-db.ts';
export { addRisk, getRisk, listRisks, updateRisk } from './program-risk-db.ts';
export { changeMark, type Param, queryAll, queryOne, run, snapshot, transaction } from './query-helpers.ts';
export { type ActivePlan, listActivePlans, listRecent } from './recent-db.ts';
export { type Reclaimed, reclaimPlan, reclaimSession } from './reclaim.ts';
export { findRequest, isForgotten, storeRequest } from './request-id-db.ts';
export {
  appendResearch,
  getResearch,
  listResearch,
  type ResearchSummary,
  summariseResearch,
} from './research-db.ts';
export {
  dropHistory,
  dropOldEntries,
  dropOldRequests,
  dropOldVersions,
  oldHistoryEnd,
  orphanSilentSessions,
} from './retention-db.ts';
export {
  driftText,
  dropSlowStatistics,
  findDrift,
  hasSlowStatistics,
  isRepairable,
  refuseDrift,
  repairDrift,
} from './schema-drift.ts';
export { emptyLog, scrub } from './scrub.ts';
export { type RankedHit, rankedSearch, type SearchFilter } from './search-db.ts';
export { SEARCH_KINDS, type SearchKind } from './search-sources.ts';
export { findSearchFaults, rebuildSearchIndex, rebuildSearchIndexIfStale } from './search-upkeep.ts';
export { mustSeed, recordSeed, type SeedPart } from './seed-versions.ts';
export {
  completeSession,
  createSession,
  getSession,
  getSessions,
  getWorkspaceSessions,
  heldSteps,
  renewLeases,
  touchSession,
} from './session-db.ts';
export { getSkill, listSkills, matchSkills, type SkillMatch, storeSkill } from './skill-db.ts';
export { getStatus, type Status } from './status-db.ts';
export type { StepUpdate } from './step-change.ts';
export {
  batchUpdateSteps,
  createStep,
  createSteps,
  type DoneAndNext,
  deleteStep,
  deleteSteps,
  getAllSteps,
  getNextPendingStep,
  getStep,
  getSteps,
  insertStep,
  markCurrentDoneAndGetNext,
  moveStep,
  moveSteps,
  type NewStep,
  reorderSteps,
  updateStep,
} from './step-db.ts';
export { consolidateSteps } from './step-merge.ts';
export {
  firstLeaseEnd,
  getPathConflict,
  getPathConflicts,
  getReadySteps,
  getUnblockedBy,
  isReady,
  type NothingReady,
  whyNothingReady,
} from './step-queue.ts';
export { type Actor, holderOf } from './step-status.ts';
export { getTimeline, type TimelineEntry } from './timeline-db.ts';
export {
  getActionParams,
  getToolActions,
  getToolHelp,
  getTools,
  seedToolCatalog,
  type ToolHelp,
} from './tool-catalog-db.ts';
export type * from './types.ts';
export { previewUndo, type Undo, type UndoTarget, undo } from './undo.ts';
export { getUnfinishedSteps, type UnfinishedStep } from './unfinished-steps.ts';
export { addUpdateLog, getUpdateLog } from './update-log-db.ts';
export {
  bringLifeToNow,
  closeGaps,
  correctEdges,
  findClockBehind,
  findFutureLife,
  findGaps,
  findStaleClaims,
  findWrongEdges,
  giveBackStaleClaims,
} from './work-faults.ts';
export {
  addWorkspacePath,
  createWorkspace,
  deleteWorkspace,
  getWorkspace,
  getWorkspaceAround,
  getWorkspaceByPath,
  getWorkspacePaths,
  getWorkspacesByOrigin,
  listWorkspaces,
  updateWorkspace,
} from './workspace-db.ts';
export { mergeWorkspaces, previewWorkspaceMerge, type WorkspaceMerge } from './workspace-merge.ts';
