/**
 * The typed way to the engine: prepared statements, kept per database, and transactions. Errors come out as MemoryError.
 * Rows of user tables are written by write-helpers.ts, never by `run`, so that every change is recorded.
 */
import { MemoryError } from '../domain/errors.ts';
import { checkpointWhenDue } from './checkpoint.ts';
import { currentHandle, type Handle, type Statement } from './connection.ts';
import { anonymousOperation, currentOperation, type Operation, withOperation } from './operation.ts';
import { inTurn, patiently } from './patience.ts';
import { translated, translateError } from './sqlite-errors.ts';

export type Param = string | number | bigint | Buffer | null;

export interface RunResult {
  changes: number;
  lastInsertRowid: number | bigint;
}

/** The first row, or undefined. */
export function queryOne<T>(sql: string, params: readonly Param[] = []): T | undefined {
  try {
    return patiently(() => statement(sql).get(...params)) as T | undefined;
  } catch (error) {
    throw translateError(error);
  }
}

/** All rows, in the order that the statement gives. */
export function queryAll<T>(sql: string, params: readonly Param[] = []): T[] {
  try {
    return patiently(() => statement(sql).all(...params)) as T[];
  } catch (error) {
    throw translateError(error);
  }
}

/** Calls `fn` with one row after the other: for more rows than memory should hold. `fn` uses the database for nothing else. */
export function forEachRow<T>(sql: string, params: readonly Param[], fn: (row: T) => void): void {
  try {
    for (const row of statement(sql).iterate(...params)) fn(row as T);
  } catch (error) {
    throw translateError(error);
  }
}

/** Runs a statement that answers no rows. */
export function run(sql: string, params: readonly Param[] = []): RunResult {
  try {
    const result = patiently(() => statement(sql).run(...params));
    currentHandle().changes += result.changes;
    return result;
  } catch (error) {
    throw translateError(error);
  }
}

export interface TransactionOptions {
  /** What the transaction is about: a workspace id, or 'global'. An engine with finer locks than a file's will use it. */
  scope?: string;
}

/**
 * Runs `fn` in one immediate transaction: all of it happens, or nothing. A nested call joins the outer transaction.
 *
 * `fn` is synchronous, and it can be run again: it does no I/O and sets nothing outside the database.
 * @throws busy when the lock was not to be had, conflict when a newer program has upgraded the file meanwhile.
 */
export function transaction<T>(fn: () => T, _options: TransactionOptions = {}): T {
  const handle = currentHandle();
  if (handle.reading) throw new MemoryError('internal', 'A read began a transaction: what it wrote would be undone.');
  if (handle.db.inTransaction) return fn();
  const operation = currentOperation() ?? anonymousOperation();
  return translated(() => {
    if (replaying) attempt(handle, operation, fn, 'ROLLBACK');
    const before = handle.changes;
    const result = attempt(handle, operation, fn, 'COMMIT');
    if (handle.changes > before) {
      handle.commits += 1;
      checkpointWhenDue(handle);
    }
    return result;
  });
}

/** Differs from what it was when anything has been committed since, by this process or another. */
export function changeMark(): string {
  const others = queryOne<{ data_version: number }>('PRAGMA data_version')?.data_version;
  return `${others} ${currentHandle().commits}`;
}

/**
 * Runs `fn` on one unchanging state of the database: reads that must agree with each other. Inside a transaction it joins.
 * @throws internal when `fn` begins a transaction.
 */
export function snapshot<T>(fn: () => T): T {
  const handle = currentHandle();
  if (handle.db.inTransaction) return fn();
  return translated(() => {
    run('BEGIN');
    handle.reading = true;
    try {
      return fn();
    } finally {
      handle.reading = false;
      if (handle.db.inTransaction) run('ROLLBACK');
    }
  });
}

/** Within the running transaction, lets rows refer to what is not there; at its end every reference must hold. */
export function deferReferences(): void {
  run('PRAGMA defer_foreign_keys = ON');
}

let replaying = false;

/**
 * For tests: runs `fn` with every transaction body run, rolled back, and run again, which proves that it can be.
 */
export function withReplayedTransactions<T>(fn: () => T): T {
  replaying = true;
  try {
    return fn();
  } finally {
    replaying = false;
  }
}

function attempt<T>(handle: Handle, operation: Operation, fn: () => T, end: 'COMMIT' | 'ROLLBACK'): T {
  begin();
  try {
    refuseUpgradedFile(handle);
    const result = withOperation(operation, fn);
    if (result instanceof Promise) throw new MemoryError('internal', 'A transaction body must be synchronous.');
    run(end);
    return result;
  } catch (error) {
    // The engine itself rolls back on some errors, such as a full disk.
    if (handle.db.inTransaction) run('ROLLBACK');
    throw error;
  }
}

function begin(): void {
  try {
    inTurn(() => statement('BEGIN IMMEDIATE').run());
  } catch (error) {
    throw translateError(error);
  }
}

function refuseUpgradedFile({ schemaVersion }: Handle): void {
  const found = queryOne<{ user_version: number }>('PRAGMA user_version');
  if (found?.user_version === schemaVersion) return;
  throw new MemoryError('conflict', 'The database was upgraded by a newer program.', { hint: 'Restart this server.' });
}

/** Prepares a statement once per database. */
function statement(sql: string): Statement {
  const { db, statements } = currentHandle();
  let prepared = statements.get(sql);
  if (prepared === undefined) {
    prepared = db.prepare<unknown[]>(sql);
    statements.set(sql, prepared);
  }
  return prepared;
}
