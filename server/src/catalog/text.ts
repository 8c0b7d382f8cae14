/** Small pieces of reply text. What was stored by somebody is quoted, so that it reads as data and never as an instruction. */

/** Stored text on one line, quoted. Between the quotes stand at most `max` characters, escapes included. */
export function quoted(text: string, max = 200): string {
  return quotedLines(oneLine(text, max), max);
}

/** The same with its line ends, as `\n`. */
export function quotedLines(text: string, max: number): string {
  const whole = JSON.stringify(text);
  if (whole.length <= max + 2) return whole;
  let length = 1;
  let end = 0;
  for (const character of text) {
    length += JSON.stringify(character).length - 2;
    if (length > max) break;
    end += character.length;
  }
  return JSON.stringify(`${text.slice(0, end)}…`);
}

/** Text on one line, cut at `max` characters. */
export function oneLine(text: string, max: number): string {
  // Most texts are one line already, and looking costs a fraction of replacing.
  const line = /[^\S ]| {2}|^ | $/.test(text) ? text.replace(/\s+/g, ' ').trim() : text;
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

export type Cell = string | number | null | undefined;

/** `id | status | title`; an empty cell is a dash, empty ones at the end are left out. */
export function row(...cells: readonly Cell[]): string {
  const last = cells.findLastIndex((cell) => cell !== null && cell !== undefined);
  return cells
    .slice(0, last + 1)
    .map((cell) => cell ?? '–')
    .join(' | ');
}

/** "a, b, c", or "a, b, …" where there are more than `max`. */
export function some(items: readonly string[], max: number): string {
  return `${items.slice(0, max).join(', ')}${items.length > max ? ', …' : ''}`;
}

/** "1 step", "2 steps"; a noun with another ending brings its plural. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}
