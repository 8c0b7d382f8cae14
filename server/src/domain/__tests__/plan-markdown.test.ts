import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fieldOf,
  headingOfName,
  nameOfHeading,
  oneLine,
  phaseNamer,
  taskOf,
  unwrapVerbatim,
  wrapVerbatim,
} from '../plan-markdown.ts';
import { linesOf, textOf } from '../plan-markdown-lines.ts';

describe('taskOf', () => {
  test.each([
    ['  a  ', 'a'],
    ['a\r\n  b', 'a\nb'],
    ['a\nb\n# c', 'a b # c'],
    ['a\n\nb', 'a b'],
    ['a\n2. b', 'a\n2. b'],
    ['a\n1. b', 'a 1. b'],
    ['', '(no text)'],
    ['\n \t\n', '(no text)'],
  ])('%j is %j', (text, task) => {
    expect(taskOf(text)).toBe(task);
  });

  test('is the task of itself', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '\n', '\n', ' ', '- ', '1. ', '#', '=', '|', '-', '```', '> ', '<b>', '\t', '[ ] '),
    });
    fc.assert(
      fc.property(text, (any) => {
        expect(taskOf(taskOf(any))).toBe(taskOf(any));
      }),
      { numRuns: 500 },
    );
  });
});

describe('names', () => {
  test('each phase gets one of its own', () => {
    const nameFor = phaseNamer();
    expect(['P', 'P', 'P (2)', 'P', ' p ', '', 'Work', 'a\n b'].map(nameFor)).toEqual([
      ...['P', 'P (2)', 'P (2) (2)', 'P (3)', 'p', 'Work', 'Work (2)', 'a b'],
    ]);
  });

  test('come back from their headings, and no heading of a name is a section', () => {
    const name = fc
      .string({ unit: fc.constantFrom('\\', 'Goals', 'goal', 'Success criteria', ':', '*', 'a', ' ') })
      .map(oneLine);
    fc.assert(
      fc.property(name, (any) => {
        expect(nameOfHeading(headingOfName(any))).toBe(any);
        expect(fieldOf(headingOfName(any))).toBeNull();
      }),
    );
  });
});

describe('verbatim blocks', () => {
  test('hold any text', () => {
    const text = fc
      .string({
        unit: fc.constantFrom('a', '\n', '`', '```', '````', ' ', '\t', '~~~', 'verbatim', '```verbatim\n'),
      })
      .map((any) => textOf(linesOf(any)))
      .filter((any) => any !== null);
    fc.assert(
      fc.property(text, (any) => {
        expect(unwrapVerbatim(wrapVerbatim(any))).toBe(any);
      }),
      { numRuns: 500 },
    );
  });

  test('are plain text unless they are all there is', () => {
    for (const text of [
      '```verbatim\na',
      '```verbatim\na\n```\nb',
      'a\n```verbatim\nb\n```',
      '```verbatim x\na\n```',
      '~~~verbatim\na\n~~~',
    ]) {
      expect(unwrapVerbatim(text)).toBe(text);
    }
    expect(unwrapVerbatim('```verbatim\n\n```')).toBeNull();
  });
});
