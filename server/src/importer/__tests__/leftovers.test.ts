import { describe, expect, test } from 'vitest';
import { leftoversOf, withLeftovers } from '../leftovers.ts';
import { renderReport, Tally, toReport } from '../report.ts';
import { firstTime, listJson, textOrNull, timeOrNull, type UnknownWord, wordOf } from '../values.ts';

describe('leftovers', () => {
  const element = { task: 'Bake', status: 'skipped', extra: [1], __proto__: undefined };
  const rendered = { task: 'Bake', status: 'pending', type: 'standard' };
  const left = leftoversOf(element, rendered);

  test('hold what no column says, and nothing else', () => {
    expect(left).toEqual({
      rest: { extra: [1] },
      said: { status: { as: 'pending', said: 'skipped' }, type: { as: 'standard' } },
    });
    expect(leftoversOf(rendered, rendered)).toBeNull();
  });

  test('give the element again', () => {
    expect(withLeftovers(rendered, left ?? {})).toEqual({ task: 'Bake', status: 'skipped', extra: [1] });
  });

  test('yield to what was changed since', () => {
    expect(withLeftovers({ ...rendered, status: 'done', type: 'fix', extra: 2 }, left ?? {})).toEqual({
      task: 'Bake',
      status: 'done',
      type: 'fix',
      extra: 2,
    });
  });
});

describe('values', () => {
  test.each([
    ['2026-02-10T09:46:51.89Z', '2026-02-10T09:46:51.890Z'],
    ['2026-02-10T09:46:51+02:00', '2026-02-10T07:46:51.000Z'],
    ['2026-02-10 09:46', '2026-02-10T09:46:00.000Z'],
    ['2026-02-10', '2026-02-10T00:00:00.000Z'],
    ['2026-01-02T08:00:00.123456789Z', '2026-01-02T08:00:00.123Z'],
    ['2026-02-30T99:00:00.000Z', null],
    ['ISO timestamp', null],
    ['', null],
    [null, null],
  ])('the time %s is stored as %s', (said, stored) => {
    expect(timeOrNull(said)).toBe(stored);
  });

  test('a date that is missing is looked for further on', () => {
    expect(firstTime(undefined, 'soon', () => '2026-01-01T00:00:00.000Z')).toBe('2026-01-01T00:00:00.000Z');
  });

  test('text is well-formed, without U+0000, and never cut inside a character', () => {
    expect(textOrNull('a\u0000b\uD800')).toBe('a\uFFFDb\uFFFD');
    expect(textOrNull('ab🍞', 3)).toBe('ab');
    expect(textOrNull(7)).toBeNull();
    expect(listJson(['a', 7, null])).toBe('["a","7","null"]');
  });

  test('a word is itself, another name of one, or the default that is reported', () => {
    const heard: UnknownWord[] = [];
    const word = (value: unknown) =>
      wordOf(['low', 'high'], value, 'low', {
        field: 'priority',
        names: { top: 'high' },
        unknown: (it) => heard.push(it),
      });
    expect(['high', 'top', 'constructor', undefined].map(word)).toEqual(['high', 'high', 'low', 'low']);
    expect(heard).toEqual([{ field: 'priority', said: 'constructor', became: 'low' }]);
  });
});

test('a report adds up the tallies, and only an error makes it not ok', () => {
  const [one, two] = [new Tally('a/'), new Tally('b/')];
  one.count('steps', 'new', 2);
  two.count('steps', 'unchanged');
  two.skip({ kind: 'files', path: 'x.png', reason: 'no text', error: false });
  const head = { format: 'legacy', source: '/data', dry_run: false, workspaces: ['a', 'b'] };
  const report = toReport(head, [one, two]);
  expect(report.kinds).toEqual({
    files: { found: 1, new: 0, updated: 0, unchanged: 0, conflicts: 0, skipped: 1 },
    steps: { found: 3, new: 2, updated: 0, unchanged: 1, conflicts: 0, skipped: 0 },
  });
  expect(report.ok).toBe(true);
  expect(renderReport(report)).toContain('  files: b/x.png: no text');
  two.skip({ kind: 'plans', path: 'y', reason: 'broken', error: true });
  expect(toReport(head, [one, two]).ok).toBe(false);
});
