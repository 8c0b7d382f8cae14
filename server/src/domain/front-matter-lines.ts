/** Where front matter ends: apart from the reader of its YAML, which would slow every start. */

export interface Parted {
  /** The lines between the delimiters; null where the first is never closed. */
  yaml: string[] | null;
  body: string[];
}

/** Parts the lines of a text; null where it does not begin with front matter. */
export function partFrontMatter(lines: readonly string[]): Parted | null {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (!isDelimiter(lines[first], '---')) return null;
  const last = lines.findIndex((line, i) => i > first && (isDelimiter(line, '---') || isDelimiter(line, '...')));
  return last === -1
    ? { yaml: null, body: [...lines] }
    : { yaml: lines.slice(first + 1, last), body: lines.slice(last + 1) };
}

/** What follows the front matter; without one, the text. */
export function bodyOf(text: string): string {
  return partFrontMatter(text.split(/\r\n|\r|\n/))?.body.join('\n') ?? text;
}

export function isDelimiter(line: string | undefined, mark: string): boolean {
  return line?.trimEnd() === mark;
}
