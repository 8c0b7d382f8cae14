/** Search: everything that can be found, best first. Reads alone, so it works inside a transaction or a snapshot. */
import { parseSearchQuery, type SearchQuery, type Term } from '../domain/search-query.ts';
import { queryAll } from './query-helpers.ts';
import {
  byFrequency,
  byScore,
  calledExactly,
  countedTerms,
  holdersOfAll,
  matches,
  type Ranked,
} from './search-candidates.ts';
import { hitsOf, type MatchedWord, matchedWords, type SearchHit } from './search-hits.ts';
import { orderedAnew } from './search-order.ts';
import { synonymsFor, wordsOfTheBest } from './search-related.ts';
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
  const { ranked: all, related } = rank(query.trim(), parsed, conditionsOf(filter), offset + limit);
  const page = all.slice(offset, offset + limit);
  const rids = page.map(({ rid }) => rid);
  const hits = hitsOf(rids, terms);
  const matched = explain ? explained(rids, terms, related) : null;
  return page.flatMap(({ rid, score }) => {
    const hit = hits.get(rid);
    if (hit === undefined) return [];
    const ranked = { ...hit, score: Number(score.toPrecision(3)) };
    return matched === null ? ranked : { ...ranked, matched: matched.get(rid) ?? [] };
  });
}

/** So many of the best by their words, and by related ones, are ordered anew. */
const POOL = 100;
/** So many of the best, and so many that hold every word, are looked at again for how many of the words they say. */
const LOOKED_AT_AGAIN = 50;
const HOLDERS_OF_ALL = 10;
/** Fewer than these: words that stand in too many documents are ranked after all. */
const ENOUGH = 20;
/** What this program says of its own actions is worth less than what was stored with it. */
const TOOL_WORTH = 0.6;
/** What the best document for related words gets, as a share of the best one for the words themselves. */
const SYNONYM_SHARE = 0.2;
const FEEDBACK_SHARE = 0.3;

function termsOf({ required, words, compounds }: SearchQuery): Term[] {
  return [...required, ...words, ...compounds];
}

/** The documents, best first, and the words that were looked for beside those of the query. */
interface Ranking {
  ranked: Ranked[];
  related: Term[];
}

function rank(text: string, query: SearchQuery, scope: Conditions, wanted: number): Ranking {
  const counted = new Map(countedTerms(termsOf(query)).map((one) => [one.term, one]));
  const { rare, common } = byFrequency([...counted.values()]);
  const byRare = matches(rare, query, scope, Math.max(wanted, POOL));
  const byCommon =
    byRare.length < Math.max(wanted, ENOUGH)
      ? without(byRare, matches(common, query, scope, Math.max(wanted, POOL)))
      : [];
  // What is ordered anew is the same however much is wanted, so that pages fit together.
  const found = byRare.length < ENOUGH ? [...byRare, ...byCommon] : byRare;
  const { ranked: pool, related } = withRelated(demoteTools(found.slice(0, POOL)), query, scope);
  const best = pool.slice(0, LOOKED_AT_AGAIN);
  const lowest = best.at(-1)?.score ?? 0;
  const whole =
    query.words.length < 2 ? [] : holdersOfAll(query, scope, HOLDERS_OF_ALL).map((rid) => ({ rid, score: lowest }));
  const words = (query.words.length > 0 ? query.words : query.required).flatMap((term) => counted.get(term) ?? []);
  const lifted = orderedAnew([...best, ...without(best, whole)], words);
  const asked = calledExactly(text, scope).map((rid) => ({ rid, score: 2 * (lifted[0]?.score ?? 1) }));
  return { ranked: once(asked, lifted, pool, byRare, byCommon), related };
}

function demoteTools(ranked: readonly Ranked[]): Ranked[] {
  const tools = queryAll<{ rid: number }>(
    "SELECT rid FROM search_documents WHERE kind = 'tool' AND rid IN (SELECT value FROM json_each(?))",
    [JSON.stringify(ranked.map(({ rid }) => rid))],
  );
  const demoted = new Set(tools.map(({ rid }) => rid));
  return ranked.map(({ rid, score }) => ({ rid, score: demoted.has(rid) ? score * TOOL_WORTH : score })).sort(byScore);
}

/** Raises what also holds words related to those of the query, and adds what holds only such. One word alone says what it means. */
function withRelated(found: readonly Ranked[], query: SearchQuery, scope: Conditions): Ranking {
  if (query.words.length < 2) return { ranked: [...found], related: [] };
  const synonyms = synonymsFor(query);
  const named = raise(found, matches(synonyms, query, scope, POOL), SYNONYM_SHARE);
  const shared = wordsOfTheBest(named, query);
  const ranked = raise(named, matches(shared, query, scope, POOL), FEEDBACK_SHARE);
  return { ranked, related: [...synonyms, ...shared] };
}

/** The words that matched: of those that are only related, where no other did. */
function explained(
  rids: readonly number[],
  terms: readonly Term[],
  related: readonly Term[],
): Map<number, MatchedWord[]> {
  const matched = matchedWords(rids, terms);
  const others = rids.filter((rid) => matched.get(rid)?.length === 0);
  return new Map([...matched, ...matchedWords(others, related)]);
}

/** Adds to each score this share of another one, as if the best of both were worth the same. */
function raise(ranked: readonly Ranked[], by: readonly Ranked[], share: number): Ranked[] {
  const worth = (share * (ranked[0]?.score ?? 1)) / (by[0]?.score ?? 1);
  const scores = new Map(ranked.map(({ rid, score }) => [rid, score]));
  for (const { rid, score } of by) scores.set(rid, (scores.get(rid) ?? 0) + worth * score);
  return [...scores].map(([rid, score]) => ({ rid, score })).sort(byScore);
}

/** One list after the other, each document where it stands first. */
function once(...lists: (readonly Ranked[])[]): Ranked[] {
  const all = new Map<number, Ranked>();
  for (const one of lists.flat()) if (!all.has(one.rid)) all.set(one.rid, one);
  return [...all.values()];
}

/** Those of the second list that are not in the first. */
function without(first: readonly Ranked[], second: readonly Ranked[]): Ranked[] {
  const taken = new Set(first.map(({ rid }) => rid));
  return second.filter(({ rid }) => !taken.has(rid));
}
