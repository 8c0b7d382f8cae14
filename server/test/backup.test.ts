/** Backup, restore, dump and load, as a person calls them. */
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { ALL_CALLS } from './support/calls.ts';
import { actionOf } from './support/catalog.ts';
import { databaseFile, hashOfAllRows, rows, tamper } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { aHome, ok, paths, refused, register } from './support/home.ts';
import { connect } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { RawStdio } from './support/raw-stdio.ts';
import { aWorld } from './support/world.ts';

/** A world in which every action has been called once. */
async function aBusyHome(): Promise<string> {
  const dataRoot = temporaryFolder();
  const memory = await connect({ dataRoot });
  for (const named of ALL_CALLS.filter((call) => actionOf(call).effect === 'write')) {
    await memory.ok(named.tool, named.action, await named.call(await aWorld(memory)));
  }
  await memory.close();
  return dataRoot;
}

describe('backup and restore', () => {
  test.each([{ flags: [] }, { flags: ['--compact'] }])('give back every row $flags', async ({ flags }) => {
    const home = await aHome();
    const file = join(home, 'copy.db');
    expect(await ok(home, 'backup', file, ...flags)).toMatch(/^Backup: .*copy\.db, \d+ bytes, 0 plans, checked\n$/);
    const before = hashOfAllRows(home);
    await register(home, '/projects/later');
    expect(await ok(home, 'restore', file)).toMatch(
      /^Restored: .*project-memory\.db, schema \d+, 0 plans\nWhat was there before: /,
    );
    expect(hashOfAllRows(home)).toBe(before);
    expect(await paths(home)).toEqual(['/projects/shop']);
  });

  test('keep what was there, which can be restored in turn', async () => {
    const home = await aHome();
    const file = join(home, 'copy.db');
    await ok(home, 'backup', file);
    await register(home, '/projects/later');
    const [, kept = ''] = /before: (.*)\n/.exec(await ok(home, 'restore', file)) ?? [];
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    await ok(home, 'restore', kept);
    expect(await paths(home)).toEqual(['/projects/shop', '/projects/later']);
  });

  test('do not overwrite a file', async () => {
    const home = await aHome();
    const file = join(home, 'notes.txt');
    writeFileSync(file, 'mine');
    for (const command of ['backup', 'dump']) {
      expect(await refused(home, command, file)).toMatch(/^conflict: There is already a file/);
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await refused(home, 'backup', join(home, 'no/such/folder.db'))).toMatch(/^not_found: There is no folder/);
  });

  test('put a copy where there is no database, or a broken one, which is kept', async () => {
    const home = await aHome();
    const file = join(temporaryFolder(), 'copy.db');
    await ok(home, 'backup', file);
    const empty = join(temporaryFolder(), 'new');
    expect(await ok(empty, 'restore', file)).not.toContain('before');
    expect(await paths(empty)).toEqual(['/projects/shop']);

    writeFileSync(databaseFile(home), 'This is no database at all, and longer than a header is.'.repeat(10));
    const [, kept = ''] = /before: (.*)\n/.exec(await ok(home, 'restore', file)) ?? [];
    expect(readFileSync(kept, 'utf8')).toContain('no database');
    expect(await paths(home)).toEqual(['/projects/shop']);
  });

  test.each<[string, (file: string) => void, RegExp]>([
    ['is no database', (file) => writeFileSync(file, 'x'.repeat(5_000)), /^corrupt: The file is not a Project Memory/],
    ['is not there', () => undefined, /^not_found: There is no file/],
    ['is empty', (file) => writeFileSync(file, ''), /^corrupt: .* is empty/],
    [
      'is of another program',
      (file) => new Database(file).exec('CREATE TABLE t (a)').close(),
      /^corrupt: .*another program/,
    ],
    ['was cut off', cutCopy, /^corrupt: /],
    [
      'was made by a newer program',
      (file) => changedCopy(file, 'PRAGMA user_version = 99'),
      /^unavailable: .* schema version 99/,
    ],
    [
      'has lost rows',
      (file) => changedCopy(file, 'PRAGMA foreign_keys = OFF; DELETE FROM workspaces'),
      /^corrupt: .* lost its row/,
    ],
  ])('refuse a file that %s, and change nothing', async (what, make, sentence) => {
    const home = await aHome();
    await ok(home, 'backup', join(home, 'good.db'));
    const file = join(home, 'bad.db');
    if (/cut|newer|lost/.test(what)) copyFileSync(join(home, 'good.db'), file);
    make(file);
    const before = hashOfAllRows(home);
    const files = readdirSync(home).sort();
    expect(await refused(home, 'restore', file)).toMatch(sentence);
    expect(hashOfAllRows(home)).toBe(before);
    expect(
      readdirSync(home)
        .sort()
        .filter((name) => !/-(wal|shm)$/.test(name)),
    ).toEqual(files.filter((name) => !/-(wal|shm)$/.test(name)));
  });

  test('are refused while a server has the database open, which goes on', { timeout: 60_000 }, async () => {
    const home = await aHome();
    const file = join(home, 'copy.db');
    await ok(home, 'backup', file);
    const server = new RawStdio({ dataRoot: home });
    await server.initialize();
    await server.ask(1, 'tools/list');
    await ok(home, 'dump', join(home, 'all.jsonl'));
    for (const args of [
      ['restore', file],
      ['load', join(home, 'all.jsonl')],
    ]) {
      expect(await refused(home, ...args)).toMatch(/^busy: Another process has the database open/);
    }
    const call = { name: 'memory_workspace', arguments: { action: 'register', path: '/projects/on' } };
    expect((await server.ask(2, 'tools/call', call)).result).not.toHaveProperty('isError');
    expect(await paths(home)).toEqual(['/projects/shop', '/projects/on']);
    server.running.child.stdin.end();
    await server.running.finished;
    await ok(home, 'restore', file);
    expect(await paths(home)).toEqual(['/projects/shop']);
  });
});

function cutCopy(file: string): void {
  truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
}

function changedCopy(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

/** A dump without its head, which has the time. */
function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(1);
}

/** A hash of what is in the tables, but for the engine's own full-text tables and the times of the migrations. */
function hashOfData(dataRoot: string): string {
  const tables = rows<{ name: string }>(
    dataRoot,
    `SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'
       AND name NOT IN ('_migrations', 'sqlite_schema') ORDER BY name`,
  );
  const data = tables.map(({ name }) => [
    name,
    rows(dataRoot, `SELECT * FROM ${name}`)
      .map((row) => JSON.stringify(row))
      .sort(),
  ]);
  return createHash('sha256').update(JSON.stringify(data)).digest('hex');
}

describe('dump and load', () => {
  test('give back every row of every table, and counters too', { timeout: 60_000 }, async () => {
    const home = await aBusyHome();
    const file = join(home, 'all.jsonl');
    const [, count] = /^Dumped: (\d+) rows/.exec(await ok(home, 'dump', file)) ?? [];
    const other = temporaryFolder();
    expect(await ok(other, 'load', file)).toMatch(`Loaded: ${count} rows into`);
    const again = join(other, 'again.jsonl');
    await ok(other, 'dump', again);
    expect(linesOf(again)).toEqual(linesOf(file));
    expect(hashOfData(other)).toBe(hashOfData(home));
    expect(await ok(other, 'doctor')).toContain('All is well.');
  });

  test('load what an older program has dumped, which is then brought up to date', async () => {
    const home = temporaryFolder();
    const file = join(home, 'old.jsonl');
    const time = '2026-01-02T03:04:05.678Z';
    const row = {
      seq: 7,
      id: 'ws_old',
      path: '/old',
      path_key: '/old',
      name: 'old',
      created_at: time,
      updated_at: time,
    };
    const head = { format: 'project-memory-dump', format_version: 1, schema_version: 1 };
    const lines = [head, { table: 'workspaces', row }, { end: true, rows: 1 }];
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    await ok(home, 'load', file);
    expect(await paths(home)).toEqual(['/old']);
    expect(rows(home, 'SELECT seq, git_origin FROM workspaces')).toEqual([{ seq: 7, git_origin: null }]);
  });

  test.each<[string, (lines: string[]) => string[], RegExp]>([
    ['cut off', (lines) => lines.slice(0, -1), /it has no end/],
    [
      'short of a row',
      (lines) => [...lines.slice(0, 5), ...lines.slice(6)],
      /it says that it has \d+ rows and has \d+/,
    ],
    ['without a head', (lines) => lines.slice(1), /its first line is not the head/],
    [
      'torn within a line',
      (lines) => [...lines.slice(0, 3), lines[3]?.slice(0, 20) ?? '', ...lines.slice(4)],
      /line 4 is no JSON/,
    ],
    [
      'of a newer schema',
      ([head = '', ...rest]) => [head.replace(/("schema_version":)\d+/, '$199'), ...rest],
      /schema version 99/,
    ],
    [
      'with a table of its own',
      ([head = '', ...rest]) => [head, '{"table":"sqlite_schema","row":{"name":"x"}}', ...rest],
      /no table/,
    ],
    [
      'that asks for SQL',
      ([head = '', ...rest]) => [head, '{"table":"plans","row":{"id) --":"x"}}', ...rest],
      /no column/,
    ],
  ])('refuse a dump that is %s, and change nothing', async (_what, change, sentence) => {
    const home = await aHome();
    const file = join(home, 'all.jsonl');
    await ok(home, 'dump', file);
    writeFileSync(file, change(readFileSync(file, 'utf8').trimEnd().split('\n')).join('\n'));
    const before = hashOfAllRows(home);
    expect(await refused(home, 'load', file)).toMatch(sentence);
    expect(hashOfAllRows(home)).toBe(before);
    expect(readdirSync(home).filter((name) => name.includes('.tmp') || name.endsWith('.bak'))).toEqual([]);
  });

  test('hold little in memory, however much there is', { timeout: 60_000 }, async () => {
    const home = await aHome();
    tamper(home, (db) => {
      const insert = db.prepare(
        `INSERT INTO event_log (id, event_type, data, created_at) VALUES (?, 'big', ?, '2026-01-02T03:04:05.678Z')`,
      );
      for (let n = 0; n < 60; n++) insert.run(`evt_${n}`, JSON.stringify({ text: 'x'.repeat(1_000_000) }));
    });
    const file = join(home, 'all.jsonl');
    const env = { NODE_OPTIONS: '--max-old-space-size=40' };
    expect(await runBin(['dump', file], { dataRoot: home, env })).toMatchObject({ code: 0 });
    expect(statSync(file).size).toBeGreaterThan(60_000_000);
    const other = temporaryFolder();
    expect(await runBin(['load', file], { dataRoot: other, env })).toMatchObject({ code: 0 });
    expect(rows(other, "SELECT count(*) AS n FROM event_log WHERE event_type = 'big'")).toEqual([{ n: 60 }]);
  });
});
