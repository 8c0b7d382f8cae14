/** Queries in the language of the full-text engine. Whatever was typed stands in quotes, so none of it is syntax. */
import type { Phrase, SearchQuery, Term } from '../domain/search-query.ts';

/** The columns of the index, and what a word is worth in each. */
export const COLUMN_WEIGHTS = { title: 1.5, body: 1, parts: 1, dates: 0.5, context: 0.5 } as const;

export type SearchColumn = keyof typeof COLUMN_WEIGHTS;

export const SEARCH_COLUMNS = Object.keys(COLUMN_WEIGHTS) as SearchColumn[];

/** What a document says itself, as against what the ones before it say. */
export const OWN_COLUMNS = SEARCH_COLUMNS.filter((column) => column !== 'context');

/** Finds documents with at least one of the terms. */
export function anyOf(terms: readonly Term[]): string {
  return joined(terms, 'OR');
}

/** Finds documents that say all of the terms themselves. */
export function allOf(terms: readonly Term[]): string {
  return within(OWN_COLUMNS, joined(terms, 'AND'));
}

/** The same in some columns alone. */
export function within(columns: readonly SearchColumn[], match: string): string {
  return `{${columns.join(' ')}} : (${match})`;
}

/** The same with what was quoted, and without what was excluded. */
export function restricted(match: string, { required, excluded }: SearchQuery): string {
  const parts = [`(${match})`, ...(required.length === 0 ? [] : [allOf(required)])];
  const without = excluded.length === 0 ? '' : ` NOT ${within(OWN_COLUMNS, anyOf(excluded))}`;
  return `(${parts.join(' AND ')})${without}`;
}

/**
 * The column to compare with some documents that may match. The engine begins a query anew for each of them, which is cheap
 * beside going through all that match once, unless these are `few` or a prefix has to be looked up each time.
 */
export function rowidFor(match: string, few = false): string {
  return `${few || match.includes(PREFIX) ? '+' : ''}search_index.rowid`;
}

const PREFIX = '" *';

function joined(terms: readonly Term[], operator: 'AND' | 'OR'): string {
  return terms.map(({ anyOf }) => `(${anyOf.map(phrase).join(' OR ')})`).join(` ${operator} `);
}

function phrase({ tokens, prefix }: Phrase): string {
  return `"${tokens.join(' ')}${prefix ? PREFIX : '"'}`;
}
