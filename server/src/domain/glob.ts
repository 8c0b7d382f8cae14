/**
 * Glob patterns against paths, in time that grows with pattern length × path length and with nothing else: all
 * positions that the pattern can have reached are followed at once. Patterns come from files that anybody may have
 * written, and a translation into a regular expression hangs on some of them (`*a*a*a…b`).
 */

const MAX_PATTERN = 1000;
const MAX_PATH = 4096;

/** `star`: within a segment. `folders`: `**` and its slash, any number of whole segments. `rest`: a last `**`. */
type Token =
  | { kind: 'char'; char: string }
  | { kind: 'any' | 'star' | 'folders' | 'rest' }
  | { kind: 'either'; branches: Token[][] };

/** Element i: can the first i characters of the path be what was matched so far? */
type Reached = boolean[];

/**
 * Whether one of the comma-separated patterns matches the whole path: `**`, `*`, `?` and `{a,b}`; everything else is
 * itself, brackets included. Slashes go either way, a leading `./` or `/` counts for nothing, dot files are files, case
 * matters. A pattern without a slash matches the last segment, at any depth. A pattern above 1,000 characters matches nothing.
 */
export function matchesGlob(patterns: string, path: string): boolean {
  const chars = [...plain(path)];
  if (chars.length === 0 || chars.length > MAX_PATH) return false;
  const name = chars.slice(chars.lastIndexOf('/') + 1);
  return splitOutsideBraces(patterns).some((text) => {
    const pattern = plain(text.trim());
    if (pattern === '' || pattern.length > MAX_PATTERN) return false;
    return matches(tokensOf([...pattern]), pattern.includes('/') ? chars : name);
  });
}

function plain(text: string): string {
  return text
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/$/, '');
}

function splitOutsideBraces(patterns: string): string[] {
  const choices = choicesIn(patterns);
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < patterns.length; i++) {
    i = choices.get(i) ?? i;
    if (patterns[i] !== ',') continue;
    parts.push(patterns.slice(start, i));
    start = i + 1;
  }
  return [...parts, patterns.slice(start)];
}

/** Where each choice `{a,b}` begins and ends. A brace without a partner, or a pair without a comma of its own, is itself. */
function choicesIn(text: ArrayLike<string>): Map<number, number> {
  const choices = new Map<number, number>();
  const open: { start: number; comma: boolean }[] = [];
  for (let i = 0; i < text.length; i++) {
    const innermost = open.at(-1);
    if (text[i] === '{') open.push({ start: i, comma: false });
    if (innermost === undefined) continue;
    if (text[i] === ',') innermost.comma = true;
    if (text[i] !== '}') continue;
    open.pop();
    if (innermost.comma) choices.set(innermost.start, i);
  }
  return choices;
}

function tokensOf(pattern: readonly string[]): Token[] {
  const choices = choicesIn(pattern);
  return read(0, pattern.length);

  function read(from: number, to: number): Token[] {
    const tokens: Token[] = [];
    for (let i = from; i < to; i++) {
      const char = pattern[i] ?? '';
      const end = choices.get(i);
      if (end !== undefined) {
        tokens.push({ kind: 'either', branches: branchesOf(i + 1, end) });
        i = end;
      } else if (isFolders(i)) {
        const inside = pattern[i + 2] === '/';
        tokens.push({ kind: inside ? 'folders' : 'rest' });
        i += inside ? 2 : 1;
      } else if (char === '*') {
        tokens.push({ kind: 'star' });
      } else {
        tokens.push(char === '?' ? { kind: 'any' } : { kind: 'char', char });
      }
    }
    return tokens;
  }

  function branchesOf(from: number, to: number): Token[][] {
    const branches: Token[][] = [];
    let start = from;
    for (let i = from; i <= to; i++) {
      i = choices.get(i) ?? i;
      if (i < to && pattern[i] !== ',') continue;
      branches.push(read(start, i));
      start = i + 1;
    }
    return branches;
  }

  /** Two stars that are a whole segment, whatever braces stand around them. */
  function isFolders(at: number): boolean {
    const before = pattern[at - 1] ?? '/';
    const after = pattern[at + 2] ?? '/';
    return pattern[at] === '*' && pattern[at + 1] === '*' && '/{,'.includes(before) && '/},'.includes(after);
  }
}

function matches(tokens: readonly Token[], path: readonly string[]): boolean {
  const start: Reached = [true, ...path.map(() => false)];
  return tokens.reduce<Reached>((reached, token) => step(token, reached, path), start)[path.length] === true;
}

function step(token: Token, before: Reached, path: readonly string[]): Reached {
  if (token.kind === 'either') {
    const ends = token.branches.map((branch) => branch.reduce((reached, next) => step(next, reached, path), before));
    return before.map((_, i) => ends.some((end) => end[i]));
  }
  const after: Reached = [];
  let begun = false;
  for (let i = 0; i < before.length; i++) {
    const char = path[i - 1];
    switch (token.kind) {
      case 'char':
        after.push(before[i - 1] === true && char === token.char);
        break;
      case 'any':
        after.push(before[i - 1] === true && char !== '/');
        break;
      case 'star':
        begun = before[i] === true || (begun && char !== '/');
        after.push(begun);
        break;
      case 'rest':
        begun ||= before[i] === true;
        after.push(begun);
        break;
      case 'folders':
        begun ||= before[i] === true;
        after.push(before[i] === true || (begun && char === '/'));
        break;
    }
  }
  return after;
}
