/** The lines of a dump: read one at a time, and what each of them has to be. */
import { constants } from 'node:buffer';
import { createReadStream, statSync } from 'node:fs';
import { type DumpedRow, schemaVersionOfProgram, unfitDump } from '../db/index.ts';
import { MemoryError } from '../domain/errors.ts';
import { FORMAT, FORMAT_VERSION, type Head } from './dump.ts';

export interface Line {
  /** From 1 on. */
  number: number;
  text: string;
}

/** So that a file of another kind is not read whole; no other line can be longer than a text can be. */
const LONGEST_HEAD = 10_000;

/** Only a line feed ends a line: the other characters that do so elsewhere are text in JSON. */
export async function* linesOf(file: string): AsyncGenerator<Line, undefined> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== false) {
    throw new MemoryError('not_found', `There is no file ${file}.`, { hint: 'Check its path.' });
  }
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  let begun: string[] = [];
  let length = 0;
  const take = (piece: string) => {
    begun.push(piece);
    length += piece.length;
    if (length > (number === 1 ? LONGEST_HEAD : constants.MAX_STRING_LENGTH))
      throw unfitDump(`line ${number} is too long`);
  };
  const end = (): Line => {
    const line = { number, text: begun.join('') };
    number++;
    begun = [];
    length = 0;
    return line;
  };
  for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>) {
    const [rest = '', ...next] = decoded(() => decoder.decode(bytes, { stream: true }), number).split('\n');
    take(rest);
    for (const piece of next) {
      yield end();
      take(piece);
    }
  }
  take(decoded(() => decoder.decode(), number));
  if (length > 0) yield end();
  return undefined;
}

function decoded(decode: () => string, number: number): string {
  try {
    return decode();
  } catch (error) {
    throw unfitDump(`line ${number}, or one soon after it, is no UTF-8`, error);
  }
}

export function objectIn({ number, text }: Line): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // What is wrong is the line, wherever in it.
  }
  throw unfitDump(`line ${number} is no JSON object`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function headIn(line: Line | undefined): Head {
  const { format, format_version, schema_version } = line === undefined ? {} : objectIn(line);
  if (format !== FORMAT || !isVersion(format_version) || !isVersion(schema_version)) {
    throw unfitDump('its first line is not the head of a dump');
  }
  refuseNewer('format', format_version, FORMAT_VERSION);
  refuseNewer('schema', schema_version, schemaVersionOfProgram());
  return { format, format_version, schema_version };
}

function isVersion(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0;
}

function refuseNewer(what: string, version: number, known: number): void {
  if (version <= known) return;
  throw new MemoryError('unavailable', `The dump has ${what} version ${version}, this program knows ${known}.`, {
    hint: 'Load it with a newer Project Memory.',
  });
}

export function rowIn({ number }: Line, { table, row }: Record<string, unknown>): DumpedRow {
  if (typeof table !== 'string' || !isObject(row)) {
    throw unfitDump(`line ${number} is neither row nor end`);
  }
  return { line: number, table, row: plainRow(row, number) };
}

function plainRow(row: object, number: number): DumpedRow['row'] {
  const plain = (value: unknown) => value === null || typeof value === 'string' || typeof value === 'number';
  const odd = Object.entries(row).find(([, value]) => !plain(value));
  if (odd === undefined) return row as DumpedRow['row'];
  throw unfitDump(`line ${number} has something in "${odd[0]}" that is neither text nor a number nor null`);
}
