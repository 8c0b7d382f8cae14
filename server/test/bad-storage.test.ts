/** Places where the database cannot be: each is refused with one sentence, and what lies there is left as it is. */
import { chmodSync, cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseFile, hashOfAllRows, rows, tamper } from './support/database.ts';
import { newFolder, removeFolder, temporaryFolder } from './support/folders.ts';
import { connect } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { contentOf, expectOneSentence, NOT_WRITABLE } from './support/refused-start.ts';
import { aWorld } from './support/world.ts';

const seeded = newFolder();
beforeAll(async () => {
  expect(await runBin(['seed', '--demo'], { dataRoot: seeded })).toMatchObject({ code: 0 });
});
afterAll(() => removeFolder(seeded));

/** A data root with the demo workspace, on this disk or in a folder of its own. */
function aDatabase(dataRoot = temporaryFolder()): string {
  cpSync(databaseFile(seeded), databaseFile(dataRoot));
  return dataRoot;
}

const PLACES: [what: string, prepare: (dataRoot: string) => void, words: RegExp][] = [
  [
    'a database of another program',
    (dataRoot) => {
      const db = new Database(databaseFile(dataRoot));
      db.exec('CREATE TABLE songs (title TEXT); INSERT INTO songs VALUES (1)');
      db.close();
    },
    /^corrupt: .*project-memory\.db is a database of another program\. Move it away, or choose another folder with --data-root; it was left as it is\./,
  ],
  [
    'an empty database that another program has marked',
    (dataRoot) => {
      const db = new Database(databaseFile(dataRoot));
      db.pragma('application_id = 4711');
      db.close();
    },
    /^corrupt: .* is a database of another program\./,
  ],
  [
    'a file that is no database',
    (dataRoot) => writeFileSync(databaseFile(dataRoot), 'Dear diary, '.repeat(1_000)),
    /^corrupt: The file is not a Project Memory database\. .*Move it away/,
  ],
  [
    'a folder instead of the file',
    (dataRoot) => mkdirSync(databaseFile(dataRoot)),
    /^unavailable: .*cannot be written.*--data-root/,
  ],
];

// Node's recursive mkdir never returns from there.
test.runIf(process.platform === 'linux')('a place where no folder can be made is refused', async () => {
  expectOneSentence(await runBin(['plan', 'list'], { dataRoot: '/proc/nowhere/data' }), NOT_WRITABLE);
});

async function expectRefusedAndLeft(prepare: (dataRoot: string) => void, args: string[], words: RegExp): Promise<void> {
  const dataRoot = temporaryFolder();
  prepare(dataRoot);
  const before = contentOf(dataRoot);
  expectOneSentence(await runBin(args, { dataRoot }), words);
  expect(contentOf(dataRoot)).toEqual(before);
}

test.each(PLACES)('%s is refused and left as it is', async (_what, prepare, words) => {
  await expectRefusedAndLeft(prepare, ['mcp'], words);
});

test.each([
  ['serve', ['serve', '--port', '0']],
  ['a command', ['workspace', 'list']],
  ['seed', ['seed', '--demo']],
])('%s refuses a foreign database as mcp does', async (_door, args) => {
  const [, prepare, words] = PLACES[0] as (typeof PLACES)[number];
  await expectRefusedAndLeft(prepare, args, words);
});

describe('a data root held by a newer version', () => {
  test('is refused and left as it is', async () => {
    const dataRoot = aDatabase();
    tamper(dataRoot, (db) => db.pragma('user_version = 999'));
    const before = hashOfAllRows(dataRoot);
    expectOneSentence(
      await runBin(['mcp'], { dataRoot }),
      /^unavailable: The database has schema version 999, this program knows \d+\. Start a newer Project Memory/,
    );
    expect(hashOfAllRows(dataRoot)).toBe(before);
  });

  test('while a server runs on it: writes are refused with the way out, and the server stays up', async () => {
    const memory = await connect({ dataRoot: temporaryFolder() });
    const { planId } = await aWorld(memory);
    const before = hashOfAllRows(memory.dataRoot);
    tamper(memory.dataRoot, (db) => db.pragma('user_version = 999'));
    expect(await memory.refused('plan', 'add_note', { plan_id: planId, note: 'Too late' })).toBe(
      'conflict: The database was upgraded by a newer program. Restart this server.',
    );
    expect(hashOfAllRows(memory.dataRoot)).toBe(before);
    expect(await memory.ok('plan', 'get', { plan_id: planId })).toContain('0/4 done');
  });

  test('seeded by a newer program of the same schema keeps the catalog of the newer one', async () => {
    const dataRoot = aDatabase();
    tamper(dataRoot, (db) => db.exec("UPDATE seed_versions SET program_version = '999.0.0', hash = 'newer'"));
    tamper(dataRoot, (db) => db.exec("UPDATE tools SET description = 'From the future'"));
    const before = hashOfAllRows(dataRoot);
    expect(await runBin(['workspace', 'list'], { dataRoot })).toMatchObject({ code: 0 });
    expect(hashOfAllRows(dataRoot)).toBe(before);
  });
});

test('a database whose applied migration was edited is refused', async () => {
  const dataRoot = aDatabase();
  tamper(dataRoot, (db) => db.exec("UPDATE _migrations SET checksum = 'x' WHERE version = 1"));
  expectOneSentence(
    await runBin(['workspace', 'list'], { dataRoot }),
    /^conflict: Migration 001-initial-schema(\.sql)? was edited after it had been applied/,
  );
});

describe('a damaged database', () => {
  test.each<[string, (file: string) => void]>([
    ['cut in half', (file) => truncateSync(file, readFileSync(file).length / 2)],
    ['without its first page', (file) => writeFileSync(file, readFileSync(file).fill(0xee, 0, 4096))],
    ['with noise on all pages but the first', (file) => writeFileSync(file, readFileSync(file).fill(0xee, 4096))],
  ])('%s is refused in words, by whatever meets the damage', async (_what, damage) => {
    const dataRoot = aDatabase();
    damage(databaseFile(dataRoot));
    const before = contentOf(dataRoot);
    expectOneSentence(
      await runBin(['query', 'search', '--query', 'coffee'], { dataRoot }),
      /^corrupt: The (database )?file is /,
    );
    expect(contentOf(dataRoot)['project-memory.db']).toBe(before['project-memory.db']);
  });

  test('whose damage a call meets says so in its answer, and the server stays up', async () => {
    const memory = await connect({ dataRoot: temporaryFolder() });
    const { planId } = await aWorld(memory);
    let page = 0;
    tamper(memory.dataRoot, (db) => {
      page = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'phases'").pluck().get() as number;
      // A commit of somebody else makes the server read the file anew.
      db.exec("UPDATE plans SET title = 'Changed'");
      db.pragma('wal_checkpoint(TRUNCATE)');
    });
    const file = databaseFile(memory.dataRoot);
    writeFileSync(file, readFileSync(file).fill(0xee, (page - 1) * 4096, page * 4096));
    expect(await memory.refused('plan', 'get', { plan_id: planId })).toMatch(
      /^corrupt: The database file is damaged\. Stop every server that uses it and put a copy back/,
    );
    expect(await memory.ok('workspace', 'list')).toContain('/projects/world');
  });
});

describe('a bug of ours', () => {
  test('is told without SQL or stack, logged with its id, and the server stays up', async () => {
    const memory = await connect({ dataRoot: temporaryFolder() });
    const { planId } = await aWorld(memory);
    tamper(memory.dataRoot, (db) => db.exec('DROP TABLE lineage'));
    const result = await memory.call('plan', 'get', { plan_id: planId });
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result.content)).toMatch(
      /"internal: This is a bug of Project Memory, logged as err_\w{12} on stderr\. .*project-memory doctor --fix/,
    );
    expect(await memory.ok('workspace', 'list')).toContain('/projects/world');
  });

  test('ends a command with code 3, and the log on stderr has the whole of it', async () => {
    const dataRoot = aDatabase();
    const [plan] = rows<{ id: string }>(dataRoot, 'SELECT id FROM plans');
    tamper(dataRoot, (db) => db.exec('DROP TABLE lineage'));
    const { code, stdout, stderr } = await runBin(['plan', 'get', '--plan-id', plan?.id ?? '', '--json'], { dataRoot });
    expect(code).toBe(3);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(error.code).toBe('internal');
    const id = /logged as (err_\w{12})/.exec(error.message)?.[1] ?? '';
    expect(JSON.parse(stderr.split('\n')[0] ?? '')).toMatchObject({
      id,
      err: { message: expect.stringContaining('lineage') },
    });
  });
});

test('a data root that is a file, or lies below one, is refused', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, 'x');
  for (const dataRoot of [file, join(file, 'below')]) {
    expectOneSentence(await runBin(['mcp'], { dataRoot }), NOT_WRITABLE);
  }
});

test.runIf(process.getuid?.() !== 0)('a folder without write permission is refused', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o500);
  for (const dataRoot of [folder, join(folder, 'below')]) {
    expectOneSentence(await runBin(['mcp'], { dataRoot }), NOT_WRITABLE);
  }
});
