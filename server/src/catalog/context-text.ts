/** What a stored JSON value says, as text. */
import { fromJson, type JsonObject } from '../domain/stored-values.ts';

/** The text that was stored; of an object with several fields a line for each, without those that begin with an underscore. */
export function textOfJson(json: string): string {
  const stored = fromJson<JsonObject>(json);
  const keys = Object.keys(stored ?? {});
  return keys.length === 1 && typeof stored?.['text'] === 'string' ? stored['text'] : linesOf(stored, '').join('\n');
}

function linesOf(value: unknown, name: string): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [name === '' ? String(value) : `${name}: ${value}`];
  if (Array.isArray(value)) {
    const plain = value.every((item) => typeof item !== 'object');
    return plain ? linesOf(value.join('; '), name) : value.flatMap((item) => linesOf(item, name));
  }
  return Object.entries(value).flatMap(([key, inner]) => (key.startsWith('_') ? [] : linesOf(inner, key)));
}
