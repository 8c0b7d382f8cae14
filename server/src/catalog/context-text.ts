/** What a context item says, as text. */
import type { ContextRow } from '../db/index.ts';
import { fromJson, type JsonObject } from '../domain/stored-values.ts';

/** The text that was stored, or, of an item of several fields, its JSON. */
export function contextText({ data }: Pick<ContextRow, 'data'>): string {
  const stored = fromJson<JsonObject>(data);
  return typeof stored?.['text'] === 'string' && Object.keys(stored).length === 1 ? stored['text'] : data;
}
