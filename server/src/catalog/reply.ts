/** The bounds of a reply: no text is longer than a model can use, and what was cut says how to get the rest. */
import type { Rendered } from './define.ts';
import { cursorAfter, isPage, isPiece, pieceOf, renderPiece } from './page.ts';
import { type Table, tableText } from './table.ts';

const MAX_REPLY = 24_000;

export interface FittedReply {
  data: unknown;
  blocks: readonly string[];
  /** The list behind the text, for a door that shows it in its own way. */
  table?: Table;
}

export interface Fit {
  /** The data as JSON instead of the compact text. */
  full: boolean;
  /** For a reader that is no model: however long it is. */
  whole: boolean;
  /** Where the JSON of one thing goes on. */
  cursor?: string | undefined;
}

/** The reply's text within its bound. */
export function fitted(data: unknown, render: () => Rendered, { full, whole, cursor }: Fit): FittedReply {
  // A piece of a long text is the text itself, in either form.
  if (full && !isPiece(data)) return { data, blocks: whole ? [JSON.stringify(data)] : fullText(data, cursor) };
  const rendered = render();
  const bounded = (text: string) => [whole || text.length <= MAX_REPLY ? text : cutAtLine(text)];
  if (typeof rendered === 'string') return { data, blocks: bounded(rendered) };
  return 'rows' in rendered
    ? { data, blocks: bounded(tableText(rendered)), table: rendered }
    : { data, blocks: rendered };
}

/** Whole lines, as many as fit, and a line that says so. */
function cutAtLine(text: string): string {
  const note = '\n… cut here: ask for less at a time with limit and cursor, or for one item by its id.';
  const room = text.slice(0, MAX_REPLY - note.length);
  const end = room.lastIndexOf('\n');
  return (end > 0 ? room.slice(0, end) : room.replace(/[\uD800-\uDBFF]$/, '')) + note;
}

/**
 * All of the data as JSON. A list that is too long loses items at its end, and its cursor then points to them; of an item that
 * alone is too long the short values stand, with how to get the rest; one thing that is too long comes in pieces.
 */
function fullText(data: unknown, cursor: string | undefined): readonly string[] {
  const whole = JSON.stringify(data);
  if (!isPage(data)) return renderPiece(pieceOf(whole, { cursor }));
  if (whole.length <= MAX_REPLY) return [whole];
  const items = [...data.items];
  while (items.length > 1) {
    items.length = Math.floor(items.length * 0.8);
    const text = JSON.stringify({ ...data, items, cursor: cursorAfter(data, items.length) });
    if (text.length <= MAX_REPLY) return [text];
  }
  const rest = data.items.length > 1 ? { cursor: cursorAfter(data, 1) } : {};
  return [JSON.stringify({ ...data, ...rest, items: items.map(shortened) })];
}

const SHORT_VALUE = 500;

function shortened(item: unknown): object {
  const kept = Object.entries(item ?? {}).filter(([, value]) => (JSON.stringify(value) ?? '').length <= SHORT_VALUE);
  const cut = `longer than the ${MAX_REPLY} characters of a reply: memory_query get with its id and detail "full" gives all of it`;
  return { ...Object.fromEntries(kept), cut };
}
