/** What any server does for all, once an hour, by whichever process comes first: dropping what is old, and clearing up. */
import { setImmediate as turn } from 'node:timers/promises';
import { config } from '../config.ts';
import {
  dropHistory,
  dropOldEntries,
  dropOldRequests,
  dropOldVersions,
  oldHistoryEnd,
  orphanSilentSessions,
  scrub,
  type Task,
  transaction,
  withOperation,
} from '../db/index.ts';
import { nowMs, timestamp } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { logError } from '../log.ts';
import { backupIfDue } from './backup.ts';
import { dropLeftovers } from './copies.ts';
import { doTask } from './tasks.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RETRY_MS = 60_000;

const HOURLY: Task = { name: 'hourly', everyMs: HOUR_MS, leaseMs: HOUR_MS / 6 };

/** No log grows beyond this, however young its entries are. */
const MOST_ENTRIES = 500_000;
/** A session of which nothing was heard for so long is not coming back. */
const SILENT_MS = DAY_MS;

/**
 * Does what is due at once, and then whenever something is while the process lives, which it does not keep alive. With
 * `backups` it makes the scheduled copies too. Answers how to stop it.
 */
export function startMaintenance({ backups }: { backups: boolean }): () => void {
  const holder = newId('operation');
  const round = async () => {
    try {
      await doTask(HOURLY, holder, maintain);
      if (backups) await backupIfDue(holder);
    } catch (error) {
      // Others are at work: whoever comes next, here or elsewhere, tries again.
      if (error instanceof MemoryError && error.code === 'busy') setTimeout(round, RETRY_MS).unref();
      else await logError(error, 'maintenance failed');
    }
  };
  // More often than it is due: whoever had begun may have died.
  const looking = setInterval(round, HOURLY.leaseMs).unref();
  void round();
  return () => clearInterval(looking);
}

async function maintain(): Promise<void> {
  for (const piece of pieces()) {
    // Calls of clients come in between.
    while (asMaintenance(piece) > 0) await turn();
  }
  dropLeftovers();
  scrub();
}

/** Each drops or marks a piece and answers how many rows that were; 0 when there is nothing left. */
function pieces(): (() => number)[] {
  const { historyDays, historyMegabytes, eventDays, logDays, contextVersions } = config().keep;
  const before = (days: number) => timestamp(nowMs() - days * DAY_MS);
  const historyEnd = oldHistoryEnd(before(historyDays), historyMegabytes * 1_000_000);
  return [
    () => dropHistory(historyEnd),
    () => dropOldEntries('event_log', before(eventDays), MOST_ENTRIES),
    () => dropOldEntries('update_log', before(logDays), MOST_ENTRIES),
    dropOldRequests,
    () => dropOldVersions(contextVersions),
    () => orphanSilentSessions(timestamp(nowMs() - SILENT_MS)),
  ];
}

/** What it changes of user tables is recorded like everything else. */
function asMaintenance(piece: () => number): number {
  const operation = { id: newId('operation'), sessionId: null, tool: 'maintenance', action: null };
  return withOperation(operation, () => transaction(piece));
}
