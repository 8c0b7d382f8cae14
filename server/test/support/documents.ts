/** The pages of docs/ as a reader has them, for tests that hold them to what the program does. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** The fenced blocks of a page in their order; what is indented belongs to an item of a list. */
export function blocks(markdown: string): Block[] {
  let heading = '';
  const parts = markdown.matchAll(/^#+ (.+)$|^( *)```(\w+)\n([\s\S]*?)^ *```$/gm);
  return [...parts].flatMap(([, title, indent = '', language, text]) => {
    heading = title ?? heading;
    if (language === undefined || text === undefined) return [];
    return [{ heading, language, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }];
  });
}

export interface Machine {
  /** The home of the user; commands of a page run in it. */
  home: string;
  /** Where `project-memory` is found: a folder with the command. */
  tools: string;
}

/** Runs what a page tells its reader to type, and answers what came. Fails where a line of it fails. */
export function typed({ home, tools }: Machine, commands: string): string {
  const env = { HOME: home, PATH: `${tools}:${dirname(process.execPath)}:${process.env['PATH']}` };
  return execFileSync('/bin/sh', ['-e', '-c', commands], { cwd: home, env, encoding: 'utf8' });
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
