/** One step is written, and then what follows for others: its edges, its phase, its plan. */
import { MemoryError, notFound } from '../domain/errors.ts';
import { defined, type JsonObject, type Some, toFlag, toJson } from '../domain/stored-values.ts';
import type { StepStatus, StepType } from '../domain/vocabulary.ts';
import { logLoss } from './claim-losses.ts';
import { setTargetStatus } from './dependency-status.ts';
import { learnDuration } from './lease.ts';
import { settleFinished, settlePhase } from './plan-progress.ts';
import { queryOne } from './query-helpers.ts';
import { requireOwnResult } from './step-result.ts';
import { type Actor, requireEvidence, requireGates, requireHolder, statusColumns, takesOver } from './step-status.ts';
import type { StepRow } from './types.ts';
import { type Changes, changeRow } from './write-helpers.ts';

export interface StepFields {
  task: string;
  type?: StepType | undefined;
  status?: StepStatus | undefined;
  notes?: string | null | undefined;
  assignee?: string | null | undefined;
  blocked_reason?: string | null | undefined;
  requires_confirmation?: boolean | undefined;
  requires_user_confirmation?: boolean | undefined;
  requires_validation?: boolean | undefined;
  requires_evidence?: boolean | undefined;
  evidence?: JsonObject | null | undefined;
  paths?: readonly string[] | undefined;
  legacy_index?: number | null | undefined;
  meta?: JsonObject | null | undefined;
  completed_at?: string | null | undefined;
  completed_by_agent?: string | null | undefined;
}

export type StepUpdate = Some<StepFields>;

export interface StepChange {
  step: StepRow;
  wasDone: boolean;
}

/** Writes one step that this transaction has read; what follows for others is the work of `settled`. */
export function changeStep(before: StepRow, data: StepUpdate, by: Actor | undefined): StepChange {
  const status = data.status ?? before.status;
  const tookOver = data.status === 'active' && takesOver(before, by ?? {});
  const ofHolder = data.status !== undefined || data.evidence !== undefined || by?.claimNumber !== undefined;
  if (by !== undefined && !tookOver && ofHolder) requireHolder(before, by);
  if (by !== undefined && saysHowItEnded(data)) requireOwnResult(before, by);
  const changes = { ...statusColumns(before, status, by ?? {}), ...defined(toColumns(data)) };
  if (status === 'done') requireProof(before, changes, by ?? {});
  const step = changeRow('steps', before, Object.keys(changes) as (keyof StepRow)[], changes, {
    where: { status: before.status, claim_number: before.claim_number },
  });
  if (step === undefined) {
    throw new MemoryError('conflict', `Step ${before.id} was changed by somebody else.`, { hint: 'Try again.' });
  }
  if (tookOver) logLoss(before, 'taken_over', step.claimed_by_session);
  if (status === 'done' && before.status === 'active') learnDuration(before);
  return { step, wasDone: before.status === 'done' };
}

function saysHowItEnded({ status, evidence }: StepUpdate): boolean {
  return status === 'done' || status === 'blocked' || evidence !== undefined;
}

/** A step becomes done, or stays so, only with what its gates ask for; a flag that is taken off counts from the next call on. */
function requireProof(before: StepRow, changes: Changes<'steps'>, by: Actor): void {
  const { evidence = before.evidence, requires_evidence = 0 } = changes;
  const step: StepRow = {
    ...before,
    evidence,
    requires_evidence: before.requires_evidence === 1 || requires_evidence === 1 ? 1 : 0,
  };
  if (before.status !== 'done') requireGates(step, by);
  else if (evidence !== before.evidence) requireEvidence(step);
}

/** Lets edges, phases and the plan follow steps that became done or stopped being so. Answers the steps. */
export function settled(changes: readonly StepChange[]): StepRow[] {
  const phases = new Map<string, { planId: string; onlyFinished: boolean }>();
  for (const { step, wasDone } of changes) {
    const isDone = step.status === 'done';
    if (wasDone === isDone) continue;
    setTargetStatus('step', step.id, isDone);
    const onlyFinished = isDone && (phases.get(step.phase_id)?.onlyFinished ?? true);
    phases.set(step.phase_id, { planId: step.plan_id, onlyFinished });
  }
  for (const [phaseId, { planId, onlyFinished }] of phases)
    (onlyFinished ? settleFinished : settlePhase)(planId, phaseId);
  return changes.map(({ step }) => step);
}

export function liveStep(id: string): StepRow {
  const step = queryOne<StepRow>('SELECT * FROM steps WHERE id = ?', [id]);
  if (step === undefined) throw notFound('live step', id);
  return step;
}

/** The fields of a step as its columns hold them. */
export function toColumns(data: StepUpdate) {
  return {
    ...data,
    requires_confirmation: toFlag(data.requires_confirmation),
    requires_user_confirmation: toFlag(data.requires_user_confirmation),
    requires_validation: toFlag(data.requires_validation),
    requires_evidence: toFlag(data.requires_evidence),
    evidence: toJson(data.evidence),
    paths: toJson(data.paths) ?? undefined,
    meta: toJson(data.meta),
  };
}
