/** The way back from a dump: a new database of its rows, in the place of the present one. */
import { resolve } from 'node:path';
import {
  closeGaps,
  type Database,
  type DumpedRow,
  findGaps,
  openDatabase,
  RowWriter,
  refuseDamage,
  unfitDump,
  withDatabase,
} from '../db/index.ts';
import { headIn, type Line, linesOf, objectIn, rowIn } from './dump-lines.ts';
import { type Placed, replaceWith } from './replace.ts';

interface Filled {
  rows: number;
  /** What was not numbered without gaps in the dump and is now, in words. */
  mended: string[];
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
export async function load(source: string): Promise<Filled & Placed> {
  return replaceWith('load', (draft) => fill(draft, resolve(source)));
}

/** Builds the database in `draft`. */
async function fill(draft: string, source: string): Promise<Filled> {
  const lines = linesOf(source);
  try {
    const { value: first } = await lines.next();
    const db = openDatabase(draft, { through: headIn(first).schema_version });
    try {
      const rows = await writeRows(db, lines);
      refuseDamage(db, source);
      const mended = withDatabase(db, findGaps);
      if (mended.length > 0) withDatabase(db, closeGaps);
      db.pragma('journal_mode = DELETE');
      return { rows, mended };
    } finally {
      db.close();
    }
  } finally {
    await lines.return(undefined);
  }
}

/** Writes the rows of all lines after the head. Answers how many there were, as the end says too. */
async function writeRows(db: Database, lines: AsyncIterable<Line>): Promise<number> {
  const writer = new RowWriter(db);
  let waiting: DumpedRow[] = [];
  let characters = 0;
  let rows = 0;
  let told: unknown;
  const flush = () => {
    writer.write(waiting);
    waiting = [];
    characters = 0;
  };
  for await (const line of lines) {
    if (told !== undefined) {
      if (line.text.trim() === '') continue;
      throw unfitDump(`line ${line.number} comes after its end`);
    }
    const object = objectIn(line);
    if ('end' in object) {
      told = object['rows'] ?? null;
      continue;
    }
    waiting.push(rowIn(line, object));
    rows++;
    characters += line.text.length;
    if (waiting.length === ROWS_AT_ONCE || characters > CHARACTERS_AT_ONCE) flush();
  }
  flush();
  if (told === undefined) throw unfitDump('it has no end: it was cut off');
  if (told !== rows) throw unfitDump(`it says that it has ${told} rows and has ${rows}`);
  return rows;
}
