/**
 * Reads long documents fast. The library's time grows faster than the text, so that a document is read in pieces of a few
 * kilobytes: a piece ends where the next line begins a block of its own, unless a fence or HTML is open there. Items
 * of the usual shape are not given to the library at all.
 */
import { beginsWithBullet, continuesParagraph, indentOf, isBlank } from './plan-markdown-lines.ts';
import { addBlock, type Block, holdsChecks, type Item, listOf, readLines } from './plan-markdown-tree.ts';

const PIECE = 2048;
/** Steps within steps within steps: deeper than this, all is text. */
const MAX_DEPTH = 30;

/** All blocks of a document, in order. */
export function readBlocks(lines: readonly string[], depth = 0): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const item = obviousItem(lines, at, depth);
    if (item === null) {
      at = readPiece(lines, at, blocks);
    } else {
      addBlock(blocks, listOf([item], item));
      at = item.end;
    }
    while (at < lines.length && isBlank(lines[at])) at++;
  }
  return blocks;
}

/** Reads one piece and answers where it ends. */
function readPiece(lines: readonly string[], start: number, into: Block[]): number {
  for (let size = PIECE; ; size *= 4) {
    const end = nextCut(lines, start, size);
    let filled = end;
    while (filled > start && isBlank(lines[filled - 1])) filled--;
    const { blocks, staysOpen } = readLines(lines, { start, end: filled });
    if (staysOpen && end < lines.length) continue;
    for (const block of blocks) addBlock(into, block);
    return end;
  }
}

/** The last line within `size` characters that begins a block; if there is none, the first one after. */
function nextCut(lines: readonly string[], start: number, size: number): number {
  let cut: number | null = null;
  let length = 0;
  // The content of lists and quotes that may be open stands further in than this.
  let least = 3;
  for (let i = start; i < lines.length; i++) {
    const line = lines[i] ?? '';
    length += line.length + 1;
    if (length > size && cut !== null) return cut;
    if (isBlank(line)) continue;
    const begins = i === start || beginsBlock(lines, i, least);
    if (begins && i > start) cut = i;
    least = begins && !/^ *(?:[-*+>]|\d)/.test(line) ? 3 : Math.min(least, indentOf(line));
  }
  return length > size && cut !== null ? cut : lines.length;
}

/**
 * Whether the line, if indented no more than `least`, begins a block of the document itself. Before a number there must
 * be an empty line or a bullet: it does not end a paragraph that is in no list.
 */
function beginsBlock(lines: readonly string[], at: number, least: number): boolean {
  const line = lines[at] ?? '';
  const indent = indentOf(line);
  const text = line.slice(indent);
  if (indent > least) return false;
  if (/^(?:[-*+] \[|#{1,6}[ \t])/.test(text)) return true;
  if (isBlank(lines[at - 1])) return !text.startsWith('\uFEFF');
  return /^\d{1,9}[.)] /.test(text) && beginsWithBullet(lines[at - 1]);
}

/**
 * An item of the shape that nearly all have: `- [ ] task` or a bullet with words, further lines of that paragraph that
 * begin with a letter, then indented lines, the first of them empty or a bullet.
 */
function obviousItem(lines: readonly string[], start: number, depth: number): Item | null {
  const line = lines[start] ?? '';
  const [opening, marker = '', box] =
    /^( {0,3}(?:[-*+]|\d{1,9}[.)])) (?:\[([ xX])\] +(?=[^ \t])|(?=\p{L}|\*\*\p{L}|`[^`]))/u.exec(line) ?? [];
  if (opening === undefined) return null;
  const indent = marker.length + 1;
  let wrapped = start + 1;
  while (wrapped < lines.length && continuesParagraph(lines[wrapped] ?? '')) wrapped++;
  const { end, next } = insideOf(lines, wrapped, ' '.repeat(indent));
  // In a list, the next item may follow at once.
  const isItem = /^ {0,3}(?:[-*+]|\d{1,9}[.)]) +[^ \t]/.test(lines[next] ?? '');
  if (next < lines.length && !isItem && !beginsBlock(lines, next, Math.min(3, indent - 1))) return null;

  const below = lines.slice(wrapped, end).map((text) => text.slice(indent));
  if (below.length > 0 && !isBlank(below[0]) && !beginsWithBullet(below[0])) return null;
  const mayHoldStep = below.some((text) => /\[[ \txX]\]/.test(text));
  if (mayHoldStep && below.some((text) => /^ *\t/.test(text))) return null;

  const paragraph: Block = { kind: 'paragraph', start, end: wrapped };
  const rest: Block = { kind: 'other', start: paragraph.end, end };
  const read = mayHoldStep && depth < MAX_DEPTH ? shifted(readBlocks(below, depth + 1), rest.start, indent) : [rest];
  const children = below.length === 0 ? [paragraph] : [paragraph, ...read];
  const task = [line.slice(opening.length), ...lines.slice(start + 1, wrapped)].map((text) => text.trim()).join('\n');
  const step = box === undefined ? null : { done: box !== ' ', task, end: paragraph.end };
  return {
    start,
    end,
    step,
    children,
    checks: step !== null || holdsChecks(children),
    markerEnd: marker.length,
    indent,
  };
}

/** How far lines go that are empty or have the margin: to the last that is not empty, and to the next without the margin. */
function insideOf(lines: readonly string[], from: number, margin: string): { end: number; next: number } {
  let end = from;
  for (let i = from; i < lines.length; i++) {
    if (isBlank(lines[i])) continue;
    if (!lines[i]?.startsWith(margin)) return { end, next: i };
    end = i + 1;
  }
  return { end, next: lines.length };
}

/** The blocks inside an item, read by themselves, as blocks of the document. */
function shifted(blocks: readonly Block[], lines: number, columns: number): Block[] {
  return blocks.map((block) => {
    const span = { start: block.start + lines, end: block.end + lines };
    if (block.kind !== 'list') return { ...block, ...span };
    const items = block.items.map((item) => ({
      start: item.start + lines,
      end: item.end + lines,
      step: item.step === null ? null : { ...item.step, end: item.step.end + lines },
      children: shifted(item.children, lines, columns),
      checks: item.checks,
      markerEnd: item.markerEnd + columns,
      indent: item.indent + columns,
    }));
    return listOf(items, span);
  });
}
