/** The doctor: every fault that was made on purpose is found, says what it means, and is mended when it can be. */
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { databaseFile, rows, tamper } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect } from './support/memory.ts';
import { runBin, runNode } from './support/processes.ts';
import { aWorld, type World } from './support/world.ts';

interface Finding {
  check: string;
  what: string;
  means: string;
  fix: string | null;
}

interface Diagnosis {
  findings: Finding[];
  fixed: Finding[];
}

async function diagnose(dataRoot: string, ...flags: string[]): Promise<Diagnosis & { code: number | null }> {
  const { code, stdout } = await runBin(['doctor', '--json', ...flags], { dataRoot });
  return { code, ...(JSON.parse(stdout) as { data: Diagnosis }).data };
}

async function aHome(): Promise<{ dataRoot: string; world: World }> {
  const dataRoot = temporaryFolder();
  const memory = await connect({ dataRoot });
  const world = await aWorld(memory);
  const [first, second] = world.stepIds;
  await memory.ok('plan', 'add_dependency', { source_id: second, target_id: first });
  const item = { parent_type: 'step', parent_id: second, type: 'fact', data: 'The shop is shut' };
  await memory.ok('context', 'store', item);
  await memory.close();
  return { dataRoot, world };
}

const LONG_AGO = '2020-01-01T00:00:00.000Z';

type Change = (db: Database.Database, world: World) => void;

const sql =
  (...statements: string[]): Change =>
  (db) => {
    db.pragma('foreign_keys = OFF');
    for (const statement of statements) db.exec(statement);
  };

/** The fault's check → how it is made. */
const FAULTS: [check: string, what: RegExp, make: Change][] = [
  ['schema', /^index idx_steps_plan is missing/, sql('DROP INDEX idx_steps_plan')],
  ['schema', /^trigger steps_deleted is missing/, sql('DROP TRIGGER steps_deleted')],
  ['statistics', /^the table sqlite_stat4 is there/, sql('ANALYZE')],
  ['integrity', /index idx_plans_program/, brokenIndex],
  ['references', /^row \d+ of plan_notes has lost its row of plans/, orphanedNote],
  ['orphans', /^context ctx_\w+ hangs on nothing/, sql("UPDATE context_items SET parent_id = 'step_gone'")],
  ['orphans', /^dependency dep_\w+ hangs on nothing/, sql("UPDATE dependencies SET target_id = 'step_gone'")],
  ['order', /^the steps of phase_\w+ are not numbered/, sql('UPDATE steps SET order_index = order_index + 5')],
  ['edges', /^dependency dep_\w+ says satisfied/, satisfiedEdge],
  ['claims', /^step step_\w+ is held by sess_\w+/, forgottenClaim],
  [
    'times',
    /^session sess_\w+ was last seen at 2999/,
    sql("UPDATE sessions SET last_seen_at = '2999-01-01T00:00:00.000Z'"),
  ],
  ['search', /^\d+ rows cannot be found by search/, sql("DELETE FROM search_documents WHERE kind = 'plan'")],
  ['search', /^1 entries lead to rows that are gone/, lostDocument],
  [
    'search',
    /^1 entries say something else than their rows/,
    sql("UPDATE search_documents SET body = 'zzz' WHERE kind = 'plan'"),
  ],
  ['search', /^a table of the index is missing/, sql('DROP TABLE search_documents')],
  ['integrity', /fts5/i, brokenFullText],
  [
    'search',
    /^the full text and its documents differ/,
    sql("INSERT INTO search_index (search_index) VALUES ('delete-all')"),
  ],
  [
    'purge',
    /^the purge of 2020-01-01T00:00:00.000Z is not finished/,
    sql(`INSERT INTO maintenance (name, due_at) VALUES ('scrub', '${LONG_AGO}')`),
  ],
];

function brokenIndex(db: Database.Database): void {
  const [{ sql: text } = { sql: '' }] = db
    .prepare<[], { sql: string }>("SELECT sql FROM sqlite_schema WHERE name = 'idx_plans_program'")
    .all();
  db.exec('DROP INDEX idx_plans_program; CREATE INDEX idx_plans_program ON plans (title, status)');
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  db.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'idx_plans_program'").run(text);
  db.pragma('writable_schema = RESET');
}

function orphanedNote(db: Database.Database): void {
  db.pragma('foreign_keys = OFF');
  db.prepare("INSERT INTO plan_notes (id, plan_id, note, created_at) VALUES ('note_lost', 'plan_gone', 'x', ?)").run(
    LONG_AGO,
  );
}

function satisfiedEdge(db: Database.Database): void {
  db.prepare("UPDATE dependencies SET status = 'satisfied', satisfied_at = ?").run(LONG_AGO);
}

function forgottenClaim(db: Database.Database, { stepIds, sessionId }: World): void {
  db.prepare(
    `UPDATE steps SET status = 'active', claimed_by_session = ?, claimed_agent = 'Executor', claimed_at = ?,
       lease_expires_at = ?, claim_number = 1 WHERE id = ?`,
  ).run(sessionId, LONG_AGO, LONG_AGO, stepIds[0]);
}

function brokenFullText(db: Database.Database): void {
  db.unsafeMode(true);
  db.exec('UPDATE search_index_data SET block = zeroblob(40) WHERE id > 10');
}

/** Lets the root page of a table or an index hold one entry less than it says elsewhere. */
function damagePage(dataRoot: string, name: string): void {
  const [{ page, size } = { page: 0, size: 0 }] = rows<{ page: number; size: number }>(
    dataRoot,
    'SELECT rootpage AS page, page_size AS size FROM sqlite_schema, pragma_page_size WHERE name = ?',
    name,
  );
  const file = readFileSync(databaseFile(dataRoot));
  const entries = (page - 1) * size + 3;
  file.writeUInt16BE(file.readUInt16BE(entries) - 1, entries);
  writeFileSync(databaseFile(dataRoot), file);
}

function lostDocument(db: Database.Database): void {
  db.exec(
    `INSERT INTO search_documents (kind, ref_id, title, dates, context, parts, body)
     VALUES ('step', 'step_gone', 'x', '', '', '', 'x')`,
  );
}

describe('the doctor', () => {
  test('finds nothing where nothing is wrong, and changes nothing', async () => {
    const { dataRoot } = await aHome();
    expect(await diagnose(dataRoot)).toMatchObject({ code: 0, findings: [], fixed: [] });
    expect(await diagnose(dataRoot, '--fix')).toMatchObject({ code: 0, findings: [], fixed: [] });
    expect((await runBin(['doctor'], { dataRoot })).stdout).toMatch(
      /^Project Memory [\d.]+, Node [\d.]+\. Looked at: .*\.\nAll is well\.\n$/,
    );
  });

  test.each(FAULTS)('finds and mends a fault in %s: %s', async (check, what, make) => {
    const { dataRoot, world } = await aHome();
    tamper(dataRoot, (db) => make(db, world));
    const found = await diagnose(dataRoot);
    const finding = expect.objectContaining({ check, what: expect.stringMatching(what), fix: expect.any(String) });
    expect(found).toMatchObject({ code: 1, findings: expect.arrayContaining([finding]), fixed: [] });
    for (const { means } of found.findings) expect(means).toMatch(/\.$/);
    const mended = await diagnose(dataRoot, '--fix');
    expect(mended).toMatchObject({ code: 0, findings: [], fixed: expect.arrayContaining([finding]) });
    expect(await diagnose(dataRoot)).toMatchObject({ code: 0, findings: [] });
  });

  test('finds nothing in a new folder', async () => {
    const dataRoot = join(temporaryFolder(), 'new');
    expect(await diagnose(dataRoot)).toMatchObject({ code: 0, findings: [] });
  });

  test('mends pages of an index that are damaged, of which only their number is known', async () => {
    const { dataRoot, world } = await aHome();
    damagePage(dataRoot, 'idx_steps_plan');
    const { code, findings } = await diagnose(dataRoot);
    expect({ code, checks: new Set(findings.map(({ check }) => check)) }).toEqual({
      code: 1,
      checks: new Set(['integrity']),
    });
    expect(findings.map(({ what }) => what)).toContainEqual(expect.stringMatching(/on page \d+$/));
    expect(await diagnose(dataRoot, '--fix')).toMatchObject({ code: 0, findings: [], fixed: findings });
    expect(rows(dataRoot, 'SELECT id FROM steps WHERE plan_id = ?', world.planId)).toHaveLength(4);
    expect(await diagnose(dataRoot)).toMatchObject({ code: 0, findings: [] });
  });

  test('leaves a file as it is whose rows are damaged, and says that only a copy helps', async () => {
    const { dataRoot } = await aHome();
    damagePage(dataRoot, 'steps');
    const before = readFileSync(databaseFile(dataRoot));
    expect((await diagnose(dataRoot)).findings).toContainEqual(
      expect.objectContaining({ check: 'integrity', fix: expect.stringContaining('put a copy back') }),
    );
    const { code, findings } = await diagnose(dataRoot, '--fix');
    expect(code).toBe(1);
    expect(findings).toContainEqual(
      expect.objectContaining({ what: expect.stringMatching(/does not mend the file.*project-memory restore/) }),
    );
    for (const { check, fix } of findings) if (check === 'integrity') expect(fix).toBeNull();
    expect(readFileSync(databaseFile(dataRoot)).equals(before)).toBe(true);
  });

  test('says of what it could not mend why, and promises nothing', async () => {
    const { dataRoot } = await aHome();
    tamper(dataRoot, (db) => db.exec('DROP INDEX idx_steps_plan; CREATE TABLE idx_steps_plan (a)'));
    const { code, findings } = await diagnose(dataRoot, '--fix');
    expect(code).toBe(1);
    const finding = { check: 'schema', what: expect.stringMatching(/^index idx_steps_plan is different/), fix: null };
    expect(findings).toContainEqual(expect.objectContaining(finding));
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'schema', what: expect.stringMatching(/already .* named idx_steps_plan/) }),
    );
  });

  test('says of a row that breaks a rule that a person has to see to it', async () => {
    const { dataRoot } = await aHome();
    tamper(dataRoot, (db) => {
      db.pragma('ignore_check_constraints = ON');
      db.exec("UPDATE plans SET status = 'odd'");
    });
    const finding = { check: 'integrity', what: 'CHECK constraint failed in plans', fix: null };
    expect(await diagnose(dataRoot, '--fix')).toMatchObject({ code: 1, findings: [finding] });
    damagePage(dataRoot, 'idx_steps_plan');
    expect((await diagnose(dataRoot)).findings.length).toBeGreaterThan(1);
    expect(await diagnose(dataRoot, '--fix')).toMatchObject({ code: 1, findings: [finding] });
  });

  test('mends all of them at once', async () => {
    const { dataRoot, world } = await aHome();
    tamper(dataRoot, (db) => {
      for (const [, , make] of FAULTS) make(db, world);
    });
    expect((await diagnose(dataRoot)).findings.length).toBeGreaterThanOrEqual(FAULTS.length - 3);
    await diagnose(dataRoot, '--fix');
    expect(await diagnose(dataRoot, '--fix')).toMatchObject({ code: 0, findings: [] });
    const memory = await connect({ dataRoot });
    expect(await memory.ok('plan', 'get', { plan_id: world.planId })).toContain('Paint the house');
    expect(await memory.ok('context', 'search', { query: 'paint' })).toContain(world.planId);
  });

  test.runIf(process.platform !== 'win32')('finds what others on the machine can read, and closes it', async () => {
    const { dataRoot } = await aHome();
    chmodSync(databaseFile(dataRoot), 0o644);
    chmodSync(dataRoot, 0o755);
    const { findings } = await diagnose(dataRoot);
    expect(findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        `${dataRoot} can be read by others on this machine`,
        `${databaseFile(dataRoot)} can be read by others on this machine`,
      ]),
    );
    expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(['permissions']));
    expect(await diagnose(dataRoot, '--fix')).toMatchObject({ code: 0, findings: [] });
    expect(statSync(databaseFile(dataRoot)).mode & 0o777).toBe(0o600);
  });

  test('finds what a process has left that died', async () => {
    const { dataRoot } = await aHome();
    const draftOf = (process: number | string) => `${databaseFile(dataRoot)}.v1.${process}.tmp`;
    const mine = draftOf(process.pid);
    const lost = draftOf((await runNode(['-p', 'process.pid'])).stdout.trim());
    writeFileSync(mine, '', { mode: 0o600 });
    expect(await diagnose(dataRoot)).toMatchObject({ code: 0 });
    writeFileSync(lost, '', { mode: 0o600 });
    const anHourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(lost, anHourAgo, anHourAgo);
    expect(await diagnose(dataRoot)).toMatchObject({ code: 1, findings: [{ what: expect.stringContaining(lost) }] });
    // However alive the process is that has that number now.
    utimesSync(mine, new Date(LONG_AGO), new Date(LONG_AGO));
    expect(await diagnose(dataRoot, '--fix')).toMatchObject({ code: 0, fixed: Array(2).fill({ check: 'leftovers' }) });
    for (const draft of [mine, lost]) expect(existsSync(draft)).toBe(false);
  });

  test('finds a log that has grown too long', { timeout: 60_000 }, async () => {
    const { dataRoot } = await aHome();
    // The log stays behind as long as somebody has the file open.
    const memory = await connect({ dataRoot });
    await memory.ok('query', 'status');
    tamper(dataRoot, (db) => {
      db.pragma('wal_autocheckpoint = 0');
      db.pragma('journal_size_limit = -1');
      const insert = db.prepare(
        `INSERT INTO event_log (id, event_type, data, created_at) VALUES (?, 'big', ?, '${LONG_AGO}')`,
      );
      db.transaction(() => {
        for (let n = 0; n < 70; n++) insert.run(`evt_${n}`, JSON.stringify({ text: 'x'.repeat(1_000_000) }));
      })();
    });
    expect(await diagnose(dataRoot)).toMatchObject({ code: 1, findings: [{ check: 'log' }] });
    expect(await diagnose(dataRoot, '--fix')).toMatchObject({ code: 0, fixed: [{ check: 'log' }] });
    expect(rows(dataRoot, "SELECT count(*) AS n FROM event_log WHERE event_type = 'big'")).toEqual([{ n: 70 }]);
  });

  test('says of a clock that is behind that a person has to see to it', async () => {
    const { dataRoot } = await aHome();
    tamper(dataRoot, (db) => db.exec("UPDATE row_history SET at = '2999-01-01T00:00:00.000Z'"));
    const { code, findings } = await diagnose(dataRoot, '--fix');
    expect({ code, findings }).toMatchObject({ code: 1, findings: [{ check: 'clock', fix: null }] });
  });

  test('says of a file that is no database, or a newer one, what it is', async () => {
    const { dataRoot } = await aHome();
    tamper(dataRoot, (db) => db.pragma('user_version = 999'));
    expect(await diagnose(dataRoot)).toMatchObject({
      code: 1,
      findings: [{ check: 'opening', what: expect.stringMatching(/schema version 999/) }],
    });
    const other = join(temporaryFolder(), 'data');
    mkdirSync(other, { mode: 0o700 });
    writeFileSync(databaseFile(other), 'no database '.repeat(500), { mode: 0o600 });
    expect(await diagnose(other, '--fix')).toMatchObject({ code: 1, findings: [{ check: 'opening' }] });
  });
});
