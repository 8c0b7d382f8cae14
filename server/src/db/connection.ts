/**
 * The one place that opens the database file. `getDb()` is the program's database, opened on first use;
 * `withDatabase(db, fn)` puts another one in its place for the length of a call.
 */
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Driver from 'better-sqlite3';
import { config } from '../config.ts';
import { MemoryError } from '../domain/errors.ts';
import { LONG_PAGES } from './checkpoint.ts';
import { checkedSchemaVersion, runMigrations } from './migration-runner.ts';
import { refuseForeignFile, refuseLostFile, refuseNetworkFolder, refuseOldNode } from './open-checks.ts';
import { translated } from './sqlite-errors.ts';

export type Database = Driver.Database;
export type Statement = Driver.Statement<unknown[]>;

const BUSY_TIMEOUT_MS = 5000;
const CACHE_KIB = 16_384;
const JOURNAL_LIMIT_BYTES = 16 * 1024 * 1024;

export interface OpenOptions {
  /** `full`: an acknowledged write survives a power cut. `normal`: only a crash of the process. */
  synchronous?: 'full' | 'normal';
  /** Another folder of migration files, for tests. */
  migrations?: string;
  /** The schema of an older program: no migration beyond this number is applied. */
  through?: number;
  /** Told every statement that is run, for tests that count them. */
  onStatement?: (sql: unknown) => void;
}

/** A database with what belongs to this opening of it. */
export interface Handle {
  readonly db: Database;
  readonly statements: Map<string, Statement>;
  readonly columns: Map<string, readonly string[]>;
  /** Whether a snapshot is running. */
  reading: boolean;
  /** How many rows it has changed, committed or not. */
  changes: number;
  /** How many of its transactions changed anything, and how many of them since it last looked at the write-ahead log. */
  commits: number;
  unlooked: number;
  /** What `user_version` is as long as no newer program has upgraded the file. */
  readonly schemaVersion: number;
}

let current: Handle | null = null;
const handles = new WeakMap<Database, Handle>();

/**
 * Opens a database file (or `:memory:`), creates it where there is none, and brings its schema up to date.
 * @throws unavailable (too old a Node, read-only folder, full disk, a newer schema), corrupt (not a database of ours).
 */
export function openDatabase(file: string, options: OpenOptions = {}): Database {
  refuseOldNode();
  return translated(() => {
    if (file !== ':memory:') prepareFile(file);
    const db = new Driver(file, { timeout: BUSY_TIMEOUT_MS, verbose: options.onStatement });
    try {
      refuseForeignFile(db, file);
      const schemaVersion = checkedSchemaVersion(db, options.migrations, options.through);
      if (file !== ':memory:') switchToWal(db);
      setPragmas(db, options.synchronous ?? 'full');
      runMigrations(db, options.migrations, options.through);
      // The engine has waited while the file was made ready; from here on patience.ts does.
      db.pragma('busy_timeout = 0');
      handles.set(db, {
        db,
        statements: new Map(),
        columns: new Map(),
        reading: false,
        changes: 0,
        commits: 0,
        unlooked: 0,
        schemaVersion,
      });
    } catch (error) {
      db.close();
      throw error;
    }
    return db;
  }, file);
}

/** A database as it lies there: nothing is checked, made or upgraded. For copies, and for what cannot be opened for work. */
export function openAsItIs(file: string, options: { readonly?: boolean; timeout?: number } = {}): Database {
  refuseOldNode();
  return translated(() => new Driver(file, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true, ...options }), file);
}

/** The program's database: `project-memory.db` in the data root, opened on first use. */
export function getDb(): Database {
  return currentHandle().db;
}

/** The current database with its statement cache. For query-helpers.ts. */
export function currentHandle(): Handle {
  if (current === null) {
    const { databaseFile, synchronous } = config();
    current = handleOf(openDatabase(databaseFile, { synchronous }));
    process.once('exit', closeDb);
  }
  return current;
}

/** Closes the program's database, if it is open. The next `getDb()` opens it again. */
export function closeDb(): void {
  const open = current;
  current = null;
  open?.db.close();
}

/** Runs `fn` on another database. `fn` is synchronous: nothing else can see the change. */
export function withDatabase<T>(db: Database, fn: () => T): T {
  const before = current;
  current = handleOf(db);
  try {
    return fn();
  } finally {
    current = before;
  }
}

/** Makes an already opened database the program's own. */
export function setDb(db: Database): void {
  current = handleOf(db);
}

/** The columns of a table in their order. */
export function columnsOf(table: string): readonly string[] {
  const { db, columns } = currentHandle();
  let names = columns.get(table);
  if (names === undefined) {
    names = (db.pragma(`table_info(${table})`) as { name: string }[]).map((column) => column.name);
    columns.set(table, names);
  }
  return names;
}

/** The size of the current database, without what still lies in its log. */
export function fileBytes(): number {
  const { db } = currentHandle();
  const number = (pragma: string) => Number(db.pragma(pragma, { simple: true }));
  return number('page_count') * number('page_size');
}

export interface DatabaseFacts {
  path: string;
  schema_version: number;
  size_bytes: number;
  /** `ok`, or the first fault that the engine's quick check found. */
  integrity: string;
}

/** What the engine says about the current database. The check reads the whole file. */
export function databaseFacts(): DatabaseFacts {
  const { db, schemaVersion } = currentHandle();
  return {
    path: db.name,
    schema_version: schemaVersion,
    size_bytes: fileBytes(),
    integrity: String(db.pragma('quick_check(1)', { simple: true })),
  };
}

function handleOf(db: Database): Handle {
  const handle = handles.get(db);
  if (handle === undefined) throw new MemoryError('internal', 'A database must be opened by openDatabase.');
  return handle;
}

function prepareFile(file: string): void {
  const folder = dirname(file);
  makeFolder(folder);
  refuseNetworkFolder(folder);
  refuseLostFile(file);
  // Owner only, before the switch to WAL: the -wal and -shm files take the mode of the main file.
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

/** One after the other: where a folder cannot be made, as in /proc, Node's own way of making all of them does not return. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process was quicker.
    if (existsSync(folder)) return;
    // What Node answers for a new folder on a read-only disk.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw Object.assign(new Error(`${folder} cannot be made`, { cause: error }), { code: 'EROFS' });
  }
}

/**
 * The switch of a new file to WAL does not wait for the busy timeout (3 of 160 concurrent openings failed), so it is
 * tried again for as long as that timeout.
 */
function switchToWal(db: Database): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (const end = Date.now() + BUSY_TIMEOUT_MS; ; Atomics.wait(pause, 0, 0, 2 + Math.random() * 10)) {
    try {
      if (db.pragma('journal_mode', { simple: true }) !== 'wal') db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = error instanceof Driver.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || Date.now() > end) throw error;
    }
  }
}

function setPragmas(db: Database, synchronous: 'full' | 'normal'): void {
  db.pragma(`synchronous = ${synchronous}`);
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma(`cache_size = -${CACHE_KIB}`);
  db.pragma('mmap_size = 0');
  db.pragma('temp_store = MEMORY');
  db.pragma(`wal_autocheckpoint = ${2 * LONG_PAGES}`);
  db.pragma(`journal_size_limit = ${JOURNAL_LIMIT_BYTES}`);
  if (process.platform === 'darwin') {
    db.pragma('fullfsync = ON');
    db.pragma('checkpoint_fullfsync = ON');
  }
}
