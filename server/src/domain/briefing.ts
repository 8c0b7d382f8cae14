/** Packs what is worth knowing into a number of tokens: whole pieces by rank, and never the middle of a sentence. */

export interface Piece<S extends string = string> {
  /** The heading under which it stands. */
  section: S;
  /** The same in fewer and fewer words, the longest first. */
  texts: readonly [string, ...string[]];
  /** Whether even the longest leaves something out. */
  partial?: boolean | undefined;
  /** The id that gives all of it. */
  source: string;
}

export interface Packed {
  text: string;
  tokens: number;
  /** What found no room, section by section in the order of the text. */
  left_out: { section: string; sources: string[] }[];
}

export interface Packing<S extends string = string> {
  /** What stands first, in several lengths, the longest first. The shortest is always there. */
  heads: readonly [string, ...string[]];
  /** Best first. */
  pieces: readonly Piece<S>[];
  /** The order of the headings in the text. */
  sections: readonly S[];
  max: number;
  count: (text: string) => number;
}

/** No piece takes more of the tokens than this share. */
const LARGEST_SHARE = 0.4;

/**
 * The text, of at most `max` tokens, unless the shortest head alone is longer. A piece that does not fit gives way to fewer
 * words, and then to an entry in the list of what was left out, which closes the text.
 */
export function pack<S extends string>({ heads, pieces, sections, max, count }: Packing<S>): Packed {
  const head = heads.find((text) => count(text) <= max) ?? (heads.at(-1) as string);
  const chosen = new Map<Piece, string>();
  const composed = (shown: number) => compose(head, chosen, pieces, sections, shown);
  // Tokens are counted line by line, and the closing list with one id for every section; the whole text, counted below, has
  // the last word.
  let left = max - count(composed(1));
  const begun = new Set<string>();
  for (const piece of pieces) {
    const heading = begun.has(piece.section) ? '' : `\n${piece.section}:`;
    const fitting = piece.texts
      .map((text) => ({ text, cost: count(`${heading}\n${line(text)}`) }))
      .find(({ cost }) => cost <= Math.min(left, LARGEST_SHARE * max));
    if (fitting === undefined) continue;
    chosen.set(piece, fitting.text);
    begun.add(piece.section);
    left -= fitting.cost;
  }
  for (;;) {
    const text = INDEX_LENGTHS.map(composed).find((candidate) => count(candidate) <= max);
    const worst = [...chosen.keys()].at(-1);
    if (text !== undefined || worst === undefined) {
      const result = text ?? [composed(0)].find((candidate) => count(candidate) <= max) ?? head;
      return { text: result, tokens: count(result), left_out: leftOut(chosen, pieces, sections) };
    }
    chosen.delete(worst);
  }
}

/** How many sources of a section the closing list names, from the longest list to the shortest. */
const INDEX_LENGTHS = [8, 3, 1] as const;

function compose(
  head: string,
  chosen: ReadonlyMap<Piece, string>,
  pieces: readonly Piece[],
  sections: readonly string[],
  shown: number,
): string {
  const lines = [head];
  for (const section of sections) {
    const forms = pieces.flatMap((piece) => (piece.section === section ? (chosen.get(piece) ?? []) : []));
    if (forms.length > 0) lines.push(`${section}:`, ...forms.map(line));
  }
  const index = leftOut(chosen, pieces, sections).map(({ section, sources }) => {
    const named = sources.slice(0, shown);
    const more = sources.length - named.length;
    return `${section} ${[...named, ...(more > 0 ? [shown === 0 ? String(more) : `${more} more`] : [])].join(', ')}`;
  });
  if (index.length > 0) lines.push(`left out: ${index.join('; ')}`);
  return lines.join('\n');
}

function line(text: string): string {
  return `- ${text}`;
}

/** What is there in part counts as left out too: its source has the rest. */
function leftOut(chosen: ReadonlyMap<Piece, string>, pieces: readonly Piece[], sections: readonly string[]) {
  return sections.flatMap((section) => {
    const isWhole = (piece: Piece) => piece.partial !== true && chosen.get(piece) === piece.texts[0];
    const out = pieces.filter((piece) => piece.section === section && !isWhole(piece));
    const sources = [...new Set(out.map(({ source }) => source))];
    return sources.length === 0 ? [] : [{ section, sources }];
  });
}

// Made when it is first used: making it takes 8 ms.
let sentences: Intl.Segmenter | undefined;

/** As many whole sentences from the beginning as `max` characters hold; undefined where not even the first one fits. */
export function firstSentences(text: string, max: number): string | undefined {
  let end = 0;
  sentences ??= new Intl.Segmenter('en', { granularity: 'sentence' });
  for (const { segment, index } of sentences.segment(text)) {
    if (index + segment.trimEnd().length > max) break;
    end = index + segment.length;
  }
  return end === 0 ? undefined : text.slice(0, end).trimEnd();
}
