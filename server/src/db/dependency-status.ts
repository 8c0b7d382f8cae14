/** The status of an edge follows its target, in the transaction that changes the target. */
import { now } from '../domain/clock.ts';
import type { NodeType } from '../domain/vocabulary.ts';
import { queryOne } from './query-helpers.ts';
import type { DependencyRow } from './types.ts';
import { updateRows } from './write-helpers.ts';

/** Phase `e` is not done: a step of it is not, or its approval is missing. For a WHERE clause. */
export function unfinishedPhase(suffix: '' | '_archive'): string {
  return `((e.approval_required = 1 AND e.approved_at IS NULL)
  OR EXISTS (SELECT 1 FROM steps${suffix} x WHERE x.phase_id = e.id AND x.status <> 'done'))`;
}

export const UNFINISHED_PHASE = unfinishedPhase('');

/** Marks every edge that waits for this target as satisfied, or as pending again. Answers the edges that changed. */
export function setTargetStatus(type: NodeType, id: string, satisfied: boolean): DependencyRow[] {
  return updateRows(
    'dependencies',
    'target_type = ? AND target_id = ? AND status = ?',
    [type, id, satisfied ? 'pending' : 'satisfied'],
    satisfied ? { status: 'satisfied', satisfied_at: now() } : { status: 'pending', satisfied_at: null },
  );
}

const SATISFIED: Record<NodeType, readonly [live: string, archived: string]> = {
  step: [
    "SELECT 1 FROM steps WHERE id = ? AND status = 'done'",
    "SELECT 1 FROM steps_archive WHERE id = ? AND status = 'done'",
  ],
  phase: [
    `SELECT 1 FROM phases e WHERE e.id = ? AND NOT ${UNFINISHED_PHASE}`,
    `SELECT 1 FROM phases_archive e WHERE e.id = ? AND NOT ${unfinishedPhase('_archive')}`,
  ],
  plan: [
    "SELECT 1 FROM plans WHERE id = ? AND status = 'completed'",
    "SELECT 1 FROM plans_archive WHERE id = ? AND status = 'completed'",
  ],
};

/** Whether what waits for this node may go on: the step is done, the phase is done, the plan is completed. */
export function isSatisfied(type: NodeType, id: string): boolean {
  return SATISFIED[type].some((sql) => queryOne(sql, [id]) !== undefined);
}
