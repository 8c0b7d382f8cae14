/** The pages of docs/ as a reader has them, for tests that hold them to what the program does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVER } from './processes.ts';

const ROOT = join(SERVER, '..');

/** The text of a page, by its path from the root of the checkout. */
export function page(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export interface Block {
  /** The heading under which it stands. */
  heading: string;
  language: string;
  text: string;
}

/** The fenced blocks of a page in their order. */
export function blocks(markdown: string): Block[] {
  let heading = '';
  return [...markdown.matchAll(/^#+ (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, title, language, text]) => {
    heading = title ?? heading;
    return language === undefined || text === undefined ? [] : [{ heading, language, text }];
  });
}

/** The rows of the tables below a heading of a page, up to the next heading: their cells, without the title row. */
export function tableBelow(markdown: string, heading: string): string[][] {
  const start = markdown.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`There is no heading "${heading}".`);
  const section = markdown.slice(start + heading.length + 2).split(/^#/m, 1)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  const cells = rows.map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()));
  return cells.filter(([first]) => first !== '---').slice(1);
}
