/** memory_query: what happened, and how a row came to be what it is. */
import { getRowHistory, getTimeline, type TimelineEntry } from '../db/index.ts';
import { notFound } from '../domain/errors.ts';
import { fromJson, type JsonObject } from '../domain/stored-values.ts';
import { action } from './define.ts';
import { requirePlanOrWorkspace } from './lookup.ts';
import { pageBounds, pageOf, sliceOf } from './page.ts';
import { id, PAGE, time, W } from './params.ts';
import { count, oneLine, quoted } from './text.ts';

const timeline = action({
  summary: 'What happened in a workspace or plan, newest first.',
  effect: 'read',
  params: { ...W, plan_id: id.optional(), since: time.optional(), ...PAGE },
  example: { plan_id: 'plan_0123456789ab' },
  run: ({ workspace_id, workspace_path, plan_id, since, ...page }, call) => {
    const { workspaceId } = requirePlanOrWorkspace(call, { plan_id, workspace_id, workspace_path });
    const { limit, offset } = pageBounds(page);
    const entries = getTimeline({ plan_id, workspace_id: workspaceId, since, limit: limit + 1, offset });
    return pageOf<TimelineEntry>(entries, page);
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'entry', 'entries'),
    columns: ['when', 'what', 'who', 'about'],
    rows: items.map((entry) => [
      entry.at,
      entry.what,
      entry.agent_type ?? entry.session_id,
      quoted(entry.summary ?? '', 150),
    ]),
    cursor,
  }),
});

const history = action({
  summary: 'Every change of one row, newest first: when, by whom, what it was before.',
  effect: 'read',
  params: { id, ...PAGE },
  example: { id: 'step_0123456789ab' },
  run: (params) => {
    const changes = getRowHistory(params.id);
    if (changes.length === 0) throw notFound('history of a row', params.id, 'History is kept for a limited time.');
    return sliceOf(
      changes.reverse().map(({ seq: _, ...change }) => ({
        ...change,
        before: fromJson<JsonObject>(change.before),
        after: fromJson<JsonObject>(change.after),
      })),
      params,
    );
  },
  render: ({ items, cursor }) => ({
    heading: count(items.length, 'change'),
    columns: ['when', 'what', 'by', 'operation', 'before → after'],
    rows: items.map(({ at, tool, action, session_id, operation_id, before, after }) => [
      at,
      `${tool ?? 'program'} ${action ?? ''}`.trim(),
      session_id ?? 'no session',
      operation_id,
      difference(before, after),
    ]),
    cursor,
  }),
});

function difference(before: JsonObject | null, after: JsonObject | null): string {
  if (before === null) return `made: ${oneLine(JSON.stringify(after), 200)}`;
  if (after === null) return `deleted: ${oneLine(JSON.stringify(before), 200)}`;
  return Object.keys(after)
    .filter((column) => column !== 'updated_at')
    .map(
      (column) =>
        `${column}: ${oneLine(JSON.stringify(before[column]), 100)} → ${oneLine(JSON.stringify(after[column]), 100)}`,
    )
    .join('; ');
}

export const historyActions = { timeline, history };
