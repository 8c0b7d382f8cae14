/** A dump: every row of the database as JSON lines, for other programs, other engines and diffs. */
import { closeSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { readAllRows, schemaVersion } from '../db/index.ts';
import { now } from '../domain/clock.ts';
import { VERSION } from '../domain/version.ts';
import { newFile, withDraft } from './drafts.ts';

export const FORMAT = 'project-memory-dump';
/** Raised when the lines change their shape. */
export const FORMAT_VERSION = 1;

export interface Head {
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
export async function dump(target: string): Promise<Dumped> {
  const file = newFile(target);
  const draft = `${file}.${process.pid}.tmp`;
  return withDraft(draft, () => {
    const rows = writeTo(draft);
    renameSync(draft, file);
    return { file, rows };
  });
}

/** Answers how many rows there were. */
function writeTo(draft: string): number {
  const fd = openSync(draft, 'w', 0o600);
  try {
    let rows = 0;
    let waiting = '';
    const write = (line: object, flush = false) => {
      waiting += `${JSON.stringify(line)}\n`;
      if (!flush && waiting.length < BUFFER) return;
      writeFileSync(fd, waiting);
      waiting = '';
    };
    const head: Head = { format: FORMAT, format_version: FORMAT_VERSION, schema_version: schemaVersion() };
    write({ ...head, program_version: VERSION, dumped_at: now() });
    readAllRows((table, row) => {
      write({ table, row });
      rows++;
    });
    write({ end: true, rows }, true);
    return rows;
  } finally {
    closeSync(fd);
  }
}
