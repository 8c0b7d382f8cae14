/** memory_steps: the ordered tasks of a plan, and who works on which. */
import * as z from 'zod';
import {
  type Actor,
  batchUpdateSteps,
  createSession,
  getContext,
  getDependencies,
  getDependents,
  getNextPendingStep,
  getPlanStep,
  getPlanSteps,
  getUnblockedBy,
  heldSteps,
  isReady,
  markCurrentDoneAndGetNext,
  type StepRow,
  type StepUpdate,
  updateStep,
  whyNothingReady,
} from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import type { PlanStep } from '../domain/plan-state.ts';
import type { Call } from './call.ts';
import { action, tool } from './define.ts';
import { requireLivePlan, requirePhase, requirePlan, requireStep } from './lookup.ts';
import { sliceOf } from './page.ts';
import {
  evidence,
  GATES,
  id,
  newStep,
  PAGE,
  path,
  rare,
  sentence,
  stepStatus,
  stepType,
  text,
  word,
} from './params.ts';
import { addSteps } from './plan-outline.ts';
import { stepCells, stepText } from './plan-text.ts';
import { orderActions } from './steps-order.ts';
import { count, quoted } from './text.ts';

const claimNumber = z.int().min(0).max(1_000_000_000).optional();

const add = action({
  summary:
    'Append steps; a phase named for the first time is created. "#n" in depends_on is the n-th step of this call.',
  effect: 'write',
  core: true,
  params: { plan_id: id, steps: z.array(newStep).min(1).max(500) },
  example: { plan_id: 'plan_0123456789ab', steps: [{ task: 'Write a test', phase: 'Tests' }] },
  run: ({ plan_id, steps }, call) => addSteps(requireLivePlan(call, plan_id), steps).map((step) => step.id),
  render: (ids) => `Added ${count(ids.length, 'step')}: ${ids.slice(0, 12).join(', ')}${ids.length > 12 ? ', …' : ''}`,
});

const listSteps = action({
  summary: 'Steps of a plan in order.',
  effect: 'read',
  core: true,
  params: {
    plan_id: id,
    status: stepStatus.optional(),
    phase_id: id.optional(),
    assignee: word.optional(),
    ...PAGE,
  },
  example: { plan_id: 'plan_0123456789ab', status: 'pending' },
  run: ({ plan_id, status, phase_id, assignee, ...page }, call) => {
    if (phase_id !== undefined) requirePhase(call, phase_id);
    const steps = getPlanSteps(requirePlan(call, plan_id).id).filter(
      (step) =>
        (status === undefined || step.status === status) &&
        (phase_id === undefined || step.phase_id === phase_id) &&
        (assignee === undefined || step.assignee === assignee),
    );
    return { total: steps.length, ...sliceOf(steps, page) };
  },
  render: ({ total, items, cursor }) => ({
    heading: count(total, 'step'),
    columns: ['id', 'status', 'task'],
    rows: items.flatMap((step, index) => [
      ...(index === 0 || items[index - 1]?.phase_id !== step.phase_id
        ? [`${quoted(step.phase, 100)} (${step.phase_id})`]
        : []),
      stepCells(step, '  '),
    ]),
    cursor,
  }),
});

/** A step as its plan shows it. */
function planStep(stepId: string): PlanStep {
  const step = getPlanStep(stepId);
  if (step === null) throw new MemoryError('conflict', `Step ${stepId} is gone.`);
  return step;
}

const get = action({
  summary: 'One step with its notes, context, dependencies, dependents, claim.',
  effect: 'read',
  core: true,
  params: { step_id: id },
  example: { step_id: 'step_0123456789ab' },
  run: ({ step_id }, call) => {
    const step = requireStep(call, step_id);
    return {
      ...planStep(step_id),
      plan_id: step.plan_id,
      dependencies: getDependencies('step', step_id),
      dependents: getDependents('step', step_id),
      context: getContext('step', step_id).map(({ id, type, key, updated_at }) => ({
        id,
        type,
        key,
        updated_at,
      })),
    };
  },
  render: (step) => {
    const edges = [
      ...step.dependencies.map(
        (edge) => `depends on ${edge.target_type} ${edge.target_id} (${edge.dependency_type}, ${edge.status})`,
      ),
      ...step.dependents.map((edge) => `needed by ${edge.source_type} ${edge.source_id}`),
    ];
    const claim = step.claim;
    return [
      `Step of plan ${step.plan_id} · ${step.status}${step.blocked_reason === null ? '' : `: ${quoted(step.blocked_reason)}`}`,
      stepText(step, 12_000),
      ...(claim === null
        ? []
        : [`held by ${claim.agent_type} (session ${claim.session_id ?? 'none'}) since ${claim.claimed_at}`]),
      ...(step.completed_at === null
        ? []
        : [`done ${step.completed_at} by ${step.completed_by_agent ?? 'nobody known'}`]),
      ...(step.evidence === null ? [] : [`evidence: ${JSON.stringify(step.evidence).slice(0, 1_000)}`]),
      ...edges.slice(0, 20),
      ...step.context
        .slice(0, 20)
        .map((item) => `context ${item.id} ${item.type}${item.key === null ? '' : ` ${quoted(item.key)}`}`),
    ].join('\n');
  },
});

/** They are mostly set when a step is added. */
const RARE_GATES = {
  requires_confirmation: rare(GATES.requires_confirmation),
  requires_user_confirmation: rare(GATES.requires_user_confirmation),
  requires_validation: rare(GATES.requires_validation),
  requires_evidence: rare(GATES.requires_evidence),
};

/** What an update may name. */
const CHANGES = {
  status: stepStatus.optional(),
  task: z.string().trim().min(1).max(10_000).optional(),
  type: stepType.optional(),
  notes: text.nullable().optional(),
  assignee: word.nullable().optional(),
  paths: z.array(path).max(100).optional(),
  evidence: evidence.nullable().optional(),
  claim_number: claimNumber,
  ...RARE_GATES,
};

const update = action({
  summary: 'One step; what is not named stays. pending → active is a claim and needs session_id.',
  effect: 'write',
  core: true,
  params: { step_id: id, ...CHANGES },
  example: { step_id: 'step_0123456789ab', notes: 'Uses the new client' },
  run: ({ step_id, ...changes }, call) => applyUpdates([{ step_id, ...changes }], call)[0] as StepRow,
  render: (step) => `Updated: ${step.id} · ${step.status} · ${quoted(step.task, 120)}`,
});

const batchUpdate = action({
  summary: 'Several steps as in update, all or nothing.',
  effect: 'write',
  params: {
    updates: z
      .array(z.strictObject({ step_id: id, ...CHANGES }))
      .min(1)
      .max(500)
      .describe('as in update'),
  },
  example: { updates: [{ step_id: 'step_0123456789ab', status: 'done' }] },
  run: ({ updates }, call) => applyUpdates(updates, call),
  render: (steps) =>
    `Updated ${count(steps.length, 'step')}: ${steps
      .slice(0, 12)
      .map(({ id }) => id)
      .join(', ')}${steps.length > 12 ? ', …' : ''}`,
});

type Update = { step_id: string; claim_number?: number | undefined } & StepUpdate;

/** Each with the rights of the caller: its session, or the claim number that it sends. */
function applyUpdates(updates: readonly Update[], call: Call): StepRow[] {
  for (const { step_id, status } of updates) {
    const step = requireStep(call, step_id);
    requireLivePlan(call, step.plan_id);
    if (status === 'active' && step.status !== 'active') requireClaimable(step, call);
  }
  return batchUpdateSteps(
    updates.map(({ step_id, claim_number, ...changes }) => ({
      id: step_id,
      claimNumber: claim_number,
      ...changes,
    })),
    { sessionId: call.session?.id, agentType: call.session?.agent_type },
  );
}

function requireClaimable(step: StepRow, call: Call): void {
  if (call.session === null) {
    throw new MemoryError('invalid_input', 'A step becomes active only for somebody.', {
      hint: 'Call claim(step_id, agent_type, session_id?), or send your session_id.',
    });
  }
  requireReady(step);
}

function requireReady(step: StepRow): void {
  if (isReady(step)) return;
  const reasons = step.status === 'pending' ? whyNothingReady(step.plan_id).reasons : [`it is ${step.status}`];
  throw new MemoryError(
    'conflict',
    `Step ${step.id} cannot be claimed now: ${reasons[0] ?? 'an earlier step must be done first'}.`,
    {
      hint: `memory_query {"action":"ready","plan_id":"${step.plan_id}"} shows which can.`,
    },
  );
}

/** How long the reply to `next` and `claim` may be. */
const NEXT_LENGTH = 1_500;

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
        ? openSession(plan_id, agent_type)
        : undefined;
    const sessionId = call.session?.id ?? opened;
    const options = { sessionId, stepId: step_id, notes, evidence, claimNumber: claim_number };
    const { completed, next } =
      archived || (sessionId === undefined && step_id === undefined)
        ? { completed: null, next: null }
        : markCurrentDoneAndGetNext(plan_id, agent_type, options);
    const step = completed ?? next;
    if (step !== null) call.subject.stepId = step.id;
    const unblocked = completed === null ? [] : getUnblockedBy(completed);
    return {
      completed: completed?.id ?? null,
      unblocked: unblocked.map((step) => step.id),
      next: next === null ? null : planStep(next.id),
      claim_number: next?.claim_number ?? null,
      session_id: next?.claimed_by_session ?? sessionId ?? null,
      ...(next === null ? whyNothingReady(plan_id) : { state: 'working' as const, reasons: [] }),
    };
  },
  render: ({ completed, unblocked, next, state, reasons, session_id }) =>
    [
      ...(completed === null ? [] : [`done: ${completed}`]),
      ...(unblocked.length === 0
        ? []
        : [`unblocked: ${unblocked.slice(0, 5).join(', ')}${unblocked.length > 5 ? ', …' : ''}`]),
      ...(session_id === null ? [] : [`session_id: ${session_id}`]),
      next === null
        ? `${state}${reasons.length === 0 ? '' : `: ${reasons.slice(0, 5).join('; ')}`}`
        : `next: ${stepText(next, NEXT_LENGTH - 300)}`,
    ].join('\n'),
});

function openSession(planId: string, agentType: string): string {
  return createSession(planId, { agent_type: agentType }).id;
}

const claim = action({
  summary: 'Take one ready step; exactly one claimer wins.',
  effect: 'write',
  core: true,
  params: { step_id: id, agent_type: word },
  example: { step_id: 'step_0123456789ab', agent_type: 'Executor' },
  run: ({ step_id, agent_type }, call) => {
    const step = requireStep(call, step_id);
    requireLivePlan(call, step.plan_id);
    if (call.session !== null && heldSteps(call.session.id).some((held) => held.id === step_id))
      return planStep(step_id);
    requireReady(step);
    const sessionId = call.session?.id ?? openSession(step.plan_id, agent_type);
    updateStep(step_id, { status: 'active' }, { sessionId, agentType: agent_type });
    return planStep(step_id);
  },
  render: (step) => `claimed with session_id: ${step.claim?.session_id}\n${stepText(step, NEXT_LENGTH - 100)}`,
});

const release = action({
  summary: 'Give a step back unfinished.',
  effect: 'write',
  core: true,
  params: { step_id: id, reason: sentence.optional(), claim_number: claimNumber },
  example: { step_id: 'step_0123456789ab', session_id: 'sess_0123456789ab', reason: 'Needs a database' },
  run: ({ step_id, reason, claim_number }, call) => {
    const step = requireStep(call, step_id);
    requireLivePlan(call, step.plan_id);
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
    const step = requireStep(call, step_id);
    requireLivePlan(call, step.plan_id);
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
    const step = requireStep(call, step_id);
    requireLivePlan(call, step.plan_id);
    if (step.status !== 'blocked') throw new MemoryError('conflict', `Step ${step_id} is ${step.status}, not blocked.`);
    updateStep(step_id, { status: 'pending' }, actorOf(call));
    return { step_id, task: step.task };
  },
  render: ({ step_id, task }) => `Unblocked: ${step_id} ${quoted(task, 120)}`,
});

/** The caller, as its session and the claim number it sends. */
function actorOf(call: Call, claimNumber?: number): Actor {
  return { sessionId: call.session?.id, agentType: call.session?.agent_type, claimNumber };
}

export const stepsTool = tool({
  name: 'memory_steps',
  summary: 'Steps: the ordered tasks of a plan. Agents work through them with next.',
  kind: 'write',
  actions: {
    add,
    list: listSteps,
    get,
    update,
    batch_update: batchUpdate,
    next,
    claim,
    release,
    block,
    unblock,
    ...orderActions,
  },
});
