/** `import` and `export --legacy` on the command line: reports, exit codes, and nothing written where nothing should be. */
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImportReport } from '../src/importer/report.ts';
import { hashOfAllRows, rows } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { connect } from './support/memory.ts';
import { runBin } from './support/processes.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const LEGACY = join(FIXTURES, 'legacy');
const BAKERY = 'bakery-0a1b2c3d4e5f';

async function reportOf(dataRoot: string, ...args: string[]): Promise<ImportReport> {
  const { code, stdout, stderr } = await runBin(['import', ...args, '--json'], { dataRoot });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { ok, data } = JSON.parse(stdout) as { ok: boolean; data: ImportReport };
  expect(ok).toBe(true);
  return data;
}

describe('import', () => {
  test('prints what it found, kind by kind, and ends with 0 when nothing was skipped for an error', async () => {
    const dataRoot = temporaryFolder();
    const { code, stdout, stderr } = await runBin(['import', LEGACY], { dataRoot });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Imported legacy data of /);
    expect(stdout).toMatch(/^steps +11 +11 +0 +0 +0 +0$/m);
    expect(stdout).toMatch(
      /^ {2}listed_ids: bakery-0a1b2c3d4e5f\/workspace\.meta\.json#archived_plans: there is no plan _archived$/m,
    );
  });

  test('twice writes nothing, and a dry run neither', async () => {
    const dataRoot = temporaryFolder();
    await runBin(['seed'], { dataRoot });
    const empty = hashOfAllRows(dataRoot);
    const dry = await reportOf(dataRoot, LEGACY, '--dry-run');
    expect(hashOfAllRows(dataRoot)).toBe(empty);
    const first = await reportOf(dataRoot, LEGACY);
    expect({ ...dry, dry_run: false }).toEqual(first);
    const full = hashOfAllRows(dataRoot);
    expect((await reportOf(dataRoot, LEGACY)).totals).toMatchObject({ new: 0, updated: 0, conflicts: 0 });
    expect(hashOfAllRows(dataRoot)).toBe(full);
  });

  test('ends with 1 when something was skipped for an error, and still imports the rest', async () => {
    const [dataRoot, folder] = [temporaryFolder(), join(temporaryFolder(), 'data')];
    cpSync(LEGACY, folder, { recursive: true });
    mkdirSync(join(folder, BAKERY, 'plans', 'plan_bad'));
    writeFileSync(join(folder, BAKERY, 'plans', 'plan_bad', 'state.json'), '{"id":');
    const { code, stdout } = await runBin(['import', folder], { dataRoot });
    expect(code).toBe(1);
    expect(stdout).toMatch(/ERROR plans: bakery-0a1b2c3d4e5f\/plans\/plan_bad\/state\.json: not valid JSON/);
    expect(rows(dataRoot, 'SELECT id FROM plans ORDER BY id').map(({ id }) => id)).toEqual([
      'plan_flour',
      'plan_oven',
      'plan_season',
      'plan_v2',
    ]);
  });

  test.each([
    [['import', '/no/such/folder'], 1, /^not_found: There is nothing at/],
    [['import', FIXTURES], 2, /^invalid_input: .* holds nothing that is known here/],
    [['import', LEGACY, '--workspace', 'nowhere'], 1, /^not_found: .* has no workspace "nowhere"/],
    [['import', LEGACY, '--from', 'beads'], 2, /^invalid_input: .* holds no beads files/],
    [['import', LEGACY, '--from', 'jira'], 2, /Allowed choices are legacy, taskmaster/],
    [['import'], 2, /^invalid_input: <path> is missing\. Usage: project-memory import/],
  ] as const)('%s is refused with a sentence', async (args, code, says) => {
    const finished = await runBin(args, { dataRoot: temporaryFolder() });
    expect(finished.stderr).toMatch(says);
    expect(finished.code).toBe(code);
  });

  test('what came in answers over MCP: by its older id, by its path, and to a search', async () => {
    const dataRoot = temporaryFolder();
    await runBin(['import', LEGACY], { dataRoot });
    const memory = await connect({ dataRoot });
    expect(await memory.ok('plan', 'list', { workspace_id: 'Bakery-999888777666' })).toContain('plan_oven');
    expect(await memory.ok('workspace', 'info', { workspace_path: 'D:\\mirror\\bakery' })).toContain('Bakery');
    expect(await memory.ok('query', 'search', { query: 'rolls', workspace_id: BAKERY })).toContain('plan_oven');
    expect(await memory.ok('query', 'history', { id: 'plan_oven' })).toContain('import');
  });
});

describe('export --legacy', () => {
  test('writes the layout of the file store, which imports as it was', async () => {
    const [dataRoot, other, out] = [temporaryFolder(), temporaryFolder(), join(temporaryFolder(), 'out')];
    await runBin(['import', LEGACY], { dataRoot });
    const { code, stdout } = await runBin(['export', '--legacy', out], { dataRoot });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `1 workspaces with 5 plans: 25 files in ${out}\n` });
    expect(readdirSync(join(out, BAKERY)).sort()).toEqual(readdirSync(join(LEGACY, BAKERY)).sort());
    await runBin(['import', out], { dataRoot: other });
    for (const table of ['plans', 'plans_archive', 'steps', 'sessions', 'context_items', 'research_documents']) {
      const sql = `SELECT id FROM ${table} ORDER BY id`;
      expect(rows(other, sql), table).toEqual(rows(dataRoot, sql));
    }
  });

  test('of what was made here keeps all that the layout can hold, and names the rest', async () => {
    const [dataRoot, other, out] = [temporaryFolder(), temporaryFolder(), join(temporaryFolder(), 'out')];
    const memory = await connect({ dataRoot });
    const workspace_id = await memory.id('ws', 'workspace', 'register', { path: '/srv/shop' });
    const phases = [
      { name: 'First', steps: [{ task: 'One' }, { task: 'Two', depends_on: ['#1'] }] },
      { name: 'Second', steps: [] },
    ];
    const plan_id = await memory.id('plan', 'plan', 'create', {
      workspace_id,
      title: 'Shop',
      category: 'quick_task',
      phases,
    });
    for (const text of ['a', 'b']) {
      await memory.ok('context', 'store', { parent_type: 'plan', parent_id: plan_id, type: 'finding', data: { text } });
    }
    await memory.ok('context', 'append_research', { workspace_id, filename: 'loose.md', content: 'of no plan' });
    await memory.ok('plan', 'archive', { plan_id });
    const { stdout } = await runBin(['export', '--legacy', out, '--json'], { dataRoot });
    const { data } = JSON.parse(stdout) as { data: { left_out: string[] } };
    expect(data.left_out).toEqual([expect.stringMatching(/^research res_\w+ \(loose\.md\)/)]);
    expect(existsSync(join(out, workspace_id, 'plans', plan_id, 'finding.2.json'))).toBe(true);
    await runBin(['import', out], { dataRoot: other });
    expect(rows(other, 'SELECT name, order_index FROM phases_archive ORDER BY order_index')).toEqual([
      { name: 'First', order_index: 0 },
      { name: 'Second', order_index: 1 },
    ]);
    expect(rows(other, 'SELECT id, status FROM plans_archive')).toEqual([{ id: plan_id, status: 'active' }]);
    expect(rows(other, 'SELECT type, data FROM context_items_archive ORDER BY data')).toEqual([
      { type: 'finding', data: '{"text":"a"}' },
      { type: 'finding', data: '{"text":"b"}' },
    ]);
    expect(rows(other, 'SELECT count(*) AS n FROM dependencies_archive')).toEqual([{ n: 1 }]);
  });

  test('never writes into a folder that holds something', async () => {
    const [dataRoot, out] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(out, 'mine.txt'), 'mine');
    const { code, stderr } = await runBin(['export', '--legacy', out], { dataRoot });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^conflict: .* is not empty/) });
    expect(readdirSync(out)).toEqual(['mine.txt']);
  });
});
