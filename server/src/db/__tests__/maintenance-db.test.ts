import { describe, expect, test } from 'vitest';
import { timestamp, withClock } from '../../domain/clock.ts';
import { storeContext } from '../context-db.ts';
import { addEventLog } from '../event-log-db.ts';
import { finishTask, giveBackTask, historyKeptSince, type Task, takeTask } from '../maintenance-db.ts';
import { withOperation } from '../operation.ts';
import { updatePlan } from '../plan-db.ts';
import { queryAll } from '../query-helpers.ts';
import { findRequest, storeRequest } from '../request-id-db.ts';
import {
  dropHistory,
  dropOldEntries,
  dropOldRequests,
  dropOldVersions,
  oldHistoryEnd,
  orphanSilentSessions,
} from '../retention-db.ts';
import { getSession, touchSession } from '../session-db.ts';
import { undo } from '../undo.ts';
import { aPlan, aSession, countRows, refusal, withTestDatabase } from './fixtures.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-01T12:00:00.000Z');

/** Runs `fn` so many milliseconds after the start. */
const at = <T>(ms: number, fn: () => T): T => withClock(() => START + ms, fn);

const TASK: Task = { name: 'hourly', everyMs: HOUR, leaseMs: 10 * MINUTE };

describe('a task that one process does for all', () => {
  test('goes to one of those who ask, and again to one when it is due', () => {
    withTestDatabase(() => {
      expect(at(0, () => [takeTask(TASK, 'a'), takeTask(TASK, 'b')])).toEqual([true, false]);
      at(MINUTE, () => finishTask(TASK, 'a'));
      expect(at(2 * MINUTE, () => takeTask(TASK, 'b'))).toBe(false);
      expect(at(HOUR + 2 * MINUTE, () => [takeTask(TASK, 'b'), takeTask(TASK, 'a')])).toEqual([true, false]);
    });
  });

  test('is taken over from a process that has died, which cannot finish it any more', () => {
    withTestDatabase(() => {
      at(0, () => takeTask(TASK, 'dead'));
      expect(at(9 * MINUTE, () => takeTask(TASK, 'b'))).toBe(false);
      expect(at(11 * MINUTE, () => takeTask(TASK, 'b'))).toBe(true);
      at(12 * MINUTE, () => finishTask(TASK, 'dead'));
      expect(at(13 * MINUTE, () => takeTask(TASK, 'c'))).toBe(false);
    });
  });

  test('that was given back goes to whoever asks next', () => {
    withTestDatabase(() => {
      at(0, () => takeTask(TASK, 'a'));
      at(0, () => giveBackTask(TASK, 'b'));
      expect(at(1, () => takeTask(TASK, 'b'))).toBe(false);
      at(1, () => giveBackTask(TASK, 'a'));
      expect(at(2, () => takeTask(TASK, 'b'))).toBe(true);
    });
  });

  test.each([2 * DAY, -2 * DAY])('is not held up by a clock that was %d ms wrong', (wrong) => {
    withTestDatabase(() => {
      at(wrong, () => takeTask(TASK, 'a'));
      at(wrong, () => finishTask(TASK, 'a'));
      expect(at(HOUR + 1, () => takeTask(TASK, 'b'))).toBe(true);
    });
  });
});

/** Pieces until nothing is left; how many rows in all. */
function all(piece: () => number): number {
  let sum = 0;
  for (let n = piece(); n > 0; n = piece()) sum += n;
  return sum;
}

describe('what is old goes', () => {
  test('of the history by age, and undo and as_of know how far it goes back', () => {
    withTestDatabase(() => {
      const { plan } = at(0, () => aPlan());
      const session = at(0, () => aSession({ plan_id: plan.id }));
      const operation = { id: 'op_1', sessionId: session.id, tool: 't', action: 'a' };
      at(DAY, () => withOperation(operation, () => updatePlan(plan.id, { title: 'First' })));
      at(3 * DAY, () => withOperation({ ...operation, id: 'op_2' }, () => updatePlan(plan.id, { title: 'Second' })));
      expect(historyKeptSince()).toBeNull();
      const end = oldHistoryEnd(timestamp(START + 2 * DAY), 1e9);
      expect(all(() => dropHistory(end))).toBeGreaterThan(3);
      expect(queryAll('SELECT DISTINCT operation_id FROM row_history')).toEqual([{ operation_id: 'op_2' }]);
      expect(historyKeptSince()).toBe(timestamp(START + 3 * DAY));
      expect(refusal(() => undo({ sessionId: session.id })).sentence).toContain('The history goes back to');
      expect(refusal(() => undo({ since: timestamp(START) })).code).toBe('conflict');
      undo({ operationId: 'op_2' });
    });
  });

  test('of the history by size, the oldest first and whole operations', () => {
    withTestDatabase(() => {
      const { plan } = aPlan();
      const write = (n: number) =>
        withOperation({ id: `op_${n}`, sessionId: null, tool: null, action: null }, () => {
          updatePlan(plan.id, { title: `A ${n}`, description: 'x'.repeat(1_000_000) + n });
          updatePlan(plan.id, { title: `B ${n}` });
        });
      for (let n = 0; n < 5; n++) write(n);
      expect(oldHistoryEnd('2000-01-01T00:00:00.000Z', 1e9)).toBe(0);
      all(
        (
          (end) => () =>
            dropHistory(end)
        )(oldHistoryEnd('2000-01-01T00:00:00.000Z', 4_500_000)),
      );
      const left = queryAll<{ operation_id: string; n: number }>(
        'SELECT operation_id, count(*) AS n FROM row_history GROUP BY operation_id ORDER BY 1',
      );
      expect(left).toEqual([
        { operation_id: 'op_3', n: 2 },
        { operation_id: 'op_4', n: 2 },
      ]);
    });
  });

  test('of the history but for the newest, so that what is recorded next is not taken for old', () => {
    withTestDatabase(() => {
      const { plan } = at(0, () => aPlan());
      at(0, () => updatePlan(plan.id, { title: 'Last' }));
      const end = oldHistoryEnd(timestamp(START + DAY), 1e9);
      all(() => dropHistory(end));
      expect(countRows('row_history')).toBe(1);
      at(DAY, () => updatePlan(plan.id, { title: 'New' }));
      expect(dropHistory(end)).toBe(0);
      expect(countRows('row_history')).toBe(2);
    });
  });

  test('of a log by age and by number', () => {
    withTestDatabase(() => {
      for (let n = 0; n < 10; n++) at(n * DAY, () => addEventLog({ event_type: `e${n}` }));
      expect(all(() => dropOldEntries('event_log', timestamp(START + 3 * DAY), 100))).toBe(3);
      expect(all(() => dropOldEntries('event_log', timestamp(START), 4))).toBe(3);
      expect(queryAll('SELECT event_type FROM event_log ORDER BY seq')).toEqual(
        ['e6', 'e7', 'e8', 'e9'].map((event_type) => ({ event_type })),
      );
      expect(all(() => dropOldEntries('event_log', timestamp(START + 99 * DAY), 100))).toBe(4);
      expect(all(() => dropOldEntries('event_log', timestamp(START + 99 * DAY), 100))).toBe(0);
    });
  });

  test('of stored answers after a day', () => {
    withTestDatabase(() => {
      const request = { arguments_hash: 'h', operation_id: 'op_1', reply: '{}' };
      at(0, () => storeRequest({ request_id: 'r1', ...request }));
      at(2 * HOUR, () => storeRequest({ request_id: 'r2', ...request }));
      expect(at(DAY + HOUR, () => all(dropOldRequests))).toBe(1);
      expect(at(DAY + HOUR, () => [findRequest('r1'), findRequest('r2')?.request_id])).toEqual([null, 'r2']);
    });
  });

  test('of the former versions of a context item, which is recorded', () => {
    withTestDatabase(() => {
      const { plan } = aPlan();
      for (let n = 0; n < 8; n++) storeContext('plan', plan.id, 'state', { n }, { key: 'now' });
      expect(all(() => dropOldVersions(3))).toBe(4);
      expect(queryAll('SELECT version FROM context_versions ORDER BY version')).toEqual(
        [5, 6, 7].map((version) => ({ version })),
      );
      expect(countRows('row_history', { table_name: 'context_versions', after: null })).toBe(4);
    });
  });

  test('sessions that have been silent too long are marked, living ones not', () => {
    withTestDatabase(() => {
      const [silent, living] = at(0, () => [aSession(), aSession()]);
      at(23 * HOUR, () => touchSession(living.id));
      expect(all(() => orphanSilentSessions(timestamp(START + HOUR)))).toBe(1);
      expect([getSession(silent.id)?.is_orphaned, getSession(living.id)?.is_orphaned]).toEqual([1, 0]);
    });
  });
});
