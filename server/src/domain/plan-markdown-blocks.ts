/**
 * The blocks of a Markdown document by line, so that every text can be taken from the source as it stands there.
 * CommonMark says what a block is (mdast-util-from-markdown); of GFM only the checkbox counts here. Tables and other
 * extensions stay the lines that they are. Inline markup is not read at all.
 */
import type { ListItem, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { columnsOf, isBlank, linesInside, type Margin, type Span } from './plan-markdown-lines.ts';

export interface Heading extends Span {
  kind: 'heading';
  text: string;
}

export interface List extends Span {
  kind: 'list';
  items: Item[];
  /** A checkbox is somewhere inside. */
  checks: boolean;
}

interface Leaf extends Span {
  kind: 'paragraph' | 'break' | 'other';
}

export type Block = Heading | List | Leaf;

export interface Item extends Span, Margin {
  /** For an item with a checkbox: its paragraph without it, and the line after that paragraph. */
  step: { done: boolean; task: string; end: number } | null;
  children: Block[];
  checks: boolean;
}

/** Inline constructs, switched off: they cost most of the time and are of no use here. */
const INLINE = {
  disable: {
    null: [
      ...['attention', 'autolink', 'characterEscape', 'characterReference', 'codeText', 'hardBreakEscape', 'htmlText'],
      ...['labelEnd', 'labelStartImage', 'labelStartLink'],
    ],
  },
};

const CHUNK = 4096;

/**
 * A document is read in pieces of a few kilobytes, since the library's time grows faster than the text. A piece ends
 * where the next line begins a block of its own, unless a fence or HTML is still open there: then it grows.
 */
export function readBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const item = obviousStep(lines, at);
    if (item !== null) blocks.push({ kind: 'list', start: item.start, end: item.end, items: [item], checks: true });
    at = item?.end ?? readPiece(lines, at, blocks);
    while (at < lines.length && isBlank(lines[at])) at++;
  }
  return blocks;
}

/** Reads one piece and answers where it ends. */
function readPiece(lines: readonly string[], start: number, blocks: Block[]): number {
  for (let size = CHUNK; ; size *= 4) {
    const end = nextCut(lines, start, size);
    const { children } = fromMarkdown(lines.slice(start, end).map(withoutDepth).join('\n'), {
      extensions: [INLINE],
    });
    const last = children.at(-1);
    if (end < lines.length && last !== undefined && staysOpen(last, lines, start)) continue;
    for (const block of blocksOf(children, lines, start, end)) blocks.push(block);
    return end;
  }
}

function nextCut(lines: readonly string[], start: number, size: number): number {
  let length = 0;
  for (let i = start; i < lines.length; i++) {
    if (length >= size && beginsBlock(lines, i)) return i;
    length += (lines[i]?.length ?? 0) + 1;
  }
  return lines.length;
}

/** Whether the line begins a block of the document itself, if no fence and no HTML is open. */
function beginsBlock(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  return /^(?:[-*+] \[|#{1,6}[ \t])/.test(line) || (isBlank(lines[at - 1]) && /^[^ \t\uFEFF]/.test(line));
}

function staysOpen(node: RootContent, lines: readonly string[], offset: number): boolean {
  if (node.type !== 'code') return node.type === 'html';
  const { start, end } = spanOf(node, offset, lines.length);
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(lines[start] ?? '')?.[1];
  const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(lines[end - 1] ?? '')?.[1];
  return fence !== undefined && !(end - 1 > start && closing?.startsWith(fence));
}

/** Nesting beyond some thirty levels is no plan, and each level costs time on every line: such a line counts as text. */
function withoutDepth(line: string): string {
  const deep = line.length > 32 && /^(?:[ \t]{64}|[ \t]*(?:(?:[-+*>]|\d{1,9}[.)])[ \t]*){32})/.test(line);
  return deep && /[^-+*_ \t]/.test(line) ? `${line.slice(0, 64).replace(/[^ \t]/g, 'x')}x` : line;
}

/**
 * The one shape that most of a long plan has, read without the library: `- [ ] task`, then lines that are indented
 * below it and hold no checkbox, the first of them empty or a bullet, so that the task is surely one line.
 */
function obviousStep(lines: readonly string[], start: number): Item | null {
  const [marker, box] = /^[-*+] \[([ xX])\] +(?=[^ \t])/.exec(lines[start] ?? '') ?? [];
  if (marker === undefined) return null;
  let next = start + 1;
  let end = next;
  for (; next < lines.length; next++) {
    if (isBlank(lines[next])) continue;
    if (!lines[next]?.startsWith('  ')) break;
    end = next + 1;
  }
  const below = lines.slice(start + 1, end);
  const first = below[0] ?? '';
  if (next < lines.length && !beginsBlock(lines, next)) return null;
  if (!isBlank(first) && !/^ {2,5}[-*+] [\p{L}\p{N}`*]/u.test(first)) return null;
  if (below.some((line) => /\[[ \txX]\]/.test(line))) return null;

  const task = (lines[start] ?? '').slice(marker.length).trim();
  const children: Block[] = [{ kind: 'paragraph', start, end: start + 1 }];
  if (below.length > 0) children.push({ kind: 'other', start: start + 1, end });
  return {
    start,
    end,
    step: { done: box !== ' ', task, end: start + 1 },
    children,
    checks: true,
    markerEnd: 1,
    indent: 2,
  };
}

/** `limit` is where the next block begins: what is still open when its container ends reaches too far in the library's positions. */
function blocksOf(nodes: readonly RootContent[], lines: readonly string[], offset: number, limit: number): Block[] {
  return nodes.map((node, i) => blockOf(node, lines, offset, startOf(nodes[i + 1], offset) ?? limit));
}

function blockOf(node: RootContent, lines: readonly string[], offset: number, limit: number): Block {
  const span = spanOf(node, offset, limit);
  if (node.type === 'heading') return { kind: 'heading', ...span, text: headingText(node, lines, offset) };
  if (node.type === 'list') {
    const items = node.children.map((item, i) =>
      itemOf(item, lines, offset, startOf(node.children[i + 1], offset) ?? limit),
    );
    return { kind: 'list', ...span, items, checks: items.some((item) => item.checks) };
  }
  if (node.type === 'paragraph') return { kind: 'paragraph', ...span };
  return { kind: node.type === 'thematicBreak' ? 'break' : 'other', ...span };
}

function startOf(node: RootContent | ListItem | undefined, offset: number): number | undefined {
  return node?.position === undefined ? undefined : offset + node.position.start.line - 1;
}

function spanOf(node: RootContent | ListItem, offset: number, limit: number): Span {
  const start = startOf(node, offset) ?? offset;
  return { start, end: Math.min(limit, offset + (node.position?.end.line ?? 1)) };
}

function headingText(
  heading: Extract<RootContent, { type: 'heading' }>,
  lines: readonly string[],
  offset: number,
): string {
  const start = heading.children[0]?.position?.start;
  const end = heading.children.at(-1)?.position?.end;
  if (start === undefined || end === undefined) return '';
  const taken = lines.slice(offset + start.line - 1, offset + end.line);
  const last = taken.length - 1;
  return taken
    .map((line, i) => line.slice(i === 0 ? start.column - 1 : 0, i === last ? end.column - 1 : undefined).trim())
    .join(' ');
}

function itemOf(node: ListItem, lines: readonly string[], offset: number, limit: number): Item {
  const span = spanOf(node, offset, limit);
  const line = lines[span.start] ?? '';
  const before = (node.position?.start.column ?? 1) - 1;
  const markerEnd = before + (/^(?:[-*+]|\d{1,9}[.)])/.exec(line.slice(before))?.[0].length ?? 1);
  const gap = /^[ \t]*/.exec(line.slice(markerEnd))?.[0].length ?? 0;
  const marked = columnsOf(line.slice(0, markerEnd));
  const spaces = columnsOf(line.slice(0, markerEnd + gap)) - marked;
  const indent = marked + (spaces > 4 || markerEnd + gap === line.length ? 1 : spaces);
  const children = blocksOf(node.children, lines, offset, limit);

  const item: Item = { ...span, step: null, children, checks: false, markerEnd, indent };
  const [first] = children;
  if (first?.kind === 'paragraph') {
    const text = linesInside(lines, item, first)
      .map((inside) => inside.trim())
      .join('\n');
    const [box, mark] = /^\[([ \txX])\][ \t\n]+(?=[^ \t\n])/.exec(text) ?? [];
    if (box !== undefined)
      item.step = { done: mark?.toLowerCase() === 'x', task: text.slice(box.length), end: first.end };
  }
  item.checks = item.step !== null || children.some((child) => child.kind === 'list' && child.checks);
  return item;
}
