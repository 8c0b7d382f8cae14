/** From a call to its command line and back. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { TOOLS } from '../../catalog/tools.ts';
import { toolCommand } from '../action-command.ts';
import { commandLineOf, hyphened, nounOf } from '../command-line.ts';

/** The words that a shell makes of a command line. */
function wordsOf(line: string): string[] {
  return execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

/** The call that these words make. */
async function callOf(tool: string, words: readonly string[]): Promise<unknown> {
  const calls: unknown[] = [];
  const command = toolCommand(tool, {
    open: async () => undefined,
    answer: async (name, input) => void calls.push([name, input]),
  });
  await command.parseAsync(words, { from: 'user' });
  expect(calls).toHaveLength(1);
  return calls[0];
}

const ACTIONS = TOOLS.flatMap((tool) =>
  Object.entries(tool.actions).map(([name, { example }]) => ({ tool: tool.name, name, example })),
);

describe('the example in the help, pasted into a shell, is exactly the example of the action', () => {
  test.each(ACTIONS)('$tool $name', async ({ tool, name, example }) => {
    const line = commandLineOf(`${nounOf(tool)} ${hyphened(name)}`, { action: name, ...example });
    const help = toolCommand(tool, { open: async () => undefined, answer: async () => undefined }).commands.find(
      (command) => command.name() === hyphened(name),
    );
    const printed: string[] = [];
    help?.configureOutput({ writeOut: (text) => void printed.push(text) }).outputHelp();
    expect(printed.join('')).toContain(`Example:\n  ${line}\n`);
    const [program, noun, ...words] = wordsOf(line);
    expect([program, noun]).toEqual(['project-memory', nounOf(tool)]);
    expect(await callOf(tool, words)).toEqual([tool, { action: name, ...example }]);
  });
});

test.each<[string, Record<string, unknown>]>([
  ['quotes and line ends', { title: `It's "so"\nand $HOME`, category: 'feature' }],
  ['words that look like flags or JSON', { title: 'x', category: 'feature', goals: ['--json', '[a]', '-1'] }],
  ['one word that is a list in JSON', { title: 'x', category: 'feature', goals: ['["a"]'] }],
  ['an empty list', { title: 'x', category: 'feature', goals: [] }],
  ['no', { title: 'x', category: 'feature', requires_evidence: false }],
  ['null', { plan_id: 'plan_x', description: null }],
])('a call with %s survives the way through a shell', async (_what, params) => {
  const action = 'plan_id' in params ? 'update' : 'create';
  const [, , ...words] = wordsOf(commandLineOf(`plan ${action}`, params));
  expect(await callOf('memory_plan', words)).toEqual(['memory_plan', { action, ...params }]);
});
