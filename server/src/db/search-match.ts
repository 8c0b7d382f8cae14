/** Queries in the language of the full-text engine. Whatever was typed stands in quotes, so none of it is syntax. */
import type { Phrase, SearchQuery, Term } from '../domain/search-query.ts';

/** The columns of the index, and what a word is worth in each. */
export const COLUMN_WEIGHTS = { title: 3, body: 1, parts: 1, dates: 0.5, context: 0.5 } as const;

export type SearchColumn = keyof typeof COLUMN_WEIGHTS;

export const SEARCH_COLUMNS = Object.keys(COLUMN_WEIGHTS) as SearchColumn[];

/** What a document says itself, as against what the ones before it say. */
const OWN = SEARCH_COLUMNS.filter((column) => column !== 'context');

/** Finds documents with at least one of the terms. */
export function anyOf(terms: readonly Term[]): string {
  return joined(terms, 'OR');
}

/** Finds documents that say all of the terms themselves. */
export function allOf(terms: readonly Term[]): string {
  return within(OWN, joined(terms, 'AND'));
}

/** The same in some columns alone. */
export function within(columns: readonly SearchColumn[], match: string): string {
  return `{${columns.join(' ')}} : (${match})`;
}

/** The same with what was quoted, and without what was excluded. */
export function restricted(match: string, { required, excluded }: SearchQuery): string {
  const parts = [`(${match})`, ...(required.length === 0 ? [] : [allOf(required)])];
  const without = excluded.length === 0 ? '' : ` NOT ${within(OWN, anyOf(excluded))}`;
  return `(${parts.join(' AND ')})${without}`;
}

/**
 * The column to compare with a few documents that may match. The engine begins a query anew for each of them, which is
 * cheap, unless a prefix has to be looked up; then it goes through all that match once.
 */
export function rowidFor(match: string): string {
  return `${match.includes(PREFIX) ? '+' : ''}search_index.rowid`;
}

const PREFIX = '" *';

function joined(terms: readonly Term[], operator: 'AND' | 'OR'): string {
  return terms.map(({ anyOf }) => `(${anyOf.map(phrase).join(' OR ')})`).join(` ${operator} `);
}

function phrase({ tokens, prefix }: Phrase): string {
  return `"${tokens.join(' ')}${prefix ? PREFIX : '"'}`;
}
