/** Whether the schema is the one that the migrations make: what is missing, what is another, what is there beside it. */
import { MemoryError } from '../domain/errors.ts';
import { currentHandle, type Database, openAsItIs, openDatabase } from './connection.ts';
import { translated } from './sqlite-errors.ts';

export interface Drift {
  type: 'table' | 'index' | 'trigger' | 'view';
  name: string;
  how: 'missing' | 'different' | 'unknown';
  /** How the migrations make it; null for what they do not know. */
  sql: string | null;
}

type Part = Pick<Drift, 'type' | 'name'> & { sql: string };

/** Where the schema differs from that of a new database, or of one that was new at an older version. */
export function findDrift(db: Database = currentHandle().db, through?: number): Drift[] {
  const wanted = partsOfNew(through);
  const present = partsOf(db);
  const lost = [...wanted.values()].flatMap((part): Drift[] => {
    const found = present.get(part.name);
    if (found === undefined) return [{ ...part, how: 'missing' }];
    return found.sql === part.sql ? [] : [{ ...part, how: 'different' }];
  });
  const extra = [...present.values()].filter(({ name }) => !wanted.has(name));
  return [...lost, ...extra.map((part): Drift => ({ ...part, how: 'unknown', sql: null }))];
}

/** Whether drift can be repaired without touching a row: an index or a trigger is made again, a missing table made empty. */
export function isRepairable({ type, how, sql }: Drift): boolean {
  return sql !== null && (type !== 'table' || how === 'missing');
}

/** A sentence without its end, such as `table plans is missing`. */
export function driftText({ type, name, how }: Drift): string {
  return `${type} ${name} is ${how === 'unknown' ? 'not of this program' : how}`;
}

/**
 * Refuses a file whose schema is not the one of its version, but for an index or a trigger that the doctor makes again: the
 * rows of a missing table are lost, and what somebody has added may change rows by itself. @throws corrupt
 */
export function refuseDrift(file: string): void {
  const db = openAsItIs(file, { readonly: true });
  try {
    const drifts = findDrift(db, Number(db.pragma('user_version', { simple: true })));
    const drift = drifts.find((found) => found.type === 'table' || !isRepairable(found));
    if (drift === undefined) return;
    const added = `Choose another copy, or take it out of a copy of this one: sqlite3 <copy> 'DROP ${drift.type.toUpperCase()} ${drift.name}'; nothing was changed.`;
    throw new MemoryError('corrupt', `The schema of that file is another one: ${driftText(drift)}.`, {
      hint: drift.how === 'unknown' ? added : 'Choose another copy; nothing was changed.',
    });
  } finally {
    db.close();
  }
}

/** Makes what is missing or different as the migrations make it. */
export function repairDrift(drifts: readonly Drift[]): void {
  const { db } = currentHandle();
  translated(() =>
    db
      .transaction(() => {
        for (const { type, name, sql } of drifts.filter(isRepairable)) {
          if (type !== 'table') db.exec(`DROP ${type} IF EXISTS ${name}`);
          db.exec(String(sql));
        }
      })
      .immediate(),
  );
}

/** Statistics of the engine by which every statement is prepared anew at every call, three to four times slower. */
export function hasSlowStatistics(): boolean {
  return currentHandle().db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat4'").get() !== undefined;
}

export function dropSlowStatistics(): void {
  translated(() => currentHandle().db.exec('DROP TABLE IF EXISTS sqlite_stat4'));
}

function partsOfNew(through = Infinity): Map<string, Part> {
  const db = openDatabase(':memory:', { through });
  try {
    return partsOf(db);
  } finally {
    db.close();
  }
}

/** Tables in the order in which they were made; those that a virtual table keeps for itself are left out. */
function partsOf(db: Database): Map<string, Part> {
  const parts = db
    .prepare(
      `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'
         AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY type = 'trigger', type, rowid DESC`,
    )
    .all() as Part[];
  return new Map(parts.map((part) => [part.name, part]));
}
