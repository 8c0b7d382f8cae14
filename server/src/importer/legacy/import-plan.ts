/** Reads the folder of one plan and writes it, whole, where it lies now: a plan that is archived here stays so. */
import { join } from 'node:path';
import { archivePlan, findPlaced, findPlanById, restorePlan } from '../../db/index.ts';
import type { JsonObject } from '../../domain/stored-values.ts';
import { leftoversOf, metaJson } from '../leftovers.ts';
import { listTree, modifiedAt } from '../source-files.ts';
import { SourceFile } from '../sources.ts';
import { field, isObject } from '../values.ts';
import { Writer } from '../write.ts';
import { importPlanChildren } from './import-plan-children.ts';
import { importPlanFiles, readHandoffs } from './import-plan-files.ts';
import { importSteps } from './import-steps.ts';
import { noteWorkspace, objectsOf, readJsonOf, skipFile, type WorkspaceImport } from './place.ts';
import {
  LIST_NAMES,
  type ListName,
  type PlanLists,
  planColumns,
  planElement,
  planLists,
  withoutContent,
} from './plan-record.ts';
import { outlineSteps } from './step-outline.ts';
import type { PlanDates } from './step-record.ts';
import { factsOf, type SurveyedPlan } from './survey.ts';

/** The plan that is being written, and the file that it comes from. */
export interface PlanImport {
  at: WorkspaceImport;
  planId: string;
  /** Its id in the source. */
  sourceId: string;
  path: string;
  source: SourceFile;
  dates: PlanDates;
}

export function importPlan(at: WorkspaceImport, plan: SurveyedPlan): void {
  const desk = new PlanDesk(at);
  let planId: string | null = null;
  readJsonOf(desk.at, `${plan.path}/state.json`, 'plans', (state) => {
    if (isObject(state)) planId = writePlan(desk, plan, state);
  });
  if (planId === null) {
    skipFolder(at, plan.path, 'a plan with this id was made here and stays as it is', false);
    return;
  }
  importPlanFiles(desk.at, plan.path, planId);
  desk.settle();
}

/** A plan whose file cannot be read: everything in its folder is listed. */
export function skipBrokenPlan(at: WorkspaceImport, path: string, reason: string): void {
  at.tally.skip({ kind: 'plans', path: `${path}/state.json`, reason, error: true });
  skipFolder(at, path, `its plan cannot be read: ${reason}`, true);
}

function skipFolder(at: WorkspaceImport, path: string, reason: string, error: boolean): void {
  for (const name of listTree(join(at.folder, path))) {
    if (error || name !== 'state.json') skipFile(at, `${path}/${name}`, reason, error);
  }
}

/** Has the plan live while something of it is written, and puts it where it belongs afterwards. */
class PlanDesk {
  readonly at: WorkspaceImport;
  #planId: string | null = null;
  #toArchive = false;
  #isLive = false;

  constructor(at: WorkspaceImport) {
    this.at = { ...at, writer: new Writer(at.workspaceId, at.tally, () => this.#makeLive()) };
  }

  /** The plan to write. When nobody says where it belongs, it goes back to where it was. */
  open(planId: string, belongsInArchive?: boolean): void {
    this.#isLive &&= this.#planId === planId;
    this.#planId = planId;
    if (belongsInArchive === false) {
      this.#makeLive();
      this.#toArchive = false;
    } else if (belongsInArchive === true) this.#toArchive = true;
  }

  settle(): void {
    const planId = this.#planId;
    if (planId !== null && this.#toArchive && findPlanById(planId)?.archived === false) archivePlan(planId);
  }

  #makeLive(): void {
    if (this.#isLive || this.#planId === null) return;
    if (findPlanById(this.#planId)?.archived === true) {
      restorePlan(this.#planId);
      this.#toArchive = true;
    }
    this.#isLive = true;
  }
}

/** Answers the id of the plan's row; null when a plan of that id was made here. */
function writePlan(desk: PlanDesk, plan: SurveyedPlan, state: JsonObject): string | null {
  const { at } = desk;
  noteWorkspace(at, state);
  const path = `${plan.path}/state.json`;
  const source = new SourceFile(at.workspaceId, path);
  const columns = planColumns(state, {
    id: plan.id,
    since: () => modifiedAt(join(at.folder, path)),
    unknown: at.tally.unknownIn(path),
  });
  const lists = listsOf(at, path, state);
  const outline = outlineSteps(state, lists.phases as JsonObject[], lists.steps as JsonObject[], columns.created_at);
  const confirmed = outline.confirmations > 0;
  const facts = factsOf(at.survey, plan);
  const rendered = planElement(columns, {
    ...facts,
    id: plan.id,
    workspaceId: at.name,
    currentPhase: outline.currentPhase,
    isArchived: columns.status !== 'archived' && field(state, 'is_archived') === true,
    lists: planLists(lists, confirmed ? {} : null),
  });
  const left = leftoversOf(withoutContent(state, lists, confirmed), withoutContent(rendered, lists, confirmed), {
    ...(outline.leftConfirmations === null ? {} : { confirmations: outline.leftConfirmations }),
    ...(plan.path === `plans/${plan.id}` ? {} : { folder: plan.path }),
  });
  const place = source.place('plans');
  const before = place.known;
  const statusBefore = before === undefined ? null : (findPlaced('plans', before.row_id)?.row['status'] ?? null);
  if (before !== undefined) desk.open(before.row_id);
  const programId = facts.programId === null ? null : (at.programIds.get(facts.programId) ?? null);
  const written = at.writer.put(
    {
      kind: 'plans',
      table: 'plans',
      id: { field: 'id', value: plan.id },
      values: {
        ...columns,
        workspace_id: at.workspaceId,
        program_id: programId,
        program_order: programId === null ? null : orderInProgram(at, facts.programId, plan.id),
        meta: metaJson(left),
      },
    },
    place,
  );
  if (written.outcome === 'conflicts' && before === undefined) return null;
  if (findPlanById(written.id) === null) return null;
  const isArchived = columns.status === 'archived' || field(state, 'is_archived') === true;
  if (written.outcome === 'new') desk.open(written.id, isArchived);
  else if (written.outcome === 'updated' && statusBefore !== columns.status) desk.open(written.id, isArchived);
  if (!at.planIds.has(plan.id)) at.planIds.set(plan.id, written.id);
  at.planIds.set(plan.path, written.id);
  const dates = { created_at: columns.created_at, updated_at: columns.updated_at };
  const target: PlanImport = { at, planId: written.id, sourceId: plan.id, path, source, dates };
  importSteps(target, outline);
  importPlanChildren(target, lists, readHandoffs(join(at.folder, plan.path)));
  return written.id;
}

/** The elements of every list that are what they should be. */
function listsOf(at: WorkspaceImport, path: string, state: JsonObject): PlanLists {
  const kinds: Record<ListName, string> = {
    agent_sessions: 'sessions',
    lineage: 'lineage',
    steps: 'steps',
    pending_notes: 'notes',
    notes: 'notes',
    build_scripts: 'build_scripts',
    phases: 'phases',
  };
  const isNote = (value: unknown): value is JsonObject | string => typeof value === 'string' || isObject(value);
  return Object.fromEntries(
    LIST_NAMES.map((name) => {
      const list = field(state, name);
      const isOne = kinds[name] === 'notes' ? isNote : isObject;
      return [name, objectsOf(at, `${path}#${name}`, kinds[name], Array.isArray(list) ? list : [], isOne)];
    }),
  ) as Record<ListName, unknown[]>;
}

function orderInProgram(at: WorkspaceImport, programId: string | null, planId: string): number {
  const members = at.survey.memberships.filter((it) => it.programId === programId);
  return members.findIndex((it) => it.planId === planId);
}
