/** Copies of a database on which eight processes go on writing. */
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase, withDatabase } from '../connection.ts';
import { copyDatabase, inspectDatabase } from '../file-copy.ts';
import { type Child, startScript } from './child-processes.ts';
import { aPlan, countRows, databaseFile, openFile, temporaryFolder } from './fixtures.ts';
import { requireSound } from './soundness.ts';

const WRITERS = 8;

/** Waits until every writer has said so many lines, from now on. */
async function heardOf(writers: readonly Child[], lines: number): Promise<string[]> {
  const said = writers.map(async ({ lines: source }) => {
    const heard: string[] = [];
    while (heard.length < lines) heard.push(...((await once(source, 'line')) as string[]));
    return heard;
  });
  return (await Promise.all(said)).flat();
}

test.each([{ compact: false }, { compact: true }])(
  'a copy made while eight processes write is one sound state with all that was acknowledged before, $compact',
  { timeout: 60_000 },
  async (options) => {
    const folder = temporaryFolder();
    const { plan } = withDatabase(openFile(folder), () => aPlan({ phases: 2, stepsEach: 40, execution: 'free' }));
    const script = new URL('./processes/write.ts', import.meta.url);
    const writers = await Promise.all(
      Array.from({ length: WRITERS }, (_, n) => startScript(script, [databaseFile(folder), plan.id, `round${n}`])),
    );
    for (const { process } of writers) process.stdin.end('\n');
    const before = await heardOf(writers, 10);
    const copy = join(folder, 'copy.db');
    await copyDatabase(databaseFile(folder), copy, options);
    await heardOf(writers, 3);
    for (const { process } of writers) process.kill('SIGKILL');

    expect(readdirSync(folder)).not.toContain('copy.db-wal');
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(inspectDatabase(copy)).toMatchObject({ plans: 1 });
    const db = openDatabase(copy);
    try {
      withDatabase(db, () => {
        requireSound();
        for (const line of before) {
          const [table = '', id = ''] = line.split(' ');
          if (['phases', 'steps', 'context_items'].includes(table)) expect(countRows(table, { id }), line).toBe(1);
        }
      });
    } finally {
      db.close();
    }
  },
);
