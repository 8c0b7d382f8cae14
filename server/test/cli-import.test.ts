/** `plan import` and `seed` on the command line: files go in. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hashOfAllRows, rows } from './support/database.ts';
import { temporaryFolder } from './support/folders.ts';
import { sharedMemory } from './support/memory.ts';
import { type Finished, runBin } from './support/processes.ts';
import { aWorld } from './support/world.ts';

const BAKERY = fileURLToPath(new URL('fixtures/bakery-plan.md', import.meta.url));

const memory = sharedMemory();

interface Imported {
  title: string;
  category: string;
  priority: string;
  phases: unknown[];
  steps: unknown[];
}

/** Runs `plan import` in a fresh workspace and answers the plan. */
async function imported(args: string[], input?: string): Promise<Imported> {
  const { workspaceId } = await aWorld(memory);
  const launch = { dataRoot: memory.dataRoot, ...(input === undefined ? {} : { input }) };
  const { code, stdout, stderr } = await runBin(
    ['plan', 'import', '--workspace-id', workspaceId, '--json', ...args],
    launch,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as { data: Imported }).data;
}

function aFile(text: string | Buffer): string {
  const file = join(temporaryFolder(), 'plan.md');
  writeFileSync(file, text);
  return file;
}

describe('plan import', () => {
  test('reads a file, and takes category and priority from it', async () => {
    const plan = await imported([BAKERY]);
    expect(plan).toMatchObject({ title: 'Bread for the whole street', category: 'refactor', priority: 'high' });
    expect([plan.phases.length, plan.steps.length]).toEqual([5, 16]);
  });

  test('reads standard input as -, and gives the same plan', async () => {
    const plan = await imported(['-'], readFileSync(BAKERY, 'utf8'));
    expect(plan).toMatchObject({ title: 'Bread for the whole street', category: 'refactor' });
    expect(plan.steps).toHaveLength(16);
  });

  test('takes a text as a flag too', async () => {
    expect(await imported(['--markdown', '# Flag\n- [ ] x'])).toMatchObject({ title: 'Flag', category: 'feature' });
  });

  test.each([
    ['**Category:** Bug', [], 'bugfix'],
    ['**Category:** analysis of logs', [], 'advisory'],
    ['**Category:** Something else', [], 'feature'],
    ['', [], 'feature'],
    ['**Category:** Bug', ['--category', 'refactor'], 'refactor'],
  ])('with the line %j and the flags %j makes a plan of category %s', async (line, flags, category) => {
    const file = aFile(`# Title\n\n${line}\n\n## Phase\n\n- [ ] x\n`);
    expect(await imported([file, ...flags, '--title', 'Mine', '--priority', 'low'])).toMatchObject({
      title: 'Mine',
      priority: 'low',
      category,
    });
  });

  test('reads a file as editors on other systems write it', async () => {
    const plan = await imported([aFile('\uFEFF# Title\r\n\r\n## Phase\r\n\r\n- [ ] One\r\n- [x] Two\r\n')]);
    expect(plan).toMatchObject({
      title: 'Title',
      phases: [{ name: 'Phase' }],
      steps: [{ task: 'One' }, { task: 'Two' }],
    });
  });

  test.each<[string, () => string[], RegExp, number]>([
    [
      'a file that is not there',
      () => ['/nowhere/plan.md'],
      /^not_found: The file \/nowhere\/plan\.md cannot be read\. /,
      1,
    ],
    ['a folder', () => [temporaryFolder()], /^not_found: The file .* cannot be read\. /, 1],
    ['neither a file nor a text', () => [], /^invalid_input: "markdown" is missing\. Signature: import\(/, 2],
    ['a file without checkboxes', () => [aFile('# Just words')], /^invalid_input: The Markdown holds no checkbox/, 2],
    ['an empty file', () => [aFile('')], /^invalid_input: "markdown"/, 2],
    [
      'a file that is no text',
      () => [aFile(Buffer.from([0x23, 0x20, 0x54, 0x0a, 0x2d, 0x20, 0x5b, 0x20, 0x5d, 0x20, 0x00, 0xff]))],
      /^invalid_input: .*NUL/,
      2,
    ],
    [
      'a category there is not',
      () => [aFile('# T\n- [ ] x'), '--category', 'poem'],
      /^invalid_input: "category": invalid option/,
      2,
    ],
  ])('refuses %s', async (_what, args, words, code) => {
    const { workspaceId } = await aWorld(memory);
    const before = hashOfAllRows(memory.dataRoot);
    const ended = await runBin(['plan', 'import', ...args(), '--workspace-id', workspaceId], {
      dataRoot: memory.dataRoot,
    });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(words);
    expect(hashOfAllRows(memory.dataRoot)).toBe(before);
  });
});

describe('seed', () => {
  const stored = (dataRoot: string, table: string) => rows(dataRoot, `SELECT name_key FROM ${table}`).length;

  async function seed(dataRoot: string, ...flags: string[]): Promise<Finished> {
    const ended = await runBin(['seed', ...flags], { dataRoot });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    return ended;
  }

  test('stores the catalog and the default content, and a second time changes nothing', async () => {
    const dataRoot = temporaryFolder();
    expect((await seed(dataRoot)).stdout).toBe(
      'The tool catalog and the default agents, instructions and skills are up to date.\n',
    );
    const counts = ['agent_definitions', 'instruction_files', 'skill_definitions'].map((table) =>
      stored(dataRoot, table),
    );
    expect(counts).toEqual([7, 6, 10]);
    expect(stored(dataRoot, '(SELECT name AS name_key FROM tools)')).toBe(8);
    const before = hashOfAllRows(dataRoot);
    await seed(dataRoot);
    expect(hashOfAllRows(dataRoot)).toBe(before);
  });

  test('--demo adds a small workspace, once', async () => {
    const dataRoot = temporaryFolder();
    expect((await seed(dataRoot, '--demo')).stdout).toMatch(
      /^The tool catalog .*\nDemo plan plan_\w{12} "Orders without paper"\n$/,
    );
    const before = hashOfAllRows(dataRoot);
    expect((await seed(dataRoot, '--demo')).stdout).toContain('The demo workspace is there already.');
    expect(hashOfAllRows(dataRoot)).toBe(before);
  });

  test('--from stores the content of a folder, and names what it left out with the reason', async () => {
    const folder = temporaryFolder();
    const write = (path: string, text: string | Buffer) => {
      mkdirSync(join(folder, path, '..'), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    write('agents/painter.agent.md', '---\nname: Painter\ndescription: Paints\n---\nPaint.');
    write('instructions/css.instructions.md', '---\napplyTo: "**/*.css"\n---\nBe brief.');
    write('skills/grid/SKILL.md', '---\nname: grid\ncategory: frontend\n---\nRows.');
    write('skills/broken/SKILL.md', Buffer.from([0xff, 0xfe, 0x00]));
    const dataRoot = temporaryFolder();
    const { stdout } = await seed(dataRoot, '--from', folder);
    expect(stdout).toBe(
      '4 files: 1 agents, 1 instructions, 1 skills stored (3 written), 1 left out\n  skills/broken/SKILL.md: not UTF-8 text\n',
    );
    const { stdout: again } = await seed(dataRoot, '--from', folder, '--json');
    expect(JSON.parse(again)).toMatchObject({
      version: 1,
      ok: true,
      data: {
        report: {
          found: 4,
          stored: { agent: 1, instruction: 1, skill: 1 },
          written: 0,
          leftOut: [{ path: 'skills/broken/SKILL.md' }],
        },
      },
    });
    const { stdout: agent } = await runBin(['library', 'get-agent', '--name', 'painter'], { dataRoot });
    expect(agent).toContain('Paint.');
  });

  test('--from refuses a folder that is not there', async () => {
    const ended = await runBin(['seed', '--from', '/nowhere'], { dataRoot: temporaryFolder() });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^not_found: .*\/nowhere.*\n$/);
  });
});
