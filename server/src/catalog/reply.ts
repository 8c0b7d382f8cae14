/** The bounds of a reply: no text is longer than a model can use, and what was cut says how to get the rest. */
import { MemoryError } from '../domain/errors.ts';
import type { Rendered } from './define.ts';
import type { Page } from './page.ts';

const MAX_REPLY = 24_000;

export interface FittedReply {
  data: unknown;
  blocks: readonly string[];
}

export interface Fit {
  /** The data as JSON instead of the compact text. */
  full: boolean;
  /** For a reader that is no model: however long it is. */
  whole: boolean;
}

/** The reply's text within its bound. */
export function fitted(data: unknown, render: () => Rendered, { full, whole }: Fit): FittedReply {
  if (full) return { data, blocks: [whole ? JSON.stringify(data) : fullText(data)] };
  const rendered = render();
  if (typeof rendered !== 'string') return { data, blocks: rendered };
  return { data, blocks: [whole || rendered.length <= MAX_REPLY ? rendered : cutAtLine(rendered)] };
}

/** Whole lines, as many as fit, and a line that says so. */
function cutAtLine(text: string): string {
  const note = '\n… cut here: ask for less at a time with limit and cursor, or for one item by its id.';
  const room = text.slice(0, MAX_REPLY - note.length);
  const end = room.lastIndexOf('\n');
  return (end > 0 ? room.slice(0, end) : room.replace(/[\uD800-\uDBFF]$/, '')) + note;
}

/** All of the data as JSON. A list that is too long loses items at its end, and its cursor then points to them. */
function fullText(data: unknown): string {
  const whole = JSON.stringify(data);
  if (whole.length <= MAX_REPLY) return whole;
  if (isPage(data)) {
    const items = [...data.items];
    while (items.length > 1) {
      items.length = Math.floor(items.length * 0.8);
      const text = JSON.stringify({ ...data, items, cursor: String(data.offset + items.length) });
      if (text.length <= MAX_REPLY) return text;
    }
  }
  throw new MemoryError(
    'invalid_input',
    `The full reply is ${whole.length} characters long; ${MAX_REPLY} are allowed.`,
    {
      hint: 'Leave detail out for the short form, or get the parts one by one; memory_plan export comes in pieces.',
    },
  );
}

function isPage(data: unknown): data is Page<unknown> {
  return typeof data === 'object' && data !== null && 'items' in data && Array.isArray(data.items) && 'offset' in data;
}
