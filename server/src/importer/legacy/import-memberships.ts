/** Writes which plan is in which program and which plan waits for which: by all that the files of a workspace say. */
import {
  addImportSource,
  changeImportedRow,
  checkCycle,
  findNamesake,
  findPlaced,
  isSatisfied,
  updateImportSource,
} from '../../db/index.ts';
import type { JsonObject } from '../../domain/stored-values.ts';
import { leftoversOf, metaJson } from '../leftovers.ts';
import { keyOf, SourceFile } from '../sources.ts';
import { field, isObject } from '../values.ts';
import { ownId } from './import-plan-children.ts';
import { hasFile } from './import-programs.ts';
import { objectsOf, readJsonOf, type WorkspaceImport } from './place.ts';
import { type EdgeEnds, edgeColumns, edgeElement } from './program-record.ts';
import { phaseName } from './step-record.ts';
import { factsOf } from './survey.ts';

/** After the plans: who belongs to which program, by all that the files say. The first one that names a plan has it. */
export function importMemberships(at: WorkspaceImport): void {
  const taken = new Map<string, string>();
  for (const [order, { programId, planId, path }] of at.survey.memberships.entries()) {
    const skip = (reason: string) => at.tally.skip({ kind: 'memberships', path, reason, error: false });
    const programRow = at.programIds.get(programId);
    const planRow = at.planIds.get(planId);
    if (programRow === undefined) skip(`there is no program ${programId} for plan ${planId}`);
    else if (planRow === undefined) skip(`program ${programId} names a plan that is not there: ${planId}`);
    else if (taken.has(planId))
      skip(`plan ${planId} is in program ${taken.get(planId)} already, not also in ${programId}`);
    else {
      taken.set(planId, programId);
      joinProgram(at, { path, planId, planRow, programRow, order });
    }
  }
}

interface Joining {
  path: string;
  planId: string;
  planRow: string;
  programRow: string;
  order: number;
}

function joinProgram(at: WorkspaceImport, { planId, planRow, programRow, order }: Joining): void {
  const kind = 'memberships';
  // Who says so may change from file to file; that the plan is in a program does not.
  const path = 'memberships';
  const place = new SourceFile(at.workspaceId, path).place(kind, planId);
  const before = place.known;
  const plan = findPlaced('plans', planRow);
  if (plan === null) return;
  const current = plan.row['program_id'];
  const change = () => {
    const { updated_at } = plan.row;
    changeImportedRow('plans', planRow, plan.archived, { program_id: programRow, program_order: order, updated_at });
  };
  if (before === undefined && (current === programRow || current === null)) {
    if (current === null) change();
    addImportSource({
      workspace_id: at.workspaceId,
      path,
      kind,
      match_key: place.key,
      position: 0,
      row_id: planRow,
      content_hash: programRow,
    });
    at.tally.count(kind, 'new');
  } else if (before !== undefined && current === programRow) at.tally.count(kind, 'unchanged');
  else if (before !== undefined && current === before.content_hash) {
    change();
    updateImportSource(before.seq, { match_key: place.key, position: 0, content_hash: programRow });
    at.tally.count(kind, 'updated');
  } else at.tally.conflict({ kind, path, id: planRow, reason: 'the plan was put elsewhere here' });
}

/** After the plans, since an edge needs both ends: what plans wait for, and the edges of the programs' own lists. */
export function importPlanDependencies(at: WorkspaceImport): void {
  for (const plan of at.survey.plans) {
    const path = `${plan.path}/state.json`;
    const { dependsOnPlans } = factsOf(at.survey, plan);
    for (const id of plan.dependsOn) {
      if (!dependsOnPlans.includes(id)) {
        at.tally.skip({
          kind: 'dependencies',
          path,
          reason: `depends_on_plans names ${id === plan.id ? 'the plan itself' : `a plan that is not there: ${id}`}`,
          error: false,
        });
      }
    }
    for (const [position, targetId] of dependsOnPlans.entries()) {
      putEdge(
        at,
        { path, position, key: keyOf('plan', targetId) },
        { sourcePlan: plan.id, targetPlan: targetId, sourcePhase: null, targetPhase: null },
        null,
      );
    }
  }
  for (const [programId, folder] of at.survey.programs) {
    const path = `${folder}/dependencies.json`;
    if (!hasFile(at, path)) continue;
    readJsonOf(at, path, 'dependencies', (list) => {
      for (const [position, element] of objectsOf(
        at,
        path,
        'dependencies',
        Array.isArray(list) ? list : [list],
        isObject,
      ).entries()) {
        const text = (name: string) => {
          const value = field(element, name);
          return typeof value === 'string' ? value : null;
        };
        const ends = {
          sourcePlan: text('source_plan_id') ?? '',
          sourcePhase: text('source_phase'),
          targetPlan: text('target_plan_id') ?? '',
          targetPhase: text('target_phase'),
        };
        putEdge(at, { path, position, key: ownId(element, 'id')?.value ?? keyOf(ends) }, ends, { element, programId });
      }
    });
  }
}

function putEdge(
  at: WorkspaceImport,
  where: { path: string; position: number; key: string },
  ends: EdgeEnds,
  listed: { element: JsonObject; programId: string } | null,
): void {
  const kind = 'dependencies';
  const { path, position } = where;
  const source = nodeOf(at, ends.sourcePlan, ends.sourcePhase);
  const target = nodeOf(at, ends.targetPlan, ends.targetPhase);
  if (source === null || target === null || source.id === target.id) {
    const reason =
      source?.id === target?.id && source !== null ? 'it would wait for itself' : 'one of its ends is not there';
    at.tally.skip({ kind, path, position, reason, error: false });
    return;
  }
  const place = new SourceFile(at.workspaceId, path).place(kind, where.key, position);
  const before = place.known;
  const plan = findPlaced('plans', at.planIds.get(ends.sourcePlan) ?? '');
  const since = String(plan?.row['created_at'] ?? '');
  const element = listed?.element ?? {};
  const columns = edgeColumns(element, since, at.tally.unknownIn(`${path}[${position}]`));
  const closes =
    columns.dependency_type === 'blocks' &&
    before === undefined &&
    checkCycle(source.type, source.id, target.type, target.id);
  const earlier = before === undefined ? null : findPlaced('dependencies', before.row_id);
  if (closes) at.tally.notes.push({ kind, path, position, reason: 'it would close a circle, so it only informs' });
  if (closes || earlier?.row['dependency_type'] === 'informs') columns.dependency_type = 'informs';
  const values = {
    source_type: source.type,
    source_id: source.id,
    target_type: target.type,
    target_id: target.id,
    ...columns,
  };
  if (listed === null && isSatisfied(target.type, target.id)) {
    values.status = 'satisfied';
    values.satisfied_at = String(findPlaced('plans', target.id)?.row['updated_at'] ?? since);
  }
  const id = listed === null ? undefined : ownId(element, 'id');
  const left =
    listed === null
      ? columns.dependency_type === 'informs'
        ? { said: { type: { as: 'informs', said: 'blocks' } } }
        : null
      : leftoversOf(element, edgeElement(columns, id?.value ?? null, ends), {
          program: listed.programId,
          ...(id === undefined ? { no_id: true } : {}),
        });
  const item = { kind, table: 'dependencies' as const, id, values: { ...values, meta: metaJson(left) } };
  if (before === undefined && findNamesake('dependencies', values) !== null && listed !== null) {
    at.tally.skip({ kind, path, position, reason: 'the same edge is there already', error: false });
    return;
  }
  at.writer.put(item, place);
}

function nodeOf(
  at: WorkspaceImport,
  planId: string,
  phase: string | null,
): { type: 'plan' | 'phase'; id: string } | null {
  const id = at.planIds.get(planId);
  if (id === undefined || phase === null) return id === undefined ? null : { type: 'plan', id };
  const found = findNamesake('phases', { plan_id: id, name: phaseName(phase) });
  return found === null ? null : { type: 'phase', id: found };
}
