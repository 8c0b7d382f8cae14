/** How processes share the lock of writers: nobody is told no because others write, and the log stays short. */

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { LONG_PAGES } from '../checkpoint.ts';
import { type Database, openDatabase, withDatabase } from '../connection.ts';
import { patiently } from '../patience.ts';
import { changeMark, queryAll, transaction } from '../query-helpers.ts';
import { startScript } from './child-processes.ts';
import { aPlan, aWorkspace, countRows, databaseFile, openFile, temporaryFolder } from './fixtures.ts';

const WRITE_ON = new URL('./processes/write-on.ts', import.meta.url);
const HOLD_LOCK = new URL('./processes/hold-lock.ts', import.meta.url);

test('a writer waits while another process writes, and a reader does not', async () => {
  const folder = temporaryFolder();
  const db = openFile(folder);
  const holder = await startScript(HOLD_LOCK, [databaseFile(folder), '300']);
  holder.process.stdin.write('\n');
  await once(holder.lines, 'line');
  const start = performance.now();
  withDatabase(db, () => {
    expect(queryAll('SELECT * FROM workspaces')).toEqual([]);
    const read = performance.now() - start;
    aWorkspace();
    // The reader did not wait for the writer: the writer waited longer than the reader took.
    expect(performance.now() - start).toBeGreaterThan(read);
    // What the other has written was there first.
    expect(queryAll<{ path: string }>('SELECT path FROM workspaces ORDER BY seq')[0]?.path).toBe('/of/the/holder');
  });
});

test('what does not come from a held lock is not tried again', () => {
  let tries = 0;
  expect(() =>
    patiently(() => {
      tries += 1;
      throw Object.assign(new Error('no'), { code: 'SQLITE_BUSY_SNAPSHOT' });
    }),
  ).toThrow('no');
  expect(tries).toBe(1);
});

test('the write-ahead log begins anew in the file it has, also where a reader was in the way', () => {
  const folder = temporaryFolder();
  const db = openFile(folder);
  const log = () => (db.pragma('wal_checkpoint(NOOP)') as { log: number }[])[0]?.log ?? 0;
  const writeUntil = (reached: () => boolean, mostCommits: number) =>
    withDatabase(db, () => {
      for (let n = 0; !reached(); n++) {
        if (n === mostCommits) throw new Error(`The log has ${log()} pages.`);
        aWorkspace();
      }
    });
  const bytes = () => statSync(`${databaseFile(folder)}-wal`).size;
  const reader = openDatabase(databaseFile(folder));
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM workspaces').get();
  writeUntil(() => log() > LONG_PAGES + 200, LONG_PAGES);
  reader.close();
  const before = bytes();
  writeUntil(() => log() < LONG_PAGES / 2, 50);
  expect(bytes()).toBeGreaterThanOrEqual(before);
  // Read through another connection, all of it is there.
  const other = openFile(folder);
  expect(withDatabase(other, () => countRows('workspaces'))).toBe(withDatabase(db, () => countRows('workspaces')));
});

test('who is stopped or killed while it waits for its turn holds nobody up', async () => {
  const folder = temporaryFolder();
  const db = openFile(folder);
  const file = databaseFile(folder);
  const writers = await Promise.all(['/one', '/two', '/three'].map((path) => startScript(WRITE_ON, [file, path])));
  const counts = () =>
    withDatabase(db, () =>
      ['/one', '/two', '/three'].map(
        (path) => queryAll('SELECT 1 FROM workspaces WHERE path LIKE ?', [`${path}/%`]).length,
      ),
    );
  for (const { process: child } of writers) child.stdin.write('\n');
  const [one, two, three] = writers;
  // All three are in each other's way, and then only one is left.
  await vi.waitUntil(() => Math.min(...counts()) > 50, { timeout: 30_000 });
  stopWhileWaiting(db, one?.process, 'SIGSTOP');
  stopWhileWaiting(db, two?.process, 'SIGKILL');
  const before = counts();
  await vi.waitUntil(() => (counts()[2] ?? 0) > (before[2] ?? 0) + 50, { timeout: 30_000 });
  expect(counts().slice(0, 2)).toEqual(before.slice(0, 2));
  three?.process.kill('SIGKILL');
});

/** While this process holds the lock, all others wait for it. */
function stopWhileWaiting(db: Database, child: ChildProcess | undefined, signal: 'SIGSTOP' | 'SIGKILL'): void {
  withDatabase(db, () => transaction(() => child?.kill(signal)));
}

test('the mark changes with every commit of this process and of others, and with nothing else', () => {
  const folder = temporaryFolder();
  const [mine, other] = [openFile(folder), openFile(folder)];
  const mark = () => withDatabase(mine, changeMark);
  const first = mark();
  withDatabase(mine, () => queryAll('SELECT * FROM plans'));
  withDatabase(mine, () => transaction(() => undefined));
  expect(mark()).toBe(first);
  withDatabase(mine, () => aPlan());
  const second = mark();
  expect(second).not.toBe(first);
  withDatabase(other, () => aWorkspace({ path: '/other' }));
  expect(mark()).not.toBe(second);
});
