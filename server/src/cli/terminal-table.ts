/** A list on a terminal: columns as wide as the window allows, long cells on several lines. */
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { type Table, tableText } from '../catalog/table.ts';
import type { Cell } from '../catalog/text.ts';
import { printable } from './output.ts';

export function showTable(table: Table): void {
  const bold = (text: string) => styleText('bold', text, { stream: process.stdout });
  process.stdout.write(`${terminalTable(table, { width: process.stdout.columns || 80, bold })}\n`);
}

interface Terminal {
  /** In columns of the terminal, of which a wide character takes two. */
  width: number;
  bold: (text: string) => string;
}

const GAP = '  ';
/** Where a column would have to be narrower, each row is a line of text instead. */
const NARROWEST = 12;

/** The list as lines of at most this width. A window that is too narrow for its columns gets the plain text. */
export function terminalTable(table: Table, { width, bold }: Terminal): string {
  const { heading, empty, columns, hint, rows, cursor } = table;
  if (rows.length === 0) return wrap(printable(empty ?? heading ?? tableText(table)), width);
  const lines = rows.map((row) => (typeof row === 'string' ? printable(row) : row.map(cellText)));
  const cells = [columns, ...lines.filter((line) => typeof line !== 'string')];
  const widths = columnWidths(cells, width);
  // An id in two parts cannot be copied.
  const splits = widths?.some((columns, i) => cells.some((row) => isId(row[i]) && stringWidth(row[i] ?? '') > columns));
  if (widths === null || splits) return wrap(printable(tableText(table)), width);
  const title = [heading, hint].filter((part) => part !== undefined).join('; ');
  return [
    ...(title === '' ? [] : [wrap(title, width)]),
    ...(columns.length === 0 ? [] : [bold(rowText(columns, widths))]),
    ...lines.map((line) => (typeof line === 'string' ? wrap(line, width) : rowText(line, widths))),
    ...(cursor === undefined ? [] : [`more: the same command with --cursor ${cursor}`]),
  ].join('\n');
}

function isId(cell = ''): boolean {
  return /^\s*[a-z]+_[0-9a-z]{12}$/.test(cell);
}

function cellText(cell: Cell): string {
  return cell == null ? '–' : printable(String(cell)).replaceAll(/\s/g, ' ');
}

/** As wide as their longest cell; what is more than fits, the wide ones give up alike. Null where that is too little. */
function columnWidths(rows: readonly (readonly string[])[], width: number): number[] | null {
  const count = Math.max(...rows.map((row) => row.length));
  const wanted = Array.from({ length: count }, (_, i) => Math.max(...rows.map((row) => stringWidth(row[i] ?? ''))));
  let room = width - GAP.length * (count - 1);
  let widest = Number.POSITIVE_INFINITY;
  for (const [index, want] of [...wanted].sort((a, b) => a - b).entries()) {
    const share = Math.floor(room / (count - index));
    if (want > share) {
      widest = share;
      break;
    }
    room -= want;
  }
  return widest < NARROWEST ? null : wanted.map((want) => Math.min(want, widest));
}

/** The cells beside each other, as many lines as the longest of them needs. */
function rowText(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, i) => wrap(cell, widths[i] as number).split('\n'));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, i) => {
        const text = lines[line] ?? '';
        return text + ' '.repeat((widths[i] as number) - stringWidth(text));
      })
      .join(GAP)
      .trimEnd(),
  ).join('\n');
}

/** Indentation stays where nothing has to be wrapped. */
function wrap(text: string, width: number): string {
  return stringWidth(text) <= width ? text : wrapAnsi(text, width, { hard: true });
}
