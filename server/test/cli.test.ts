/** The command line: every action as a command, text for people, an envelope for programs, and exit codes. */
import { spawn } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { TOOLS } from '../src/catalog/tools.ts';
import { VERSION } from '../src/domain/version.ts';
import { temporaryFolder } from './support/folders.ts';
import { expectClean, idIn, sharedMemory } from './support/memory.ts';
import { BIN, environment, type Finished, runBin } from './support/processes.ts';
import { aWorld, type World } from './support/world.ts';

const memory = sharedMemory();
let world: World;

beforeAll(async () => {
  world = await aWorld(memory);
});

function cli(...args: string[]): Promise<Finished> {
  return runBin(args, { dataRoot: memory.dataRoot });
}

/** What a command that must succeed prints. */
async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function json<T>(...args: string[]): Promise<T> {
  const envelope = JSON.parse(await ok(...args, '--json')) as { version: number; ok: boolean; data: T };
  expect(envelope).toMatchObject({ version: 1, ok: true });
  return envelope.data;
}

test('a command answers what the tool answers, and works on the same data', async () => {
  const args = { plan_id: world.planId };
  expect(await ok('plan', 'get', '--plan-id', world.planId)).toBe(`${await memory.ok('plan', 'get', args)}\n`);
  const created = await ok('plan', 'add-note', '--plan-id', world.planId, '--note', 'From the shell');
  expect(created).toMatch(/^Noted: note_\w{12} \(info\) on plan /);
  expect(await memory.ok('plan', 'get', args)).toContain('"From the shell"');
});

test('--json prints an envelope with the data', async () => {
  expect(await json('plan', 'get', '--plan-id', world.planId)).toEqual(
    await memory.data('plan', 'get', { plan_id: world.planId }),
  );
});

test('--json prints an envelope for a refusal too, and nothing on stderr', async () => {
  const { code, stdout, stderr } = await cli('plan', 'get', '--plan-id', 'plan_000000000000', '--json');
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    ok: false,
    error: {
      code: 'not_found',
      message: 'No plan with id "plan_000000000000".',
      hint: expect.stringMatching(/^Recent: plan_/),
    },
  });
});

test.each<[number, string, string[], RegExp]>([
  [1, 'what does not exist', ['plan', 'get', '--plan-id', 'plan_000000000000'], /^not_found: No plan with id/],
  [
    2,
    'a missing parameter',
    ['plan', 'get'],
    /^invalid_input: "plan_id" is missing\. Signature: get\(plan_id, as_of\?\)/,
  ],
  [
    2,
    'a value of the wrong kind',
    ['workspace', 'list', '--limit', 'many'],
    /^invalid_input: "limit": invalid input: expected number/,
  ],
  [2, 'a word that is not in its set', ['query', 'list', '--kind', 'secret'], /^invalid_input: "kind": invalid option/],
  [
    2,
    'broken JSON',
    ['steps', 'add', '--plan-id', 'x', '--steps', '[{"task"'],
    /^invalid_input: --steps is not valid JSON\./,
  ],
])('exit code %d and one sentence on stderr for %s', async (expected, _what, args, words) => {
  const { code, stdout, stderr } = await cli(...args);
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  expect(stderr).toMatch(words);
  expectClean(stderr);
});

describe('values', () => {
  test('lists of words may be given one by one or as JSON', async () => {
    const create = [
      'plan',
      'create',
      '--workspace-id',
      world.workspaceId,
      '--title',
      'Words',
      '--category',
      'advisory',
    ];
    const goalsOf = async (...goals: string[]) => {
      const planId = idIn(await ok(...create, '--goals', ...goals), 'plan');
      return (await memory.data<{ goals: string[] }>('plan', 'get', { plan_id: planId })).goals;
    };
    expect(await goalsOf('one', 'two words')).toEqual(['one', 'two words']);
    expect(await goalsOf('["one", "two"]')).toEqual(['one', 'two']);
    expect(await goalsOf('[draft] one')).toEqual(['[draft] one']);
  });

  test('objects are JSON, booleans yes or no, and null clears', async () => {
    const phases = JSON.stringify([{ name: 'A', steps: [{ task: 'x' }, { task: 'y', depends_on: ['#1'] }] }]);
    const place = ['--workspace-id', world.workspaceId, '--category', 'advisory', '--title', 'Values'];
    const planId = idIn(await ok('plan', 'create', ...place, '--phases', phases, '--requires-evidence', 'yes'), 'plan');
    const plan = await json<{ requires_evidence: boolean; steps: { id: string; depends_on: string[] }[] }>(
      'plan',
      'get',
      '--plan-id',
      planId,
    );
    expect(plan.requires_evidence).toBe(true);
    expect(plan.steps[1]?.depends_on).toEqual([plan.steps[0]?.id]);
    const step = ['steps', 'update', '--step-id', plan.steps[0]?.id ?? ''];
    await ok(...step, '--notes', 'Some', '--requires-confirmation', '--evidence', '{"commit": "abc"}');
    await ok(...step, '--notes', 'null', '--requires-confirmation', 'no');
    expect(await memory.data('steps', 'get', { step_id: plan.steps[0]?.id })).toMatchObject({
      notes: null,
      requires_confirmation: false,
      evidence: { commit: 'abc' },
    });
  });

  test('free-form data is JSON or text', async () => {
    const parent = ['--parent-type', 'plan', '--parent-id', world.planId, '--type', 'cli'];
    await ok('context', 'store', ...parent, '--data', '{"a": [1]}');
    await ok('context', 'store', ...parent, '--data', 'just words');
    const { items } = await json<{ items: { data: unknown }[] }>('context', 'get', ...parent);
    expect(items.map(({ data }) => data)).toEqual([{ text: 'just words' }, { a: [1] }]);
  });
});

test('a plan is worked through from the shell', async () => {
  const { planId, stepIds } = await aWorld(memory);
  const next = ['steps', 'next', '--plan-id', planId, '--agent-type', 'Person'];
  const session = idIn(await ok(...next), 'sess');
  for (const step of stepIds) {
    const reply = await ok(...next, '--session-id', session, '--notes', 'Done by hand');
    expect(reply).toContain(`done: ${step}\n`);
  }
  expect(await ok(...next)).toBe('finished\n');
});

describe('long texts are printed whole', () => {
  test('an export and a research document, whose pieces are joined', async () => {
    const markdown = `# Long\n\n## All\n\n${Array.from({ length: 600 }, (_, i) => `- [ ] Step ${i} ${'🦆 word '.repeat(10)}`).join('\n')}\n`;
    const planId = await memory.id('plan', 'plan', 'import', {
      workspace_id: world.workspaceId,
      category: 'feature',
      markdown,
    });
    const exported = await ok('plan', 'export', '--plan-id', planId);
    expect(exported.length).toBeGreaterThan(50_000);
    expect(exported.match(/^- \[ \] Step \d+ /gm)).toHaveLength(600);
    expect(await json('plan', 'export', '--plan-id', planId)).toEqual({ text: exported, length: exported.length });
    const content = 'A line of research.\n'.repeat(4_000);
    await memory.ok('context', 'append_research', { plan_id: planId, filename: 'long.md', content });
    expect(await ok('context', 'get-research', '--plan-id', planId, '--filename', 'long.md')).toBe(content);
  });

  test('whatever a model would get cut', async () => {
    const content = 'A line of a long agent.\n'.repeat(2_000);
    await memory.ok('library', 'store_agent', { name: 'Long', content });
    expect((await memory.ok('library', 'get_agent', { name: 'Long' })).length).toBeLessThanOrEqual(24_000);
    expect(await ok('library', 'get-agent', '--name', 'Long')).toBe(content);
  });
});

test('a reader that stops reading is no error', async () => {
  const child = spawn(process.execPath, [BIN, 'library', 'list-skills'], {
    env: environment({ dataRoot: memory.dataRoot }),
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('a folder may be told from where one is, and a refusal speaks in commands', async () => {
  const folder = temporaryFolder();
  const dataRoot = temporaryFolder();
  const lost = await runBin(['plan', 'list'], { dataRoot, cwd: folder });
  expect(lost.stderr).toContain('project-memory workspace register --path /path/of/the/project');
  expect((await runBin(['workspace', 'register', '--path', '.'], { dataRoot, cwd: folder })).stdout).toContain(folder);
  const info = await runBin(['workspace', 'info', '--workspace-path', '../'], { dataRoot, cwd: `${folder}/` });
  expect(info.stderr).toMatch(/^not_found: No workspace with path/);
});

test('a command means the workspace in which it is called', async () => {
  const folder = temporaryFolder();
  const id = idIn(await ok('workspace', 'register', '--path', folder), 'ws');
  const { stdout } = await runBin(['workspace', 'info'], { dataRoot: memory.dataRoot, cwd: folder });
  expect(stdout).toContain(`Workspace ${id} `);
});

describe('help', () => {
  test('lists all commands, and those of a tool', async () => {
    const program = await ok('--help');
    for (const name of ['mcp', 'serve', 'seed', ...TOOLS.map((tool) => tool.name.replace('memory_', ''))]) {
      expect(program).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
    const plan = await ok('plan', '--help');
    for (const action of Object.keys(TOOLS.find(({ name }) => name === 'memory_plan')?.actions ?? {})) {
      expect(plan).toMatch(new RegExp(`^ {2}${action.replaceAll('_', '-')} `, 'm'));
    }
  });

  test('shows the flags of an action, with those it needs and the words they take', async () => {
    const text = await ok('steps', 'update', '--help');
    expect(text).toMatch(/--step-id <value>\s+required/);
    expect(text).toMatch(/--status <value>\s+pending \| active \| done \| blocked/);
    expect(text).toMatch(/--paths <text\.\.\.>/);
    expect(text).toMatch(/--evidence <json\|@file>/);
    expect(text).toMatch(/--notes <text\|@file>/);
  });

  test('needs no database, and neither does the version', async () => {
    expect(await runBin(['plan', 'create', '--help'])).toMatchObject({ code: 0 });
    expect(await runBin(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });
});
