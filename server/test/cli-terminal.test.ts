/** The command line on a terminal: lists are tables there, as wide as the window. */
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { sharedMemory } from './support/memory.ts';
import { runBin } from './support/processes.ts';
import { binOnTerminal, HAS_TERMINAL } from './support/terminal.ts';
import { aWorld, type World } from './support/world.ts';

const memory = sharedMemory();
let world: World;

beforeAll(async () => {
  world = await aWorld(memory);
  await memory.ok('steps', 'update', { step_id: world.stepIds[0], task: `日本 ${'paint '.repeat(15)}🦆` });
});

describe.skipIf(!HAS_TERMINAL)('on a terminal (where util-linux is installed)', () => {
  const steps = (columns: number, env: Record<string, string> = {}) =>
    binOnTerminal(`steps list --plan-id ${world.planId}`, { dataRoot: memory.dataRoot, columns, env });

  test('a list is a table: a bold head, cells in line, long ones on several lines', async () => {
    const lines = (await steps(60)).split('\n');
    expect(lines[0]).toBe('4 steps');
    const head = stripVTControlCharacters(lines[1] ?? '');
    expect(lines[1]).toBe(`\u001b[1m${head}\u001b[22m`);
    expect(head).toMatch(/^id +status +task$/);
    const column = head.indexOf('task');
    expect(lines[3]).toMatch(new RegExp(`^  ${world.stepIds[0]}  pending  "日本 paint`));
    expect(lines[4]?.slice(0, column)).toBe(' '.repeat(column));
    expect(lines[4]?.slice(column)).toMatch(/^paint paint/);
  });

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ])('%s takes the colour away, not the table', async (_what, env) => {
    const text = await steps(200, env);
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(/^4 steps\nid +status +task\n"Prepare"/);
  });

  test('a window that is too narrow gets lines of text', async () => {
    const text = await steps(30);
    expect(text).toMatch(/^4 steps: id \| status \| task\n/);
    expect(text).not.toContain('\u001b');
  });

  test('--json is the same as anywhere', async () => {
    const args = ['steps', 'list', '--plan-id', world.planId, '--json'];
    const { stdout } = await runBin(args, { dataRoot: memory.dataRoot });
    expect(await binOnTerminal(args.join(' '), { dataRoot: memory.dataRoot })).toBe(stdout);
  });

  test('what an agent stored cannot drive the terminal', async () => {
    const args = ['plan', 'update', '--plan-id', world.planId, '--description', 'red \u001b[31m'];
    expect((await runBin(args, { dataRoot: memory.dataRoot })).code).toBe(0);
    const text = await binOnTerminal(`plan export --plan-id ${world.planId}`, { dataRoot: memory.dataRoot });
    expect(text).toContain('red \uFFFD[31m');
  });
});

test('where nobody looks, a list is the text that a model gets', async () => {
  const { stdout } = await runBin(['steps', 'list', '--plan-id', world.planId], {
    dataRoot: memory.dataRoot,
    env: { FORCE_COLOR: '1' },
  });
  expect(stdout).toBe(`${await memory.ok('steps', 'list', { plan_id: world.planId })}\n`);
});
