/** An import that is killed at any moment leaves each workspace whole or not there, and the next one completes it. */
import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { writeDirectory } from '../../bench/legacy-directory.ts';
import { databaseFile, rows } from '../support/database.ts';
import { temporaryFolder } from '../support/folders.ts';
import { runBin, startBin } from '../support/processes.ts';

const SIZE = { workspaces: 6, plansEach: 8, stepsEach: 12, sessionsEach: 6, contextEach: 4, logEntries: 40 };
const ROUNDS = 12;

/** Workspace → how many rows it has in every table that names a workspace. */
function perWorkspace(dataRoot: string): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  const tables = [
    'plans',
    'plans_archive',
    'context_items',
    'context_items_archive',
    'research_documents',
    'research_documents_archive',
    'update_log',
    'import_sources',
  ];
  for (const [i, table] of tables.entries()) {
    for (const { id, n } of rows<{ id: string; n: number }>(
      dataRoot,
      `SELECT workspace_id AS id, count(*) AS n FROM ${table} GROUP BY 1`,
    )) {
      const counts = found[id] ?? tables.map(() => 0);
      counts[i] = n;
      found[id] = counts;
    }
  }
  return found;
}

test('killed at random moments, an import has every workspace whole or not at all', async () => {
  const source = temporaryFolder();
  writeDirectory(source, SIZE);
  const whole = temporaryFolder();
  const start = performance.now();
  expect((await runBin(['import', source], { dataRoot: whole })).code).toBe(0);
  const length = performance.now() - start;
  const complete = perWorkspace(whole);
  expect(Object.keys(complete)).toHaveLength(SIZE.workspaces);

  let cut = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const dataRoot = temporaryFolder();
    await runBin(['seed'], { dataRoot });
    const { child, finished } = startBin(['import', source], { dataRoot });
    await Promise.race([setTimeout(randomInt(Math.ceil(length))), finished]);
    child.kill('SIGKILL');
    await finished;
    const left = perWorkspace(dataRoot);
    for (const [id, counts] of Object.entries(left)) expect(counts, id).toEqual(complete[id]);
    if (Object.keys(left).length < SIZE.workspaces) cut++;
    const db = new Database(databaseFile(dataRoot));
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
    expect((await runBin(['import', source], { dataRoot })).code).toBe(0);
    expect(perWorkspace(dataRoot)).toEqual(complete);
  }
  expect(cut, 'no round was killed before its end').toBeGreaterThan(0);
});
