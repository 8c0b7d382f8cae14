/** What happened in a workspace or plan: the event log and the update log as one list. */
import { boundOf } from '../domain/clock.ts';
import { type Param, queryAll } from './query-helpers.ts';

export interface TimelineEntry {
  at: string;
  /** `steps.next` for an event; the tool and its action for an update. */
  what: string;
  agent_type: string | null;
  session_id: string | null;
  plan_id: string | null;
  step_id: string | null;
  summary: string | null;
}

export interface TimelineFilter {
  workspace_id?: string | undefined;
  plan_id?: string | undefined;
  /** A time, or a date, which means its first millisecond. */
  since?: string | undefined;
  limit: number;
  offset: number;
}

/**
 * The entries of one place, newest first. What one call wrote into both logs is listed once: an update that has an event of
 * the same time, tool, action and session is that event. @throws invalid_input for a `since` that is no time
 */
export function getTimeline({ workspace_id, plan_id, since, limit, offset }: TimelineFilter): TimelineEntry[] {
  const [column, value]: [string, Param] =
    plan_id === undefined ? ['workspace_id', workspace_id ?? ''] : ['plan_id', plan_id];
  const from = since === undefined ? '' : boundOf(since, 'T00:00:00.000Z');
  return queryAll<TimelineEntry>(
    `SELECT at, what, agent_type, session_id, plan_id, step_id, summary FROM (
       SELECT created_at AS at, event_type AS what, agent_type, session_id, plan_id, step_id, data AS summary, seq, 1 AS log
         FROM event_log WHERE ${column} = ? AND created_at >= ?
       UNION ALL
       SELECT created_at, tool || ' ' || coalesce(action, ''), agent_type, session_id, plan_id, step_id, summary, seq, 2
         FROM update_log u WHERE u.${column} = ? AND u.created_at >= ? AND NOT EXISTS (
           SELECT 1 FROM event_log e
           WHERE e.${column} = u.${column} AND e.created_at = u.created_at AND e.tool = u.tool
             AND e.event_type = replace(u.tool, 'memory_', '') || '.' || u.action AND e.session_id IS u.session_id))
     ORDER BY at DESC, seq DESC, log LIMIT (? + 0) OFFSET ?`,
    [value, from, value, from, limit, offset],
  ).map((entry) => ({ ...entry, summary: summaryOf(entry.summary) }));
}

/** An event keeps its summary in its data. */
function summaryOf(text: string | null): string | null {
  if (text === null || !text.startsWith('{')) return text;
  const { summary } = JSON.parse(text) as { summary?: unknown };
  return typeof summary === 'string' ? summary : text;
}
