/** What lies around a database that restore or load replaces: the log of one that is gone, copies, drafts of the dead. */
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { databaseFile, rows, tamper } from '../support/database.ts';
import { temporaryFolder } from '../support/folders.ts';
import { aHome, ok, paths, refused, register } from '../support/home.ts';
import { connect } from '../support/memory.ts';
import { runBin, runNode } from '../support/processes.ts';
import { RawStdio } from '../support/raw-stdio.ts';

/** A server that has registered a workspace, which lies in its log alone. */
async function aServerThatWrites(dataRoot: string): Promise<RawStdio> {
  const server = new RawStdio({ dataRoot });
  await server.initialize();
  const call = { name: 'memory_workspace', arguments: { action: 'register', path: '/projects/later' } };
  expect((await server.ask(1, 'tools/call', call)).result).not.toHaveProperty('isError');
  return server;
}

async function kill({ running }: RawStdio): Promise<void> {
  running.child.kill('SIGKILL');
  await running.finished;
}

/** The arguments that put the present state of a database back. */
async function aWayBack(how: string, home: string): Promise<[command: string, file: string]> {
  const file = join(temporaryFolder(), 'copy');
  await ok(home, how === 'restore' ? 'backup' : 'dump', file);
  return [how, file];
}

/** The number of a process that has ended. */
async function aDeadProcess(): Promise<string> {
  return (await runNode(['-p', 'process.pid'])).stdout.trim();
}

/** Makes a draft to which nothing has been written for an hour. */
function writeOldDraft(file: string): void {
  writeFileSync(file, '');
  const anHourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(file, anHourAgo, anHourAgo);
}

function filesOf(dataRoot: string, pattern: RegExp): string[] {
  return readdirSync(dataRoot).filter((name) => pattern.test(name));
}

/** Ways to lose a database beside its log. */
const LOST: [what: string, lose: (file: string) => void][] = [
  ['gone', (file) => rmSync(file)],
  ['an empty file', (file) => writeFileSync(file, '')],
];

describe.each(['restore', 'load'])('%s', (how) => {
  test.each(LOST)('keeps the log of a database that is %s, and applies nothing of it', async (_what, lose) => {
    const home = await aHome();
    const back = await aWayBack(how, home);
    await kill(await aServerThatWrites(home));
    const bytes = statSync(`${databaseFile(home)}-wal`).size;
    expect(bytes).toBeGreaterThan(0);
    lose(databaseFile(home));
    const [, kept = ''] = /before: (.*)\n/.exec(await ok(home, ...back)) ?? [];
    expect(kept).toMatch(/\.replaced-\w+\.bak-wal$/);
    expect(statSync(kept).size).toBe(bytes);
    expect(await paths(home)).toEqual(['/projects/shop']);
    rmSync(kept);
    expect(await ok(home, 'doctor', '--fix')).toContain('All is well');
  });

  test.skipIf(process.platform === 'win32').each<[string, (home: string) => void]>([
    ['was removed', (home) => rmSync(databaseFile(home))],
    [
      'has lost its beginning',
      (home) => {
        // Else the engine would read it from the log.
        tamper(home, (db) => db.pragma('wal_checkpoint(TRUNCATE)'));
        writeFileSync(databaseFile(home), 'x'.repeat(100), { flag: 'r+' });
      },
    ],
  ])('is refused while a server works on a database that %s', async (_what, lose) => {
    const home = await aHome();
    const back = await aWayBack(how, home);
    const server = await aServerThatWrites(home);
    lose(home);
    const before = filesOf(home, /./);
    expect(await refused(home, ...back)).toMatch(/^busy: Another process has the database open/);
    expect(filesOf(home, /./)).toEqual(before);
    await kill(server);
    await ok(home, ...back);
    expect(await paths(home)).toEqual(['/projects/shop']);
  });

  test('keeps the last three of what it has replaced, with all that belongs to them', async () => {
    const home = await aHome();
    const back = await aWayBack(how, home);
    for (const day of [1, 2, 3]) {
      const kept = `${databaseFile(home)}.replaced-2020010${day}T000000000Z.bak`;
      for (const part of day === 2 ? ['-wal', '-shm'] : ['', '-shm']) writeFileSync(kept + part, '');
    }
    await ok(home, ...back);
    expect(filesOf(home, /replaced-2020/)).toEqual([
      'project-memory.db.replaced-20200102T000000000Z.bak-shm',
      'project-memory.db.replaced-20200102T000000000Z.bak-wal',
      'project-memory.db.replaced-20200103T000000000Z.bak',
      'project-memory.db.replaced-20200103T000000000Z.bak-shm',
    ]);
    expect(filesOf(home, /replaced-(?!2020)\w+\.bak$/)).toHaveLength(1);
  });

  test('removes what one that was killed has left, and no draft of a process that lives', async () => {
    const home = await aHome();
    const back = await aWayBack(how, home);
    const dead = await aDeadProcess();
    for (const part of ['', '-wal', '-journal']) writeOldDraft(`${databaseFile(home)}.restore.${dead}.tmp${part}`);
    const living = `project-memory.db.v1.${process.pid}.tmp`;
    writeOldDraft(join(home, living));
    // Also where it does not come to an end itself.
    writeFileSync(join(home, 'bad'), 'nothing of ours\n'.repeat(500));
    await refused(home, how, how === 'load' ? join(home, 'bad') : aDriftedCopy(back[1], 'DROP TABLE steps_archive'));
    expect(filesOf(home, /\.tmp/)).toEqual([living]);
    await ok(home, ...(await aWayBack(how, home)));
    expect(filesOf(home, /\.tmp/)).toEqual([living]);
  });
});

/** Changes a backup, so that its schema is another one. */
function aDriftedCopy(file: string, sql: string): string {
  const folder = temporaryFolder();
  renameSync(file, databaseFile(folder));
  tamper(folder, (db) => db.exec(sql));
  return databaseFile(folder);
}

const TRIGGER = 'CREATE TRIGGER evil AFTER INSERT ON plans BEGIN DELETE FROM plans; END';

describe.each(LOST)('a log whose database is %s', (what, lose) => {
  test.each(['workspace list', 'query status', 'doctor --fix'])('is left alone by %s', async (command) => {
    const home = await aHome();
    await kill(await aServerThatWrites(home));
    lose(databaseFile(home));
    const before = filesOf(home, /./);
    const bytes = statSync(`${databaseFile(home)}-wal`).size;
    const { code, stdout, stderr } = await runBin(command.split(' '), { dataRoot: home });
    expect(code).toBe(1);
    const sentence = `is ${what === 'gone' ? 'gone' : 'empty'}, and its log is still there. Put a copy back with`;
    expect(stdout + stderr).toContain(sentence);
    expect(filesOf(home, /./)).toEqual(before);
    expect(statSync(`${databaseFile(home)}-wal`).size).toBe(bytes);
  });
});

test('an empty log without a database is no reason to refuse', async () => {
  const home = temporaryFolder();
  writeFileSync(`${databaseFile(home)}-wal`, '');
  await register(home, '/projects/shop');
  expect(await paths(home)).toEqual(['/projects/shop']);
});
test.each([
  ['DROP TABLE steps_archive', /^corrupt: .*: table steps_archive is missing\. Choose another copy;/],
  ['ALTER TABLE plans ADD COLUMN more TEXT', /^corrupt: .*: table plans is different\./],
  [TRIGGER, /^corrupt: .*: trigger evil is not of this program\. .* sqlite3 <copy> 'DROP TRIGGER evil'/],
])('restore refuses a copy after %s, and changes nothing', async (sql, sentence) => {
  const home = await aHome();
  const [, copy] = await aWayBack('restore', home);
  const drifted = aDriftedCopy(copy, sql);
  await register(home, '/projects/later');
  const files = filesOf(home, /(?<!-wal|-shm)$/);
  expect(await refused(home, 'restore', drifted)).toMatch(sentence);
  expect(filesOf(home, /(?<!-wal|-shm)$/)).toEqual(files);
  expect(await paths(home)).toEqual(['/projects/shop', '/projects/later']);
});

test('restore takes a copy that lacks an index or a trigger, which the doctor makes again', async () => {
  const home = await aHome();
  const [, copy] = await aWayBack('restore', home);
  await ok(home, 'restore', aDriftedCopy(copy, 'DROP INDEX idx_steps_plan; DROP TRIGGER steps_deleted'));
  const said = await ok(home, 'doctor', '--fix');
  expect(said).toMatch(/^fixed schema: index idx_steps_plan is missing$/m);
  expect(said).toMatch(/^All is well now\.$/m);
});

test('a backup is not put beside the log of another file of its name', async () => {
  const home = await aHome();
  const file = join(home, 'copy.db');
  writeFileSync(`${file}-wal`, 'of another');
  expect(await refused(home, 'backup', file)).toMatch(/^conflict: There is already a file .*copy\.db-wal/);
  expect(existsSync(file)).toBe(false);
});

test('a purge removes the drafts of processes that have died, and names those of others; one that is refused does not', async () => {
  const home = temporaryFolder();
  const memory = await connect({ dataRoot: home });
  const path = '/projects/shop';
  await memory.ok('workspace', 'register', { path });
  const note = await memory.id('know', 'context', 'store_knowledge', {
    workspace_path: path,
    slug: 'login',
    title: 'Login',
    data: 'hunter2',
  });
  const dead = `project-memory.db.restore.${await aDeadProcess()}.tmp`;
  const living = `project-memory.db.load.${process.pid}.tmp`;
  const unseen = `project-memory.db.v1.${await aDeadProcess()}.tmp`;
  for (const name of [dead, living, unseen]) writeOldDraft(join(home, name));
  // A process of another container, as which nobody here has that number, writes to the log first.
  writeFileSync(join(home, `${unseen}-wal`), '');
  writeFileSync(`${databaseFile(home)}.replaced-20200101T000000000Z.bak-wal`, '');
  await memory.refused('admin', 'purge', { id: 'know_0123456789ab', confirm: true });
  expect(filesOf(home, /\.tmp/)).toContain(dead);
  const said = await memory.ok('admin', 'purge', { id: note, confirm: true });
  const [, named = ''] = /\nCopies of the database that may still hold it: (.*)$/.exec(said) ?? [];
  const staying = [living, unseen, `${unseen}-wal`].sort();
  expect(named.split(', ').sort()).toEqual(
    [...staying, 'project-memory.db.replaced-20200101T000000000Z.bak-wal'].sort(),
  );
  expect(filesOf(home, /\.tmp/).sort()).toEqual(staying);
  expect(rows(home, 'SELECT * FROM knowledge')).toEqual([]);
});
