import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSearchQuery, type Term } from '../search-query.ts';

const texts = (terms: readonly Term[]) => terms.map(({ text }) => text);

/** The parts of a query as they were typed; those that are empty are left out. */
function read(query: string): object {
  const parts = Object.entries(parseSearchQuery(query)).map(([name, terms]) => [name, texts(terms)]);
  return Object.fromEntries(parts.filter(([, terms]) => terms?.length !== 0));
}

describe('a query', () => {
  test.each([
    ['words', 'seat map', { words: ['seat', 'map'] }],
    ['stop words among others', 'what is the seat map', { words: ['seat', 'map'] }],
    ['stop words alone', 'who is it', { words: ['who', 'is', 'it'] }],
    ['a word twice', 'seat seat', { words: ['seat'] }],
    ['a quoted phrase', 'seat "deck plan"', { words: ['seat'], required: ['deck plan'] }],
    ['a quoted word', '"the"', { required: ['the'] }],
    ['the beginning of a word', 'harb* seat', { words: ['harb*', 'seat'] }],
    ['an excluded word', 'seat -map', { words: ['seat'], excluded: ['map'] }],
    ['an excluded phrase', 'seat -"deck plan"', { words: ['seat'], excluded: ['deck plan'] }],
    ['a flag of a command', 'npm --json', { words: ['npm', 'json'] }],
    ['a dash alone', 'seat - map', { words: ['seat', 'map'] }],
    ['a quote that does not close', 'seat "deck plan', { words: ['seat', 'deck', 'plan'] }],
    ['an empty quote', '"" seat', { words: ['seat'] }],
    ['a file name', 'plan-db.ts', { words: ['plan', 'db', 'ts'], compounds: ['plan-db.ts'] }],
    ['operators of the engine', 'a1 AND b1 NEAR(c1)', { words: ['a1', 'b1', 'NEAR', 'c1'], compounds: ['NEAR(c1)'] }],
    ['a column', 'title:seat', { words: ['title', 'seat'], compounds: ['title:seat'] }],
    ['a word without spaces', '日本語', { words: ['日本語'] }],
    [
      'a sentence without spaces',
      '日本語の案内',
      {
        words: ['日本', '本語', '語の', 'の案', '案内'],
        compounds: ['日本語の案内'],
      },
    ],
    ['punctuation alone', '*** -- "" ?!', {}],
    ['emoji', '😀 🚢', {}],
    ['nothing', '', {}],
  ])('of %s', (_what, query, parts) => {
    expect(read(query)).toEqual(parts);
  });

  test('an identifier is looked for whole and by its parts', () => {
    expect(parseSearchQuery('getPlanById').words[0]?.anyOf).toEqual([
      { tokens: ['getPlanById'], prefix: false },
      { tokens: ['get', 'Plan', 'By', 'Id'], prefix: false },
    ]);
  });

  test('of any text has at most 32 terms of a sort, and no token that is not letters and digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        for (const terms of Object.values(parseSearchQuery(text.repeat(5))) as (readonly Term[])[]) {
          expect(terms.length).toBeLessThanOrEqual(32);
          for (const { tokens } of terms.flatMap(({ anyOf }) => anyOf)) {
            expect(tokens.length).toBeGreaterThan(0);
            for (const token of tokens) expect(token).toMatch(/^[\p{L}\p{N}\p{M}\p{Co}]+$/u);
          }
        }
      }),
    );
  });
});
