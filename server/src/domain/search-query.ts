/**
 * The query language of the search: words, `"quoted phrases"`, `prefix*` and `-not`. Any text is a query: what is none of
 * these is words.
 */
import { identifierParts, letterPairs, unspacedRuns, wordsOf } from './search-text.ts';

/** One thing to look for: tokens that follow each other, the last one perhaps only begun. */
export interface Phrase {
  tokens: readonly string[];
  prefix: boolean;
}

export interface Term {
  /** As it was typed. */
  text: string;
  /** Finds the term: any of these. */
  anyOf: readonly Phrase[];
}

export interface SearchQuery {
  /** Any of these is enough; the more, the better. */
  words: readonly Term[];
  /** Whole identifiers and words written with a hyphen: better than their parts apart. */
  compounds: readonly Term[];
  /** Quoted: each must be there. */
  required: readonly Term[];
  /** Must not be there. */
  excluded: readonly Term[];
}

/**
 * English words that say nothing about the subject of a question: articles, pronouns, auxiliary verbs, prepositions, words that
 * ask, join or count. They stand in nearly every text, so they cost the most and tell texts apart the least. Words that turn a
 * meaning round (not, never, before, without) are not among them.
 */
const STOP_WORDS = new Set(
  `a an the this that these those it its i me my we us our you your he she they them their
  is are was were be been being am do does did has have had can could may might must shall should will would
  of in on at to from for by with into as about via per and or if than then so there here
  what which who whom whose when where why how whether because while during since until
  one every each all any both either other another own such rather instead
  only just still yet also too very again always already now got get gets put let lets`.split(/\s+/),
);

export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word.toLowerCase());
}

/** More words than this are not looked for: a page of pasted text is no better a query than its beginning. */
const MAX_TERMS = 32;
const MAX_TOKENS = 20;
/** Letters of a word in a script without spaces; what is longer is several words. */
const LONG_RUN = 3;

/** Quoted text, an excluded word or phrase, or whatever else stands between two spaces. A quote that does not close is none. */
const CHUNK = /(?<not>(?<=^|\s)-)?(?:"(?<quoted>[^"]*)"|(?<plain>[^\s"]+))/gu;

/** Reads a query. Only stop words: they are what is looked for. */
export function parseSearchQuery(text: string): SearchQuery {
  const read = { words: new Map<string, Term>(), compounds: new Map(), required: new Map(), excluded: new Map() };
  const stopped = new Map<string, Term>();
  for (const { groups = {} } of text.matchAll(CHUNK)) {
    const { not, quoted, plain = '' } = groups;
    if (quoted !== undefined) add(not === undefined ? read.required : read.excluded, phraseOf(quoted));
    else if (not !== undefined && /^[\p{L}\p{N}]/u.test(plain)) add(read.excluded, phraseOf(plain));
    else readWords(plain, read, stopped);
  }
  const nothing = read.words.size + read.required.size === 0;
  const [words, compounds, required, excluded] = [
    nothing ? stopped : read.words,
    read.compounds,
    read.required,
    read.excluded,
  ].map((terms) => [...terms.values()]) as [Term[], Term[], Term[], Term[]];
  return { words, compounds, required, excluded };
}

type Terms = Map<string, Term>;

function readWords(chunk: string, { words, compounds }: { words: Terms; compounds: Terms }, stopped: Terms): void {
  const tokens = wordsOf(chunk);
  const prefix = /[\p{L}\p{N}]\*$/u.test(chunk);
  for (const [index, token] of tokens.entries()) {
    const begun = prefix && index === tokens.length - 1;
    const runs = unspacedRuns(token).filter((run) => [...run].length > LONG_RUN);
    for (const run of runs) {
      // Without spaces a whole sentence is one token: its pairs stand for its words.
      for (const pair of letterPairs(run).slice(0, -1))
        add(words, { text: pair, anyOf: [{ tokens: [pair], prefix: false }] });
    }
    if (runs.length > 0) add(compounds, termOf(token, begun));
    else add(!begun && isStopWord(token) ? stopped : words, termOf(token, begun));
  }
  if (tokens.length > 1 && tokens.length <= MAX_TOKENS) add(compounds, phraseOf(chunk));
}

function add(terms: Terms, term: Term | null): void {
  if (term === null) return;
  const key = JSON.stringify(term.anyOf);
  if (terms.size < MAX_TERMS && !terms.has(key)) terms.set(key, term);
}

/** What stands together in the text must stand together in what is found. Null where there are no words. */
function phraseOf(text: string): Term | null {
  const tokens = wordsOf(text).slice(0, MAX_TOKENS);
  const [first] = tokens;
  if (first === undefined) return null;
  const prefix = /[\p{L}\p{N}]\*$/u.test(text);
  return tokens.length === 1 ? termOf(first, prefix) : { text, anyOf: [{ tokens, prefix }] };
}

/** A word, whole or by the parts that the index keeps of it. */
function termOf(token: string, prefix: boolean): Term {
  const anyOf: Phrase[] = [{ tokens: [token], prefix }];
  const parts = identifierParts(token);
  if (parts.length > 1) anyOf.push({ tokens: parts, prefix });
  for (const run of unspacedRuns(token)) {
    // The last pair is the last letter alone, which is followed by others inside a longer run.
    const pairs = letterPairs(run);
    anyOf.push(pairs.length === 1 ? { tokens: pairs, prefix: true } : { tokens: pairs.slice(0, -1), prefix: false });
  }
  return { text: prefix ? `${token}*` : token, anyOf };
}
