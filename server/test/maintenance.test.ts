/** Maintenance as servers do it: by themselves, soon after the start, one of all. */
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { databaseFile, rows, tamper } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { startServer } from './support/http-server.ts';
import { connect } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { RawStdio } from './support/raw-stdio.ts';
import { aWorld } from './support/world.ts';

const LONG_AGO = '2020-01-01T00:00:00.000Z';
const ON = { PROJECT_MEMORY_MAINTENANCE: 'on' };

/** Looks until there is something: what another process does on its own tells nobody. */
async function eventually<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    await pause(20);
  }
}

function finished(dataRoot: string): true | undefined {
  const [row] = rows(dataRoot, "SELECT 1 AS done FROM maintenance WHERE name = 'hourly' AND due_at IS NOT NULL");
  return row === undefined ? undefined : true;
}

async function anOldHome(): Promise<{ dataRoot: string; sessionId: string; draft: string }> {
  const dataRoot = temporaryFolder();
  const memory = await connect({ dataRoot });
  const { sessionId } = await aWorld(memory);
  await memory.close();
  tamper(dataRoot, (db) => {
    db.exec(`UPDATE event_log SET created_at = '${LONG_AGO}'; UPDATE row_history SET at = '${LONG_AGO}';
      UPDATE sessions SET last_seen_at = '${LONG_AGO}'`);
  });
  const draft = `${databaseFile(dataRoot)}.v1.4711.tmp`;
  writeFileSync(draft, '');
  utimesSync(draft, new Date(LONG_AGO), new Date(LONG_AGO));
  return { dataRoot, sessionId, draft };
}

/** A server that has answered. Not by the client's library: where that waits too long, it kills the process and starts another. */
async function aServer(dataRoot: string, flags: readonly string[] = [], env = ON): Promise<void> {
  await new RawStdio({ dataRoot, env }, flags).initialize();
}

test('a server drops what is old, marks silent sessions and clears up, without being asked', async () => {
  const { dataRoot, sessionId, draft } = await anOldHome();
  await aServer(dataRoot);
  await eventually(() => finished(dataRoot));
  expect(rows(dataRoot, 'SELECT * FROM event_log')).toEqual([]);
  // The newest of what was old stays, and what marking the session has recorded.
  const [kept, marked, ...more] = rows(dataRoot, 'SELECT tool, action, row_id FROM row_history ORDER BY seq');
  expect(kept).toMatchObject({ tool: 'memory_agent', action: 'init' });
  expect(rows(dataRoot, 'SELECT count(DISTINCT operation_id) AS n FROM row_history')).toEqual([{ n: 2 }]);
  expect([marked, ...more].at(-1)).toMatchObject({ tool: 'maintenance', row_id: sessionId });
  expect(rows(dataRoot, 'SELECT is_orphaned FROM sessions')).toEqual([{ is_orphaned: 1 }]);
  expect(existsSync(draft)).toBe(false);
});

test('of eight servers that start at once, one does it', { timeout: 180_000 }, async () => {
  const { dataRoot } = await anOldHome();
  tamper(dataRoot, (db) => {
    db.exec(`CREATE TABLE seen (holder TEXT);
      CREATE TRIGGER taken AFTER INSERT ON maintenance WHEN new.name = 'hourly' BEGIN INSERT INTO seen VALUES (new.holder); END;
      CREATE TRIGGER retaken AFTER UPDATE OF holder ON maintenance WHEN new.holder IS NOT NULL BEGIN
        INSERT INTO seen VALUES (new.holder); END`);
  });
  await Promise.all(Array.from({ length: 8 }, () => aServer(dataRoot)));
  await eventually(() => finished(dataRoot));
  expect(rows(dataRoot, 'SELECT count(*) AS n FROM seen')).toEqual([{ n: 1 }]);
});

test.each([
  { what: 'that only reads', flags: ['--read-only'], env: ON },
  { what: 'that was told not to', flags: [], env: { PROJECT_MEMORY_MAINTENANCE: 'off' } },
])('a server $what leaves it to others', async ({ flags, env }) => {
  const { dataRoot } = await anOldHome();
  await aServer(dataRoot, flags, env);
  await aServer(dataRoot);
  await eventually(() => finished(dataRoot));
});

test('serve copies the database as often as it is told, and keeps as many copies', { timeout: 60_000 }, async () => {
  const { dataRoot } = await anOldHome();
  const folder = join(dataRoot, 'copies');
  const env = { ...ON, PROJECT_MEMORY_BACKUP_FOLDER: folder, PROJECT_MEMORY_BACKUP_KEEP: '2' };
  const made = (): string[] => (existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.db')) : []);
  for (let round = 1; round <= 3; round++) {
    tamper(dataRoot, (db) => db.exec('DELETE FROM maintenance'));
    const before = made();
    const server = await startServer({ dataRoot, env });
    const copy = await eventually(() => made().find((name) => !before.includes(name)));
    await eventually(() => (made().length === Math.min(round, 2) ? true : undefined));
    server.running.child.kill('SIGTERM');
    expect(await server.running.finished).toMatchObject({ code: 0 });
    expect(statSync(join(folder, copy)).mode & 0o777).toBe(0o600);
  }
  const [newest = ''] = made().reverse();
  const other = temporaryFolder();
  expect(await runBin(['restore', join(folder, newest)], { dataRoot: other })).toMatchObject({ code: 0 });
  expect(rows(other, 'SELECT count(*) AS n FROM plans')).toEqual([{ n: 1 }]);
});

test.each(['PROJECT_MEMORY_HISTORY_DAYS', 'PROJECT_MEMORY_BACKUP_HOURS'])(
  '%s that is no number is refused',
  async (name) => {
    const ended = await runBin(['workspace', 'list'], { dataRoot: temporaryFolder(), env: { [name]: 'soon' } });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(`^invalid_input: ${name} is "soon"`) });
  },
);
