/**
 * What the columns of a row cannot say again. Every element is converted to columns, rendered back, and compared: what
 * differs is kept in the row's `meta.imported`, so that an export gives the same content by construction. All pure.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../domain/stored-values.ts';
import { isObject } from './values.ts';

export interface Leftovers {
  /** Fields that no column has. */
  rest?: JsonObject;
  /** Field → how the columns say it, and what the source said; without `said` it said nothing. */
  said?: Record<string, { as: unknown; said?: unknown }>;
  /** What else the exporter must know of this kind of row. */
  [note: string]: unknown;
}

/** What `rendered`, made from the row's columns, does not say as the element did. */
export function leftoversOf(element: JsonObject, rendered: JsonObject, notes: JsonObject = {}): Leftovers | null {
  const rest = Object.entries(element).filter(([name]) => !Object.hasOwn(rendered, name));
  const said = Object.entries(rendered).flatMap(([name, value]) => {
    if (!Object.hasOwn(element, name)) return [[name, { as: value }] as const];
    return isDeepStrictEqual(value, element[name]) ? [] : [[name, { as: value, said: element[name] }] as const];
  });
  const left: Leftovers = {
    ...(rest.length > 0 ? { rest: Object.fromEntries(rest) } : {}),
    ...(said.length > 0 ? { said: Object.fromEntries(said) } : {}),
    ...notes,
  };
  return Object.keys(left).length > 0 ? left : null;
}

/** The element again. A column that has changed since speaks for itself. */
export function withLeftovers(rendered: JsonObject, left: Leftovers): JsonObject {
  const { rest = {}, said = {} } = left;
  const whole = Object.entries(rendered).flatMap(([name, value]): [string, unknown][] => {
    const other = Object.hasOwn(said, name) ? said[name] : undefined;
    if (other === undefined || !isDeepStrictEqual(other.as, value)) return [[name, value]];
    return 'said' in other ? [[name, other.said]] : [];
  });
  for (const [name, value] of Object.entries(rest)) {
    if (!Object.hasOwn(rendered, name)) whole.push([name, value]);
  }
  return Object.fromEntries(whole);
}

/** The text of a meta column: the leftovers beside whatever else it holds. */
export function metaJson(left: Leftovers | null, others: JsonObject = {}): string | null {
  const meta = { ...others, ...(left === null ? {} : { imported: left }) };
  return Object.keys(meta).length > 0 ? JSON.stringify(meta) : null;
}

/** The leftovers in a meta column; empty for a row that was made here. */
export function importedOf(meta: string | null): Leftovers {
  const value: unknown = meta === null ? null : JSON.parse(meta);
  const left = isObject(value) ? value['imported'] : undefined;
  return isObject(left) ? left : {};
}

/** The object without the properties that are null or undefined. */
export function present(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}
