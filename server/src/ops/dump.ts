/** A dump: every row of the database as JSON lines, for other programs, other engines and diffs; and the way back. */
import { closeSync, createReadStream, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { config } from '../config.ts';
import {
  type AnyRow,
  openDatabase,
  RowWriter,
  readAllRows,
  refuseDamage,
  replaceDatabase,
  schemaVersion,
} from '../db/index.ts';
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { VERSION } from '../domain/version.ts';
import { whenSound } from './backup.ts';

const FORMAT = 'project-memory-dump';
/** Raised when the lines change their shape. */
const FORMAT_VERSION = 1;

interface Head {
  format: string;
  format_version: number;
  schema_version: number;
}

export interface Dumped {
  file: string;
  rows: number;
}

/** What is collected before it is written: the disk is asked seldom, and memory stays small. */
const BUFFER = 1_000_000;

/**
 * Writes all rows of one state of the database: a head with the schema version, a line for each row, and an end that counts
 * them. @throws conflict when there is a file of that name
 */
export function dump(target: string): Dumped {
  const file = resolve(target);
  if (existsSync(file)) {
    throw new MemoryError('conflict', `There is already a file ${file}.`, {
      hint: 'Choose another name, or remove it first.',
    });
  }
  const draft = `${file}.${process.pid}.tmp`;
  const fd = openSync(draft, 'w', 0o600);
  return whenSound(draft, () => {
    let rows = 0;
    try {
      let waiting = '';
      const write = (line: object, flush = false) => {
        waiting += `${JSON.stringify(line)}\n`;
        if (!flush && waiting.length < BUFFER) return;
        writeSync(fd, waiting);
        waiting = '';
      };
      const head: Head = { format: FORMAT, format_version: FORMAT_VERSION, schema_version: schemaVersion() };
      write({ ...head, program_version: VERSION, dumped_at: now() });
      readAllRows((table, row) => {
        write({ table, row });
        rows++;
      });
      write({ end: true, rows }, true);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
    return { file, rows };
  });
}

export interface Loaded extends Dumped {
  /** Where what was there before is kept; null when there was nothing. */
  kept: string | null;
}

/** What is written in one transaction: so many rows, or fewer long ones. */
const ROWS_AT_ONCE = 1_000;
const CHARACTERS_AT_ONCE = 1_000_000;

/**
 * Makes a database of a dump and puts it in the place of the present one, which is kept beside it. A dump of an older schema
 * gets that schema, and is upgraded when it is opened next.
 * @throws invalid_input for what is not a whole dump, unavailable for one of a newer schema, busy while others have the
 * database open
 */
export async function load(source: string): Promise<Loaded> {
  const { databaseFile } = config();
  mkdirSync(dirname(databaseFile), { recursive: true, mode: 0o700 });
  const draft = `${databaseFile}.load.${process.pid}.tmp`;
  try {
    const rows = await fill(draft, resolve(source));
    return { file: databaseFile, rows, kept: replaceDatabase(databaseFile, draft) };
  } finally {
    for (const part of ['', '-wal', '-shm', '-journal']) rmSync(draft + part, { force: true });
  }
}

/** Builds the database in `draft`. Answers how many rows it got. */
async function fill(draft: string, source: string): Promise<number> {
  const lines = linesOf(source);
  const db = openDatabase(draft, { through: headOf((await lines.next()).value?.line).schema_version });
  try {
    const writer = new RowWriter(db);
    let waiting: { table: string; row: AnyRow }[] = [];
    let characters = 0;
    let rows = 0;
    const flush = () => {
      writer.write(waiting);
      waiting = [];
      characters = 0;
    };
    for await (const { line, length } of lines) {
      if ('end' in line) {
        flush();
        if (line['rows'] !== rows) throw broken(`it says that it has ${line['rows']} rows and has ${rows}`);
        refuseDamage(db, source);
        db.pragma('journal_mode = DELETE');
        return rows;
      }
      waiting.push(rowOf(line));
      rows++;
      characters += length;
      if (waiting.length === ROWS_AT_ONCE || characters > CHARACTERS_AT_ONCE) flush();
    }
    throw broken('it has no end: it was cut off');
  } finally {
    db.close();
  }
}

type Line = Record<string, unknown>;

async function* linesOf(file: string): AsyncGenerator<{ line: Line; length: number }, undefined> {
  if (!existsSync(file)) throw new MemoryError('not_found', `There is no file ${file}.`, { hint: 'Check its path.' });
  let number = 0;
  for await (const text of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    number++;
    yield { line: parsed(text, number), length: text.length };
  }
  return undefined;
}

function parsed(text: string, number: number): Line {
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line === 'object' && line !== null) return line as Line;
  } catch {
    // What is wrong is the line, wherever in it.
  }
  throw broken(`line ${number} is no JSON object`);
}

function headOf(line: Line | undefined): Head {
  const { format, format_version, schema_version } = line ?? {};
  if (format !== FORMAT || typeof schema_version !== 'number') throw broken('its first line is not the head of a dump');
  const known = schemaVersionOfProgram();
  if (format_version !== FORMAT_VERSION || schema_version > known) {
    throw new MemoryError(
      'unavailable',
      `The dump has schema version ${schema_version}, this program knows ${known}.`,
      {
        hint: 'Load it with a newer Project Memory.',
      },
    );
  }
  return { format, format_version, schema_version };
}

/** What an empty database of this program has. */
function schemaVersionOfProgram(): number {
  const db = openDatabase(':memory:');
  try {
    return db.pragma('user_version', { simple: true }) as number;
  } finally {
    db.close();
  }
}

function rowOf({ table, row }: Line): { table: string; row: AnyRow } {
  if (typeof table !== 'string' || typeof row !== 'object' || row === null)
    throw broken('a line is neither row nor end');
  return { table, row: row as AnyRow };
}

function broken(what: string): MemoryError {
  return new MemoryError('invalid_input', `That is not a whole dump: ${what}.`, {
    hint: 'Dump again, or load another one; nothing was changed.',
  });
}
