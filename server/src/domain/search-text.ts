/**
 * What the search index needs beside the text itself, because its tokenizer only splits at what is neither letter nor digit:
 * the parts of identifiers (`getPlanById` → get plan by id), the pairs of letters in scripts that are written without spaces,
 * and dates as words.
 */

/** Scripts in which words are not separated, or are separated otherwise than people search for them. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]+/gu;

/** Words of the tokenizer: runs of letters, digits and the marks on them. */
const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** Identifiers are written in ASCII; the classes of Unicode would cost more than the rest of an insert. */
const ASCII_WORD = /[A-Za-z0-9]+/g;

/** Where a word in mixed case falls into parts: `aB`, `HTTPServer`; digits stay with what they follow. */
const SEAM = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;

const MAX_IDENTIFIER = 200;

/** The words of a text as the index splits it, in order. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** The parts of one word; a word in one case is its own only part. */
export function identifierParts(word: string): string[] {
  return word.length > MAX_IDENTIFIER ? [word] : word.split(SEAM);
}

/** 日本語 → 日本, 本語, 語: overlapping pairs, and the last letter, so that a single one is found anywhere by its start. */
export function letterPairs(run: string): string[] {
  const letters = [...run];
  return letters.map((letter, index) => letter + (letters[index + 1] ?? ''));
}

/** The runs of such scripts in a text. */
export function unspacedRuns(text: string): string[] {
  return text.match(UNSPACED) ?? [];
}

/** The tokenised copy of what the tokenizer does not split: a line for each identifier and run, each only once. */
export function searchParts(text: string): string {
  const parts = new Set<string>();
  for (const word of text.match(ASCII_WORD) ?? []) {
    if (SEAM.test(word)) parts.add(identifierParts(word).join(' '));
  }
  for (const run of unspacedRuns(text)) parts.add(letterPairs(run).join(' '));
  return [...parts].join('\n');
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** A stored time in words: `2026-02-13 February Friday`. */
export function dateWords(at: string): string {
  const date = new Date(at);
  return `${at.slice(0, 10)} ${MONTHS[date.getUTCMonth()] ?? ''} ${DAYS[date.getUTCDay()] ?? ''}`;
}

/** The beginning of a text on one line, at most `max` characters, cut between words where that is possible. */
export function excerpt(text: string, max: number): string {
  const line = text
    .slice(0, max * 4)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= max) return line;
  const end = line.lastIndexOf(' ', max);
  return line.slice(0, end > max / 2 ? end : max).replace(/[\uD800-\uDBFF]$/, '');
}
