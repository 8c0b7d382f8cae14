/** What may be an answer: the documents that hold words of the query, and how rare these words are. */
import type { SearchQuery, Term } from '../domain/search-query.ts';
import { queryAll } from './query-helpers.ts';
import { allOf, anyOf, COLUMN_WEIGHTS, restricted } from './search-match.ts';
import type { Conditions } from './search-scope.ts';

/** At most so many documents are ranked by the weight of their words. */
const RANKED = 3_000;
/** How far documents are counted to find out how rare a word is. */
export const COUNTED = 5_000;

/** A document and what it is worth. */
export interface Ranked {
  rid: number;
  score: number;
}

export function byScore(a: Ranked, b: Ranked): number {
  return b.score - a.score || a.rid - b.rid;
}

export interface CountedTerm {
  term: Term;
  count: number;
}

/** Counts the documents of each, so far as it matters. */
export function countedTerms(terms: readonly Term[], limit = COUNTED): CountedTerm[] {
  const counts = queryAll<{ count: number }>(
    `SELECT (SELECT count(*) FROM (SELECT 1 FROM search_index WHERE search_index MATCH q.value LIMIT (? + 0))) AS count
     FROM json_each(?) q ORDER BY q.key`,
    [limit, JSON.stringify(terms.map((term) => anyOf([term])))],
  );
  return terms.map((term, index) => ({ term, count: counts[index]?.count ?? 0 }));
}

/** Those that stand in fewer documents than this. */
export function rarerThan(limit: number, terms: readonly Term[]): CountedTerm[] {
  return countedTerms(terms, limit).filter(({ count }) => count < limit);
}

/** Terms that stand in few documents, rarest first, until they have found `enough`, and the rest. What no document has is left out. */
export function byFrequency(terms: readonly CountedTerm[], enough = RANKED): { rare: Term[]; common: Term[] } {
  const sorted = terms.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
  let sum = 0;
  const rare = sorted.filter(({ count }, index) => {
    sum += count;
    return index === 0 || sum <= enough;
  });
  return { rare: rare.map(({ term }) => term), common: sorted.slice(rare.length).map(({ term }) => term) };
}

/** The best by the weight of their words. Without a scope, the documents themselves need not be read. */
export function matches(terms: readonly Term[], query: SearchQuery, scope: Conditions, limit: number): Ranked[] {
  if (terms.length === 0) return [];
  return queryAll<Ranked>(
    `SELECT rid, score FROM (
       SELECT search_index.rowid AS rid, -bm25(search_index, ${Object.values(COLUMN_WEIGHTS).join(', ')}) AS score
       FROM ${from(scope)} WHERE search_index MATCH ?${scope.sql} ORDER BY search_index.rowid DESC LIMIT (? + 0)
     ) ORDER BY score DESC, rid LIMIT (? + 0)`,
    [restricted(anyOf(terms), query), ...scope.params, RANKED, limit],
  );
}

/** The newest that hold every word. */
export function holdersOfAll(query: SearchQuery, scope: Conditions, limit: number): number[] {
  return queryAll<{ rid: number }>(
    `SELECT search_index.rowid AS rid FROM ${from(scope)} WHERE search_index MATCH ?${scope.sql}
     ORDER BY search_index.rowid DESC LIMIT (? + 0)`,
    [restricted(allOf(query.words), query), ...scope.params, limit],
  ).map(({ rid }) => rid);
}

function from({ sql }: Conditions): string {
  return sql === '' ? 'search_index' : 'search_index JOIN search_documents d ON d.rid = search_index.rowid';
}

/** What has this id; a tool's action has its name for one. */
export function calledExactly(text: string, scope: Conditions): number[] {
  return queryAll<{ rid: number }>(`SELECT d.rid FROM search_documents d WHERE d.ref_id = ?${scope.sql}`, [
    text,
    ...scope.params,
  ]).map(({ rid }) => rid);
}
