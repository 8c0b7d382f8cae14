/** Phases: the ordered parts of a plan. Order is dense, 0..n-1. */
import { now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { requirePermutation, withInserted } from '../domain/ordering.ts';
import { type JsonObject, type Some, toFlag, toJson } from '../domain/stored-values.ts';
import { deleteContextOf } from './context-db.ts';
import { removeEdgesOf } from './dependency-db.ts';
import { findRow, findRows } from './live-or-archived.ts';
import { applyOrder, orderedIds, PHASES_OF_PLAN } from './order-rows.ts';
import { settlePhase, settlePlan } from './plan-progress.ts';
import { queryOne, transaction } from './query-helpers.ts';
import { removeSteps } from './step-removal.ts';
import type { PhaseRow } from './types.ts';
import { deleteRow, insertRow, updateRow } from './write-helpers.ts';

export interface NewPhase {
  name: string;
  description?: string | null | undefined;
  success_criteria?: readonly string[] | undefined;
  approval_required?: boolean | undefined;
  /** Where it goes; at the end unless given. */
  at_index?: number | undefined;
  meta?: JsonObject | null | undefined;
  /** For imported phases. */
  id?: string | undefined;
  approved_at?: string | null | undefined;
  approved_by?: string | null | undefined;
  created_at?: string | undefined;
}

export type PhaseUpdate = Some<Omit<NewPhase, 'id' | 'at_index' | 'created_at'>>;

const UPDATABLE = [
  'name',
  'description',
  'success_criteria',
  'approval_required',
  'approved_at',
  'approved_by',
  'meta',
] as const;

/** Adds a phase at the end of a live plan, or at `at_index`. @throws conflict for a name the plan has already. */
export function createPhase(planId: string, data: NewPhase): PhaseRow {
  return transaction(() => {
    if (queryOne('SELECT 1 FROM plans WHERE id = ?', [planId]) === undefined) throw notFound('live plan', planId);
    requireFreeName(planId, data.name);
    const created = data.created_at ?? now();
    const order = orderedIds(PHASES_OF_PLAN, planId);
    const { at_index, id, created_at, ...fields } = data;
    const phase = insertRow('phases', {
      ...columnsOf(fields),
      name: data.name,
      id: id ?? newId('phase'),
      plan_id: planId,
      order_index: order.length,
      created_at: created,
      updated_at: created,
    });
    if (at_index !== undefined && at_index < order.length) {
      applyOrder(PHASES_OF_PLAN, planId, withInserted(order, at_index, phase.id));
    }
    // An empty phase is done, so only a missing approval changes where the plan stands.
    if (phase.approval_required === 1 && phase.approved_at === null) settlePhase(planId, phase.id);
    return getPhase(phase.id) ?? phase;
  });
}

/** The phase with this id, live or archived. */
export function getPhase(id: string): PhaseRow | null {
  return findRow('phases', id);
}

/** A live plan's phase of this name. */
export function getPhaseByName(planId: string, name: string): PhaseRow | null {
  return queryOne<PhaseRow>('SELECT * FROM phases WHERE plan_id = ? AND name = ?', [planId, name]) ?? null;
}

/** The phases of a plan in order. */
export function getPhases(planId: string): PhaseRow[] {
  return findRows('phases', 'WHERE plan_id = ? ORDER BY order_index', [planId]);
}

/** @throws not_found, conflict for a name the plan has already. */
export function updatePhase(id: string, data: PhaseUpdate): PhaseRow {
  return transaction(() => {
    const before = queryOne<PhaseRow>('SELECT * FROM phases WHERE id = ?', [id]);
    if (before !== undefined && data.name !== undefined && data.name !== before.name) {
      requireFreeName(before.plan_id, data.name);
    }
    const phase = updateRow('phases', id, UPDATABLE, columnsOf(data));
    if (phase === undefined) throw notFound('live phase', id);
    if (data.approval_required !== undefined || data.approved_at !== undefined) settlePhase(phase.plan_id, id);
    return phase;
  });
}

/** Gives the approval that a live phase waits for; an approved phase stays as it is. @throws not_found */
export function approvePhase(id: string, approvedBy: string): void {
  transaction(() => {
    const phase = queryOne<PhaseRow>('SELECT * FROM phases WHERE id = ?', [id]);
    if (phase === undefined) throw notFound('live phase', id);
    if (phase.approved_at === null) updatePhase(id, { approved_at: now(), approved_by: approvedBy });
  });
}

/** Deletes a phase with its steps and closes the gap. Answers whether there was one. */
export function deletePhase(id: string): boolean {
  return transaction(() => {
    const phase = queryOne<PhaseRow>('SELECT * FROM phases WHERE id = ?', [id]);
    if (phase === undefined) return false;
    removeSteps('phase_id = ?', [id]);
    removeEdgesOf('phase', id);
    deleteContextOf('phase', id);
    deleteRow('phases', id);
    applyOrder(PHASES_OF_PLAN, phase.plan_id, orderedIds(PHASES_OF_PLAN, phase.plan_id));
    settlePlan(phase.plan_id);
    return true;
  });
}

/** Puts the phases into this order. @throws invalid_input unless it names each of them once. */
export function reorderPhases(planId: string, newOrder: readonly string[]): void {
  transaction(() => {
    requirePermutation(orderedIds(PHASES_OF_PLAN, planId), newOrder, 'phase');
    applyOrder(PHASES_OF_PLAN, planId, newOrder);
  });
}

function requireFreeName(planId: string, name: string): void {
  const namesake = getPhaseByName(planId, name);
  if (namesake === null) return;
  throw new MemoryError('conflict', `The plan already has a phase named "${name}" (${namesake.id}).`);
}

function columnsOf(data: PhaseUpdate) {
  return {
    ...data,
    success_criteria: toJson(data.success_criteria) ?? undefined,
    approval_required: toFlag(data.approval_required),
    meta: toJson(data.meta),
  };
}
