/** The database file as it lies on the disk, looked at from outside. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';

export type Row = Record<string, string | number | null>;

export function databaseFile(dataRoot: string): string {
  return join(dataRoot, 'project-memory.db');
}

/** Rows of a read-only connection. */
export function rows<T = Row>(dataRoot: string, sql: string, ...params: (string | number)[]): T[] {
  return withFile(dataRoot, (db) => db.prepare(sql).all(...params) as T[]);
}

/** A hash of every row of every table: equal means that nothing was written. */
export function hashOfAllRows(dataRoot: string): string {
  return withFile(dataRoot, (db) => {
    const hash = createHash('sha256');
    const tables = db
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all();
    for (const { name } of tables) {
      const lines = db
        .prepare(`SELECT * FROM "${name}"`)
        .raw()
        .all()
        .map((row) => JSON.stringify(row));
      hash.update(`${name}\n${lines.sort().join('\n')}\n`);
    }
    return hash.digest('hex');
  });
}

/** Runs `fn` and answers what it does, if nobody has committed anything meanwhile: the engine itself counts that. */
export async function writingNothing<T>(dataRoot: string, fn: () => Promise<T>): Promise<T> {
  const db = new Database(databaseFile(dataRoot), { readonly: true });
  try {
    const before = db.pragma('data_version', { simple: true });
    const result = await fn();
    expect(db.pragma('data_version', { simple: true }), 'something was written').toBe(before);
    return result;
  } finally {
    db.close();
  }
}

/** Changes the file behind the program's back. */
export function tamper(dataRoot: string, change: (db: Database.Database) => void): void {
  const db = new Database(databaseFile(dataRoot));
  try {
    change(db);
  } finally {
    db.close();
  }
}

function withFile<T>(dataRoot: string, look: (db: Database.Database) => T): T {
  const db = new Database(databaseFile(dataRoot), { readonly: true });
  try {
    // One state of the file, however much is written meanwhile.
    return db.transaction(() => look(db))();
  } finally {
    db.close();
  }
}
