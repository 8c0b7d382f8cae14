import { expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { findRequest, storeRequest } from '../request-id-db.ts';
import { countRows, refusal, withTestDatabase } from './fixtures.ts';

const DAY = 24 * 60 * 60_000;
const START = Date.parse('2026-06-15T12:00:00.000Z');

const at = <T>(ms: number, fn: () => T) => withClock(() => ms, fn);
const request = (request_id: string) => ({ request_id, arguments_hash: 'h', operation_id: 'op_1', reply: '{"a":1}' });

test('an answer is found again as it was stored', () =>
  withTestDatabase(() => {
    at(START, () => storeRequest(request('r1')));
    const stored = { ...request('r1'), created_at: '2026-06-15T12:00:00.000Z' };
    expect(at(START, () => findRequest('r1'))).toEqual(stored);
    expect(at(START, () => findRequest('R1'))).toBeNull();
  }));

test('an answer is kept for a day, to the millisecond', () =>
  withTestDatabase(() => {
    at(START, () => storeRequest(request('r1')));
    expect(at(START + DAY, () => findRequest('r1'))).not.toBeNull();
    expect(at(START + DAY + 1, () => findRequest('r1'))).toBeNull();
  }));

test('storing drops the answers whose time is over, so that an id can be used again', () =>
  withTestDatabase(() => {
    at(START, () => storeRequest(request('r1')));
    at(START + 1, () => storeRequest(request('r2')));
    at(START + DAY + 1, () => storeRequest({ ...request('r1'), reply: '{"b":2}' }));
    expect(countRows('request_ids')).toBe(2);
    expect(at(START + DAY + 1, () => findRequest('r1'))).toMatchObject({ reply: '{"b":2}' });
  }));

test('the same id twice is a conflict and an answer that is no JSON is refused', () =>
  withTestDatabase(() => {
    storeRequest(request('r1'));
    expect(refusal(() => storeRequest({ ...request('r1'), reply: '{}' })).code).toBe('conflict');
    expect(findRequest('r1')).toMatchObject({ reply: '{"a":1}' });
    expect(refusal(() => storeRequest({ ...request('r2'), reply: '{' })).code).toBe('invalid_input');
  }));
