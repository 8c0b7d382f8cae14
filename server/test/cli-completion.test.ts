/** Completion in real shells: the words that can follow, without a database and without running what was typed. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOOLS } from '../src/catalog/tools.ts';
import { hyphened, nounOf } from '../src/cli/command-line.ts';
import { newFolder, removeFolder, temporaryFolder } from './support/folders.ts';
import { runBin } from './support/processes.ts';
import { HAS_TERMINAL, isInstalled, onTerminal } from './support/terminal.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const folder = newFolder();
const scriptOf = (shell: Shell) => join(folder, `completion.${shell}`);

beforeAll(async () => {
  for (const shell of SHELLS) {
    // Without a data root, and with a home that cannot be written: no database can be opened.
    const { code, stdout, stderr } = await runBin(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    writeFileSync(scriptOf(shell), stdout);
  }
});

afterAll(() => removeFolder(folder));

/** What a shell offers for the last of these words; an empty one stands for the next word. */
type Offers = (...words: string[]) => string[];

const inBash: Offers = (...words) => {
  const ask = `source "$1"; shift; COMP_WORDS=(project-memory "$@"); COMP_CWORD=$#; _project_memory; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return linesOf(execFileSync('bash', ['--norc', '-c', ask, 'bash', scriptOf('bash'), ...words], { encoding: 'utf8' }));
};

const inFish: Offers = (...words) => {
  const ask = `source $argv[1]; complete -C (string join ' ' -- project-memory $argv[2..-1])`;
  const offered = execFileSync('fish', ['--no-config', '-c', ask, scriptOf('fish'), ...words], {
    encoding: 'utf8',
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
  });
  return linesOf(offered).map((line) => line.split('\t', 1)[0] ?? '');
};

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

const NOUNS = TOOLS.map(({ name }) => nounOf(name));

describe.each<[Shell, Offers]>([
  ['bash', inBash],
  ['fish', inFish],
])('%s', (shell, offers) => {
  describe.skipIf(!isInstalled(shell))('where it is installed', () => {
    test('offers all commands, and those that begin so', () => {
      expect(offers('')).toEqual(expect.arrayContaining([...NOUNS, 'next', 'search', 'completion', 'seed']));
      expect(offers('wo')).toEqual(['workspace']);
    });

    test.each(TOOLS.map((tool) => [nounOf(tool.name), tool] as const))('offers every verb of %s', (noun, tool) => {
      const verbs = Object.keys(tool.actions).map(hyphened);
      expect(offers(noun, '')).toEqual(expect.arrayContaining(verbs));
    });

    test('offers the flags of a verb', () => {
      const flags = Object.keys(TOOLS.find(({ name }) => name === 'memory_plan')?.actions['create']?.shape ?? {});
      expect(offers('plan', 'create', '--')).toEqual(
        expect.arrayContaining([...flags.map((name) => `--${hyphened(name)}`), '--json', '--data-root']),
      );
      expect(offers('plan', 'create', '--title', 'x', '--ti')).toEqual(['--title']);
    });

    test('offers the words of a closed set, each flag its own', () => {
      expect(offers('steps', 'update', '--status', '').sort()).toEqual(['active', 'blocked', 'done', 'pending']);
      expect(offers('agent', 'list-sessions', '--status', '').sort()).toEqual(['completed', 'open', 'orphaned']);
      expect(offers('steps', 'update', '--status', 'b')).toEqual(['blocked']);
      expect(offers('completion', 'f')).toEqual(['fish']);
    });

    test('is not led astray by a data root that is called like a command', () => {
      expect(offers('--data-root', 'plan', 'steps', 'nex')).toEqual(['next']);
    });
  });
});

test('bash completes behind an equals sign, which it takes for a word', () => {
  expect(inBash('steps', 'update', '--status', '=', 'b')).toEqual(['blocked']);
  expect(inBash('steps', 'update', '--status', '=').sort()).toEqual(['active', 'blocked', 'done', 'pending']);
});

test.skipIf(!isInstalled('fish'))('fish completes behind an equals sign (where it is installed)', () => {
  expect(inFish('steps', 'update', '--status=b')).toEqual(['--status=blocked']);
});

test('bash runs nothing of what was typed', () => {
  const trap = join(temporaryFolder(), 'run');
  inBash('plan', 'find', '--plan-id', `$(touch ${trap})`, '');
  expect(existsSync(trap)).toBe(false);
});

/** How each shell is started and prepared; the program only says what it was called with. */
const INTERACTIVE: Record<Shell, { start: string; setUp: string; program: string }> = {
  bash: { start: 'bash --norc --noprofile -i', setUp: '', program: 'project-memory() { echo "got:$*:"; }' },
  zsh: {
    start: 'zsh -f -i',
    setUp: 'autoload -Uz compinit; compinit -u -D; ',
    program: 'project-memory() { echo "got:$*:"; }',
  },
  fish: { start: 'fish --no-config -i', setUp: '', program: 'function project-memory; echo "got:$argv:"; end' },
};

describe.each(SHELLS)('typed into %s', (shell) => {
  test.skipIf(!HAS_TERMINAL || !isInstalled(shell))('Tab completes (where it and a terminal are there)', async () => {
    const home = temporaryFolder();
    const { start, setUp, program } = INTERACTIVE[shell];
    const env = { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
    const terminal = onTerminal(start, { env, cwd: home, columns: 200 });
    terminal.type(`${setUp}source ${scriptOf(shell)}; ${program}\n`);
    terminal.type('project-memory ready\n');
    await terminal.shows(/got:ready:/);
    terminal.type('project-memory plan list-no\t\n');
    await terminal.shows(/got:plan list-notes:/);
    terminal.type('project-memory steps update --status blo\t\n');
    await terminal.shows(/got:steps update --status blocked:/);
    terminal.type('project-memory steps update --status=don\t\n');
    await terminal.shows(/got:steps update --status=done ?:/);
    terminal.type('exit\n');
    await terminal.ended;
  });
});
