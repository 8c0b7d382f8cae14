/** What cannot be kept: text that is not text everywhere, and nesting that nobody reads. */

const MAX_DEPTH = 50;

export interface Unstorable {
  /** Where it is. */
  path: readonly string[];
  /** What is wrong with it, such as "holds a NUL character (U+0000)". */
  fault: string;
}

/** The first part of a value that cannot be stored, or null. */
export function findUnstorable(value: unknown, path: readonly string[] = []): Unstorable | null {
  if (path.length > MAX_DEPTH) return { path: path.slice(0, 5), fault: `is nested deeper than ${MAX_DEPTH} levels` };
  if (typeof value === 'string') {
    const fault = faultOf(value);
    return fault === null ? null : { path, fault };
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const fault = faultOfKey(key);
    const found = fault === null ? findUnstorable(inner, [...path, key]) : { path, fault: `has a key that ${fault}` };
    if (found !== null) return found;
  }
  return null;
}

/** A key that objects keep for themselves would vanish on its way. */
function faultOfKey(key: string): string | null {
  return key === '__proto__' ? 'is "__proto__"' : faultOf(key);
}

function faultOf(text: string): string | null {
  if (text.includes('\0')) return 'holds a NUL character (U+0000)';
  return text.isWellFormed() ? null : 'holds half a character (a lone surrogate)';
}
