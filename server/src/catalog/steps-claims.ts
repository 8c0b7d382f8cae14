/** memory_steps: taking steps, finishing them, giving them back, and waiting for one. */
import * as z from 'zod';
import {
  type Actor,
  conflictReason,
  createSession,
  firstLeaseEnd,
  getNextPendingStep,
  getPathConflict,
  getPathConflicts,
  getPlanStep,
  getUnblockedBy,
  heldSteps,
  isReady,
  lastLoss,
  lossReason,
  markCurrentDoneAndGetNext,
  type StepRow,
  updateStep,
  whyNothingReady,
} from '../db/index.ts';
import { nowMs } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import type { PlanStep } from '../domain/plan-state.ts';
import { actorOf, type Call } from './call.ts';
import { action } from './define.ts';
import { requireLiveStep, requirePlan } from './lookup.ts';
import { evidence, id, sentence, text, word } from './params.ts';
import { stepText } from './plan-text.ts';
import { oneLine, quoted } from './text.ts';

export const claimNumber = z.int().min(0).max(1_000_000_000).optional();

/** @throws conflict that says why this step cannot be claimed now */
export function requireReady(step: StepRow, by: Actor): void {
  const ready = isReady(step);
  const conflict = ready ? getPathConflict(step, by) : null;
  if (ready && conflict === null) return;
  const reason =
    conflict !== null
      ? conflictReason(conflict)
      : step.status === 'pending'
        ? whyNothingReady(step.plan_id).reasons[0]
        : `it is ${step.status}`;
  throw new MemoryError(
    'conflict',
    `Step ${step.id} cannot be claimed now: ${reason ?? 'an earlier step must be done first'}.`,
    {
      hint: `memory_query {"action":"ready","plan_id":"${step.plan_id}"} shows which can.`,
    },
  );
}

/** A step as its plan shows it. */
export function planStep(stepId: string): PlanStep {
  const step = getPlanStep(stepId);
  if (step === null) throw new MemoryError('conflict', `Step ${stepId} is gone.`);
  return step;
}

/** How long the reply to `next` and `claim` may be. */
const NEXT_LENGTH = 1_500;
/** Of these, for what is said beside the step. */
const AROUND_STEP = 500;

const next = action({
  summary:
    'Finish your active step and claim the next ready one, in one transaction. Answers the step, or finished, waiting, blocked.',
  effect: 'write',
  core: true,
  params: {
    plan_id: id,
    agent_type: word,
    step_id: id.optional(),
    notes: text.optional(),
    evidence: evidence.optional(),
    claim_number: claimNumber,
  },
  example: { plan_id: 'plan_0123456789ab', agent_type: 'Executor', session_id: 'sess_0123456789ab' },
  run: ({ plan_id, agent_type, step_id, notes, evidence, claim_number }, call) => {
    const { archived } = requirePlan(call, plan_id);
    // A caller without a session gets one with its first step; asking in vain opens none.
    const opened =
      call.session === null && step_id === undefined && getNextPendingStep(plan_id) !== null
        ? openSession(call, plan_id, agent_type)
        : undefined;
    const sessionId = call.session?.id ?? opened;
    const options = { sessionId, stepId: step_id, notes, evidence, claimNumber: claim_number };
    const { completed, next, tookOver } =
      archived || (sessionId === undefined && step_id === undefined)
        ? { completed: null, next: null }
        : markCurrentDoneAndGetNext(plan_id, agent_type, options);
    const step = completed ?? next;
    if (step !== null) call.subject.stepId = step.id;
    const unblocked = completed === null ? [] : getUnblockedBy(completed);
    // Whoever comes back for another step after it lost its own must not take that one for done.
    const lost = completed === null && call.session !== null ? lastLoss(call.session.id) : null;
    return {
      completed: completed?.id ?? null,
      unblocked: unblocked.map((step) => step.id),
      lost: lost?.reason ?? null,
      next: next === null ? null : planStep(next.id),
      taken_over: tookOver === undefined ? null : lossReason(tookOver, 'taken_over'),
      claim_number: next?.claim_number ?? null,
      session_id: next?.claimed_by_session ?? sessionId ?? null,
      ...(next === null
        ? whyNothingReady(plan_id, { sessionId, agentType: agent_type })
        : { state: 'working' as const, reasons: [] }),
    };
  },
  render: ({ completed, unblocked, lost, next, taken_over, state, reasons, session_id }) =>
    [
      ...(completed === null ? [] : [`done: ${completed}`]),
      ...(lost === null ? [] : [`nothing was finished: ${oneLine(lost, 200)}`]),
      ...(unblocked.length === 0
        ? []
        : [`unblocked: ${unblocked.slice(0, 5).join(', ')}${unblocked.length > 5 ? ', …' : ''}`]),
      ...(session_id === null ? [] : [`session_id: ${session_id}`]),
      next === null ? stateLine(state, reasons) : `next: ${stepText(next, NEXT_LENGTH - AROUND_STEP)}`,
      ...(taken_over === null ? [] : [oneLine(taken_over, 200)]),
    ].join('\n'),
});

/** `waiting: …`, with as many reasons as a reply has room for. */
function stateLine(state: string, reasons: readonly string[]): string {
  return reasons.length === 0 ? state : oneLine(`${state}: ${reasons.slice(0, 5).join('; ')}`, 1_000);
}

function openSession(call: Call, planId: string, agentType: string): string {
  const { id } = createSession(planId, { agent_type: agentType });
  call.subject.sessionId = id;
  return id;
}

const claim = action({
  summary: 'Take one ready step, or one whose holder let its lease run out; exactly one claimer wins.',
  effect: 'write',
  core: true,
  params: { step_id: id, agent_type: word },
  example: { step_id: 'step_0123456789ab', agent_type: 'Executor' },
  run: ({ step_id, agent_type }, call) => {
    const before = requireLiveStep(call, step_id);
    if (call.session !== null && heldSteps(call.session.id).some((held) => held.id === step_id)) {
      return { ...planStep(step_id), taken_over: null };
    }
    requireReady(before, { sessionId: call.session?.id, agentType: agent_type });
    const sessionId = call.session?.id ?? openSession(call, before.plan_id, agent_type);
    updateStep(step_id, { status: 'active' }, { sessionId, agentType: agent_type });
    return {
      ...planStep(step_id),
      taken_over: before.status === 'active' ? lossReason(before, 'taken_over') : null,
    };
  },
  render: (step) =>
    [
      `claimed with session_id: ${step.claim?.session_id}`,
      stepText(step, NEXT_LENGTH - AROUND_STEP),
      ...(step.taken_over === null ? [] : [oneLine(step.taken_over, 200)]),
    ].join('\n'),
});

const WAIT_SECONDS = 25;
/** A lease is not looked after more often than this. */
const SHORTEST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 60_000;

const wait = action({
  summary: 'Answers as soon as a step is ready for you, or after timeout_s (25, at most 60) with what it waits for.',
  effect: 'wait',
  params: { plan_id: id, agent_type: word, timeout_s: z.int().min(0).max(60).optional() },
  example: { plan_id: 'plan_0123456789ab', agent_type: 'Executor', timeout_s: 25 },
  run: ({ plan_id, agent_type }, call) => {
    const plan = requirePlan(call, plan_id);
    const by = { sessionId: call.session?.id, agentType: agent_type };
    const ready = plan.archived ? null : getNextPendingStep(plan_id, by);
    const leases = [
      firstLeaseEnd(plan_id),
      ...getPathConflicts(plan_id, by).map(({ holder }) => holder.lease_expires_at),
    ];
    return {
      step: ready === null ? null : { id: ready.id, task: ready.task },
      ...(ready === null ? whyNothingReady(plan_id, by) : { state: 'ready' as const, reasons: [] }),
      archived: plan.archived,
      // Time alone lets leases run out.
      next_lease_end: leases.filter((end) => end !== null).sort()[0] ?? null,
    };
  },
  waits: {
    ms: ({ timeout_s }) => (timeout_s ?? WAIT_SECONDS) * 1_000,
    againMs: ({ state, archived, next_lease_end }) => {
      if (state === 'ready' || state === 'finished' || archived) return null;
      const lease = next_lease_end === null ? LONGEST_LOOK_MS : Date.parse(next_lease_end) + 1 - nowMs();
      return Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, lease));
    },
  },
  render: ({ step, state, reasons }) =>
    step === null ? stateLine(state, reasons) : `ready: ${step.id} ${quoted(step.task, 200)}. Take it with next.`,
});

const release = action({
  summary: 'Give a step back unfinished.',
  effect: 'write',
  core: true,
  params: { step_id: id, reason: sentence.optional(), claim_number: claimNumber },
  example: { step_id: 'step_0123456789ab', session_id: 'sess_0123456789ab', reason: 'Needs a database' },
  run: ({ step_id, reason, claim_number }, call) => {
    const step = requireLiveStep(call, step_id);
    if (step.status !== 'active') {
      throw new MemoryError('conflict', `Step ${step_id} is ${step.status}, so nobody holds it.`);
    }
    updateStep(step_id, { status: 'pending' }, actorOf(call, claim_number));
    return { step_id, reason: reason ?? null };
  },
  render: ({ step_id, reason }) => `Released: ${step_id}${reason === null ? '' : `, ${quoted(reason)}`}`,
});

const block = action({
  summary: 'Say why a step cannot go on; its claim is given back.',
  effect: 'write',
  core: true,
  params: { step_id: id, reason: sentence, claim_number: claimNumber },
  example: { step_id: 'step_0123456789ab', session_id: 'sess_0123456789ab', reason: 'The test server is down' },
  run: ({ step_id, reason, claim_number }, call) => {
    const step = requireLiveStep(call, step_id);
    if (step.status === 'done') {
      throw new MemoryError('conflict', `Step ${step_id} is done.`, {
        hint: 'Re-open it first: update with status pending.',
      });
    }
    updateStep(step_id, { status: 'blocked', blocked_reason: reason }, actorOf(call, claim_number));
    return { step_id, reason };
  },
  render: ({ step_id, reason }) => `Blocked: ${step_id}, ${quoted(reason)}`,
});

const unblock = action({
  summary: 'A blocked step can be worked on again.',
  effect: 'write',
  core: true,
  params: { step_id: id },
  example: { step_id: 'step_0123456789ab' },
  run: ({ step_id }, call) => {
    const step = requireLiveStep(call, step_id);
    if (step.status !== 'blocked') throw new MemoryError('conflict', `Step ${step_id} is ${step.status}, not blocked.`);
    updateStep(step_id, { status: 'pending' }, actorOf(call));
    return { step_id, task: step.task };
  },
  render: ({ step_id, task }) => `Unblocked: ${step_id} ${quoted(task, 120)}`,
});

export const claimActions = { next, claim, release, block, unblock, wait };
