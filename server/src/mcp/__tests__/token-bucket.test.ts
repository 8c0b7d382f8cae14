import { expect, test } from 'vitest';
import { TokenBucket } from '../token-bucket.ts';

const takes = (bucket: TokenBucket, count: number, at: number) => Array.from({ length: count }, () => bucket.take(at));

test('gives its burst at once, and then says how long the next one takes', () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 4 }, 0);
  expect(takes(bucket, 5, 0)).toEqual([0, 0, 0, 250, 250]);
  expect(bucket.take(100)).toBeCloseTo(150);
  expect(bucket.take(250)).toBe(0);
});

test('fills up with time, never beyond the burst', () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 4 }, 0);
  takes(bucket, 3, 0);
  expect(takes(bucket, 3, 500)).toEqual([0, 0, 250]);
  expect(takes(bucket, 5, 3_600_000)).toEqual([0, 0, 0, 250, 250]);
});

test('whoever asks without end gets what the rate says, no more and no less', () => {
  const bucket = new TokenBucket({ burst: 10, perSecond: 5 }, 0);
  const given = Array.from({ length: 100_000 }, (_, ms) => bucket.take(ms)).filter((wait) => wait === 0);
  expect(given).toHaveLength(10 + 5 * 100 - 1);
});
