import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from '../glob.ts';
import { findOverlap } from '../glob-overlap.ts';

const overlap = (a: string, b: string) => findOverlap([a], [b]) !== null;

describe('two patterns overlap', () => {
  test.each([
    ['src/a.ts', 'src/a.ts'],
    ['src/**', 'src/db/a.ts'],
    ['src/db', 'src/db/a.ts'],
    ['src/db/', 'src/**/a.ts'],
    ['etc/conf.d/', 'etc/conf.d/a.conf'],
    ['.github', '.github/workflows/a.yml'],
    ['**/*.test.ts', 'src/a.test.ts'],
    ['src/*.ts', 'src/a?.ts'],
    ['src/{a,b}.ts', 'src/{b,c}.ts'],
    ['src/{a,{b,c/d}}.ts', 'src/c/d.ts'],
    ['docs/x.md, src/a.ts', 'src/a.ts'],
    ['README.md', 'docs/README.md'],
    ['.', 'anything/at/all'],
    ['./src/a.ts', 'src\\a.ts'],
    ['SRC/A.ts', 'src/a.ts'],
    ['/home/me/project/src/a.ts', 'src/a.ts'],
    ['C:\\project\\src\\a.ts', 'src/*.ts'],
    ['app/[id]/page.tsx', 'app/[slug]/page.tsx'],
    ['src/[ab].ts', 'src/a.ts'],
    ['!src/a.ts', 'docs/b.md'],
    ['src/@(a|b/c).ts', 'docs/b.md'],
    ['src/../docs/b.md', 'docs/b.md'],
    ['src/{a', 'docs/b.md'],
    ['src/{a..c}.ts', 'src/b.ts'],
    ['a/{a..,aa}', 'a/a'],
    ['app/\\[id\\]/page.ts', 'app/[id]/page.ts'],
    ['app/\\(shop\\)/page.ts', 'app/(shop)/page.ts'],
    ['app\\[id]\\page.ts', 'app/[id]/page.ts'],
    ['src/\\{a,b\\}.ts', 'src/{a,b}.ts'],
    ['docs/?.md', 'docs/İ.md'],
    ['docs/?.md', 'docs/ß.md'],
    ['docs/STRASSE.md', 'docs/straße.md'],
    ['docs/\u00e9.md', 'docs/e\u0301.md'],
    ['docs/?.md', 'docs/e\u0301.md'],
    ['docs/e*.md', 'docs/e\u0301.md'],
    ['docs/ΑΣ*.md', 'docs/ασκ.md'],
    ['\u017f.md', 's.md'],
    ['~/repo/a.ts', '/home/u/repo/a.ts'],
    ['~/repo/src/a.ts', 'src/a.ts'],
    ['~me/repo/a.ts', '~/repo/a.ts'],
    ['~', 'src/a.ts'],
    ['$ROOT/src/a.ts', 'src/a.ts'],
    ['$ROOT', 'src/a.ts'],
    [`\${HOME}`, '/home/u/a.ts'],
    ['%HOME%', 'src/*.ts'],
    ['%USERPROFILE%\\repo\\a.ts', 'a.ts'],
    ['file:///repo/src/a.ts', 'src/a.ts'],
    ['src/a.ts:10', 'src/a.ts'],
    ['src/a.ts#L10', 'src/a.ts'],
  ])('%s and %s', (a, b) => {
    expect([overlap(a, b), overlap(b, a)]).toEqual([true, true]);
  });
});

describe('two patterns are apart', () => {
  test.each([
    ['src/a.ts', 'src/b.ts'],
    ['src/db/**', 'src/mcp/**'],
    ['src/*.ts', 'src/*.md'],
    ['src/*.ts', 'src/db/a.ts'],
    ['src/{a,b}.ts', 'src/{c,d}.ts'],
    ['src/a?.ts', 'src/a.ts'],
    ['**/*.md', 'src/a.ts'],
    ['*.md', 'docs/a.ts'],
    ['src/a.ts/', 'src/a.js/b'],
    ['src/database.ts', 'src/data'],
    ['/home/me/project/src/a.ts', '/home/me/project/src/b.ts'],
    ['app/\\[id\\]/page.ts', 'app/[id]/layout.ts'],
    ['docs/a?.md', 'docs/é.md'],
    ['~/repo/a.ts', '/home/u/repo/b.ts'],
    ['routes/$id.tsx', 'routes/$slug.tsx'],
    ['$id.tsx', '$slug.tsx'],
    ['src/$ROOT/a.ts', 'src/db/a.ts'],
  ])('%s and %s', (a, b) => {
    expect([overlap(a, b), overlap(b, a)]).toEqual([false, false]);
  });
});

test('the two that meet are named as they were given', () => {
  expect(findOverlap(['docs/**', 'src/{a,b}/**'], ['test/**', 'src/b/x.ts'])).toEqual({
    one: 'src/{a,b}/**',
    other: 'src/b/x.ts',
  });
  expect(findOverlap([], ['src/**'])).toBeNull();
});

test('whatever path two patterns both match, they overlap', () => {
  const segment = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), minLength: 1, maxLength: 4 });
  const braces = fc.array(segment, { minLength: 1, maxLength: 3 }).map((ways) => `{${ways.join(',')}}`);
  const part = fc.oneof({ weight: 5, arbitrary: segment }, { weight: 1, arbitrary: braces }, fc.constant('**'));
  const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 3 });
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  let met = 0;
  fc.assert(
    fc.property(pattern, pattern, path, (one, other, file) => {
      if (!matchesGlob(one, file) || !matchesGlob(other, file)) return;
      met += 1;
      expect(overlap(one, other), `${one} and ${other} on ${file}`).toBe(true);
    }),
    { numRuns: 20_000 },
  );
  expect(met).toBeGreaterThan(0);
});

test('lists made to take long are answered soon, with yes', () => {
  const hostile = Array.from({ length: 100 }, (_, i) => `${'*a?*'.repeat(200)}${i}/`.repeat(1));
  const folders = Array.from({ length: 100 }, (_, i) => `${'a/**/'.repeat(180)}z${i}`);
  expect(findOverlap(hostile, folders)).not.toBeNull();
  expect(findOverlap(['{a,b}'.repeat(30)], ['z/z'])).not.toBeNull();
  expect(findOverlap(['x'.repeat(4_000)], ['z/z'])).not.toBeNull();
});
