/**
 * The blocks of a Markdown document by line, so that every text can be taken from the source as it stands there.
 * CommonMark says what a block is (mdast-util-from-markdown); of GFM only the checkbox counts. Tables and other
 * extensions stay the lines that they are, and inline markup is not read at all.
 */
import type { ListItem, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { columnsOf, linesInside, type Margin, type Span } from './plan-markdown-lines.ts';

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

/** Inline constructs take most of the time and are of no use here. */
const INLINE = [
  ...['attention', 'autolink', 'characterEscape', 'characterReference', 'codeText', 'hardBreakEscape'],
  ...['htmlText', 'labelEnd', 'labelStartImage', 'labelStartLink'],
];

/** The blocks of some lines, and whether a fence or HTML could go on after them. */
export function readLines(lines: readonly string[], { start, end }: Span): { blocks: Block[]; staysOpen: boolean } {
  const markdown = lines.slice(start, end).map(withoutDepth).join('\n');
  const { children } = fromMarkdown(markdown, { extensions: [{ disable: { null: INLINE } }] });
  const last = children.at(-1);
  return {
    blocks: blocksOf(children, lines, start, end),
    staysOpen: last !== undefined && (last.type === 'html' || isOpenFence(lines, spanOf(last, start, end))),
  };
}

/** Nesting beyond some thirty levels is no plan, and each level costs time on every line: such a line counts as text. */
function withoutDepth(line: string): string {
  const deep = line.length > 32 && /^(?:[ \t]{64}|[ \t]*(?:(?:[-+*>]|\d{1,9}[.)])[ \t]*){32})/.test(line);
  return deep && /[^-+*_ \t]/.test(line) ? `${line.slice(0, 64).replace(/[^ \t]/g, 'x')}x` : line;
}

function isOpenFence(lines: readonly string[], { start, end }: Span): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(lines[start] ?? '')?.[1];
  const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(lines[end - 1] ?? '')?.[1];
  return fence !== undefined && !(end - 1 > start && closing?.startsWith(fence));
}

/**
 * `limit` is where the next block begins: in the library's positions a block that is still open when its container
 * ends reaches too far.
 */
function blocksOf(nodes: readonly RootContent[], lines: readonly string[], offset: number, limit: number): Block[] {
  const blocks: Block[] = [];
  for (const [i, node] of nodes.entries())
    addBlock(blocks, blockOf(node, lines, offset, startOf(nodes[i + 1], offset) ?? limit));
  return blocks;
}

/** Lists that follow each other are one, whatever their markers. */
export function addBlock(blocks: Block[], block: Block): void {
  const last = blocks.at(-1);
  if (block.kind !== 'list' || last?.kind !== 'list') {
    blocks.push(block);
    return;
  }
  for (const item of block.items) last.items.push(item);
  last.end = block.end;
  last.checks ||= block.checks;
}

function blockOf(node: RootContent, lines: readonly string[], offset: number, limit: number): Block {
  const span = spanOf(node, offset, limit);
  if (node.type === 'heading') return { kind: 'heading', ...span, text: headingText(node, lines, offset) };
  if (node.type === 'list') {
    const items = node.children.map((item, i) =>
      itemOf(item, lines, offset, startOf(node.children[i + 1], offset) ?? limit),
    );
    return listOf(items, span);
  }
  if (node.type === 'paragraph') return { kind: 'paragraph', ...span };
  return { kind: node.type === 'thematicBreak' ? 'break' : 'other', ...span };
}

export function listOf(items: Item[], { start, end }: Span): List {
  return { kind: 'list', start, end, items, checks: items.some((item) => item.checks) };
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
  if (first?.kind === 'paragraph' && first.start === item.start) {
    const text = linesInside(lines, item, first)
      .map((inside) => inside.trim())
      .join('\n');
    const [box, mark] = /^\[([ \txX])\][ \t\n]+(?=[^ \t\n])/.exec(text) ?? [];
    if (box !== undefined)
      item.step = { done: mark?.toLowerCase() === 'x', task: text.slice(box.length), end: first.end };
  }
  item.checks = item.step !== null || holdsChecks(children);
  return item;
}

export function holdsChecks(blocks: readonly Block[]): boolean {
  return blocks.some((block) => block.kind === 'list' && block.checks);
}
