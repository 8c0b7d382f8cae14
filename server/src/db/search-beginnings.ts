/** How documents begin: a title and the first lines tell what a text is about, the rest of a long one only what it touches. */
import type { Term } from '../domain/search-query.ts';
import { identifierParts, letterPairs, unspacedRuns, wordsOf } from '../domain/search-text.ts';
import { stem } from '../domain/synonyms.ts';
import { queryAll } from './query-helpers.ts';

/** Characters of the body. */
const BEGINNING = 1_000;
/** What a word counts for that stands not in the title, but soon after it. */
const AFTER_TITLE = 0.8;

export interface Beginning {
  rid: number;
  title: string;
  body: string;
}

export function beginningsOf(rids: readonly number[]): Beginning[] {
  return queryAll<Beginning>(
    `SELECT rid, title, substr(body, 1, ${BEGINNING}) AS body FROM search_documents
     WHERE rid IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(rids)],
  );
}

/** For each of these documents, the share of the terms that it says at its beginning, from 0 to 1. */
export function sharesSaidEarly(terms: readonly Term[], rids: readonly number[]): Map<number, number> {
  const shares = beginningsOf(rids).map(({ rid, title, body }): [number, number] => {
    const inTitle = stemsOf(title);
    const after = stemsOf(body);
    const counts = terms.map((term) => (says(inTitle, term) ? 1 : says(after, term) ? AFTER_TITLE : 0));
    return [rid, counts.reduce<number>((sum, count) => sum + count, 0) / Math.max(1, terms.length)];
  });
  return new Map(shares);
}

/** Of a phrase that its words are there; whether they follow each other, the index has found out. */
function says(stems: ReadonlySet<string>, { anyOf }: Term): boolean {
  return anyOf.some(({ tokens, prefix }) => {
    const words = tokens.map((token) => token.toLowerCase());
    const begun = prefix ? words.pop() : undefined;
    const isBegun = begun === undefined || [...stems].some((word) => word.startsWith(begun));
    return isBegun && words.every((word) => stems.has(stem(word)));
  });
}

function stemsOf(text: string): Set<string> {
  const words = wordsOf(text);
  const all = [...words, ...words.flatMap(identifierParts), ...unspacedRuns(text).flatMap(letterPairs)];
  return new Set(all.map((word) => stem(word.toLowerCase())));
}
