import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import Driver from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { configure } from '../../config.ts';
import { closeDb, getDb, openDatabase, setDb, withDatabase } from '../connection.ts';
import { readMigrations } from '../migration-runner.ts';
import { refuseOldNode } from '../open-checks.ts';
import { queryAll } from '../query-helpers.ts';
import { createStep, getStep } from '../step-db.ts';
import { insertRow } from '../write-helpers.ts';
import { runTogether } from './child-processes.ts';
import {
  aPlan,
  aStep,
  countRows,
  databaseFile,
  openFile,
  refusal,
  temporaryFolder,
  withTestDatabase,
} from './fixtures.ts';

const OPEN = new URL('./processes/open.ts', import.meta.url);
const MIGRATIONS = readMigrations(new URL('../migrations', import.meta.url).pathname).length;

/** Names and content of all that lies in a folder. */
function fingerprint(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    );
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

describe('opening', () => {
  test('makes folder and files that only their owner can read', () => {
    const folder = join(temporaryFolder(), 'deep', 'data');
    withDatabase(openFile(folder), () => aPlan());
    expect(modeOf(folder)).toBe('700');
    expect(readdirSync(folder).map((name) => `${name} ${modeOf(join(folder, name))}`)).toEqual([
      'project-memory.db 600',
      'project-memory.db-shm 600',
      'project-memory.db-wal 600',
    ]);
  });

  test.each([
    ['journal_mode', 'wal'],
    ['foreign_keys', 1],
    ['synchronous', 2],
    ['trusted_schema', 0],
    ['busy_timeout', 0],
    ['mmap_size', 0],
    ['temp_store', 2],
    ['cache_size', -16_384],
    ['application_id', 0x504d656d],
  ])('sets %s to %s', (pragma, value) => {
    expect(openFile().pragma(pragma, { simple: true })).toBe(value);
  });

  test('trades the flush of every commit for speed when asked to', () => {
    expect(openFile(temporaryFolder(), { synchronous: 'normal' }).pragma('synchronous', { simple: true })).toBe(1);
  });

  test('refuses a step whose phase does not exist', () =>
    withTestDatabase(() => {
      const { steps } = aPlan();
      const refused = refusal(() =>
        insertRow('steps', { ...steps[0], seq: undefined, id: 'step_x', phase_id: 'none' }),
      );
      expect(refused.code).toBe('invalid_input');
      expect(countRows('steps')).toBe(1);
    }));

  test('finds everything again after a close', () => {
    const folder = temporaryFolder();
    const first = openFile(folder);
    const step = withDatabase(first, () => aStep({ task: 'Stay' }));
    first.close();
    expect(readdirSync(folder)).toEqual(['project-memory.db']);
    withDatabase(openFile(folder), () => expect(getStep(step.id)).toEqual(step));
  });

  test('succeeds in eight processes at once on files that do not exist yet', async () => {
    const folder = temporaryFolder();
    const files = Array.from({ length: 20 }, (_, index) => join(folder, `${index}.db`));
    const versions = await runTogether(
      OPEN,
      Array.from({ length: 8 }, () => [files.join(delimiter)]),
    );
    expect(versions).toEqual(Array.from({ length: 8 }, () => files.map(() => String(MIGRATIONS))));
    for (const file of files) {
      const db = openDatabase(file);
      expect(withDatabase(db, () => countRows('_migrations'))).toBe(MIGRATIONS);
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
    }
  });
});

describe('the current database', () => {
  test('is one and the same until it is closed', () => {
    configure({ dataRoot: temporaryFolder() });
    onTestFinished(() => {
      closeDb();
      configure({});
    });
    const first = getDb();
    expect(getDb()).toBe(first);
    closeDb();
    expect(first.open).toBe(false);
    closeDb();
    const second = getDb();
    expect(second).not.toBe(first);
    expect(second.name).toBe(first.name);
  });

  test('is another one for the length of a call, also of one that throws', () => {
    const [outer, inner] = [openDatabase(':memory:'), openDatabase(':memory:')];
    onTestFinished(closeDb);
    setDb(outer);
    const plan = withDatabase(inner, () => {
      expect(getDb()).toBe(inner);
      expect(withDatabase(outer, getDb)).toBe(outer);
      expect(getDb()).toBe(inner);
      return aPlan().plan;
    });
    expect(getDb()).toBe(outer);
    expect(queryAll('SELECT id FROM plans')).toEqual([]);
    expect(() => withDatabase(inner, () => createStep('none', { task: 'x' }))).toThrow('No live phase');
    expect(getDb()).toBe(outer);
    expect(withDatabase(inner, () => queryAll('SELECT id FROM plans'))).toEqual([{ id: plan.id }]);
    inner.close();
  });

  test('must have been opened here', () => {
    const stranger = new Driver(':memory:');
    expect(refusal(() => withDatabase(stranger, getDb)).code).toBe('internal');
    stranger.close();
  });
});

/** What stands in the place of our file → how it comes there, and what is said about it. */
const STRANGERS: Record<string, { make: (file: string) => void; code: string; says: RegExp }> = {
  'a database of another program': {
    make: (file) => new Driver(file).exec('CREATE TABLE notes (text)').close(),
    code: 'corrupt',
    says: /is a database of another program\. Move it away.*left as it is/,
  },
  'an empty database that another program marked': {
    make: (file) => new Driver(file).exec('PRAGMA application_id = 7; PRAGMA user_version = 1').close(),
    code: 'corrupt',
    says: /is a database of another program/,
  },
  'a text file': {
    make: (file) => writeFileSync(file, 'Dear diary,\n'.repeat(500)),
    code: 'corrupt',
    says: /not a Project Memory database.*left as it is/,
  },
  'a damaged file': {
    make: (file) => {
      openDatabase(file).close();
      const bytes = readFileSync(file);
      for (let at = 100; at < 3000; at++) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      writeFileSync(file, bytes);
    },
    code: 'corrupt',
    says: /damaged.*put a copy back/,
  },
  'a database with a newer schema version': {
    make: (file) => openDatabase(file).exec('PRAGMA user_version = 99').close(),
    code: 'unavailable',
    says: new RegExp(`schema version 99, this program knows ${MIGRATIONS}[.] Start a newer`),
  },
  'a database with a newer migration': {
    make: (file) =>
      openDatabase(file)
        .exec(
          `INSERT INTO _migrations SELECT ${MIGRATIONS + 1}, 'newer.sql', checksum, applied_at FROM _migrations LIMIT 1`,
        )
        .close(),
    code: 'unavailable',
    says: new RegExp(`schema version ${MIGRATIONS + 1}, this program knows ${MIGRATIONS}[.] Start a newer`),
  },
  'a newer database with a rollback journal, such as a copy': {
    make: (file) => openDatabase(file).exec('PRAGMA user_version = 99; PRAGMA journal_mode = DELETE').close(),
    code: 'unavailable',
    says: /schema version 99/,
  },
};

describe('what is not ours', () => {
  test.each(Object.keys(STRANGERS))('refuses %s and leaves it byte for byte as it was', (name) => {
    const { make, code, says } = STRANGERS[name] as (typeof STRANGERS)[string];
    const folder = temporaryFolder();
    const file = databaseFile(folder);
    make(file);
    const before = fingerprint(folder);
    const refused = refusal(() => openDatabase(file));
    expect(refused.code).toBe(code);
    expect(refused.sentence).toMatch(says);
    expect(fingerprint(folder)).toEqual(before);
  });

  test('takes an empty file for its own', () => {
    const folder = temporaryFolder();
    writeFileSync(databaseFile(folder), '');
    expect(openFile(folder).pragma('user_version', { simple: true })).toBe(MIGRATIONS);
  });

  test('says that a path below a file cannot be written', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'no folder');
    const refused = refusal(() => openDatabase(join(file, 'data', 'project-memory.db')));
    expect(refused.code).toBe('unavailable');
    expect(refused.sentence).toMatch(/cannot be written.*--data-root/);
  });

  test.skipIf(process.getuid?.() === 0)('says that a read-only folder cannot be written (not for root)', () => {
    const folder = join(temporaryFolder(), 'data');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    onTestFinished(() => chmodSync(folder, 0o700));
    expect(refusal(() => openDatabase(databaseFile(folder))).code).toBe('unavailable');
  });

  test.each(['18.20.0', '20.11.1', '22.18.0', '23.9.0', '25.1.0'])('refuses Node %s with a sentence', (version) => {
    expect(refusal(() => refuseOldNode(version)).sentence).toMatch(`Node ${version} cannot run`);
  });

  test.each(['22.19.0', '24.0.0', '26.1.0'])('runs on Node %s', (version) => {
    expect(() => refuseOldNode(version)).not.toThrow();
  });
});
