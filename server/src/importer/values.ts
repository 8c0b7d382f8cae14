/** Foreign values as columns hold them: text without U+0000, times in one form, words of closed sets. All pure. */
import type { JsonObject } from '../domain/stored-values.ts';

/** A word that a closed set does not know: what became of it. */
export interface UnknownWord {
  field: string;
  said: unknown;
  became: string;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's own property; undefined where it has none. */
export function field(element: JsonObject, name: string): unknown {
  return Object.hasOwn(element, name) ? element[name] : undefined;
}

/** Text that a column takes: well-formed, without U+0000, at most `max` characters. Null for what is no text. */
export function textOrNull(value: unknown, max = Number.POSITIVE_INFINITY): string | null {
  if (typeof value !== 'string') return null;
  const clean = value.includes('\u0000') ? value.replaceAll('\u0000', '\uFFFD') : value;
  return shortened(clean.toWellFormed(), max);
}

/** The same, with something to stand there where there is no text or an empty one. */
export function textOr(value: unknown, fallback: string, max?: number): string {
  return textOrNull(value, max) || fallback;
}

/** Text for an optional column that refuses an empty one. */
export function wordOrNull(value: unknown, max = 100): string | null {
  return textOrNull(value, max) || null;
}

/** No pair of surrogates is cut in two. The engine counts characters, which are never more than these units. */
function shortened(text: string, max: number): string {
  return text.length <= max
    ? text
    : text
        .slice(0, max)
        .toWellFormed()
        .replace(/\uFFFD$/, '');
}

const STORED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A time as it is stored; null for what is none. */
export function timeOrNull(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  if (typeof value === 'string' && STORED_TIME.test(value) && !Number.isNaN(Date.parse(value))) return value;
  // Without a zone, a time of these files is in UTC.
  const ms =
    typeof value === 'number'
      ? value
      : Date.parse(/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$/.test(value) ? `${value}Z` : value);
  if (!(ms >= 0 && ms < 253_402_300_800_000)) return null;
  return new Date(ms).toISOString();
}

/** The first of these that is a time; a function is asked for one only when its turn comes. */
export function firstTime(...values: unknown[]): string {
  for (const value of values) {
    const time = timeOrNull(typeof value === 'function' ? value() : value);
    if (time !== null) return time;
  }
  return new Date(0).toISOString();
}

/** A word of a closed set, itself or by another name; else the default, and `unknown` hears of it. */
export function wordOf<W extends string>(
  words: readonly W[],
  value: unknown,
  fallback: W,
  {
    field: name,
    names = {},
    unknown,
  }: { field: string; names?: Readonly<Record<string, W>>; unknown: (word: UnknownWord) => void },
): W {
  if (words.includes(value as W)) return value as W;
  const other = typeof value === 'string' && Object.hasOwn(names, value) ? names[value] : undefined;
  if (other !== undefined) return other;
  if (value !== undefined && value !== null) unknown({ field: name, said: value, became: fallback });
  return fallback;
}

/** A list of texts as a JSON column holds it; what is no text stands there as JSON. */
export function listJson(value: unknown): string {
  if (!Array.isArray(value)) return '[]';
  return JSON.stringify(value.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))));
}

/** An object as a JSON column holds it; null for anything else. */
export function objectJson(value: unknown): string | null {
  return isObject(value) ? JSON.stringify(value) : null;
}
