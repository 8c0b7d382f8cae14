/**
 * `npm run bench:import`: writes a data directory twenty times the size of a usual one, imports it, imports it again, and
 * inserts the same rows with bare prepared statements, each in a process or file of its own. Prints the figures.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openDatabase } from '../src/db/index.ts';
import { type DirectorySize, TWENTY_TIMES, writeDirectory } from './legacy-directory.ts';

interface Run {
  seconds: number;
  /** Seconds that a processor worked on it: less than the above where others work too. */
  cpu: number;
  totals: { new: number; unchanged: number };
  peak_mb: number;
}

const folder = join(tmpdir(), `project-memory-bench-${process.pid}`);
mkdirSync(folder, { recursive: true });
try {
  const once: DirectorySize = { ...TWENTY_TIMES, workspaces: 1 };
  for (const [name, size] of [
    ['once', once],
    ['twenty times', TWENTY_TIMES],
  ] as const) {
    const source = join(folder, name);
    writeDirectory(source, size);
    const file = join(folder, `${name}.db`);
    const first = importInProcess(source, file);
    const second = importInProcess(source, file);
    const rows = countRows(file);
    print(`${name}, import`, first.seconds, rows, first);
    print(`${name}, again (nothing changed)`, second.seconds, rows, second);
    print(`${name}, bare inserts of these rows`, bareInserts(file), rows, null);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function importInProcess(source: string, file: string): Run {
  const child = join(import.meta.dirname, 'import-child.ts');
  return JSON.parse(execFileSync(process.execPath, [child, source, file], { encoding: 'utf8' })) as Run;
}

/** The rows of the model: without history, search and the importer's own bookkeeping. */
function tablesOf(db: Database.Database): string[] {
  return db
    .prepare<[], { name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search%'
         AND name NOT IN ('row_history', 'import_sources', '_migrations') ORDER BY rowid`,
    )
    .all()
    .map(({ name }) => name);
}

function countRows(file: string): number {
  const db = new Database(file, { readonly: true });
  const count = (table: string) => db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0;
  const rows = tablesOf(db).reduce((sum, table) => sum + count(table), 0);
  db.close();
  return rows;
}

/** The same rows into a new file of the same schema, one transaction, nothing else. */
function bareInserts(file: string): number {
  const source = new Database(file, { readonly: true });
  const target = openDatabase(`${file}.bare`, { synchronous: 'full' });
  target.pragma('foreign_keys = OFF');
  let seconds = 0;
  const timed = (work: () => void) => {
    const start = performance.now();
    work();
    seconds += (performance.now() - start) / 1000;
  };
  target.exec('BEGIN IMMEDIATE');
  for (const table of tablesOf(source)) {
    const rows = source.prepare(`SELECT * FROM ${table}`).raw().all() as unknown[][];
    if (rows[0] === undefined) continue;
    const insert = target.prepare(`INSERT INTO ${table} VALUES (${rows[0].map(() => '?').join(', ')})`);
    timed(() => {
      for (const row of rows) insert.run(row);
    });
  }
  timed(() => target.exec('COMMIT'));
  target.close();
  source.close();
  return seconds;
}

function print(name: string, seconds: number, rows: number, run: Run | null): void {
  const more =
    run === null ? '' : `, ${run.cpu.toFixed(2)} s of processor, at most ${run.peak_mb.toFixed(0)} MB resident`;
  process.stdout.write(
    `${name}: ${rows} rows in ${seconds.toFixed(2)} s, ${Math.round(rows / seconds)} rows/s${more}\n`,
  );
}
