/** The event log: what happened anywhere, for a limited time. */
import { now, nowMs, timestamp } from '../domain/clock.ts';
import { newId } from '../domain/ids.ts';
import { type JsonObject, toJson } from '../domain/stored-values.ts';
import { currentOperation } from './operation.ts';
import { queryAll, run } from './query-helpers.ts';
import type { EventLogRow } from './types.ts';

export interface NewEvent {
  event_type: string;
  workspace_id?: string | null | undefined;
  plan_id?: string | null | undefined;
  step_id?: string | null | undefined;
  session_id?: string | null | undefined;
  agent_type?: string | null | undefined;
  tool?: string | null | undefined;
  data?: JsonObject | null | undefined;
  /** For imported events. */
  id?: string | undefined;
  created_at?: string | undefined;
}

const DAY_MS = 24 * 60 * 60_000;

export function addEventLog(event: NewEvent): void {
  run(
    `INSERT INTO event_log (id, event_type, workspace_id, plan_id, step_id, session_id, agent_type, tool, data, created_at,
       operation_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      event.id ?? newId('event'),
      event.event_type,
      event.workspace_id ?? null,
      event.plan_id ?? null,
      event.step_id ?? null,
      event.session_id ?? null,
      event.agent_type ?? null,
      event.tool ?? null,
      toJson(event.data) ?? null,
      event.created_at ?? now(),
      currentOperation()?.id ?? null,
    ],
  );
}

/** The newest events, newest first. */
export function getRecentEvents(limit = 50): EventLogRow[] {
  return queryAll<EventLogRow>('SELECT * FROM event_log ORDER BY created_at DESC, seq DESC LIMIT (? + 0)', [limit]);
}

/** The events after a time, oldest first. */
export function getEventsSince(timestamp: string): EventLogRow[] {
  return queryAll<EventLogRow>('SELECT * FROM event_log WHERE created_at > ? ORDER BY created_at, seq', [timestamp]);
}

/** Drops events older than this many days. Answers how many. */
export function cleanupOldEvents(maxAge = 30): number {
  return run('DELETE FROM event_log WHERE created_at < ?', [timestamp(nowMs() - maxAge * DAY_MS)]).changes;
}

/** Gives the events of a workspace to the one that it became part of. */
export function moveEvents(fromWorkspaceId: string, toWorkspaceId: string): void {
  run('UPDATE event_log SET workspace_id = ? WHERE workspace_id = ?', [toWorkspaceId, fromWorkspaceId]);
}
