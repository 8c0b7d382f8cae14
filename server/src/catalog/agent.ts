/** memory_agent: sessions of agents, and how one hands over to the next. */
import {
  addLineageEntry,
  completeSession,
  createSession,
  getLineage,
  getPlanState,
  snapshot,
  storeContext,
  toLineageRecord,
  updatePlan,
} from '../db/index.ts';
import { sessionActions } from './agent-sessions.ts';
import { type Briefing, briefingOf, DEFAULT_TOKENS, loadTokenizer, maxTokens } from './briefing.ts';
import { action, tool } from './define.ts';
import { packetOf, packetType } from './handoff-packet.ts';
import { requireLivePlan, requirePlan, requireSession } from './lookup.ts';
import { sliceOf } from './page.ts';
import { id, json, lines, PAGE, rare, sentence, text, word } from './params.ts';
import { count, quoted } from './text.ts';

/** What the line with the new session's id takes at most: no character of it is more than a token. */
const SESSION_LINE_TOKENS = 'session_id: sess_0123456789ab\n'.length;
const ADVICE = 'Take a step: memory_steps next with plan_id, agent_type, session_id.';

const init = action({
  summary:
    'Open a session. Answers a briefing: where the plan stands, the step, the last handoff, what was learnt, within max_tokens.',
  effect: 'write',
  core: true,
  params: { plan_id: id, agent_type: word, context: json.optional(), max_tokens: rare(maxTokens) },
  example: { plan_id: 'plan_0123456789ab', agent_type: 'Executor' },
  // Put together before the transaction, so that nobody who writes waits for it; a plan that is not there, `run` refuses.
  load: async ({ plan_id, max_tokens = DEFAULT_TOKENS }): Promise<Briefing | null> => {
    const count = await loadTokenizer();
    return snapshot(() => {
      const plan = getPlanState(plan_id);
      const reserved = SESSION_LINE_TOKENS + count(`\n${ADVICE}`);
      return plan === null ? null : briefingOf(plan, count, { maxTokens: max_tokens, reserved });
    });
  },
  run: ({ plan_id, agent_type, context }, call, briefing) => {
    requireLivePlan(call, plan_id);
    const session = createSession(plan_id, { agent_type, context });
    call.subject.sessionId = session.id;
    updatePlan(plan_id, { current_agent: agent_type });
    return { session_id: session.id, briefing };
  },
  render: ({ session_id, briefing }) => [`session_id: ${session_id}`, briefing?.text, ADVICE].join('\n'),
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
  summary:
    'Hand the plan over: a lineage entry, the recommended next agent, and what it needs: your step, what you did, decided, your data.',
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
    const session_id = call.session?.id;
    const entry = addLineageEntry(plan_id, { from_agent, to_agent, reason, data, session_id });
    updatePlan(plan_id, { recommended_next_agent: to_agent });
    const author = { sessionId: session_id, agentType: from_agent };
    storeContext('plan', plan_id, packetType(entry), packetOf(plan_id, entry, data), author);
    return toLineageRecord(entry);
  },
  render: ({ id, from_agent, to_agent }) => `Handed over: ${from_agent} → ${to_agent} (${id})`,
});

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
