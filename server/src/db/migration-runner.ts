/**
 * Brings a database to the newest schema: applies the numbered files of `migrations/` that it has not seen, in order, each
 * whole in one immediate transaction, so that a file either happened or did not, also when eight processes start at once.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { now } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';
import { sha256 } from '../domain/node-crypto.ts';
import type { Database } from './connection.ts';
import { APPLICATION_ID } from './open-checks.ts';
import { translateError } from './sqlite-errors.ts';
import { keepCopyBeforeUpgrade } from './upgrade-copy.ts';

const MIGRATIONS_FOLDER = fileURLToPath(new URL('./migrations/', import.meta.url));
/** File name → checksum, beside the files of a build. */
export const CHECKSUMS = 'checksums.json';
const FILE_NAME = /^(\d{3})-[a-z0-9-]+\.sql$/;

export interface Migration {
  version: number;
  name: string;
  sql: string;
  checksum: string;
}

interface AppliedMigration {
  version: number;
  name: string;
  checksum: string;
}

/**
 * Applies what is missing and answers the names of the files that this call applied.
 * A non-empty database is copied to `<file>.v<N>.bak` first.
 * @throws conflict when an applied file was edited, unavailable when the database is newer than this program or the disk
 * has no room for the copy, invalid_input when a file name or number is out of line; a file that fails leaves no trace.
 */
export function runMigrations(db: Database, folder: string = MIGRATIONS_FOLDER, through = Infinity): string[] {
  const migrations = readMigrations(folder).slice(0, through);
  if (pendingMigrations(db, migrations).length === 0) return [];
  const copy = keepCopyBeforeUpgrade(db);
  try {
    return migrations.filter((migration) => applyOnce(db, migration, migrations, copy.keep)).map(({ name }) => name);
  } finally {
    copy.dropUnlessKept();
  }
}

/**
 * The schema version to which `runMigrations` brings a database. One that is newer, or was made by edited files, is refused
 * before anything of it is touched.
 */
export function checkedSchemaVersion(db: Database, folder: string = MIGRATIONS_FOLDER, through = Infinity): number {
  const migrations = readMigrations(folder).slice(0, through);
  pendingMigrations(db, migrations);
  return migrations.length;
}

/** What a new database of this program has. */
export function schemaVersionOfProgram(): number {
  return readMigrations(MIGRATIONS_FOLDER).length;
}

/**
 * The numbered SQL files of a folder in order. Numbers run from 001 without a gap. The build has noted their checksums, so that
 * a start reads none of them where there is nothing to apply.
 */
export function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const noted = `${folder}/${CHECKSUMS}`;
  const checksums = existsSync(noted) ? (JSON.parse(readFileSync(noted, 'utf8')) as Record<string, string>) : null;
  return names.map((name, index) => {
    const number = Number(FILE_NAME.exec(name)?.[1]);
    if (number !== index + 1) {
      throw new MemoryError('invalid_input', `Migration file "${name}" should be number ${index + 1}.`, {
        hint: 'Name the files 001-name.sql, 002-name.sql and so on.',
      });
    }
    // A checkout with other line ends is not an edit.
    const read = () => readFileSync(`${folder}/${name}`, 'utf8').replaceAll('\r\n', '\n');
    const known = checksums?.[name];
    return {
      version: number,
      name,
      checksum: known ?? sha256(read()),
      get sql() {
        return read();
      },
    };
  });
}

/**
 * Runs the newest `-- @sqlite` block that mentions a table again: it drops what it makes, so a damaged one is made anew.
 * @throws internal when there is no such block
 */
export function runEngineBlock(db: Database, table: string, folder: string = MIGRATIONS_FOLDER): void {
  const blocks = readMigrations(folder).flatMap(({ sql }) =>
    [...sql.matchAll(/^-- @sqlite$(.*?)^-- @end$/gms)].map(([block]) => block),
  );
  const block = blocks.findLast((text) => text.includes(table));
  if (block === undefined) throw new MemoryError('internal', `No migration makes ${table}.`);
  db.exec(block);
}

function pendingMigrations(db: Database, migrations: readonly Migration[]): Migration[] {
  const applied = appliedMigrations(db);
  const schemaVersion = Math.max(applied.length, db.pragma('user_version', { simple: true }) as number);
  if (schemaVersion > migrations.length) {
    throw new MemoryError(
      'unavailable',
      `The database has schema version ${schemaVersion}, this program knows ${migrations.length}.`,
      { hint: 'Start a newer Project Memory, or choose another data folder; the file was left as it is.' },
    );
  }
  for (const { version, name, checksum } of applied) {
    if (migrations[version - 1]?.checksum !== checksum) {
      throw new MemoryError('conflict', `Migration ${name} was edited after it had been applied to this database.`, {
        hint: 'Put the original file back and write the change as a new migration.',
      });
    }
  }
  return migrations.slice(applied.length);
}

function appliedMigrations(db: Database): AppliedMigration[] {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = '_migrations'").get();
  if (table === undefined) return [];
  return db.prepare('SELECT version, name, checksum FROM _migrations ORDER BY version').all() as AppliedMigration[];
}

/** Applies one file under the write lock, unless another process was faster. */
function applyOnce(db: Database, migration: Migration, all: readonly Migration[], beforeFirst: () => void): boolean {
  try {
    return db
      .transaction(() => {
        if (!pendingMigrations(db, all).includes(migration)) return false;
        beforeFirst();
        if (migration.version === 1) {
          db.exec(`CREATE TABLE _migrations (
            version INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            checksum TEXT NOT NULL,
            applied_at TEXT NOT NULL
          ) STRICT`);
          db.pragma(`application_id = ${APPLICATION_ID}`);
        }
        db.prepare('INSERT INTO _migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)').run(
          migration.version,
          migration.name,
          migration.checksum,
          now(),
        );
        db.exec(migration.sql);
        db.pragma(`user_version = ${migration.version}`);
        return true;
      })
      .immediate();
  } catch (error) {
    throw migrationFailure(migration.name, error);
  }
}

/** A taken lock, a full disk or a damaged file keeps its meaning; anything else that the engine refuses is in the SQL. */
function migrationFailure(name: string, error: unknown): unknown {
  const known = translateError(error);
  const inTheSql = known === error || (known instanceof MemoryError && /^(invalid_input|conflict)$/.test(known.code));
  if (error instanceof MemoryError || !inTheSql) return known;
  return new MemoryError('internal', `Migration ${name} failed; the database was left as it was.`, { cause: error });
}
