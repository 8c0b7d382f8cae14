import fc from 'fast-check';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { firstSentences, type Packed, type Piece, pack } from '../briefing.ts';

const SECTIONS = ['step', 'notes', 'context'];
const count = (text: string) => countTokens(text, { disallowedSpecial: new Set() });

const PIECE: fc.Arbitrary<Piece> = fc.record(
  {
    section: fc.constantFrom(...SECTIONS),
    texts: fc.tuple(
      fc.oneof(fc.lorem({ maxCount: 30 }), fc.string({ unit: 'grapheme', maxLength: 200 })),
      fc.lorem({ maxCount: 3 }),
    ),
    partial: fc.boolean(),
    source: fc.string({ minLength: 1, maxLength: 20 }),
  },
  { requiredKeys: ['section', 'texts', 'source'] },
);

const HEAD = 'Plan plan_0123456789ab';

function packed(pieces: readonly Piece[], max: number): Packed {
  return pack({ heads: [`${HEAD} ${'a long title '.repeat(20)}`, HEAD], pieces, sections: SECTIONS, max, count });
}

const ANY = [fc.array(PIECE, { maxLength: 25 }), fc.integer({ min: 30, max: 600 })] as const;

test('the text has never more tokens than it may have, and begins with a head', () => {
  fc.assert(
    fc.property(...ANY, (pieces, max) => {
      const { text, tokens } = packed(pieces, max);
      expect(tokens).toBe(count(text));
      expect(tokens).toBeLessThanOrEqual(max);
      expect(text.startsWith(HEAD)).toBe(true);
    }),
  );
});

test('every piece stands in the text whole, or is listed as left out, at least in part', () => {
  fc.assert(
    fc.property(...ANY, (pieces, max) => {
      const { text, left_out } = packed(pieces, max);
      for (const { section, texts, source, partial = false } of pieces) {
        const listed = left_out.find((entry) => entry.section === section)?.sources.includes(source) ?? false;
        expect(listed || (!partial && text.includes(`- ${texts[0]}`))).toBe(true);
      }
    }),
  );
});

test('the same pieces give the same text', () => {
  fc.assert(
    fc.property(...ANY, (pieces, max) => {
      expect(packed(pieces, max)).toEqual(packed(pieces, max));
    }),
  );
});

test('a better piece is never left out for one that is worse and no shorter', () => {
  const piece = (n: number): Piece => ({
    section: 'notes',
    texts: [`note ${n} ${'word '.repeat(20)}`],
    source: `n${n}`,
  });
  const { text, left_out } = packed(
    Array.from({ length: 40 }, (_, n) => piece(n)),
    200,
  );
  const shown = [...text.matchAll(/- note (\d+)/g)].map(([, n]) => Number(n));
  expect(shown.length).toBeGreaterThan(2);
  expect(shown).toEqual(shown.map((_, n) => n));
  expect(left_out).toEqual([
    { section: 'notes', sources: Array.from({ length: 40 }, (_, n) => `n${n}`).slice(shown.length) },
  ]);
  expect(text).toMatch(/left out: notes n\d+, .* more$/);
});

test.each([
  ['One. Two. Three.', 10, 'One. Two.'],
  ['One. Two. Three.', 100, 'One. Two. Three.'],
  ['One. Two.', 3, undefined],
  ['No end at all', 5, undefined],
  ['Dr. Who came? Yes!', 14, 'Dr. Who came?'],
  ['', 5, undefined],
])('the first sentences of %j within %i characters are %j', (text, max, expected) => {
  expect(firstSentences(text, max)).toBe(expected);
});
