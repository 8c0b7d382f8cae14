/** How rare the words of a query are, and which of them may find documents. */
import type { Term } from '../domain/search-query.ts';
import { queryAll } from './query-helpers.ts';
import { anyOf } from './search-match.ts';

/** At most so many documents are ranked by the weight of their words. */
export const RANKED = 3_000;
/** The documents of rarer words are listed at once. */
const LISTED = 1_000;
/** How far documents are counted to find out how rare a word is. */
export const COUNTED = 5_000;

/** A document and what it is worth. */
export interface Ranked {
  rid: number;
  score: number;
}

export interface CountedTerm {
  term: Term;
  count: number;
  /** The documents that hold it; null where there are too many to list. */
  holders: ReadonlySet<number> | null;
}

/** Counts the documents of each, so far as it matters. */
export function countedTerms(terms: readonly Term[]): CountedTerm[] {
  const lists = ofEach<string>('json_group_array(rid)', terms, LISTED + 1).map((rids) => JSON.parse(rids) as number[]);
  const common = terms.filter((_, index) => (lists[index]?.length ?? 0) > LISTED);
  const counts = new Map(ofEach<number>('count(*)', common, COUNTED).map((count, index) => [common[index], count]));
  return terms.map((term, index) => {
    const rids = lists[index] ?? [];
    const count = counts.get(term);
    return count === undefined ? { term, count: rids.length, holders: new Set(rids) } : { term, count, holders: null };
  });
}

/** Those that stand in fewer documents than this. */
export function rarerThan(limit: number, terms: readonly Term[]): { term: Term; count: number }[] {
  const counts = ofEach<number>('count(*)', terms, limit);
  return terms.map((term, index) => ({ term, count: counts[index] ?? 0 })).filter(({ count }) => count < limit);
}

/** For each term, what this makes of the numbers of the first documents that hold it. */
function ofEach<T>(what: string, terms: readonly Term[], limit: number): T[] {
  return queryAll<{ made: T }>(
    `SELECT (SELECT ${what} FROM
       (SELECT rowid AS rid FROM search_index WHERE search_index MATCH q.value LIMIT (? + 0))) AS made
     FROM json_each(?) q ORDER BY q.key`,
    [limit, JSON.stringify(terms.map((term) => anyOf([term])))],
  ).map(({ made }) => made);
}

/** Terms that stand in few documents, rarest first, until they have found `enough`, and the rest. What no document has is left out. */
export function byFrequency<T extends { term: Term; count: number }>(
  terms: readonly T[],
  enough = RANKED,
): { rare: Term[]; common: Term[] } {
  const sorted = terms.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
  let sum = 0;
  const rare = sorted.filter(({ count }, index) => {
    sum += count;
    return index === 0 || sum <= enough;
  });
  return { rare: rare.map(({ term }) => term), common: sorted.slice(rare.length).map(({ term }) => term) };
}
