/** Long text comes from where it lies: `@file`, or `-` for standard input. Any other text is itself. */
import { readFileSync } from 'node:fs';
import { MemoryError } from '../domain/errors.ts';

export function readText(given: string): string {
  if (given === '-') return read(0, 'Standard input', 'Pipe the text into the command.');
  if (!given.startsWith('@')) return given;
  const file = given.slice(1);
  return read(
    file,
    `The file ${file}`,
    'Check its path; text that begins with @ itself goes through standard input: -.',
  );
}

function read(from: string | number, what: string, hint: string): string {
  try {
    return readFileSync(from, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new MemoryError('not_found', `${what} cannot be read.`, { hint, cause: error });
  }
}
