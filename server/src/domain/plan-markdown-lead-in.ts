/** Which heading or bold line holds a checklist: `**Backend**`, `**Backend:** the part on the server`. */
import { type Span, textOf } from './plan-markdown-lines.ts';
import { readMetadataLine } from './plan-markdown-metadata.ts';
import type { Block, List } from './plan-markdown-tree.ts';

/** The comment in the place of steps, for a phase without any. */
export const NO_STEPS = '<!-- no steps -->';

export interface LeadIn {
  name: string;
  /** The lines of its paragraph that stand before it. */
  before: Span;
  /** What follows the bold words. */
  rest: string | null;
  /** It tells something about the steps rather than naming them. */
  isLabel: boolean;
}

const LABELS = /^(?:tasks?|steps?|to-?dos?|check ?list|actions?|action items?|deliverables)$/i;

export function isChecklist(block: Block | undefined, lines: readonly string[]): boolean {
  if (block === undefined) return false;
  return block.kind === 'list' ? block.checks : block.kind === 'other' && lines[block.start]?.trim() === NO_STEPS;
}

/**
 * The paragraphs of a section that are lead-ins. Under a heading that has only one, and no steps before it, a mere
 * label does not count: the steps are the heading's.
 */
export function leadInsOf(
  blocks: readonly Block[],
  underHeading: boolean,
  lines: readonly string[],
): Map<Block, LeadIn> {
  const found = new Map<Block, LeadIn>();
  for (const [i, block] of blocks.entries()) {
    const leadIn = leadInBefore(blocks[i + 1], block, lines);
    if (leadIn !== null) found.set(block, leadIn);
  }
  const [only, ...more] = found;
  if (!underHeading || only === undefined || more.length > 0 || !only[1].isLabel) return found;
  const first = blocks.findIndex((block) => isChecklist(block, lines));
  return blocks[first - 1] === only[0] ? new Map() : found;
}

/** Whether the first step of a section stands under no lead-in. */
export function holdsSteps(blocks: readonly Block[], leadIns: Map<Block, LeadIn>, lines: readonly string[]): boolean {
  const first = blocks.findIndex((block) => isChecklist(block, lines));
  const list = blocks[first];
  const before = blocks[first - 1];
  if (list === undefined || (before !== undefined && leadIns.has(before))) return false;
  return list.kind !== 'list' || !isLedInside(list, lines);
}

function isLedInside(list: List, lines: readonly string[]): boolean {
  const item = list.items.find(({ checks }) => checks);
  if (item === undefined || item.step !== null) return false;
  const first = item.children.findIndex((block) => block.kind === 'list' && block.checks);
  const inner = item.children[first];
  if (leadInBefore(inner, item.children[first - 1], lines) !== null) return true;
  return inner?.kind === 'list' && isLedInside(inner, lines);
}

/**
 * The lead-in that a paragraph is, if a checklist comes next: its last line when all of that is bold, else what it begins with.
 * Lines that give the plan's category and priority are none.
 */
export function leadInBefore(
  next: Block | undefined,
  block: Block | undefined,
  lines: readonly string[],
): LeadIn | null {
  if (block?.kind !== 'paragraph' || !isChecklist(next, lines)) return null;
  const { start, end } = block;
  if (lines.slice(start, end).every((line) => readMetadataLine(line.trim()) !== null)) return null;
  const last = boldStart(lines[end - 1] ?? '');
  if (last !== null && last.rest === '') {
    return { name: last.name, before: { start, end: end - 1 }, rest: null, isLabel: LABELS.test(last.name) };
  }
  const first = boldStart(lines[start] ?? '');
  if (first === null) return null;
  const rest = textOf([first.rest, ...lines.slice(start + 1, end)]);
  return {
    name: first.name,
    before: { start, end: start },
    rest,
    isLabel: LABELS.test(first.name) || first.colon,
  };
}

function boldStart(line: string): { name: string; rest: string; colon: boolean } | null {
  // Inside a list the marker stands before the paragraph.
  const text = line.replace(/^(?:[ \t]*(?:[-+*]|\d{1,9}[.)])[ \t]+)*[ \t]*/, '').trimEnd();
  const [bold, , words = ''] = /^(\*\*|__)(?=[^\s*_])(.+?)\1/.exec(text) ?? [];
  if (bold === undefined) return null;
  const colon = words.endsWith(':') || text.charAt(bold.length) === ':';
  const name = words.replace(/:$/, '').trim();
  const rest = text.slice(bold.length).replace(/^:/, '').trim();
  return name === '' ? null : { name, rest, colon };
}
