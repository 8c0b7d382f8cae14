/** How processes share the lock of writers: nobody is told no because others write, and the log stays short. */

import { once } from 'node:events';
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openDatabase, withDatabase } from '../connection.ts';
import { patiently } from '../patience.ts';
import { changeMark, queryAll, transaction } from '../query-helpers.ts';
import { startScript } from './child-processes.ts';
import { aPlan, aWorkspace, databaseFile, openFile, temporaryFolder } from './fixtures.ts';

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

test('the write-ahead log begins anew after some hundred commits, also where a reader was in the way', () => {
  const folder = temporaryFolder();
  const db = openFile(folder);
  const log = () => statSync(`${databaseFile(folder)}-wal`).size;
  const write = (times: number) => {
    for (let n = 0; n < times; n++) aWorkspace();
  };
  withDatabase(db, () => write(499));
  const before = log();
  expect(before).toBeGreaterThan(0);
  const reader = openDatabase(databaseFile(folder));
  reader.exec('BEGIN; SELECT count(*) FROM workspaces');
  reader.prepare('SELECT count(*) FROM workspaces').get();
  withDatabase(db, () => write(15));
  expect(log()).toBeGreaterThanOrEqual(before);
  reader.close();
  withDatabase(db, () => write(30));
  expect(log()).toBeLessThan(before);
});

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
