/** Sessions: one run of one agent on a plan. A session that closes gives back the steps it still holds. */
import { now } from '../domain/clock.ts';
import { MemoryError, notFound } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { type JsonObject, toJson } from '../domain/stored-values.ts';
import type { SessionStatus } from '../domain/vocabulary.ts';
import { leaseEnd } from './lease.ts';
import { findRow, findRows } from './live-or-archived.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import { updateStep } from './step-db.ts';
import type { SessionRow, StepRow } from './types.ts';
import { deleteRow, insertRow, touchRow, updateRow, updateRows } from './write-helpers.ts';

export interface NewSession {
  agent_type: string;
  context?: JsonObject | null | undefined;
  /** For imported sessions. */
  id?: string | undefined;
  started_at?: string | undefined;
  last_seen_at?: string | undefined;
  completed_at?: string | null | undefined;
  summary?: string | null | undefined;
  artifacts?: readonly string[] | undefined;
  stats?: JsonObject | null | undefined;
}

/** Opens a session on a live plan. @throws not_found */
export function createSession(planId: string, data: NewSession): SessionRow {
  return transaction(() => {
    if (queryOne('SELECT 1 FROM plans WHERE id = ?', [planId]) === undefined) throw notFound('live plan', planId);
    const started = data.started_at ?? now();
    return insertRow('sessions', {
      ...data,
      id: data.id ?? newId('session'),
      plan_id: planId,
      started_at: started,
      last_seen_at: data.last_seen_at ?? data.completed_at ?? started,
      artifacts: toJson(data.artifacts) ?? undefined,
      context: toJson(data.context),
      stats: toJson(data.stats),
    });
  });
}

/** The session with this id, live or archived. */
export function getSession(id: string): SessionRow | null {
  return findRow('sessions', id);
}

const STATUS: Record<SessionStatus, string> = {
  open: 'completed_at IS NULL AND is_orphaned = 0',
  completed: 'completed_at IS NOT NULL',
  orphaned: 'is_orphaned = 1',
};

/** The sessions of a plan in the order they were opened; of one status, if given. */
export function getSessions(planId: string, status?: SessionStatus): SessionRow[] {
  const condition = status === undefined ? '' : ` AND ${STATUS[status]}`;
  return findRows('sessions', `WHERE plan_id = ?${condition} ORDER BY seq`, [planId]);
}

/** The sessions of all plans of a workspace, archived ones included, the one opened last first. */
export function getWorkspaceSessions(
  workspaceId: string,
  { status, limit, offset }: { status?: SessionStatus | undefined; limit: number; offset: number },
): SessionRow[] {
  const condition = status === undefined ? '' : ` AND ${STATUS[status]}`;
  const sql = (suffix: string) => `SELECT * FROM sessions${suffix}
    WHERE plan_id IN (SELECT id FROM plans${suffix} WHERE workspace_id = ?)${condition}`;
  return queryAll<SessionRow>(
    `${sql('')} UNION ALL ${sql('_archive')} ORDER BY started_at DESC, seq DESC LIMIT (? + 0) OFFSET ?`,
    [workspaceId, workspaceId, limit, offset],
  );
}

/**
 * Closes a session and releases the steps it still holds; answers those steps.
 * @throws not_found, conflict when it is closed already.
 */
export function completeSession(id: string, summary: string, artifacts: readonly string[] = []): StepRow[] {
  return transaction(() => {
    const session = queryOne<SessionRow>('SELECT * FROM sessions WHERE id = ?', [id]);
    if (session === undefined) throw notFound('live session', id);
    if (session.completed_at !== null) {
      throw new MemoryError('conflict', `Session ${id} was completed at ${session.completed_at}.`, {
        hint: 'Call memory_agent init to open a new one.',
      });
    }
    const at = now();
    const columns = ['completed_at', 'last_seen_at', 'summary', 'artifacts', 'is_orphaned'] as const;
    updateRow('sessions', id, columns, {
      completed_at: at,
      last_seen_at: at,
      summary,
      artifacts: JSON.stringify(artifacts),
      is_orphaned: 0,
    });
    return heldSteps(id).map((step) => updateStep(step.id, { status: 'pending' }));
  });
}

/** Deletes a session; the steps it holds are to be had again. Answers whether there was one. */
export function deleteSession(id: string): boolean {
  return transaction(() => {
    for (const step of heldSteps(id)) updateStep(step.id, { status: 'pending' });
    return deleteRow('sessions', id);
  });
}

/** The steps that a session holds, oldest claim first. */
export function heldSteps(sessionId: string): StepRow[] {
  return queryAll<StepRow>(
    "SELECT * FROM steps WHERE claimed_by_session = ? AND status = 'active' ORDER BY claimed_at, seq",
    [sessionId],
  );
}

/** A sign of life: moves `last_seen_at` and renews the leases of what the session holds. Leaves no history. */
export function touchSession(id: string): void {
  transaction(() => {
    touchRow('sessions', id, { last_seen_at: now() });
    // It was silent for long, and is not dead after all.
    updateRows('sessions', 'id = ? AND is_orphaned = 1', [id], { is_orphaned: 0 });
    renewLeases(id);
  });
}

/** Renews the leases of what the session holds, and only those: nobody has called. */
export function renewLeases(sessionId: string): void {
  transaction(() => {
    for (const step of heldSteps(sessionId)) touchRow('steps', step.id, { lease_expires_at: leaseEnd(step.plan_id) });
  });
}
