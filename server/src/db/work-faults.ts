/** Faults in what work goes by: places in an order, edges that do not follow their target, claims of nobody, times to come. */
import { nowMs, timestamp } from '../domain/clock.ts';
import { isSatisfied, setTargetStatus } from './dependency-status.ts';
import { applyOrder, orderedIds, PHASES_OF_PLAN, STEPS_OF_PHASE } from './order-rows.ts';
import { queryAll, queryOne, transaction } from './query-helpers.ts';
import { updateStep } from './step-db.ts';
import type { DependencyRow } from './types.ts';
import { touchRow } from './write-helpers.ts';

const ORDERS = [PHASES_OF_PLAN, STEPS_OF_PHASE];

/** Parents whose children are not numbered 0, 1, 2 …, in words. */
export function findGaps(): string[] {
  return ORDERS.flatMap(({ table, parentColumn }) =>
    gapsOf(table, parentColumn).map((parent) => `the ${table} of ${parent} are not numbered without gaps`),
  );
}

export function closeGaps(): void {
  transaction(() => {
    for (const order of ORDERS) {
      for (const parent of gapsOf(order.table, order.parentColumn))
        applyOrder(order, parent, orderedIds(order, parent));
    }
  });
}

function gapsOf(table: string, column: string): string[] {
  return queryAll<{ parent: string }>(
    `SELECT ${column} AS parent FROM ${table} GROUP BY ${column}
     HAVING min(order_index) <> 0 OR max(order_index) <> count(*) - 1`,
  ).map(({ parent }) => parent);
}

/** Edges that say of their live target what is not so. */
export function findWrongEdges(): string[] {
  return wrongEdges().map(
    ({ id, status, target_id }) => `dependency ${id} says ${status}, and ${target_id} says otherwise`,
  );
}

export function correctEdges(): void {
  transaction(() => {
    for (const { target_type, target_id, status } of wrongEdges()) {
      setTargetStatus(target_type, target_id, status === 'pending');
    }
  });
}

/** An edge to an archived target keeps its status. */
function wrongEdges(): DependencyRow[] {
  const edges = queryAll<DependencyRow>('SELECT * FROM dependencies ORDER BY seq');
  return edges.filter(({ target_type, target_id, status }) => {
    const live = queryOne(`SELECT 1 FROM ${target_type}s WHERE id = ?`, [target_id]) !== undefined;
    return live && isSatisfied(target_type, target_id) !== (status === 'satisfied');
  });
}

/** After so long without a sign of life a claim counts as forgotten; before, it may be taken over by anybody anyway. */
const FORGOTTEN_MS = 3_600_000;

/** Steps held by nobody who could still finish them, in words. */
export function findStaleClaims(): string[] {
  return staleClaims().map(({ id, holder }) => `step ${id} is held by ${holder}, who has not been heard of`);
}

export function giveBackStaleClaims(): void {
  transaction(() => {
    for (const { id } of staleClaims()) updateStep(id, { status: 'pending' });
  });
}

function staleClaims(): { id: string; holder: string }[] {
  return queryAll(
    `SELECT s.id, coalesce(s.claimed_by_session, s.claimed_agent, 'nobody') AS holder FROM steps s
     LEFT JOIN sessions h ON h.id = s.claimed_by_session
     WHERE s.status = 'active' AND (s.lease_expires_at < ? OR h.completed_at IS NOT NULL) ORDER BY s.seq`,
    [timestamp(nowMs() - FORGOTTEN_MS)],
  );
}

/** How far another machine's or an earlier clock may have been ahead. */
const AHEAD_MS = 5 * 60_000;
/** A lease lies ahead by nature. */
const LEASE_AHEAD_MS = 24 * 3_600_000;

/** Signs of life and leases from times to come, in words: they would keep a dead session alive. */
export function findFutureLife(): string[] {
  return [
    ...futureSessions().map(({ id, at }) => `session ${id} was last seen at ${at}`),
    ...futureLeases().map(({ id, at }) => `the lease of step ${id} ends at ${at}`),
  ];
}

export function bringLifeToNow(): void {
  transaction(() => {
    for (const { id } of futureSessions()) touchRow('sessions', id, { last_seen_at: timestamp(nowMs()) });
    for (const { id } of futureLeases()) touchRow('steps', id, { lease_expires_at: timestamp(nowMs()) });
  });
}

function futureSessions(): { id: string; at: string }[] {
  return queryAll('SELECT id, last_seen_at AS at FROM sessions WHERE last_seen_at > ? ORDER BY seq', [
    timestamp(nowMs() + AHEAD_MS),
  ]);
}

function futureLeases(): { id: string; at: string }[] {
  return queryAll('SELECT id, lease_expires_at AS at FROM steps WHERE lease_expires_at > ? ORDER BY seq', [
    timestamp(nowMs() + LEASE_AHEAD_MS),
  ]);
}

/** The latest time that was recorded, if it lies ahead of this machine's clock. */
export function findClockBehind(): string | null {
  const at = queryOne<{ at: string }>('SELECT at FROM row_history ORDER BY seq DESC LIMIT 1')?.at;
  return at !== undefined && at > timestamp(nowMs() + AHEAD_MS) ? at : null;
}
