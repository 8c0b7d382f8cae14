/** Values as columns hold them: JSON as text, booleans as 0 and 1. */

/** Any JSON object. */
export type JsonObject = Record<string, unknown>;

/** Some of the properties; one that is undefined counts as absent. */
export type Some<T> = { [K in keyof T]?: T[K] | undefined };

/** The text of a value; undefined and null stay what they are, so that absent is not null. */
export function toJson(value: unknown): string | null | undefined {
  return value === undefined || value === null ? value : JSON.stringify(value);
}

/** The object in a JSON column; null for an empty one. What is stored was checked when it was written. */
export function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

/** The list in a JSON column. */
export function listFromJson(text: string): string[] {
  return JSON.parse(text) as string[];
}

/** A boolean as 0 or 1; undefined stays undefined. */
export function toFlag<B extends boolean | undefined>(value: B): B extends boolean ? 0 | 1 : 0 | 1 | undefined;
export function toFlag(value: boolean | undefined): 0 | 1 | undefined {
  if (value === undefined) return undefined;
  return value ? 1 : 0;
}

/** The object without its undefined properties, so that spreading it over another one overrides nothing by accident. */
export function defined<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}
