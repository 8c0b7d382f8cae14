/** What one process does for all: who holds which task until when, and when it is due again. */
import { now, nowMs, timestamp } from '../domain/clock.ts';
import { queryOne, run, transaction } from './query-helpers.ts';
import type { MaintenanceRow } from './types.ts';

export interface Task {
  name: string;
  /** How often it is to be done. */
  everyMs: number;
  /** After this time a holder that has not finished counts as dead. */
  leaseMs: number;
}

/**
 * Takes a task that is due and that nobody else is at. Answers whether it was taken; one that is not due costs a read, so
 * that a hundred processes may ask.
 */
export function takeTask(task: Task, holder: string): boolean {
  if (!isFree(task)) return false;
  return transaction(() => {
    if (!isFree(task)) return false;
    run(
      `INSERT INTO maintenance (name, holder, expires_at) VALUES (?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at`,
      [task.name, holder, timestamp(nowMs() + task.leaseMs)],
    );
    return true;
  });
}

/** Gives a task back, done: it is due again after its time. */
export function finishTask({ name, everyMs }: Task, holder: string): void {
  transaction(() =>
    run('UPDATE maintenance SET holder = NULL, expires_at = NULL, due_at = ? WHERE name = ? AND holder = ?', [
      timestamp(nowMs() + everyMs),
      name,
      holder,
    ]),
  );
}

/** Gives a task back undone, for whoever asks next. */
export function giveBackTask({ name }: Task, holder: string): void {
  transaction(() =>
    run('UPDATE maintenance SET holder = NULL, expires_at = NULL WHERE name = ? AND holder = ?', [name, holder]),
  );
}

/** A time that lies further ahead than it can have been set was set by a clock that was wrong. */
function isFree({ name, everyMs, leaseMs }: Task): boolean {
  const row = queryOne<MaintenanceRow>('SELECT * FROM maintenance WHERE name = ?', [name]);
  if (row === undefined) return true;
  const ahead = (time: string | null, atMost: number) =>
    time !== null && Date.parse(time) > nowMs() && Date.parse(time) <= nowMs() + atMost;
  return !ahead(row.expires_at, leaseMs) && !ahead(row.due_at, everyMs);
}

/** How far back the history goes, as far as any of it has been dropped; null while it is whole. */
export function historyKeptSince(): string | null {
  return queryOne<MaintenanceRow>("SELECT * FROM maintenance WHERE name = 'history'")?.begins_at ?? null;
}

/** Notes that what was recorded before this time is gone. */
export function setHistoryKeptSince(time: string): void {
  run(
    `INSERT INTO maintenance (name, begins_at) VALUES ('history', ?)
     ON CONFLICT (name) DO UPDATE SET begins_at = excluded.begins_at`,
    [time],
  );
}

/** Something was purged: until the file is scrubbed, its bytes may lie in free places of it. */
export function requestScrub(): void {
  run(
    `INSERT INTO maintenance (name, due_at) VALUES ('scrub', ?)
     ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at`,
    [now()],
  );
}

/** Since when a scrub is asked for; null when there is nothing to scrub. */
export function scrubRequestedAt(): string | null {
  return queryOne<MaintenanceRow>("SELECT * FROM maintenance WHERE name = 'scrub'")?.due_at ?? null;
}

/** The file is clean of everything that was purged up to this request. */
export function scrubDone(requestedAt: string): void {
  transaction(() => run("DELETE FROM maintenance WHERE name = 'scrub' AND due_at = ?", [requestedAt]));
}
