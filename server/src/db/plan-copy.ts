/** Copies of plans: a whole one, or its phases at the end of another. Sessions and lineage are never copied. */
import { now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { getPhases } from './phase-db.ts';
import { findPlanById, getPlan } from './plan-db.ts';
import { settlePlan } from './plan-progress.ts';
import { getProgram, listProgramPlans } from './program-db.ts';
import { queryAll, transaction } from './query-helpers.ts';
import type { BuildScriptRow, ContextRow, DependencyRow, PlanNoteRow, PlanRow, ResearchRow, StepRow } from './types.ts';
import { type Changes, insertRow } from './write-helpers.ts';

export interface CloneOptions {
  title?: string | undefined;
  /** Every step starts again as pending; otherwise done stays done. Default true. */
  resetSteps?: boolean | undefined;
  /** Put the copy into the program of its original, if there still is one. */
  linkToSameProgram?: boolean | undefined;
}

/** A deep copy of a plan, live or archived, with notes, context, research, scripts and inner edges. @throws not_found */
export function clonePlan(planId: string, options: CloneOptions = {}): PlanRow {
  return transaction(() => {
    const found = findPlanById(planId);
    if (found === null) throw notFound('plan', planId);
    const { seq: _seq, program_id: former, ...plan } = found.plan;
    const program = options.linkToSameProgram && former !== null ? getProgram(former) : null;
    const created = now();
    const copy = insertRow('plans', {
      ...plan,
      id: newId('plan'),
      title: options.title ?? `${plan.title} (copy)`.slice(0, 500),
      program_id: program?.id ?? null,
      program_order: program === null ? null : listProgramPlans(program.id).length,
      status: 'active',
      completed_at: null,
      current_agent: null,
      recommended_next_agent: null,
      paused_at_snapshot: null,
      deployment_context: null,
      created_at: created,
      updated_at: created,
    });
    const places = copyPhases(planId, copy.id, found.archived, options.resetSteps ?? true, (name) => name);
    const suffix = found.archived ? '_archive' : '';
    copyNotesAndDocuments(suffix, planId, copy.id);
    copyContext(suffix, planId, copy.id, new Map([...places, [planId, copy.id]]));
    settlePlan(copy.id);
    return getPlan(copy.id) ?? copy;
  });
}

/**
 * Appends the phases and steps of the sources, copied, to a live plan; a phase whose name is taken becomes `name (2)`.
 * Answers how many phases and steps came. @throws not_found, conflict for a plan merged into itself
 */
export function mergePlans(targetId: string, sourceIds: readonly string[]): { phases: number; steps: number } {
  return transaction(() => {
    if (sourceIds.includes(targetId)) throw new MemoryError('conflict', 'A plan cannot be merged into itself.');
    if (findPlanById(targetId)?.archived !== false) throw notFound('live plan', targetId);
    let phases = 0;
    let steps = 0;
    for (const sourceId of sourceIds) {
      const found = findPlanById(sourceId);
      if (found === null) throw notFound('plan', sourceId);
      const taken = new Set(getPhases(targetId).map(({ name }) => name));
      const places = copyPhases(sourceId, targetId, found.archived, false, (name) => freeName(name, taken));
      copyContext(found.archived ? '_archive' : '', sourceId, targetId, places);
      phases += getPhases(sourceId).length;
      steps += places.size - getPhases(sourceId).length;
    }
    settlePlan(targetId);
    return { phases, steps };
  });
}

/** Copies phases, steps and the edges among them. Answers where everything went: old id → new id. */
function copyPhases(
  from: string,
  to: string,
  archived: boolean,
  reset: boolean,
  nameOf: (name: string) => string,
): Map<string, string> {
  const suffix = archived ? '_archive' : '';
  const places = new Map<string, string>();
  const created = now();
  const offset = getPhases(to).length;
  for (const { seq: _seq, ...phase } of getPhases(from)) {
    const copy = insertRow('phases', {
      ...phase,
      id: newId('phase'),
      plan_id: to,
      name: nameOf(phase.name),
      order_index: offset + phase.order_index,
      ...(reset ? { approved_at: null, approved_by: null } : {}),
      created_at: created,
      updated_at: created,
    });
    places.set(phase.id, copy.id);
  }
  const steps = queryAll<StepRow>(`SELECT * FROM steps${suffix} WHERE plan_id = ? ORDER BY seq`, [from]);
  for (const step of steps) {
    const copy = insertRow('steps', {
      ...copiedStep(step, reset),
      id: newId('step'),
      plan_id: to,
      phase_id: places.get(step.phase_id) ?? '',
      created_at: created,
      updated_at: created,
    });
    places.set(step.id, copy.id);
  }
  copyEdges(suffix, from, places, reset);
  return places;
}

const NOT_STARTED: Changes<'steps'> = {
  status: 'pending',
  blocked_reason: null,
  confirmed_at: null,
  confirmed_by: null,
  confirmed_by_session: null,
  evidence: null,
  completed_at: null,
  completed_by_agent: null,
  completed_by_session: null,
};

/** A copy is held by nobody: what is active in the original is pending in the copy. */
function copiedStep({ seq: _seq, ...step }: StepRow, reset: boolean): Changes<'steps'> {
  const released = step.status === 'active' ? { status: 'pending' as const } : {};
  return {
    ...step,
    ...released,
    claimed_by_session: null,
    claimed_agent: null,
    claimed_at: null,
    lease_expires_at: null,
    claim_number: 0,
    ...(reset ? NOT_STARTED : {}),
  };
}

/** The edges with both ends among the copied nodes. */
function copyEdges(suffix: string, from: string, places: ReadonlyMap<string, string>, reset: boolean): void {
  const edges = queryAll<DependencyRow>(
    `SELECT * FROM dependencies${suffix}
     WHERE (source_type = 'phase' AND source_id IN (SELECT id FROM phases${suffix} WHERE plan_id = ?))
       OR (source_type = 'step' AND source_id IN (SELECT id FROM steps${suffix} WHERE plan_id = ?))
     ORDER BY seq`,
    [from, from],
  );
  for (const { seq: _seq, ...edge } of edges) {
    const [source, target] = [places.get(edge.source_id), places.get(edge.target_id)];
    if (source === undefined || target === undefined) continue;
    insertRow('dependencies', {
      ...edge,
      id: newId('dependency'),
      source_id: source,
      target_id: target,
      ...(reset ? { status: 'pending' as const, satisfied_at: null } : {}),
    });
  }
}

/** What hangs on the plan itself. */
function copyNotesAndDocuments(suffix: string, from: string, to: string): void {
  const rowsOf = <R>(table: string) =>
    queryAll<R>(`SELECT * FROM ${table}${suffix} WHERE plan_id = ? ORDER BY seq`, [from]);
  for (const { seq: _seq, ...note } of rowsOf<PlanNoteRow>('plan_notes')) {
    insertRow('plan_notes', { ...note, id: newId('note'), plan_id: to });
  }
  for (const { seq: _seq, ...document } of rowsOf<ResearchRow>('research_documents')) {
    insertRow('research_documents', { ...document, id: newId('research'), plan_id: to });
  }
  for (const { seq: _seq, ...script } of rowsOf<BuildScriptRow>('build_scripts')) {
    insertRow('build_scripts', { ...script, id: newId('buildScript'), plan_id: to });
  }
}

/** The context of what was copied, as it is now; former versions stay with the original. */
function copyContext(suffix: string, from: string, to: string, places: ReadonlyMap<string, string>): void {
  const items = queryAll<ContextRow>(`SELECT * FROM context_items${suffix} WHERE plan_id = ? ORDER BY seq`, [from]);
  for (const { seq: _seq, ...item } of items) {
    const parent = places.get(item.parent_id);
    if (parent === undefined) continue;
    insertRow('context_items', { ...item, id: newId('context'), plan_id: to, parent_id: parent, version: 1 });
  }
}

/** `name`, or `name (2)`, `name (3)`, the first that is free; it is taken then. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name.slice(0, 490)} (${n})`;
  taken.add(free);
  return free;
}
