/** What is written behind a flag: from a file, from standard input, or as it is. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from './support/folders.ts';
import { sharedMemory } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { aWorld, type World } from './support/world.ts';

const memory = sharedMemory();
let world: World;

beforeAll(async () => {
  world = await aWorld(memory);
});

async function ok(args: readonly string[], input?: string): Promise<void> {
  const { code, stderr } = await runBin(args, { dataRoot: memory.dataRoot, ...(input === undefined ? {} : { input }) });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

async function stepAfter(args: readonly string[], input?: string): Promise<Record<string, unknown>> {
  await ok(['steps', 'update', '--step-id', world.stepIds[0], ...args], input);
  return await memory.data('steps', 'get', { step_id: world.stepIds[0] });
}

function aFile(content: string): string {
  const file = join(temporaryFolder(), 'content');
  writeFileSync(file, content);
  return file;
}

const TEXT = 'First line\n- "second" $HOME 🦆\n';

test('long text comes from a file, or from standard input', async () => {
  expect(await stepAfter(['--notes', `@${aFile(TEXT)}`])).toMatchObject({ notes: TEXT });
  expect(await stepAfter(['--notes', '-'], `@${TEXT}`)).toMatchObject({ notes: `@${TEXT}` });
});

test('JSON comes from a file, or from standard input; a mark at its beginning is no part of it', async () => {
  expect(await stepAfter(['--evidence', `@${aFile('\uFEFF{"commit": "abc"}\n')}`])).toMatchObject({
    evidence: { commit: 'abc' },
  });
  expect(await stepAfter(['--evidence', '-'], '{"commit": "def"}')).toMatchObject({ evidence: { commit: 'def' } });
});

test('an @ in a short text is a letter', async () => {
  expect(await stepAfter(['--assignee', '@anna'])).toMatchObject({ assignee: '@anna' });
  expect(await stepAfter(['--paths', '@scope/**'])).toMatchObject({ paths: ['@scope/**'] });
});

test.each([
  ['a value that begins with a dash', ['--notes', '- a point'], { notes: '- a point' }],
  ['a value that looks like an unknown flag', ['--notes', '--force'], { notes: '--force' }],
  ['a value behind an equals sign', ['--notes=--json'], { notes: '--json' }],
  ['an empty cell for null', ['--notes', 'null'], { notes: null }],
  ['a word that is null only where null is a value', ['--task', 'null'], { task: 'null' }],
  ['yes and no in any case', ['--requires-evidence', 'No'], { requires_evidence: false }],
  ['a list in several flags', ['--paths', 'a', '--paths', 'b', 'c'], { paths: ['a', 'b', 'c'] }],
  ['a list in JSON', ['--paths', '["-x", "y"]'], { paths: ['-x', 'y'] }],
])('%s', async (_what, args, stored) => {
  expect(await stepAfter(args)).toMatchObject(stored);
});

test('a number is a number, and so is one below zero', async () => {
  expect(await stepAfter(['--evidence', '{"exit_code": -1, "command": "x"}'])).toMatchObject({
    evidence: { exit_code: -1 },
  });
  const refused = await runBin(['workspace', 'list', '--limit', '-1'], { dataRoot: memory.dataRoot });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/^invalid_input: "limit": too small/) });
});

test('free-form data that is no object is its text, as it is for a tool', async () => {
  const parent = { parent_type: 'plan', parent_id: world.planId, type: 'count' };
  await ok([
    'context',
    'store',
    '--parent-type',
    'plan',
    '--parent-id',
    world.planId,
    '--type',
    'count',
    '--data',
    '7',
  ]);
  await memory.ok('context', 'store', { ...parent, data: '7' });
  const { items } = await memory.data<{ items: { data: unknown }[] }>('context', 'get', parent);
  expect(items.map(({ data }) => data)).toEqual([{ text: '7' }, { text: '7' }]);
});

test('the data root and --json may stand anywhere', async () => {
  const root = ['--data-root', memory.dataRoot];
  const outputs = await Promise.all([
    runBin([...root, '--json', 'steps', 'get', '--step-id', world.stepIds[1]]),
    runBin(['steps', '--json', 'get', ...root, '--step-id', world.stepIds[1]]),
    runBin(['steps', 'get', '--step-id', world.stepIds[1], '--json', ...root]),
  ]);
  expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1);
  expect(JSON.parse(outputs[0]?.stdout ?? '')).toMatchObject({ ok: true, data: { id: world.stepIds[1] } });
});
