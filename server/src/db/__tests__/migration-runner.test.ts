import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Driver from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { type Database, openDatabase, withDatabase } from '../connection.ts';
import { readMigrations, runMigrations } from '../migration-runner.ts';
import { queryAll, queryOne, transaction } from '../query-helpers.ts';
import { keepCopyBeforeUpgrade } from '../upgrade-copy.ts';
import { runTogether } from './child-processes.ts';
import { aPlan, databaseFile, openFile, refusal, temporaryFolder, writeFiles } from './fixtures.ts';

const OPEN = new URL('./processes/open.ts', import.meta.url);

const NOTES = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL CHECK (length(text) < 20)) STRICT;';

/** A folder that holds these migration files. */
function migrations(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return folder;
}

/** The first `count` of a series: a table of notes, then a note in each. */
function series(count: number): string {
  const names = Array.from({ length: count }, (_, index) => String(index + 1).padStart(3, '0'));
  return migrations(
    Object.fromEntries(
      names.map((name, index) => [
        `${name}-step.sql`,
        index === 0 ? NOTES : `INSERT INTO notes (text) VALUES ('from ${name}');`,
      ]),
    ),
  );
}

function applied(db: Database): unknown[] {
  return db.prepare('SELECT name FROM _migrations ORDER BY version').pluck().all();
}

function notes(db: Database): unknown[] {
  return db.prepare('SELECT text FROM notes ORDER BY id').pluck().all();
}

function versionOf(db: Database): unknown {
  return db.pragma('user_version', { simple: true });
}

/** Opens a file as it is, reads from it and closes it. */
function look<T>(file: string, read: (db: Database) => T): T {
  const db = new Driver(file, { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

describe('applying', () => {
  test('runs the files in the order of their numbers', () => {
    const db = openFile(undefined, { migrations: series(3) });
    expect(notes(db)).toEqual(['from 002', 'from 003']);
    expect(applied(db)).toEqual(['001-step.sql', '002-step.sql', '003-step.sql']);
    expect(versionOf(db)).toBe(3);
  });

  test('skips what was applied and answers what it applied', () => {
    const db = openFile(undefined, { migrations: series(2) });
    expect(runMigrations(db, series(2))).toEqual([]);
    expect(runMigrations(db, series(4))).toEqual(['003-step.sql', '004-step.sql']);
    expect(notes(db)).toEqual(['from 002', 'from 003', 'from 004']);
  });

  test('knows the end of a trigger from a semicolon inside it', () => {
    const trigger = `CREATE TRIGGER twice AFTER INSERT ON notes WHEN new.text = 'a' BEGIN
      INSERT INTO notes (text) VALUES ('b; and c'); -- one; two
      UPDATE notes SET text = 'd' WHERE text = 'a';
    END; INSERT INTO notes (text) VALUES ('a');`;
    const db = openFile(undefined, { migrations: migrations({ '001-notes.sql': NOTES, '002-trigger.sql': trigger }) });
    expect(notes(db)).toEqual(['d', 'b; and c']);
  });

  test('leaves other files of the folder alone', () => {
    const folder = series(1);
    writeFileSync(join(folder, 'README.md'), 'not SQL');
    expect(readMigrations(folder).map(({ name }) => name)).toEqual(['001-step.sql']);
  });

  test('applies each file once when eight processes upgrade at the same moment', async () => {
    const folder = temporaryFolder();
    const file = databaseFile(folder);
    openDatabase(file, { migrations: series(1) }).close();
    const newer = series(4);
    const versions = await runTogether(
      OPEN,
      Array.from({ length: 8 }, () => [file, newer]),
    );
    expect(versions).toEqual(Array.from({ length: 8 }, () => ['4']));
    const db = openFile(folder, { migrations: newer });
    expect(notes(db)).toEqual(['from 002', 'from 003', 'from 004']);
    expect(readdirSync(folder).filter((name) => !/-(wal|shm)$/.test(name))).toEqual([
      'project-memory.db',
      'project-memory.db.v1.bak',
    ]);
    expect(look(`${file}.v1.bak`, versionOf)).toBe(1);
  });
});

describe('a file that fails half-way', () => {
  test.each([
    ['unknown words', 'CREATE TABLE half (id TEXT) STRICT; INSERT INTO nowhere VALUES (1);'],
    [
      'a refused value',
      "CREATE TABLE half (id TEXT) STRICT; INSERT INTO notes (text) VALUES ('much longer than twenty');",
    ],
    ['a second row with a key', "CREATE TABLE half (id TEXT) STRICT; INSERT INTO notes VALUES (1, 'a'), (1, 'b');"],
  ])('leaves no trace and is named, after %s', (_, broken) => {
    const folder = temporaryFolder();
    openDatabase(databaseFile(folder), { migrations: series(1) }).close();
    const bad = migrations({
      '001-step.sql': NOTES,
      '002-good.sql': 'CREATE TABLE good (id TEXT) STRICT;',
      '003-bad.sql': broken,
    });
    const refused = refusal(() => openDatabase(databaseFile(folder), { migrations: bad }));
    expect(refused.message).toContain('003-bad.sql');
    expect(refused.cause).toBeInstanceOf(Error);
    const tables = look(databaseFile(folder), (db) => [
      versionOf(db),
      applied(db),
      db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all(),
    ]);
    expect(tables).toEqual([2, ['001-step.sql', '002-good.sql'], ['_migrations', 'good', 'notes']]);
  });

  test('can be mended and applied', () => {
    const folder = temporaryFolder();
    const bad = migrations({ '001-step.sql': 'CREATE TABLE notes (id TEXT) STRICT; nonsense;' });
    expect(() => openDatabase(databaseFile(folder), { migrations: bad })).toThrow('001-step.sql');
    expect(notes(openFile(folder, { migrations: series(1) }))).toEqual([]);
  });
});

describe('what is refused', () => {
  test('an applied file that was edited', () => {
    const folder = temporaryFolder();
    openDatabase(databaseFile(folder), { migrations: series(2) }).close();
    const edited = series(3);
    writeFileSync(join(edited, '002-step.sql'), "INSERT INTO notes (text) VALUES ('other');");
    const refused = refusal(() => openDatabase(databaseFile(folder), { migrations: edited }));
    expect(refused.code).toBe('conflict');
    expect(refused.message).toContain('002-step.sql was edited');
    expect(look(databaseFile(folder), versionOf)).toBe(2);
  });

  test('but not one whose lines end in another way', () => {
    const folder = temporaryFolder();
    const [unix, windows] = [series(2), series(2)];
    writeFileSync(join(unix, '001-step.sql'), `-- Notes.\n${NOTES}\n`);
    writeFileSync(join(windows, '001-step.sql'), `-- Notes.\r\n${NOTES}\r\n`);
    openDatabase(databaseFile(folder), { migrations: unix }).close();
    expect(versionOf(openFile(folder, { migrations: windows }))).toBe(2);
  });

  test('a database that is newer than the files', () => {
    const folder = temporaryFolder();
    openDatabase(databaseFile(folder), { migrations: series(3) }).close();
    const refused = refusal(() => openDatabase(databaseFile(folder), { migrations: series(2) }));
    expect(refused.code).toBe('unavailable');
    expect(refused.message).toBe('The database has schema version 3, this program knows 2.');
  });

  test.each(['003-later.sql', '2-short.sql', '002_underscore.sql', '001-again.sql'])(
    'the file name %s after 001',
    (name) => {
      const refused = refusal(() => readMigrations(migrations({ '001-first.sql': '', [name]: '' })));
      expect(refused.code).toBe('invalid_input');
      expect(refused.sentence).toMatch(/should be number [12]\. Name the files 001-name\.sql/);
    },
  );
});

describe('the copy before an upgrade', () => {
  test('holds the old data and only its owner can read it', () => {
    const folder = temporaryFolder();
    const file = databaseFile(folder);
    const db = openFile(folder, { migrations: series(1) });
    db.exec("INSERT INTO notes (text) VALUES ('old')");
    expect(runMigrations(db, series(3))).toHaveLength(2);
    expect(look(`${file}.v1.bak`, (copy) => [versionOf(copy), notes(copy)])).toEqual([1, ['old']]);
    expect((statSync(`${file}.v1.bak`).mode & 0o777).toString(8)).toBe('600');
  });

  test('opens as a database of its version', () => {
    const folder = temporaryFolder();
    runMigrations(openFile(folder, { migrations: series(1) }), series(2));
    const restored = temporaryFolder();
    cpSync(`${databaseFile(folder)}.v1.bak`, databaseFile(restored));
    expect(versionOf(openFile(restored, { migrations: series(1) }))).toBe(1);
  });

  test('is not made of a new database, and the last three are kept', () => {
    const folder = temporaryFolder();
    const db = openFile(folder, { migrations: series(1) });
    const copies = () => readdirSync(folder).filter((name) => /\.(bak|tmp)$/.test(name));
    expect(copies()).toEqual([]);
    for (let version = 2; version <= 12; version++) runMigrations(db, series(version));
    expect(copies().sort()).toEqual(['v10', 'v11', 'v9'].map((version) => `project-memory.db.${version}.bak`));
  });

  test('of a process that comes late does not replace the one that was kept', async () => {
    const folder = temporaryFolder();
    const db = openFile(folder, { migrations: series(1) });
    const late = keepCopyBeforeUpgrade(db);
    db.exec("INSERT INTO notes (text) VALUES ('last')");
    await runTogether(OPEN, [[databaseFile(folder), series(2)]]);
    late.keep();
    late.dropUnlessKept();
    expect(look(`${databaseFile(folder)}.v1.bak`, notes)).toEqual(['last']);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('a server that was running during an upgrade', () => {
  test('writes nothing more, and says why', () => {
    const folder = temporaryFolder();
    const newer = join(temporaryFolder(), 'migrations');
    mkdirSync(newer);
    const own = readMigrations(new URL('../migrations', import.meta.url).pathname);
    for (const { name, sql } of own) writeFileSync(join(newer, name), sql);
    const next = String(own.length + 1).padStart(3, '0');
    writeFileSync(join(newer, `${next}-more.sql`), 'CREATE TABLE more (id TEXT) STRICT;');
    const running = openFile(folder);
    withDatabase(running, () => {
      const { plan } = aPlan();
      openDatabase(databaseFile(folder), { migrations: newer }).close();
      for (const write of [() => aPlan(), () => transaction(() => 1)]) {
        const refused = refusal(write);
        expect(refused.code).toBe('conflict');
        expect(refused.sentence).toBe('The database was upgraded by a newer program. Restart this server.');
      }
      expect(queryAll('SELECT id FROM plans')).toEqual([{ id: plan.id }]);
      expect(queryOne('SELECT count(*) AS n FROM workspaces')).toEqual({ n: 1 });
    });
    expect(readFileSync(`${databaseFile(folder)}.v${own.length}.bak`).length).toBeGreaterThan(0);
  });
});
