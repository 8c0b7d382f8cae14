/** Words that the query does not have, but may mean: other names of the same, and what the best documents say beside it. */
import { isStopWord, type SearchQuery, type Term } from '../domain/search-query.ts';
import { wordsOf } from '../domain/search-text.ts';
import { stem, synonymsOf } from '../domain/synonyms.ts';
import { queryOne } from './query-helpers.ts';
import { beginningsOf } from './search-beginnings.ts';
import { byFrequency, type Ranked, rarerThan } from './search-candidates.ts';

/** The words are taken from the beginnings of so many of the best documents. */
const BEST = 5;
/** A word that only one of them has is its own affair. */
const HAVE_IT = 2;
/** So many of the words that they have in common are counted, and so many are looked for. */
const COUNTED = 40;
const LOOKED_FOR = 5;
/** A word in so many documents tells nothing about these; and so many are ranked for all words together. */
const COMMON = 500;
const RANKED = 1_000;

/** Other words for the words of a query, so far as they are rare. */
export function synonymsFor(query: SearchQuery): Term[] {
  const own = ownWords(query);
  const others = [...own].flatMap(synonymsOf).filter((word) => !own.has(word));
  return byFrequency(rarerThan(RANKED, [...new Set(others)].map(termOf)), RANKED).rare;
}

/** The words that tell the best documents from all others: several of these have them, few of those. */
export function wordsOfTheBest(ranked: readonly Ranked[], query: SearchQuery): Term[] {
  const own = new Set([...ownWords(query)].map(stem));
  const weights = new Map<string, { weight: number; documents: number }>();
  const scores = new Map(ranked.slice(0, BEST).map(({ rid, score }) => [rid, score]));
  for (const { rid, title, body } of beginningsOf([...scores.keys()])) {
    const score = scores.get(rid) ?? 0;
    for (const word of tellingWords(`${title} ${body}`)) {
      const { weight, documents } = weights.get(word) ?? { weight: 0, documents: 0 };
      if (!own.has(stem(word))) weights.set(word, { weight: weight + score, documents: documents + 1 });
    }
  }
  const heaviest = [...weights]
    .filter(([, { documents }]) => documents >= HAVE_IT)
    .sort((a, b) => b[1].weight - a[1].weight)
    .slice(0, COUNTED);
  const all = queryOne<{ last: number | null }>('SELECT max(rid) AS last FROM search_documents')?.last ?? 0;
  const worth = ({ term, count }: { term: Term; count: number }) =>
    (weights.get(term.text)?.weight ?? 0) * Math.log((all - count + 0.5) / (count + 0.5));
  const telling = rarerThan(
    COMMON,
    heaviest.map(([word]) => termOf(word)),
  )
    .filter((word) => worth(word) > 0)
    .sort((a, b) => worth(b) - worth(a));
  return byFrequency(telling.slice(0, LOOKED_FOR), RANKED).rare;
}

/** The different words of a text, without those that say nothing. */
function tellingWords(text: string): Set<string> {
  return new Set(wordsOf(text.toLowerCase()).filter((word) => /^\p{L}.{2}/u.test(word) && !isStopWord(word)));
}

function ownWords({ words }: SearchQuery): Set<string> {
  return new Set(
    words.flatMap(({ anyOf }) => anyOf.flatMap(({ tokens }) => tokens.map((token) => token.toLowerCase()))),
  );
}

function termOf(word: string): Term {
  return { text: word, anyOf: [{ tokens: [word], prefix: false }] };
}
