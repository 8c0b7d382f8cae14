/** The life of a step: who may change its status, what a change writes, and what must hold before it is done. */
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { fromJson } from '../domain/stored-values.ts';
import type { StepStatus } from '../domain/vocabulary.ts';
import { hasRunOut, leaseEnd } from './lease.ts';
import { queryOne } from './query-helpers.ts';
import type { StepRow } from './types.ts';
import type { Changes } from './write-helpers.ts';

/** Who calls. A call of the data layer itself names nobody and is trusted. */
export interface Actor {
  sessionId?: string | null | undefined;
  agentType?: string | null | undefined;
  claimNumber?: number | undefined;
}

/** Whether the caller holds this step: its session claimed it, or, without a session, its agent type. */
export function holds(step: StepRow, by: Actor): boolean {
  return step.claimed_by_session === null
    ? step.claimed_agent !== null && by.agentType === step.claimed_agent
    : by.sessionId === step.claimed_by_session;
}

/** Whether a call that makes this step active takes it from a holder whose lease has run out. */
export function takesOver(step: StepRow, by: Actor): boolean {
  const named = (by.sessionId ?? by.agentType ?? null) !== null;
  return named && by.claimNumber === undefined && hasRunOut(step) && !holds(step, by);
}

/** Who has a step now, `is held by Executor (session sess_…)`, or who has finished it and when. */
export function holderOf(step: StepRow): string {
  if (step.status === 'done') {
    const when = step.completed_at === null ? '' : ` at ${step.completed_at}`;
    return `was finished by ${agentAndSession(step.completed_by_agent, step.completed_by_session)}${when}`;
  }
  if (step.claimed_by_session === null && step.claimed_agent === null) return 'is held by nobody now';
  return `is held by ${agentAndSession(step.claimed_agent, step.claimed_by_session)}`;
}

function agentAndSession(agent: string | null, session: string | null): string {
  return `${agent ?? 'nobody known'}${session === null ? '' : ` (session ${session})`}`;
}

/**
 * Only the holder takes an active step out of the holder's hands: the session that claimed it, whoever knows its claim
 * number, or, for a claim without a session, the same agent type. The number of a claim that is over is always refused: of
 * an earlier one, and of one that was given back, or taken back, while nobody holds the step.
 * @throws conflict that names the holder.
 */
export function requireHolder(step: StepRow, by: Actor): void {
  const givenBack = step.claim_number > 0 && (step.status === 'pending' || step.status === 'blocked');
  const stale = by.claimNumber !== undefined && (givenBack || by.claimNumber !== step.claim_number);
  const held = step.claimed_by_session !== null || step.claimed_agent !== null;
  if (!stale && (!held || by.claimNumber === step.claim_number || holds(step, by))) return;
  throw new MemoryError(
    'conflict',
    stale
      ? `Claim ${by.claimNumber} of step ${step.id} is over: the step is ${step.status} and ${holderOf(step)}${givenBack ? '' : `, claim ${step.claim_number}`}.`
      : `Step ${step.id} ${holderOf(step)}.`,
    {
      hint: hasRunOut(step)
        ? `Its lease ran out at ${step.lease_expires_at}: memory_steps claim takes it over.`
        : 'Call memory_steps next for a step of your own; the holder, or its claim_number, can change this one.',
    },
  );
}

const NO_CLAIM = {
  claimed_by_session: null,
  claimed_agent: null,
  claimed_at: null,
  lease_expires_at: null,
} as const;

/** The columns that a change of status writes beside the status; none when it stays. */
export function statusColumns(step: StepRow, to: StepStatus, by: Actor): Changes<'steps'> {
  if (step.status === to && !(to === 'active' && takesOver(step, by))) return {};
  const reopened: Changes<'steps'> =
    step.status === 'done'
      ? {
          completed_at: null,
          completed_by_agent: null,
          completed_by_session: null,
          confirmed_at: null,
          confirmed_by: null,
          confirmed_by_session: null,
        }
      : {};
  switch (to) {
    case 'pending':
      return { status: to, ...NO_CLAIM, ...reopened, blocked_reason: null };
    case 'blocked':
      return { status: to, ...NO_CLAIM, ...reopened };
    case 'active':
      return { status: to, ...reopened, blocked_reason: null, ...claimColumns(step, by) };
    case 'done':
      return {
        status: to,
        ...NO_CLAIM,
        blocked_reason: null,
        completed_at: now(),
        completed_by_agent: by.agentType ?? step.claimed_agent,
        completed_by_session: by.sessionId ?? step.claimed_by_session,
        // Whoever finishes it without a claim ends the claims before: their numbers are no longer that of the step.
        ...(step.status === 'active' || step.claim_number === 0 ? {} : { claim_number: step.claim_number + 1 }),
      };
  }
}

/** The columns of a new claim. Its number only grows, so that a claim that was taken over can be told from its successor. */
function claimColumns(step: StepRow, by: Actor): Changes<'steps'> {
  return {
    claimed_by_session: by.sessionId ?? null,
    claimed_agent: by.agentType ?? step.assignee,
    claimed_at: now(),
    lease_expires_at: leaseEnd(step.plan_id),
    claim_number: step.claim_number + 1,
  };
}

/**
 * What must hold before a step is done: its confirmations, and evidence where the step or its plan asks for it.
 * @throws conflict that names what is missing.
 */
export function requireGates(step: StepRow, by: Actor): void {
  const refuse = (missing: string, hint: string): never => refuseDone(step, missing, hint);
  if (step.requires_user_confirmation && step.confirmed_by !== 'user') {
    refuse('the user has not confirmed it', 'Ask the user, then call memory_plan confirm with confirmed_by "user".');
  }
  if (step.requires_confirmation && step.confirmed_at === null) {
    refuse('nobody has confirmed it', 'Call memory_plan confirm with scope "step".');
  }
  if (step.requires_validation && (step.confirmed_at === null || confirmedByDoer(step, by))) {
    refuse(
      'nobody else has validated it',
      'Another session or agent type calls memory_plan confirm with scope "step".',
    );
  }
  requireEvidence(step);
}

const SHAPES = [
  '{"command": "npm test", "exit_code": 0}',
  '{"commit": "1a2b3c4"}',
  '{"files": ["report.md"]}',
  '{"waiver": {"by": "name", "reason": "why"}}',
];

/** @throws conflict with the shape to send, where the step or its plan asks for evidence and there is none that proves it. */
export function requireEvidence(step: StepRow): void {
  const fault = faultOf(step.evidence);
  if (fault === null || !(step.requires_evidence || planRequiresEvidence(step.plan_id))) return;
  refuseDone(step, fault, `Send evidence: ${SHAPES.slice(0, -1).join(' or ')}; or ${SHAPES.at(-1)}.`);
}

function refuseDone(step: StepRow, missing: string, hint: string): never {
  throw new MemoryError('conflict', `Step ${step.id} cannot be done yet: ${missing}.`, { hint });
}

/** Whether the one who finishes the step has confirmed it too: told by the session, or without one by the agent type. */
function confirmedByDoer(step: StepRow, by: Actor): boolean {
  return step.confirmed_by_session === null
    ? step.confirmed_by === (by.agentType ?? step.claimed_agent)
    : step.confirmed_by_session === (by.sessionId ?? step.claimed_by_session);
}

interface Evidence {
  command?: string;
  exit_code?: number;
  commit?: string;
  files?: string[];
  waiver?: { by?: string; reason?: string };
}

/** Why this is no evidence, or null: it names a command that did not fail, a commit, a file, or who waives it and why. */
function faultOf(stored: string | null): string | null {
  const { command, exit_code, commit, files, waiver } = fromJson<Evidence>(stored) ?? {};
  if (waiver?.by && waiver.reason) return null;
  if (exit_code !== undefined && exit_code !== 0)
    return `it requires evidence, and the command ended with ${exit_code}`;
  return command || commit || (Array.isArray(files) && files.length > 0) ? null : 'it requires evidence';
}

function planRequiresEvidence(planId: string): boolean {
  return queryOne('SELECT 1 FROM plans WHERE id = ? AND requires_evidence = 1', [planId]) !== undefined;
}
