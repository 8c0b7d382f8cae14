/** Glob patterns against paths: picomatch, with bounds, since patterns come from files that anybody may have written. */
import picomatch from 'picomatch';

const MAX_PATTERN = 1_000;
const MAX_PATH = 1_024;
const MAX_SEGMENT = 255;

/**
 * picomatch makes a regular expression, whose time grows with a power of the path's length: the number of its wildcards.
 * Beyond these numbers some patterns take minutes (`*a*a*a*a*b` on 255 letters: 26 s); within them, at most tenths of a second.
 */
const MAX_STARS_IN_SEGMENT = 3;
const MAX_FOLDER_STARS = 3;

const OPTIONS = { dot: true, noextglob: true, nonegate: true, nobracket: true } as const;

/**
 * Whether one of the comma-separated patterns matches the whole path: `**`, `*`, `?` and `{a,b}`. Slashes go either way, a
 * leading `./` or `/` counts for nothing, dot files are files, case matters. A pattern without a slash matches the last
 * segment, at any depth. What is out of bounds matches nothing.
 */
export function matchesGlob(patterns: string, path: string): boolean {
  return matchingGlob(patterns, path) !== null;
}

/** The first of the patterns that matches, as it is written; null when none does. */
export function matchingGlob(patterns: string, path: string): string | null {
  const file = plain(path);
  if (file === '' || file.length > MAX_PATH || file.split('/').some((segment) => segment.length > MAX_SEGMENT))
    return null;
  const written = splitOutsideBraces(patterns).map((text) => text.trim());
  const matching = written.find((text) => {
    const pattern = plain(text);
    if (pattern === '' || !isBounded(pattern)) return false;
    return picomatch(pattern, { ...OPTIONS, basename: !pattern.includes('/') })(file);
  });
  return matching ?? null;
}

function isBounded(pattern: string): boolean {
  const segments = pattern.split('/');
  const stars = (segment: string) => segment.split('*').length - 1;
  return (
    pattern.length <= MAX_PATTERN &&
    segments.filter((segment) => segment.includes('**')).length <= MAX_FOLDER_STARS &&
    segments.every((segment) => segment === '**' || stars(segment) <= MAX_STARS_IN_SEGMENT)
  );
}

function plain(text: string): string {
  return text
    .replaceAll('\\', '/')
    .replace(/\/{2,}/g, '/')
    .replace(/^(?:\.?\/)+/, '')
    .replace(/\/$/, '');
}

/** A comma inside braces belongs to its pattern. */
function splitOutsideBraces(patterns: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of patterns) {
    if (char === '{') depth++;
    if (char === '}') depth = Math.max(0, depth - 1);
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}
