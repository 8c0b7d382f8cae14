/** memory_agent: looking at sessions, keeping them alive, and where a plan was routed. */
import * as z from 'zod';
import { getSessions, getWorkspaceSessions, heldSteps, toAgentSession, updatePlan } from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import type { AgentSession } from '../domain/plan-state.ts';
import { SESSION_STATUSES } from '../domain/vocabulary.ts';
import { action } from './define.ts';
import { requireLivePlan, requirePlan, requireSession, requireWorkspace } from './lookup.ts';
import { pageBounds, pageOf } from './page.ts';
import { category, id, PAGE, text, W, word } from './params.ts';
import { count, oneLine, quoted, row } from './text.ts';

const SESSION_ID = 'sess_0123456789ab';

function statusOf(session: AgentSession): string {
  if (session.is_orphaned) return 'orphaned';
  return session.completed_at === null ? 'open' : 'completed';
}

const listSessions = action({
  summary: 'The sessions of a plan or workspace, newest first.',
  effect: 'read',
  params: { plan_id: id.optional(), ...W, status: z.enum(SESSION_STATUSES).optional(), ...PAGE },
  example: { plan_id: 'plan_0123456789ab', status: 'open' },
  run: ({ plan_id, workspace_id, workspace_path, status, ...page }, call) => {
    const { limit, offset } = pageBounds(page);
    const rows =
      plan_id === undefined
        ? getWorkspaceSessions(requireWorkspace(call, { workspace_id, workspace_path }).id, {
            status,
            limit: limit + 1,
            offset,
          })
        : getSessions(requirePlan(call, plan_id).id, status)
            .sort((a, b) => b.started_at.localeCompare(a.started_at) || b.seq - a.seq)
            .slice(offset, offset + limit + 1);
    return pageOf(
      rows.map((session) => ({ plan_id: session.plan_id, ...toAgentSession(session) })),
      page,
    );
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'session'),
    columns: ['id', 'agent', 'status', 'started', 'last seen', 'plan'],
    rows: items.map((session) => [
      session.session_id,
      session.agent_type,
      statusOf(session),
      session.started_at,
      session.last_seen_at,
      session.plan_id,
    ]),
    cursor,
  }),
});

const getOneSession = action({
  summary: 'One session with what it holds, its summary and artifacts.',
  effect: 'read',
  params: { target_session_id: id },
  example: { target_session_id: SESSION_ID },
  run: ({ target_session_id }, call) => {
    const session = requireSession(call, target_session_id);
    const holds = heldSteps(target_session_id).map(({ id, task }) => ({ id, task }));
    return { plan_id: session.plan_id, ...toAgentSession(session), holds };
  },
  render: (session) =>
    [
      `Session ${session.session_id} of ${session.agent_type} on plan ${session.plan_id} · ${statusOf(session)} · started ${session.started_at} · last seen ${session.last_seen_at}`,
      ...session.holds.slice(0, 10).map((step) => `holds ${row(step.id, quoted(step.task, 120))}`),
      ...(session.summary === null ? [] : [`summary: ${quoted(session.summary, 2_000)}`]),
      ...(session.artifacts.length === 0
        ? []
        : [
            `artifacts: ${session.artifacts
              .slice(0, 20)
              .map((name) => quoted(name))
              .join(', ')}`,
          ]),
      ...(session.context === null ? [] : [`context: ${oneLine(JSON.stringify(session.context), 1_000)}`]),
    ].join('\n'),
});

const categorize = action({
  summary: 'Store on the plan what kind of request it is and how to go about it.',
  effect: 'write',
  params: {
    plan_id: id,
    category,
    confidence: z.number().min(0).max(1).optional(),
    reasoning: text.optional(),
    suggested_workflow: z.array(word).max(50).optional(),
  },
  example: {
    plan_id: 'plan_0123456789ab',
    category: 'bugfix',
    confidence: 0.9,
    suggested_workflow: ['Researcher', 'Executor'],
  },
  run: ({ plan_id, ...decision }, call) => {
    requireLivePlan(call, plan_id);
    updatePlan(plan_id, { category: decision.category, categorization: decision });
    return { plan_id, ...decision };
  },
  render: ({ plan_id, category, suggested_workflow }) =>
    `Categorized: plan ${plan_id} is ${category}${suggested_workflow === undefined ? '' : `; ${oneLine(suggested_workflow.join(' → '), 200)}`}`,
});

const heartbeat = action({
  summary: 'A sign of life that keeps the claims of a session.',
  effect: 'write',
  params: { session_id: id },
  example: { session_id: SESSION_ID },
  run: ({ session_id }, call) => {
    if (call.session === null) throw new MemoryError('internal', 'A heartbeat without a session.');
    call.subject.planId = call.session.plan_id;
    return { session_id, holds: heldSteps(session_id).length };
  },
  render: ({ session_id, holds }) => `Session ${session_id} is alive and holds ${count(holds, 'step')}`,
});

export const sessionActions = {
  list_sessions: listSessions,
  get_session: getOneSession,
  categorize,
  heartbeat,
};
