import { expect, test } from 'vitest';
import { dateWords, excerpt, identifierParts, letterPairs, searchParts, unspacedRuns } from '../search-text.ts';

test.each([
  ['getPlanById', ['get', 'Plan', 'By', 'Id']],
  ['HTTPServer', ['HTTP', 'Server']],
  ['parseURL', ['parse', 'URL']],
  ['utf8Decoder', ['utf8', 'Decoder']],
  ['SQLITE', ['SQLITE']],
  ['plain', ['plain']],
])('%s falls into its parts', (word, parts) => {
  expect(identifierParts(word)).toEqual(parts);
});

test('letters of scripts without spaces come in overlapping pairs, the last one alone too', () => {
  expect(letterPairs('日本語')).toEqual(['日本', '本語', '語']);
  expect(letterPairs('𠮷野家')).toEqual(['𠮷野', '野家', '家']);
  expect(unspacedRuns('see 東京タワー and 서울 too')).toEqual(['東京タワー', '서울']);
});

test('the parts of a text are its identifiers and runs, each once, and nothing else', () => {
  expect(searchParts('Call getPlanById in plan-db.ts, then getPlanById again')).toBe('get Plan By Id');
  expect(searchParts('SQLITE_BUSY and plain words')).toBe('');
  expect(searchParts('予約 and 予約')).toBe('予約 約');
});

test('a time is found by its date, its month and its day', () => {
  expect(dateWords('2026-02-13T09:00:00.000Z')).toBe('2026-02-13 February Friday');
});

test('an excerpt is one line, cut between words, and never in the middle of a letter', () => {
  expect(excerpt('short\n  text', 40)).toBe('short text');
  expect(excerpt('some words that go on', 12)).toBe('some words');
  expect(excerpt('x'.repeat(50), 10)).toBe('x'.repeat(10));
  expect(excerpt('😀'.repeat(20), 9)).toBe('😀'.repeat(4));
});
