/** Search: everything that can be found, best first. Reads alone, so it works inside a transaction or a snapshot. */
import { parseSearchQuery, type SearchQuery, type Term } from '../domain/search-query.ts';
import { queryAll } from './query-helpers.ts';
import { hitsOf, holdersAmong, type MatchedWord, matchedWords, type SearchHit } from './search-hits.ts';
import { allOf, anyOf, COLUMN_WEIGHTS, restricted } from './search-match.ts';
import { type Conditions, conditionsOf, type SearchScope } from './search-scope.ts';

export interface SearchFilter extends SearchScope {
  limit: number;
  offset?: number | undefined;
  /** Say of each hit which words matched where. */
  explain?: boolean | undefined;
}

export interface RankedHit extends SearchHit {
  /** Higher is better; comparable within one answer. */
  score: number;
  /** With `explain`. */
  matched?: MatchedWord[];
}

/**
 * What holds the words of the query: the more of them, the rarer they are, and the more in titles, the better. What has the
 * query as its id, or as a tool's name and action, comes first. Any text is a valid query; one without words finds nothing.
 *
 * Ranking costs time for every document that holds a word, so words that stand in too many only lift what the rarer ones
 * found; where they alone were asked for, the newest of their documents are ranked.
 */
export function rankedSearch(query: string, filter: SearchFilter): RankedHit[] {
  const { limit, offset = 0, explain = false } = filter;
  const parsed = parseSearchQuery(query);
  const terms = termsOf(parsed);
  if (terms.length === 0) return [];
  const page = rank(query.trim(), parsed, conditionsOf(filter), offset + limit).slice(offset, offset + limit);
  const rids = page.map(({ rid }) => rid);
  const hits = hitsOf(rids, terms);
  const matched = explain ? matchedWords(rids, parsed) : null;
  return page.flatMap(({ rid, score }) => {
    const hit = hits.get(rid);
    if (hit === undefined) return [];
    const ranked = { ...hit, score: Number(score.toPrecision(3)) };
    return matched === null ? ranked : { ...ranked, matched: matched.get(rid) ?? [] };
  });
}

/** At most so many documents are ranked by the weight of their words. */
const RANKED = 3_000;
/** The documents of rarer words are listed at once. */
const LISTED = 1_000;
/** How far documents are counted to find out how rare a word is. */
const COUNTED = 10_000;
/** So many of the best, and so many that hold every word, are looked at again for how many of the words they hold. */
const LOOKED_AT_AGAIN = 20;
const HOLDERS_OF_ALL = 10;
/** A document that holds all the words is worth 1 + this many times as much as its words alone. */
const LIFT = 2;
/** What hangs on the same plan as some of the best gets this share of what several of those score on average. */
const PLAN_SHARE = 0.3;
const BEST = 10;
const SEVERAL = 3;

interface Ranked {
  rid: number;
  score: number;
}

function termsOf({ required, words, compounds }: SearchQuery): Term[] {
  return [...required, ...words, ...compounds];
}

function rank(text: string, query: SearchQuery, scope: Conditions, wanted: number): Ranked[] {
  const counted = new Map(countedTerms(termsOf(query)).map((one) => [one.term, one]));
  const { rare, common } = byFrequency([...counted.values()]);
  const enough = Math.max(wanted, LOOKED_AT_AGAIN);
  const found = matches(rare, query, scope, enough);
  if (found.length < enough) found.push(...without(found, matches(common, query, scope, enough)));
  const best = found.slice(0, LOOKED_AT_AGAIN);
  const lowest = best.at(-1)?.score ?? 0;
  const whole = query.words.length < 2 ? [] : holdersOfAll(query, scope).map((rid) => ({ rid, score: lowest }));
  const words = (query.words.length > 0 ? query.words : query.required).flatMap((term) => counted.get(term) ?? []);
  const lifted = liftTogether(lift([...best, ...without(best, whole)], words));
  const asked = calledExactly(text, scope).map((rid) => ({ rid, score: 2 * (lifted[0]?.score ?? 1) }));
  const first = [...asked, ...without(asked, lifted)];
  return [...first, ...without(first, found)];
}

interface CountedTerm {
  term: Term;
  count: number;
  /** The documents that hold it; null where there are too many to list. */
  holders: ReadonlySet<number> | null;
}

function countedTerms(terms: readonly Term[]): CountedTerm[] {
  const lists = ofEach<string>('json_group_array(rid)', terms, LISTED + 1).map((rids) => JSON.parse(rids) as number[]);
  const common = terms.filter((_, index) => (lists[index]?.length ?? 0) > LISTED);
  const counts = new Map(ofEach<number>('count(*)', common, COUNTED).map((count, index) => [common[index], count]));
  return terms.map((term, index) => {
    const rids = lists[index] ?? [];
    const count = counts.get(term);
    return count === undefined ? { term, count: rids.length, holders: new Set(rids) } : { term, count, holders: null };
  });
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

/** Terms that stand in few documents, rarest first, until they have found enough, and the rest. What no document has is left out. */
function byFrequency(terms: readonly CountedTerm[]): { rare: Term[]; common: Term[] } {
  const sorted = terms.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
  let sum = 0;
  const rare = sorted.filter(({ count }, index) => {
    sum += count;
    return index === 0 || sum <= RANKED;
  });
  return { rare: rare.map(({ term }) => term), common: sorted.slice(rare.length).map(({ term }) => term) };
}

/** The best by the weight of their words. Without a scope, the documents themselves need not be read. */
function matches(terms: readonly Term[], query: SearchQuery, scope: Conditions, limit: number): Ranked[] {
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
function holdersOfAll(query: SearchQuery, scope: Conditions): number[] {
  return queryAll<{ rid: number }>(
    `SELECT search_index.rowid AS rid FROM ${from(scope)} WHERE search_index MATCH ?${scope.sql}
     ORDER BY search_index.rowid DESC LIMIT (? + 0)`,
    [restricted(allOf(query.words), query), ...scope.params, HOLDERS_OF_ALL],
  ).map(({ rid }) => rid);
}

function from({ sql }: Conditions): string {
  return sql === '' ? 'search_index' : 'search_index JOIN search_documents d ON d.rid = search_index.rowid';
}

/** What has this id; a tool's action has its name for one. */
function calledExactly(text: string, scope: Conditions): number[] {
  return queryAll<{ rid: number }>(`SELECT d.rid FROM search_documents d WHERE d.ref_id = ?${scope.sql}`, [
    text,
    ...scope.params,
  ]).map(({ rid }) => rid);
}

/** Raises each score by the share of the words that the document holds. */
function lift(ranked: readonly Ranked[], words: readonly CountedTerm[]): Ranked[] {
  const rids = ranked.map(({ rid }) => rid);
  const common = words.filter(({ holders }) => holders === null);
  const unlisted = holdersAmong(
    common.map(({ term }) => anyOf([term])),
    rids,
  );
  const sets = [...words.flatMap(({ holders }) => holders ?? []), ...unlisted];
  return ranked
    .map(({ rid, score }) => {
      const held = sets.filter((set) => set.has(rid)).length;
      return { rid, score: score * (1 + (LIFT * held) / words.length) };
    })
    .sort(byScore);
}

/** Raises what hangs on the same plan as the best: a plan in which several things answer is what was asked about. */
function liftTogether(ranked: readonly Ranked[]): Ranked[] {
  const plans = new Map(
    queryAll<{ rid: number; plan_id: string | null }>(
      'SELECT rid, plan_id FROM search_documents WHERE rid IN (SELECT value FROM json_each(?))',
      [JSON.stringify(ranked.map(({ rid }) => rid))],
    ).map(({ rid, plan_id }) => [rid, plan_id]),
  );
  const weights = new Map<string, number>();
  for (const { rid, score } of ranked.slice(0, BEST)) {
    const plan = plans.get(rid);
    if (plan !== undefined && plan !== null)
      weights.set(plan, (weights.get(plan) ?? 0) + (PLAN_SHARE * score) / SEVERAL);
  }
  return ranked
    .map(({ rid, score }) => ({ rid, score: score + (weights.get(plans.get(rid) ?? '') ?? 0) }))
    .sort(byScore);
}

function byScore(a: Ranked, b: Ranked): number {
  return b.score - a.score || a.rid - b.rid;
}

/** Those of the second list that are not in the first. */
function without(first: readonly Ranked[], second: readonly Ranked[]): Ranked[] {
  const taken = new Set(first.map(({ rid }) => rid));
  return second.filter(({ rid }) => !taken.has(rid));
}
