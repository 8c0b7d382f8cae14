import { expect, test } from 'vitest';
import { VERSION } from '../../domain/version.ts';
import { queryAll, run } from '../query-helpers.ts';
import { mustSeed, recordSeed } from '../seed-versions.ts';
import { withTestDatabase } from './fixtures.ts';

test('what was never seeded must be, and after that only when it differs, each part by itself', () =>
  withTestDatabase(() => {
    expect(mustSeed('catalog', 'a')).toBe(true);
    recordSeed('catalog', 'a');
    expect(mustSeed('catalog', 'a')).toBe(false);
    expect(mustSeed('catalog', 'b')).toBe(true);
    expect(mustSeed('content', 'a')).toBe(true);
  }));

test('a part has one row, which says the hash and version of the last seeding', () =>
  withTestDatabase(() => {
    recordSeed('catalog', 'a');
    recordSeed('catalog', 'b');
    expect(queryAll('SELECT name, program_version, hash FROM seed_versions')).toEqual([
      { name: 'catalog', program_version: VERSION, hash: 'b' },
    ]);
    expect(mustSeed('catalog', 'a')).toBe(true);
  }));

test.each([
  ['a newer program', '999.0.0', false],
  ['this program', VERSION, true],
  ['an older program', '0.0.9', true],
])('what %s seeded is replaced only by one that is not older', (_who, version, expected) =>
  withTestDatabase(() => {
    recordSeed('content', 'a');
    run('UPDATE seed_versions SET program_version = ?', [version]);
    expect(mustSeed('content', 'b')).toBe(expected);
    expect(mustSeed('content', 'a')).toBe(false);
  }),
);
