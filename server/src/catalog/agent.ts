/** memory_agent: sessions of agents, and how one hands over to the next. */
import {
  addLineageEntry,
  completeSession,
  createSession,
  getLineage,
  getReadySteps,
  storeContext,
  toLineageRecord,
  updatePlan,
} from '../db/index.ts';
import { sessionActions } from './agent-sessions.ts';
import { action, tool } from './define.ts';
import { requireLivePlan, requirePlan, requireSession } from './lookup.ts';
import { sliceOf } from './page.ts';
import { id, json, lines, PAGE, sentence, text, word } from './params.ts';
import { stateOf } from './plan.ts';
import { planText } from './plan-text.ts';
import { count, oneLine, quoted } from './text.ts';

const init = action({
  summary:
    'Open a session. Answers what you need to start: where the plan stands, notes, the last handoff, ready steps.',
  effect: 'write',
  core: true,
  params: { plan_id: id, agent_type: word, context: json.optional() },
  example: { plan_id: 'plan_0123456789ab', agent_type: 'Executor' },
  run: ({ plan_id, agent_type, context }, call) => {
    const plan = requireLivePlan(call, plan_id);
    const session = createSession(plan_id, { agent_type, context });
    call.subject.sessionId = session.id;
    updatePlan(plan_id, { current_agent: agent_type });
    return {
      session_id: session.id,
      plan: stateOf(plan),
      ready: getReadySteps(plan_id, { limit: 3 }).map((step) => step.id),
    };
  },
  render: ({ session_id, plan, ready }) => {
    const handoff = plan.lineage.at(-1)?.data ?? null;
    return [
      `session_id: ${session_id}`,
      planText(plan),
      ...(handoff === null ? [] : [`handoff data: ${oneLine(JSON.stringify(handoff), 1_000)}`]),
      ready.length === 0
        ? 'No step is ready; memory_steps next says why.'
        : `Ready: ${ready.join(', ')}. Take one: memory_steps next with plan_id, agent_type, session_id.`,
    ].join('\n');
  },
});

const complete = action({
  summary: 'Close a session; the steps it still holds are released.',
  effect: 'write',
  core: true,
  params: { target_session_id: id, summary: text, artifacts: lines.optional() },
  example: { target_session_id: 'sess_0123456789ab', summary: 'Both forms work; tests pass' },
  run: ({ target_session_id, summary, artifacts }, call) => {
    const session = requireSession(call, target_session_id);
    requireLivePlan(call, session.plan_id);
    const released = completeSession(target_session_id, summary, artifacts);
    return {
      session_id: target_session_id,
      agent_type: session.agent_type,
      released: released.map((step) => step.id),
    };
  },
  render: ({ session_id, agent_type, released }) =>
    `Completed: session ${session_id} of ${agent_type}${released.length === 0 ? '' : `; released ${released.slice(0, 10).join(', ')}`}`,
});

const handoff = action({
  summary: 'Hand the plan over: a lineage entry, the recommended next agent, and the data for it.',
  effect: 'write',
  core: true,
  params: { plan_id: id, from_agent: word, to_agent: word, reason: sentence, data: json.optional() },
  example: {
    plan_id: 'plan_0123456789ab',
    from_agent: 'Executor',
    to_agent: 'Reviewer',
    reason: 'Phase 1 is done',
    data: { files_changed: ['src/login.ts'] },
  },
  run: ({ plan_id, from_agent, to_agent, reason, data }, call) => {
    requireLivePlan(call, plan_id);
    const session = call.session;
    const entry = addLineageEntry(plan_id, { from_agent, to_agent, reason, data, session_id: session?.id });
    updatePlan(plan_id, { recommended_next_agent: to_agent });
    if (data !== undefined) {
      const author = { sessionId: session?.id, agentType: from_agent };
      storeContext('plan', plan_id, handoffType(from_agent, to_agent), data, author);
    }
    return toLineageRecord(entry);
  },
  render: ({ id, from_agent, to_agent }) => `Handed over: ${from_agent} → ${to_agent} (${id})`,
});

/** The context type of a handoff's data: `handoff_executor_to_reviewer`. */
function handoffType(from: string, to: string): string {
  return `handoff_${from}_to_${to}`.toLowerCase().slice(0, 100);
}

const lineage = action({
  summary: 'The handoffs of a plan, newest first.',
  effect: 'read',
  params: { plan_id: id, ...PAGE },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ plan_id, ...page }, call) => {
    requirePlan(call, plan_id);
    return sliceOf(getLineage(plan_id).map(toLineageRecord).reverse(), page);
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'handoff'),
    columns: ['when', 'from → to', 'reason'],
    rows: items.map((entry) => [entry.timestamp, `${entry.from_agent} → ${entry.to_agent}`, quoted(entry.reason)]),
    cursor,
  }),
});

export const agentTool = tool({
  name: 'memory_agent',
  summary: 'Sessions: one run of one agent on a plan, and handing over to the next.',
  kind: 'write',
  actions: { init, complete, handoff, lineage, ...sessionActions },
});
