/** Steps: the ordered tasks inside a phase. Order is dense, 0..n-1, within each phase. */
import { now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { requirePermutation, withInserted } from '../domain/ordering.ts';
import { callersStep, type NextOptions, requireOpenSession } from './callers-step.ts';
import { refuseCycleAt } from './dependency-db.ts';
import { findRow, findRows } from './live-or-archived.ts';
import { applyOrder, orderedIds, STEPS_OF_PHASE } from './order-rows.ts';
import { settlePhase } from './plan-progress.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import { changeStep, liveStep, type StepFields, type StepUpdate, settled, toColumns } from './step-change.ts';
import { firstReadyStep } from './step-queue.ts';
import { removeSteps } from './step-removal.ts';
import { type Actor, takesOver } from './step-status.ts';
import type { PhaseRow, StepRow } from './types.ts';
import { insertRow, updateRow } from './write-helpers.ts';

export interface NewStep extends StepFields {
  /** For imported steps. */
  id?: string | undefined;
  created_at?: string | undefined;
}

/** Adds a step at the end of a live phase. @throws not_found */
export function createStep(phaseId: string, data: NewStep): StepRow {
  return createSteps([{ ...data, phaseId }])[0] as StepRow;
}

/**
 * Adds steps at the ends of their phases, all or none; what follows for phases and plan is settled once, at the end.
 * Adding an unfinished step to a completed plan makes the plan active again. @throws not_found
 */
export function createSteps(steps: readonly (NewStep & { phaseId: string })[]): StepRow[] {
  return transaction(() => {
    const phases = new Map<string, PhaseRow>();
    const created = steps.map(({ phaseId, ...data }) => {
      const phase = phases.get(phaseId) ?? livePhase(phaseId);
      phases.set(phaseId, phase);
      return appendStep(phase, data);
    });
    for (const phase of phases.values()) settlePhase(phase.plan_id, phase.id);
    return created;
  });
}

/** Adds a step at this place of a live phase, or at the nearest end. @throws not_found */
export function insertStep(phaseId: string, atIndex: number, data: NewStep): StepRow {
  return transaction(() => {
    const before = orderedIds(STEPS_OF_PHASE, phaseId);
    const step = createStep(phaseId, data);
    applyOrder(STEPS_OF_PHASE, phaseId, withInserted(before, atIndex, step.id));
    return liveStep(step.id);
  });
}

function appendStep(phase: PhaseRow, { id, created_at, ...fields }: NewStep): StepRow {
  const created = created_at ?? now();
  const status = fields.status ?? 'pending';
  const { place } = queryOne<{ place: number }>(
    'SELECT coalesce(max(order_index) + 1, 0) AS place FROM steps WHERE phase_id = ?',
    [phase.id],
  ) ?? { place: 0 };
  return insertRow('steps', {
    ...toColumns(fields),
    task: fields.task,
    id: id ?? newId('step'),
    plan_id: phase.plan_id,
    phase_id: phase.id,
    order_index: place,
    completed_at: status === 'done' && fields.completed_at === undefined ? now() : fields.completed_at,
    claimed_agent: status === 'active' ? fields.assignee : undefined,
    created_at: created,
    updated_at: created,
  });
}

/** The step with this id, live or archived. */
export function getStep(id: string): StepRow | null {
  return findRow('steps', id);
}

/** The steps of a phase in order. */
export function getSteps(phaseId: string): StepRow[] {
  return findRows('steps', 'WHERE phase_id = ? ORDER BY order_index', [phaseId]);
}

const ALL_STEPS = `SELECT s.* FROM phases p JOIN steps s ON s.phase_id = p.id
  WHERE p.plan_id = ? ORDER BY p.order_index, s.order_index`;

/** The steps of a plan, phase by phase, in order. */
export function getAllSteps(planId: string): StepRow[] {
  const live = queryAll<StepRow>(ALL_STEPS, [planId]);
  if (live.length > 0) return live;
  return queryAll<StepRow>(ALL_STEPS.replace('phases p', 'phases_archive p').replace('steps s', 'steps_archive s'), [
    planId,
  ]);
}

/** The place of a step, live or archived, in its whole plan, from 0. */
export function countStepsBefore({ phase_id, order_index }: StepRow): number {
  const earlier = (suffix: string) => `(SELECT count(*) FROM phases${suffix} own
    JOIN phases${suffix} p ON p.plan_id = own.plan_id AND p.order_index < own.order_index
    JOIN steps${suffix} s ON s.phase_id = p.id WHERE own.id = ?)`;
  const counted = queryOne<{ n: number }>(`SELECT ${earlier('')} + ${earlier('_archive')} AS n`, [phase_id, phase_id]);
  return (counted?.n ?? 0) + order_index;
}

/**
 * Changes one live step; what is not named stays. A change of status claims, releases, completes or re-opens it, with all
 * that follows for its phase, its plan and whatever waits for it.
 * @throws not_found, conflict when a gate is not met or, with an actor, when somebody else holds it.
 */
export function updateStep(id: string, data: StepUpdate, by?: Actor): StepRow {
  return transaction(() => settled([changeStep(stepFor(id, data, by), data, by)])[0] as StepRow);
}

export interface NamedStepUpdate extends StepUpdate {
  id: string;
  /** The claim under which the actor changes this step. */
  claimNumber?: number | undefined;
}

/** Changes several steps, all or none. The same step may be named twice; the later change counts. */
export function batchUpdateSteps(updates: readonly NamedStepUpdate[], by?: Actor): StepRow[] {
  return transaction(() =>
    settled(
      updates.map(({ id, claimNumber, ...data }) =>
        changeStep(stepFor(id, data, by), data, by === undefined ? by : { ...by, claimNumber }),
      ),
    ),
  );
}

/** Deletes a step and closes the gap. Answers whether there was one. */
export function deleteStep(id: string): boolean {
  return deleteSteps([id]) > 0;
}

/** Deletes steps and then closes the gaps. Answers how many there were. */
export function deleteSteps(ids: readonly string[]): number {
  return transaction(() => {
    const phases = new Map<string, string>();
    for (const id of ids) {
      const step = queryOne<StepRow>('SELECT * FROM steps WHERE id = ?', [id]);
      if (step !== undefined) phases.set(step.phase_id, step.plan_id);
    }
    const deleted = ids.reduce((n, id) => n + removeSteps('id = ?', [id]), 0);
    for (const [phaseId, planId] of phases) {
      applyOrder(STEPS_OF_PHASE, phaseId, orderedIds(STEPS_OF_PHASE, phaseId));
      settlePhase(planId, phaseId);
    }
    return deleted;
  });
}

/**
 * Moves a step to a place in its own or another phase of its plan.
 * @throws not_found, invalid_input for another plan, cycle when its phase would wait for it there
 */
export function moveStep(id: string, toPhaseId: string, toIndex: number): void {
  moveSteps([id], toPhaseId, toIndex);
}

/** Moves steps, in this order, to one place of a phase of their plan, all or none. @throws as moveStep */
export function moveSteps(ids: readonly string[], toPhaseId: string, toIndex: number): void {
  transaction(() => {
    const phase = livePhase(toPhaseId);
    const strangers = ids.map(liveStep).filter(({ phase_id }) => phase_id !== toPhaseId);
    if (strangers.some(({ plan_id }) => plan_id !== phase.plan_id)) {
      throw new MemoryError('invalid_input', `Phase ${toPhaseId} belongs to another plan.`, {
        hint: 'A step moves within its plan.',
      });
    }
    const before = orderedIds(STEPS_OF_PHASE, toPhaseId);
    for (const [n, { id }] of strangers.entries()) {
      updateRow('steps', id, ['phase_id', 'order_index'], { phase_id: toPhaseId, order_index: before.length + n });
    }
    const left = new Set(strangers.map(({ phase_id }) => phase_id));
    for (const phaseId of left) applyOrder(STEPS_OF_PHASE, phaseId, orderedIds(STEPS_OF_PHASE, phaseId));
    const moved = new Set(ids);
    const others = before.filter((id) => !moved.has(id));
    applyOrder(STEPS_OF_PHASE, toPhaseId, withInserted(others, toIndex, ...ids));
    for (const { id } of strangers) refuseCycleAt('step', id);
    if (strangers.length > 0) refuseCycleAt('phase', toPhaseId);
    for (const phaseId of [...left, toPhaseId]) settlePhase(phase.plan_id, phaseId);
  });
}

/** Puts the steps of a phase into this order. @throws invalid_input unless it names each of them once. */
export function reorderSteps(phaseId: string, newOrder: readonly string[]): void {
  transaction(() => {
    livePhase(phaseId);
    requirePermutation(orderedIds(STEPS_OF_PHASE, phaseId), newOrder, 'step');
    applyOrder(STEPS_OF_PHASE, phaseId, newOrder);
  });
}

/** The first step, in phase order, that could be claimed now (by this caller), or null. Changes nothing. */
export function getNextPendingStep(planId: string, by?: Actor): StepRow | null {
  return firstReadyStep(planId, by);
}

export interface DoneAndNext {
  /** The caller's active step, done now; null when it had none. */
  completed: StepRow | null;
  /** The step that the caller holds from now on; null when none is ready. */
  next: StepRow | null;
  /** That step as somebody else held it until now, whose lease has run out. */
  tookOver?: StepRow;
}

/**
 * Finishes the caller's active step and claims the next ready one for the same caller, in one transaction: no step is ever
 * given to two callers.
 *
 * The caller's step: with a session, the one it holds; with only a step id, that one, if this agent type holds it, and the
 * call goes on as the session that holds it; with neither, the one this agent type holds outside any session.
 * @throws not_found, conflict when the named step is not the caller's active one, when the caller holds several and names
 * none, or when a gate is not met; nothing is written then.
 */
export function markCurrentDoneAndGetNext(planId: string, agentType: string, options: NextOptions = {}): DoneAndNext {
  return transaction(() => {
    const current = callersStep(planId, agentType, options);
    const sessionId = options.sessionId ?? current?.claimed_by_session ?? null;
    const by: Actor = { sessionId, agentType, claimNumber: options.claimNumber };
    const result = { status: 'done' as const, notes: added(current?.notes, options.notes), evidence: options.evidence };
    const completed = current === null ? null : (settled([changeStep(current, result, by)])[0] as StepRow);
    const ready = firstReadyStep(planId, { sessionId, agentType });
    if (current === null && ready === null) requireLivePlan(planId);
    const next = ready === null ? null : changeStep(ready, { status: 'active' }, { sessionId, agentType }).step;
    return { completed, next, ...(ready?.status === 'active' ? { tookOver: ready } : {}) };
  });
}

function added(notes: string | null | undefined, more: string | undefined): string | undefined {
  return notes == null || more === undefined ? more : `${notes}\n\n${more}`;
}

/** A live step, which becomes active only for an open session of its plan. */
function stepFor(id: string, { status }: StepUpdate, by: Actor | undefined): StepRow {
  const step = liveStep(id);
  const claims = status === 'active' && (step.status !== 'active' || takesOver(step, by ?? {}));
  if (claims && by?.sessionId) requireOpenSession(by.sessionId, step.plan_id);
  return step;
}

function requireLivePlan(id: string): void {
  if (queryOne('SELECT 1 FROM plans WHERE id = ?', [id]) === undefined) throw notFound('live plan', id);
}

function livePhase(id: string): PhaseRow {
  const phase = queryOne<PhaseRow>('SELECT * FROM phases WHERE id = ?', [id]);
  if (phase === undefined) throw notFound('live phase', id);
  return phase;
}
