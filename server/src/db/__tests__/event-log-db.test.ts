import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { addEventLog, cleanupOldEvents, getEventsSince, getRecentEvents } from '../event-log-db.ts';
import { deletePlan } from '../plan-db.ts';
import { aPlan, countRows, refusal, withTestDatabase } from './fixtures.ts';

const DAY = 24 * 60 * 60_000;
const NOW = Date.parse('2026-06-15T12:00:00.000Z');

const at = <T>(ms: number, fn: () => T) => withClock(() => ms, fn);
const add = (event_type: string, ms: number) => at(ms, () => addEventLog({ event_type }));
const types = (events: { event_type: string }[]) => events.map(({ event_type }) => event_type);

describe('addEventLog', () => {
  test('an event says everything that is given and null for the rest', () =>
    withTestDatabase(() => {
      const event = {
        id: 'evt_old',
        event_type: 'plan_created',
        workspace_id: 'ws_1',
        plan_id: 'plan_1',
        step_id: 'step_1',
        session_id: 'sess_1',
        agent_type: 'Executor',
        tool: 'memory_plan',
        created_at: '2020-01-01T00:00:00.000Z',
      };
      addEventLog({ ...event, data: { a: 1 } });
      at(0, () => addEventLog({ event_type: 'started' }));
      const [first, second] = getRecentEvents();
      expect(first).toMatchObject({ ...event, data: '{"a":1}' });
      expect(second).toMatchObject({ workspace_id: null, data: null, created_at: '1970-01-01T00:00:00.000Z' });
      expect(second?.id).toMatch(/^evt_/);
    }));

  test('events outlive what they speak of, and are no history', () =>
    withTestDatabase(() => {
      const { plan } = aPlan();
      const history = countRows('row_history');
      addEventLog({ event_type: 'plan_created', plan_id: plan.id });
      expect(countRows('row_history')).toBe(history);
      deletePlan(plan.id);
      expect(getRecentEvents()).toMatchObject([{ plan_id: plan.id }]);
    }));

  test('refuses an empty or overlong type, a time in another form and an id twice', () =>
    withTestDatabase(() => {
      for (const event_type of ['', 'x'.repeat(101)]) {
        expect(refusal(() => addEventLog({ event_type })).code).toBe('invalid_input');
      }
      expect(refusal(() => addEventLog({ event_type: 'x', created_at: 'now' })).code).toBe('invalid_input');
      addEventLog({ event_type: 'x', id: 'evt_1' });
      expect(refusal(() => addEventLog({ event_type: 'y', id: 'evt_1' })).code).toBe('conflict');
      expect(countRows('event_log')).toBe(1);
    }));
});

describe('getRecentEvents, getEventsSince', () => {
  test('the recent ones come newest first, those since a time oldest first, in the order they happened', () =>
    withTestDatabase(() => {
      for (const [type, ms] of [
        ['b', 2],
        ['a', 1],
        ['c', 2],
        ['d', 3],
      ] as const)
        add(type, ms);
      expect(types(getRecentEvents())).toEqual(['d', 'c', 'b', 'a']);
      expect(types(getRecentEvents(2))).toEqual(['d', 'c']);
      expect(types(getEventsSince('1970-01-01T00:00:00.001Z'))).toEqual(['b', 'c', 'd']);
      expect(types(getEventsSince('1970-01-01T00:00:00.003Z'))).toEqual([]);
    }));

  test('fifty are enough unless more is asked for', () =>
    withTestDatabase(() => {
      for (let n = 0; n < 60; n++) add('x', n);
      expect(getRecentEvents()).toHaveLength(50);
      expect(getRecentEvents(100)).toHaveLength(60);
    }));
});

describe('cleanupOldEvents', () => {
  test('drops what is older than thirty days, to the millisecond, and answers how many', () =>
    withTestDatabase(() => {
      add('old', NOW - 30 * DAY - 1);
      add('older', 0);
      add('edge', NOW - 30 * DAY);
      add('new', NOW);
      expect(at(NOW, () => cleanupOldEvents())).toBe(2);
      expect(types(getRecentEvents())).toEqual(['new', 'edge']);
      expect(at(NOW, () => cleanupOldEvents())).toBe(0);
      expect(at(NOW + 1, () => cleanupOldEvents())).toBe(1);
    }));

  test('takes another age in days', () =>
    withTestDatabase(() => {
      for (const days of [0, 1, 2, 3]) add(`${days}`, NOW - days * DAY);
      expect(at(NOW, () => cleanupOldEvents(2))).toBe(1);
      expect(at(NOW, () => cleanupOldEvents(0.5))).toBe(2);
      expect(types(getRecentEvents())).toEqual(['0']);
    }));
});
