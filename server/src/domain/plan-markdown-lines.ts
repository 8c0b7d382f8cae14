/** Source lines of a Markdown document, taken from it as they stand. */

/** Lines from `start` up to, not including, `end`. */
export interface Span {
  start: number;
  end: number;
}

/** What stands to the left of a list item's content. */
export interface Margin {
  /** How much of the first line is the marker and what stands before it. */
  markerEnd: number;
  /** The column at which the content begins. */
  indent: number;
}

export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

export function isBlank(line: string | undefined): boolean {
  return line === undefined || !/[^ \t]/.test(line);
}

/** Whether a line after one of a paragraph can only belong to it: a letter begins no other block. */
export function continuesParagraph(line: string): boolean {
  return /^[ \t]*\p{L}/u.test(line);
}

/** Whether a line ends the paragraph before it because it is surely a list item. */
export function beginsWithBullet(line: string | undefined): boolean {
  return line !== undefined && /^ {0,3}[-*+] [\p{L}\p{N}`*[]/u.test(line);
}

/** The lines as one text without the empty ones around it; null if all are empty. */
export function textOf(lines: readonly string[]): string | null {
  const start = lines.findIndex((line) => !isBlank(line));
  return start === -1 ? null : lines.slice(start, lines.findLastIndex((line) => !isBlank(line)) + 1).join('\n');
}

/** What is left of a span; the spans to leave out stand in order. */
export function without(span: Span, taken: readonly Span[]): Span[] {
  const left: Span[] = [];
  let at = span.start;
  for (const { start, end } of taken) {
    if (start > at) left.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  return at < span.end ? [...left, { start: at, end: span.end }] : left;
}

/** Lines of a list item without its marker and its indentation. */
export function linesInside(lines: readonly string[], item: Span & Margin, { start, end }: Span): string[] {
  return lines.slice(start, end).map((line, i) => {
    if (start + i > item.start) return dedent(line, item.indent);
    return dedent(' '.repeat(columnsOf(line.slice(0, item.markerEnd))) + line.slice(item.markerEnd), item.indent);
  });
}

function dedent(line: string, columns: number): string {
  const blanks = /^[ \t]*/.exec(line)?.[0] ?? '';
  if (!blanks.slice(0, columns).includes('\t')) return line.slice(Math.min(columns, blanks.length));
  return ' '.repeat(Math.max(0, columnsOf(blanks) - columns)) + line.slice(blanks.length);
}

/** The column of the first character that is no blank. */
export function indentOf(line: string): number {
  return columnsOf(/^[ \t]*/.exec(line)?.[0] ?? '');
}

/** The width of a text, its tabs reaching to every fourth column. */
export function columnsOf(text: string): number {
  let width = 0;
  for (const char of text) width += char === '\t' ? 4 - (width % 4) : 1;
  return width;
}

/** A text put together from lines of the document: neighbours stay as they are, what was apart gets an empty line between. */
export class Excerpt {
  readonly #lines: readonly string[];
  readonly #parts: (Span | string)[] = [];
  #break: Span | null = null;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  add(span: Span, taken: readonly Span[] = []): void {
    for (const { start, end } of without(span, taken)) {
      if (this.#lines.slice(start, end).every(isBlank)) continue;
      this.#putBreak();
      this.#join({ start, end });
    }
  }

  addText(text: string): void {
    this.#putBreak();
    this.#parts.push(text);
  }

  /** A thematic break counts only between two texts. */
  addBreak(span: Span): void {
    if (this.#parts.length > 0) this.#break ??= span;
  }

  text(): string | null {
    const texts = this.#parts.map((part) =>
      typeof part === 'string' ? part : textOf(this.#lines.slice(part.start, part.end)),
    );
    return texts.length === 0 ? null : texts.join('\n\n');
  }

  #putBreak(): void {
    if (this.#break !== null) this.#join(this.#break);
    this.#break = null;
  }

  #join(span: Span): void {
    const last = this.#parts.at(-1);
    const adjoins = typeof last === 'object' && this.#lines.slice(last.end, span.start).every(isBlank);
    if (adjoins) last.end = span.end;
    else this.#parts.push({ ...span });
  }
}
