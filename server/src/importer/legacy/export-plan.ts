/** One plan as the files of the old file store. */
import {
  type ContextRow,
  type DependencyRow,
  edgesFrom,
  isImported,
  type PhaseRow,
  type PlanRow,
  rowsOfPlan,
  type StepRow,
} from '../../db/index.ts';
import type { JsonObject } from '../../domain/stored-values.ts';
import { importedOf, type Leftovers, withLeftovers } from '../leftovers.ts';
import { isObject } from '../values.ts';
import { contextElement } from './context-record.ts';
import { type ExportFolder, fileName, filePath } from './export-files.ts';
import { lineageElement, noteElement, scriptElement, sessionElement } from './plan-children.ts';
import { planElement, planLists } from './plan-record.ts';
import {
  type Confirmations,
  confirmationElement,
  phaseElement,
  stepElement,
  withConfirmationLeftovers,
} from './step-record.ts';

/** What the plan's neighbours say of it. */
export interface PlanNeighbours {
  archived: boolean;
  programId: string | null;
  childPlanIds: readonly string[] | null;
  /** Id of a plan's row → its id in the file store. */
  sourceIds: ReadonlyMap<string, string>;
  /** Told what the layout has no place for. */
  leaveOut: (what: string) => void;
}

export function exportPlan(
  folder: ExportFolder,
  workspaceFolder: string,
  plan: PlanRow,
  neighbours: PlanNeighbours,
): void {
  const { archived, sourceIds } = neighbours;
  const left = importedOf(plan.meta);
  const id = sourceIds.get(plan.id) ?? plan.id;
  const phases = rowsOfPlan('phases', plan.id, archived).sort((a, b) => a.order_index - b.order_index);
  const steps = orderedSteps(phases, rowsOfPlan('steps', plan.id, archived));
  const edges = edgesOf(plan, steps, neighbours);
  const names = new Map(phases.map((phase) => [phase.id, phase.name]));
  const elements = steps.map((step, position) =>
    stepOf(step, position, names.get(step.phase_id) ?? '', edges.steps, steps),
  );
  const open = new Set(steps.filter(({ status }) => status !== 'done').map(({ phase_id }) => phase_id));
  const notes = rowsOfPlan('plan_notes', plan.id, archived).map((row) => ({
    left: importedOf(row.meta),
    element: noteOf(row),
  }));
  const confirmations = confirmationsOf(phases, steps, elements, left, plan.created_at);
  const rendered = planElement(plan, {
    id,
    workspaceId: plan.workspace_id,
    currentPhase: phases.find((phase) => open.has(phase.id))?.name ?? null,
    programId: neighbours.programId,
    childPlanIds: neighbours.childPlanIds,
    dependsOnPlans: edges.plans,
    isArchived: archived && plan.status !== 'archived',
    lists: planLists(
      {
        steps: elements,
        phases: listedPhases(phases, steps).map((phase) =>
          withLeftovers(phaseElement(phase, phase.order_index + 1), importedOf(phase.meta)),
        ),
        agent_sessions: rowsOfPlan('sessions', plan.id, archived).map((row) => {
          const own = importedOf(row.meta);
          return withLeftovers(sessionElement(row, own['no_id'] === true ? null : row.id), own);
        }),
        lineage: rowsOfPlan('lineage', plan.id, archived).map((row) => {
          const own = importedOf(row.meta);
          return withLeftovers(lineageElement(row, own['data_from'] === undefined), own);
        }),
        pending_notes: notes.filter((note) => note.left['list'] === undefined).map(({ element }) => element),
        notes: notes.filter((note) => note.left['list'] !== undefined).map(({ element }) => element),
        build_scripts: rowsOfPlan('build_scripts', plan.id, archived).map((row) => {
          const own = importedOf(row.meta);
          const place = { id: own['no_id'] === true ? null : row.id, workspaceId: plan.workspace_id, planId: id };
          return withLeftovers(scriptElement(row, place), own);
        }),
      },
      Object.keys(confirmations.phases).length + Object.keys(confirmations.steps).length > 0
        ? { ...confirmations }
        : null,
    ),
  });
  const place = `${workspaceFolder}/${typeof left['folder'] === 'string' && isImported(plan.id) ? filePath(left['folder']) : `plans/${fileName(id)}`}`;
  folder.json(`${place}/state.json`, withLeftovers(rendered, left), plan.created_at);
  for (const item of rowsOfPlan('context_items', plan.id, archived)) exportContext(folder, place, item, id);
  for (const { filename, content, created_at, meta } of rowsOfPlan('research_documents', plan.id, archived)) {
    const name = importedOf(meta)['filename'];
    folder.text(`${place}/${researchPath(typeof name === 'string' ? name : filename)}`, content, created_at);
  }
}

/** `prompts/`, `files/` and `research_notes/` say which folder a document is from; all others are research notes. */
function researchPath(filename: string): string {
  const path = filePath(filename);
  if (path.startsWith('files/')) return path.slice('files/'.length);
  return /^(?:prompts|research_notes)\//.test(path) ? path : `research_notes/${path}`;
}

function exportContext(folder: ExportFolder, place: string, item: ContextRow, planId: string): void {
  const left = importedOf(item.meta);
  const key = typeof left['key'] === 'string' ? left['key'] : item.key;
  const investigation = /^investigations\/(.+)$/.exec(key ?? '')?.[1];
  const path =
    investigation === undefined
      ? `${fileName(key ?? item.type)}.json`
      : `investigations/${filePath(investigation)}/state.json`;
  const element = contextElement(item, left, { planId, workspaceId: item.workspace_id });
  // Only a plan's own items have a place in the layout; the others say where they hang.
  const hangs =
    item.parent_type === 'plan' || !isObject(element)
      ? {}
      : { parent_type: item.parent_type, parent_id: item.parent_id };
  folder.json(`${place}/${path}`, isObject(element) ? { ...element, ...hangs } : element, item.created_at);
}

function noteOf(row: Parameters<typeof noteElement>[0] & { meta: string | null }): JsonObject | string {
  const left = importedOf(row.meta);
  const element = withLeftovers(noteElement(row), left);
  const isText = left['is_text'] === true && Object.keys(element).length === 1;
  return isText ? String(element['note']) : element;
}

/** Steps as the source had them: by the index they came with, while that agrees with the order they have now. */
function orderedSteps(phases: readonly PhaseRow[], steps: readonly StepRow[]): StepRow[] {
  const places = new Map(phases.map((phase) => [phase.id, phase.order_index]));
  const byPhase = steps.toSorted(
    (a, b) => (places.get(a.phase_id) ?? 0) - (places.get(b.phase_id) ?? 0) || a.order_index - b.order_index,
  );
  const follows = (step: StepRow, next: StepRow | undefined) =>
    next?.phase_id !== step.phase_id ||
    step.legacy_index === null ||
    next.legacy_index === null ||
    step.legacy_index < next.legacy_index;
  if (!byPhase.every((step, i) => follows(step, byPhase[i + 1]))) return byPhase;
  const ordered = byPhase
    .filter(({ legacy_index }) => legacy_index !== null)
    .sort((a, b) => (a.legacy_index ?? 0) - (b.legacy_index ?? 0));
  for (const [i, step] of byPhase.entries()) {
    if (step.legacy_index !== null) continue;
    const before = byPhase[i - 1];
    ordered.splice(before === undefined ? 0 : ordered.indexOf(before) + 1, 0, step);
  }
  return ordered;
}

function stepOf(
  step: StepRow,
  position: number,
  phase: string,
  edges: ReadonlyMap<string, string[]>,
  steps: readonly StepRow[],
): JsonObject {
  const left = importedOf(step.meta);
  const dependsOn = (edges.get(step.id) ?? []).map((id) => indexOf(steps, id));
  return withLeftovers(
    stepElement(step, { id: left['own_id'] === true ? step.id : undefined, index: position, phase, dependsOn }),
    left,
  );
}

/** The index under which others name a step: its position, or what the source said instead. */
function indexOf(steps: readonly StepRow[], id: string): number {
  const position = steps.findIndex((step) => step.id === id);
  const { said } = importedOf(steps[position]?.meta ?? null);
  const index = said?.['index'];
  return index !== undefined && index.as === position && typeof index.said === 'number' ? index.said : position;
}

/** Phases of which more is to be said than their steps do; all of them, when only that keeps their order. */
function listedPhases(phases: readonly PhaseRow[], steps: readonly StepRow[]): readonly PhaseRow[] {
  const withSteps = new Set(steps.map(({ phase_id }) => phase_id));
  const listed = phases.filter(
    (phase) =>
      importedOf(phase.meta)['listed'] === true ||
      phase.description !== null ||
      phase.success_criteria !== '[]' ||
      phase.approval_required === 1 ||
      !withSteps.has(phase.id),
  );
  const named = new Set(listed.map(({ id }) => id));
  const order = [...named, ...steps.map(({ phase_id }) => phase_id).filter((id) => !named.has(id))];
  const unique = [...new Set(order)];
  return unique.every((id, place) => phases[place]?.id === id) ? listed : phases;
}

function confirmationsOf(
  phases: readonly PhaseRow[],
  steps: readonly StepRow[],
  elements: readonly JsonObject[],
  left: Leftovers,
  since: string,
): Confirmations {
  const indexes = elements.map(({ index }, position) => String(typeof index === 'number' ? index : position));
  const rows: Confirmations = {
    phases: Object.fromEntries(
      phases.flatMap(({ name, approved_at, approved_by }) =>
        approved_at === null ? [] : [[name, confirmationElement({ at: approved_at, by: approved_by })]],
      ),
    ),
    steps: Object.fromEntries(
      steps.flatMap(({ confirmed_at, confirmed_by }, position) =>
        confirmed_at === null ? [] : [[indexes[position], confirmationElement({ at: confirmed_at, by: confirmed_by })]],
      ),
    ),
  };
  const here = { phases: new Set(phases.map(({ name }) => name)), steps: new Set(indexes) };
  return withConfirmationLeftovers(rows, left['confirmations'], since, here);
}

/** What a plan and its steps wait for, as far as `state.json` can say it; a program's own edges lie with the program. */
function edgesOf(
  plan: PlanRow,
  steps: readonly StepRow[],
  { sourceIds, leaveOut }: PlanNeighbours,
): { plans: string[]; steps: Map<string, string[]> } {
  const here = new Set(steps.map(({ id }) => id));
  const found = { plans: [] as string[], steps: new Map<string, string[]>() };
  const isSaid = (edge: DependencyRow) =>
    edge.dependency_type === 'blocks' || importedOf(edge.meta).said?.['type'] !== undefined;
  for (const edge of edgesFrom(plan.id)) {
    const target = sourceIds.get(edge.target_id);
    if (importedOf(edge.meta)['program'] !== undefined) continue;
    if (edge.source_type === 'plan' && target !== undefined && isSaid(edge)) found.plans.push(target);
    else if (here.has(edge.source_id) && here.has(edge.target_id) && isSaid(edge)) {
      found.steps.set(edge.source_id, [...(found.steps.get(edge.source_id) ?? []), edge.target_id]);
    } else
      leaveOut(
        `dependency ${edge.id} (${edge.source_id} ${edge.dependency_type === 'informs' ? 'is informed by' : 'waits for'} ${edge.target_id})`,
      );
  }
  return found;
}
