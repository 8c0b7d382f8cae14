/** From a call to its command line and back. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { catalogRows } from '../../catalog/derive/rows.ts';
import { TOOLS } from '../../catalog/tools.ts';
import { actionHelp } from '../../domain/tool-help.ts';
import { toolCommand } from '../action-command.ts';
import { commandLineOf, hyphened, inCommands, nounOf } from '../command-line.ts';

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

/** What `--help` prints on an endless line. */
function helpOf(tool: string, verb: string): string {
  const command = toolCommand(tool, { open: async () => undefined, answer: async () => undefined }).commands.find(
    (known) => known.name() === verb,
  );
  const printed: string[] = [];
  command?.configureHelp({ helpWidth: 10_000, optionDescription: ({ description }) => description });
  command?.configureOutput({ writeOut: (text) => void printed.push(text) }).outputHelp();
  return printed.join('');
}

describe('the example in the help, pasted into a shell, is exactly the example of the action', () => {
  test.each(ACTIONS)('$tool $name', async ({ tool, name, example }) => {
    const line = helpOf(tool, hyphened(name)).split('Example:\n  ')[1]?.trimEnd() ?? '';
    const [program, noun, verb, ...words] = wordsOf(line);
    expect([program, noun, verb]).toEqual(['project-memory', nounOf(tool), hyphened(name)]);
    expect(await callOf(tool, [hyphened(name), ...words])).toEqual([tool, { action: name, ...example }]);
  });
});

describe('the help of a command says all that help says to a model', () => {
  const rows = catalogRows(TOOLS).flatMap(({ name: tool, actions }) => actions.map((row) => ({ tool, row })));

  test.each(rows)('$tool $row.name', ({ tool, row }) => {
    const help = helpOf(tool, hyphened(row.name));
    const lines = actionHelp(tool, row, row.params).split('\n');
    const [head, ...rest] = lines.filter((line) => !line.startsWith('Example: '));
    expect(help).toContain(`${head}\n${row.description}\n`);
    // A model may get the description cut.
    for (const line of rest.filter((line) => !row.description.startsWith(line.replace(/…$/, '')))) {
      const [name = '', about = ''] = line.split(/: (.*)/s);
      const flag = help.split('\n').find((shown) => shown.startsWith(`  --${hyphened(name)} `)) ?? '';
      expect(flag.replace(/ required; /, ' ')).toContain(` ${about}`);
    }
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
  const [, , ...words] = wordsOf(commandLineOf('memory_plan', { action, ...params }));
  expect(await callOf('memory_plan', words)).toEqual(['memory_plan', { action, ...params }]);
});

test.each([
  [
    'None yet: memory_workspace {"action":"register","path":"/a b"}.',
    "None yet: project-memory workspace register --path '/a b'.",
  ],
  ['memory_plan add_note does that.', 'project-memory plan add-note does that.'],
  ['Register it again with separate: true.', 'Register it again with --separate.'],
  ['send dry_run: false to do it', 'send --dry-run no to do it'],
  ['memory_plan {"action":"x" is cut off', 'memory_plan {"action":"x" is cut off'],
])('the sentence %j reads on the command line %j', (sentence, expected) => {
  expect(inCommands(sentence)).toBe(expected);
});
