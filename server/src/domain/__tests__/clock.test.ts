import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cautiousNowMs, nowMs, putForwardMs } from '../clock.ts';

const GRACE = 60_000;
const HOUR = 3_600_000;

/** The clock of the machine and the steady one beside it, as a test sets them. */
let steady = 0;
let shift = 0;
const began = Date.now();

beforeEach(() => {
  vi.spyOn(process, 'uptime').mockImplementation(() => steady / 1_000);
  vi.spyOn(Date, 'now').mockImplementation(() => began + steady + shift);
  // Whatever an earlier test did is long ago.
  steady += HOUR;
  putForwardMs(GRACE);
  steady += HOUR;
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** How far the cautious time lies behind the clock. */
const behind = () => began + steady + shift - cautiousNowMs(GRACE);

test('a clock that goes on is believed, however seldom it is looked at', () => {
  for (const pause of [1, 1_000, 10 * HOUR]) {
    steady += pause;
    expect(behind()).toBe(0);
  }
});

test('a clock that was put forward is believed after a while', () => {
  shift += HOUR;
  expect(behind()).toBe(HOUR);
  steady += GRACE - 1;
  expect(behind()).toBe(HOUR);
  steady += 1;
  expect(behind()).toBe(0);
});

test('whoever sees it first, and soon believes it, does not hide it from those who are careful for longer', () => {
  shift += HOUR;
  expect(putForwardMs(1_000)).toBe(HOUR);
  steady += 2_000;
  expect(putForwardMs(1_000)).toBe(0);
  expect(behind()).toBe(HOUR);
});

test('what was put forward and back again is forgotten', () => {
  shift += HOUR;
  expect(behind()).toBe(HOUR);
  shift -= HOUR;
  expect(behind()).toBe(0);
});

test('a clock that was put back is believed at once', () => {
  shift -= HOUR;
  expect(behind()).toBe(0);
});

test('small corrections are none', () => {
  shift += 100;
  expect(behind()).toBe(0);
});

test('only what judges leases is cautious', () => {
  expect(nowMs()).toBeTypeOf('number');
  shift += HOUR;
  expect(putForwardMs(GRACE)).toBe(HOUR);
});
