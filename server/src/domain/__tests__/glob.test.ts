import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from '../glob.ts';

describe('matchesGlob', () => {
  test.each([
    ['**/*', 'README.md'],
    ['**/*', 'src/deep/down/file.ts'],
    ['**', 'src/file.ts'],
    ['src/**', 'src/a/b.ts'],
    ['src/**/*.ts', 'src/a.ts'],
    ['src/**/*.ts', 'src/a/b/c.ts'],
    ['**/mvc/**,**/controllers/**', 'app/controllers/user.py'],
    ['**/servicer*', 'grpc/servicer_v1.py'],
    ['migrations/**', 'migrations/001.sql'],
    ['src/?.ts', 'src/a.ts'],
    ['src/{a,b}.ts', 'src/b.ts'],
    ['{src,test}/**/*.{ts,tsx}', 'test/x/y.tsx'],
    ['{src/{a,b},lib}/x', 'src/b/x'],
    ['app/[id]/page.tsx', 'app/[id]/page.tsx'],
    ['a(b)+!c$.ts', 'a(b)+!c$.ts'],
  ])('%s matches %s', (patterns, path) => {
    expect(matchesGlob(patterns, path)).toBe(true);
  });

  test.each([
    ['src/*.ts', 'src/a/b.ts'],
    ['src/?', 'src//'],
    ['src/**/*.ts', 'lib/a.ts'],
    ['src/a?b', 'src/a/b'],
    ['a**b', 'a/b'],
    ['*.TS', 'a.ts'],
    ['app/[id]/page.tsx', 'app/i/page.tsx'],
    ['+(a)', 'aa'],
    ['!a', 'b'],
    ['src/', 'src/a.ts'],
  ])('%s does not match %s', (patterns, path) => {
    expect(matchesGlob(patterns, path)).toBe(false);
  });

  test('a pattern without a slash matches the last segment at any depth', () => {
    expect(matchesGlob('*.ts', 'src/deep/a.ts')).toBe(true);
    expect(matchesGlob('Makefile', 'a/b/Makefile')).toBe(true);
    expect(matchesGlob('src', 'src/a.ts')).toBe(false);
  });

  test('slashes go either way in pattern and path, and a leading ./ or / counts for nothing', () => {
    expect(matchesGlob('src\\**\\*.ts', 'src/a/b.ts')).toBe(true);
    expect(matchesGlob('src/**/*.ts', '.\\src\\a\\b.ts')).toBe(true);
    expect(matchesGlob('./src/*', '/src/a')).toBe(true);
    expect(matchesGlob('/src//*', './src/a/')).toBe(true);
  });

  test('dot files are files like any other', () => {
    expect(matchesGlob('**/*', '.github/.env')).toBe(true);
    expect(matchesGlob('*.yml', '.travis.yml')).toBe(true);
  });

  test('commas outside braces separate patterns, blanks around them do not count', () => {
    expect(matchesGlob('*.py , src/{a,b}/*.ts', 'src/b/x.ts')).toBe(true);
    expect(matchesGlob('*.py , src/{a,b}/*.ts', 'lib/x.py')).toBe(true);
    expect(matchesGlob('{a}', '{a}')).toBe(true);
  });

  test('empty patterns and empty paths match nothing', () => {
    for (const patterns of ['', ' ', ',', ' , ,', '/', './']) expect(matchesGlob(patterns, 'a')).toBe(false);
    for (const path of ['', '/', './']) expect(matchesGlob('**', path)).toBe(false);
  });

  test('a pattern above 1,000 characters matches nothing, its neighbours in the list still do', () => {
    expect(matchesGlob('*'.repeat(1001), 'a')).toBe(false);
    expect(matchesGlob(`${'*'.repeat(1001)},a`, 'a')).toBe(true);
  });

  test.each([
    '*a'.repeat(400),
    `${'**/a/'.repeat(199)}b`,
    `${'{a,*}'.repeat(150)}b`,
    `${'{'.repeat(300)}a,b${'}'.repeat(300)}`,
    `${'{a,'.repeat(240)}b${'}'.repeat(240)}`,
    '+(+(+(a)))'.repeat(50),
    '(a*)*'.repeat(100),
  ])('a hostile pattern is answered at once (%#)', (pattern) => {
    expect(matchesGlob(pattern, 'a/'.repeat(500))).toBeTypeOf('boolean');
    expect(matchesGlob(pattern, 'a'.repeat(255))).toBeTypeOf('boolean');
  });

  test('a pattern with more wildcards than can be followed in time matches nothing', () => {
    expect(matchesGlob('*a*b*c', 'xaybzc')).toBe(true);
    expect(matchesGlob('*a*b*c*', 'xaybzc')).toBe(false);
    expect(matchesGlob('**/a/**/b/**/c', 'a/b/c')).toBe(true);
    expect(matchesGlob('**/a/**/b/**/c/**/d', 'a/b/c/d')).toBe(false);
  });

  test('never throws, whatever the pattern and the path', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom(...'{},*/?\\ab.'.split('')) }),
        (one, other) => {
          matchesGlob(one, other);
          matchesGlob(other, one);
        },
      ),
    );
  });
});
