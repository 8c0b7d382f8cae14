/** Lists and long texts come in parts; a cursor says where the next part starts. */
import { MemoryError } from '../domain/errors.ts';

export interface PageParams {
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** One part of a list. */
export interface Page<T> {
  items: T[];
  /** Where it starts: how many items stand before it, or, in a list with `place`, the first place that it may show. */
  offset: number;
  /** Where the next part starts; absent in the last one. */
  cursor?: string;
  /** The place of an item, which it keeps while others leave the list: only growing, and no part of what is sent. */
  place?: (item: T) => number;
}

const DEFAULT_LIMIT = 50;

/** Where a page starts and how long it is. @throws invalid_input for a cursor that no reply gave. */
export function pageBounds({ limit = DEFAULT_LIMIT, cursor = '0' }: PageParams): {
  limit: number;
  offset: number;
} {
  if (!/^\d{1,15}$/.test(cursor)) {
    throw new MemoryError('invalid_input', `"${cursor}" is not a cursor.`, {
      hint: 'Use the cursor of the last reply, or leave it out for the first page.',
    });
  }
  return { limit, offset: Number(cursor) };
}

/** Makes a page of rows that were asked for with one more than its limit. */
export function pageOf<T>(rows: readonly T[], params: PageParams, place?: (item: T) => number): Page<T> {
  const { limit, offset } = pageBounds(params);
  const page = { items: rows.slice(0, limit), offset, ...(place === undefined ? {} : { place }) };
  return rows.length > limit ? { ...page, cursor: cursorAfter(page, limit) } : page;
}

/** Makes a page of a whole list. */
export function sliceOf<T>(all: readonly T[], params: PageParams, place?: (item: T) => number): Page<T> {
  const { limit, offset } = pageBounds(params);
  const rest = place === undefined ? all.slice(offset) : all.filter((item) => place(item) >= offset);
  return pageOf(rest.slice(0, limit + 1), params, place);
}

/** Where a list goes on after so many items of a page. */
export function cursorAfter<T>({ items, offset, place }: Page<T>, shown: number): string {
  const last = items[shown - 1];
  return String(place === undefined || last === undefined ? offset + shown : place(last) + 1);
}

export function isPage(data: unknown): data is Page<unknown> {
  return typeof data === 'object' && data !== null && 'items' in data && Array.isArray(data.items) && 'offset' in data;
}

/** One part of a long text; joined, the parts are the whole. */
export interface Piece {
  text: string;
  length: number;
  cursor?: string;
}

/** Whether what an action answered is a part of a long text. */
export function isPiece(data: unknown): data is Piece {
  return typeof data === 'object' && data !== null && 'text' in data && 'length' in data;
}

const PIECE_LENGTH = 20_000;

/** The part of a text that starts at the cursor. A surrogate pair is never cut in two. */
export function pieceOf(text: string, { cursor }: { cursor?: string | undefined }): Piece {
  const { offset } = pageBounds({ cursor });
  let end = Math.min(offset + PIECE_LENGTH, text.length);
  if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end--;
  const piece = { text: text.slice(offset, end), length: text.length };
  return end < text.length ? { ...piece, cursor: String(end) } : piece;
}

/** The text itself and, apart from it, where it goes on. */
export function renderPiece({ text, length, cursor }: Piece): readonly string[] {
  return cursor === undefined
    ? [text]
    : [text, `(${length} characters in all; the rest: the same call with cursor "${cursor}")`];
}
