/** Copies of a whole database, made while others write to it, and looking at a file before it is trusted. */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { MemoryError } from '../domain/errors.ts';
import { type Database, openAsItIs } from './connection.ts';
import { faultsIn } from './file-health.ts';
import { checkedSchemaVersion } from './migration-runner.ts';
import { refuseForeignFile } from './open-checks.ts';
import { translateError } from './sqlite-errors.ts';

/** Pages between two moments in which this process can do something else. */
const PAGES_AT_ONCE = 2_000;

/**
 * Copies the database in `source` to the new file `target`: one state of it, the one at the start. `compact` leaves out free
 * places. Readable by its owner alone, and complete in itself: no log lies beside it.
 */
export async function copyDatabase(source: string, target: string, { compact = false } = {}): Promise<void> {
  const from = openAsItIs(source, { readonly: true });
  try {
    if (compact) from.prepare('VACUUM INTO ?').run(target);
    else {
      // A snapshot that lasts: without it, the copy would begin again whenever another process writes.
      from.exec('BEGIN');
      from.prepare('SELECT count(*) FROM sqlite_schema').get();
      await from.backup(target, { progress: () => PAGES_AT_ONCE });
    }
    chmodSync(target, 0o600);
    withoutLog(target);
  } catch (error) {
    rmSync(target, { force: true });
    throw translateError(error, target);
  } finally {
    from.close();
  }
}

function withoutLog(file: string): void {
  const copy = openAsItIs(file);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

export interface FileFacts {
  schema_version: number;
  /** Rows of the tables that people look for first. */
  plans: number;
}

/**
 * Reads a whole file and answers what it holds. @throws corrupt for a damaged file or one of another program, unavailable for
 * one that a newer program made
 */
export function inspectDatabase(file: string): FileFacts {
  if (!existsSync(file)) throw new MemoryError('not_found', `There is no file ${file}.`, { hint: 'Check its path.' });
  const db = openAsItIs(file, { readonly: true });
  try {
    refuseForeignFile(db, file);
    if (db.pragma('user_version', { simple: true }) === 0) {
      throw new MemoryError('corrupt', `${file} is empty.`, { hint: 'Choose another copy.' });
    }
    checkedSchemaVersion(db);
    refuseDamage(db, file);
    const plans = db
      .prepare('SELECT (SELECT count(*) FROM plans) + (SELECT count(*) FROM plans_archive)')
      .pluck()
      .get();
    return { schema_version: Number(db.pragma('user_version', { simple: true })), plans: Number(plans) };
  } catch (error) {
    throw translateError(error, file);
  } finally {
    db.close();
  }
}

export function refuseDamage(db: Database, file: string): void {
  const [fault] = faultsIn(db, 1);
  if (fault !== undefined) {
    throw new MemoryError('corrupt', `${file} is damaged: ${fault}`, {
      hint: 'Choose another copy.',
    });
  }
  const [row] = db.pragma('foreign_key_check') as { table: string; parent: string }[];
  if (row !== undefined) {
    throw new MemoryError('corrupt', `${file} is damaged: a row of ${row.table} has lost its row of ${row.parent}.`, {
      hint: 'Choose another copy.',
    });
  }
}
