/**
 * Whether two lists of path patterns can mean a common file. Never says no where a common file exists; where it cannot know,
 * it says yes. Two agents then work one after the other, which costs time; a missed overlap would cost work.
 */

/** A pattern as the segments that a path must have; a segment is literal letters, `*` and `?`. */
interface Pattern {
  absolute: boolean;
  segments: readonly string[];
  /** Beyond ASCII one letter may be several, and others in another case or form: a `?` then stands for any number. */
  wide: boolean;
}

/** A last name like this is a file; a folder that is called so is meant with a slash behind it. Any other may be a folder. */
const FILE_NAME = /.\.[a-z][a-z0-9]{0,5}$/;

export interface Overlap {
  one: string;
  other: string;
}

/** Beyond these, a pattern counts as everything, and two lists as overlapping. */
const MAX_PATTERN = 1_000;
const MAX_ALTERNATIVES = 64;
const MAX_WORK = 5_000_000;

const ANY_DEPTH = '**';
const EVERYTHING: Pattern = { absolute: false, segments: [ANY_DEPTH], wide: false };

/** The first two patterns, one of each list, that can mean a common file, or null. A folder means all that is in it. */
export function findOverlap(some: readonly string[], others: readonly string[]): Overlap | null {
  const parsed = others.map((other) => ({ other, patterns: parse(other) }));
  const work = { left: MAX_WORK };
  for (const one of some) {
    const patterns = parse(one);
    for (const { other, patterns: otherPatterns } of parsed) {
      if (patterns.some((a) => otherPatterns.some((b) => meet(a, b, work)))) return { one, other };
    }
  }
  return null;
}

function meet(a: Pattern, b: Pattern, work: Work): boolean {
  const lettersOf = ({ segments }: Pattern) => (a.wide || b.wide ? segments.map(widened) : segments);
  // Where a relative path begins is not known here.
  const begun = (pattern: Pattern) =>
    pattern.absolute || a.absolute === b.absolute ? lettersOf(pattern) : [ANY_DEPTH, ...lettersOf(pattern)];
  return segmentsMeet(begun(a), begun(b), work);
}

function widened(segment: string): string {
  return segment === ANY_DEPTH ? segment : segment.replaceAll(/[*?]+/g, '*');
}

interface Work {
  left: number;
}

function segmentsMeet(a: readonly string[], b: readonly string[], work: Work): boolean {
  return listsMeet(a, b, ANY_DEPTH, (x, y) => lettersMeet(x, y, work), work);
}

/** Whether two segments can be the same name. */
function lettersMeet(a: string, b: string, work: Work): boolean {
  if (!/[*?]/.test(a + b)) return a === b;
  return listsMeet([...a], [...b], '*', (x, y) => x === y || x === '?' || y === '?', work);
}

/** Whether some list of items fits both, where `any` stands for any number of items, none too. */
function listsMeet(
  a: readonly string[],
  b: readonly string[],
  any: string,
  same: (x: string, y: string) => boolean,
  work: Work,
): boolean {
  // fits[j]: there is a list that the items of `a` so far and the first j items of `b` both fit.
  let fits = [true];
  for (const [j, y] of b.entries()) fits.push(y === any && fits[j] === true);
  for (const x of a) {
    work.left -= fits.length;
    if (work.left < 0) return true;
    const before = fits;
    fits = [x === any && before[0] === true];
    for (const [j, y] of b.entries()) {
      const fit = x === any || y === any ? before[j + 1] || fits[j] : before[j] && same(x, y);
      fits.push(fit === true);
    }
  }
  return fits[b.length] === true;
}

/** What a text of `paths` can mean: comma-separated patterns, with braces spelt out. */
function parse(text: string): Pattern[] {
  const patterns = readings(text).flatMap((reading) => {
    const alternatives = spelt(reading.length > MAX_PATTERN ? null : `{${reading}}`);
    return alternatives === null ? [EVERYTHING] : alternatives.map(toPattern);
  });
  return /\\[{},]/.test(text) ? [EVERYTHING] : patterns;
}

/** A backslash is either a separator or an escape: both are tried. */
function readings(text: string): string[] {
  const unescaped = text.replaceAll(/\\([*?!+@[\]()])/g, '$1');
  return unescaped === text ? [text] : [text, unescaped];
}

/** In small letters, and each letter in one form: file systems may hold two forms of a name for one. */
function folded(text: string): string {
  const decomposed = text.normalize('NFD').toUpperCase().toLowerCase().normalize('NFD');
  // At the end of a word it has another shape, and a word may go on where a pattern does not.
  return decomposed.replaceAll('ς', 'σ');
}

/** Homes, variables and addresses: they begin at a place that is not known here. */
const ELSEWHERE = /^([~$%][^/]*|[a-z][a-z0-9+.-]+:\/)\//;

/** A home or a variable alone. */
const SOMEWHERE = /^(~[^/]*|\$\{?\w+\}?|%\w+%)$/;

function toPattern(text: string): Pattern {
  const path = folded(text.trim().replaceAll('\\', '/'))
    // A line or a heading of a file, not part of its name.
    .replace(/[:#][^/]*$/, '*');
  // Negations, groups and steps upward can mean anything.
  if (/^!|[@?!+*]\(|(^|\/)\.\.(\/|$)/.test(path) || SOMEWHERE.test(path)) return EVERYTHING;
  const elsewhere = ELSEWHERE.exec(path)?.[0] ?? '';
  const segments = path
    .slice(elsewhere.length)
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .map((segment) => (segment === ANY_DEPTH ? segment : plain(segment)));
  const absolute = elsewhere !== '' || /^([a-z]:)?\//.test(path);
  return {
    absolute,
    segments: [
      // A name without a folder is meant at any depth; no name at all is the whole workspace.
      ...(elsewhere !== '' || (segments.length <= 1 && !absolute) ? [ANY_DEPTH] : []),
      ...segments,
      ...(FILE_NAME.test(path) ? [] : [ANY_DEPTH]),
    ],
    // Also a letter that was not, and is now, in ASCII.
    wide: /[^\0-\x7f]/.test(text),
  };
}

/** `[…]` may be a set of letters or be meant as it is. */
function plain(segment: string): string {
  return segment.replaceAll(/\[[^\]]*\]?/g, '*').replaceAll(/\*{2,}/g, '*');
}

/** The text without braces: one for each way through them. Null where those are too many, are a range, or do not close. */
function spelt(text: string | null): string[] | null {
  if (text === null) return null;
  let done = [text];
  for (;;) {
    const open = done.find((one) => one.includes('{'));
    if (open === undefined) return done.some((one) => one.includes('}')) ? null : done;
    const inner = /\{([^{}]*)\}/.exec(open);
    if (inner === null) return null;
    const [group, content = ''] = inner;
    if (content.includes('..')) return null;
    const ways = content.split(',').map((way) => open.replace(group, () => way));
    done = [...done.filter((one) => one !== open), ...ways];
    if (done.length > MAX_ALTERNATIVES) return null;
  }
}
