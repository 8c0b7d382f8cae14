/** memory_steps: the ordered tasks of a plan, and who works on which. */
import * as z from 'zod';
import {
  batchUpdateSteps,
  getContext,
  getDependencies,
  getDependents,
  getPlanSteps,
  type StepRow,
  type StepUpdate,
} from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { actorOf, type Call } from './call.ts';
import { action, tool } from './define.ts';
import { requireLivePlan, requireLiveStep, requirePhase, requirePlan, requireStep } from './lookup.ts';
import { sliceOf } from './page.ts';
import { evidence, GATES, id, newStep, PAGE, path, rare, stepStatus, stepType, task, text, word } from './params.ts';
import { addSteps, refuseTwice } from './plan-outline.ts';
import { evidenceLines, standingOf, stepCells, stepText } from './plan-text.ts';
import { claimActions, claimNumber, planStep, requireReady } from './steps-claims.ts';
import { orderActions } from './steps-order.ts';
import { count, quoted } from './text.ts';

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
    // By their place in the plan: whoever works them off while reading on sees each of them.
    return { total: steps.length, ...sliceOf(steps, page, ({ index }) => index) };
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

const get = action({
  summary: 'One step with its notes, context, dependencies, dependents, claim.',
  effect: 'read',
  core: true,
  params: { step_id: id },
  example: { step_id: 'step_0123456789ab' },
  run: ({ step_id }, call) => {
    const { plan_id } = requireStep(call, step_id);
    return {
      ...planStep(step_id),
      plan_id,
      archived: requirePlan(call, plan_id).archived,
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
      `Step of plan ${step.plan_id}${step.archived ? ' (archived)' : ''} · ${standingOf(step)}`,
      stepText(step, 12_000),
      ...(claim === null
        ? []
        : [`held by ${claim.agent_type} (session ${claim.session_id ?? 'none'}) since ${claim.claimed_at}`]),
      ...(step.completed_at === null
        ? []
        : [`done ${step.completed_at} by ${step.completed_by_agent ?? 'nobody known'}`]),
      ...evidenceLines(step),
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
  task: task.optional(),
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
  refuseTwice(updates.map(({ step_id }) => step_id));
  for (const { step_id, status } of updates) {
    const step = requireLiveStep(call, step_id);
    if (status === 'active' && step.status !== 'active') requireClaimable(step, call);
  }
  return batchUpdateSteps(
    updates.map(({ step_id, claim_number, ...changes }) => ({
      id: step_id,
      claimNumber: claim_number,
      ...changes,
    })),
    actorOf(call),
  );
}

function requireClaimable(step: StepRow, call: Call): void {
  if (call.session === null) {
    throw new MemoryError('invalid_input', 'A step becomes active only for somebody.', {
      hint: 'Call claim(step_id, agent_type, session_id?), or send your session_id.',
    });
  }
  requireReady(step, actorOf(call));
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
    ...claimActions,
    ...orderActions,
  },
});
