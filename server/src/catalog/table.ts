/** A list as a value, which each door shows in its own way: a line for each row to a model, a table on a terminal. */
import { type Cell, row } from './text.ts';

export interface Table {
  /** What is listed, such as "3 notes". */
  heading?: string;
  /** The first line where there are no rows. */
  empty?: string;
  columns: readonly string[];
  /** What else can be asked for. */
  hint?: string;
  /** Cells, one for each column; a text alone is a line of its own between them. */
  rows: readonly (string | readonly Cell[])[];
  /** Where the list goes on. */
  cursor?: string | undefined;
}

/** A header, the rows, and how to get the rest. */
export function tableText(table: Table): string {
  const { rows, cursor } = table;
  const lines = rows.map((cells) => (typeof cells === 'string' ? cells : row(...cells)));
  const more = cursor === undefined ? [] : [`more: the same call with cursor "${cursor}"`];
  return [header(table), ...lines, ...more].join('\n');
}

function header({ heading, empty, columns, hint, rows }: Table): string {
  if (empty !== undefined && rows.length === 0) return empty;
  const named = [heading, columns.join(' | ')].filter((part) => part !== undefined && part !== '').join(': ');
  return hint === undefined ? named : `${named}; ${hint}`;
}
