/** What can be typed next: read off the commands themselves, so that the scripts of the shells know all of them and need no database. */
import { Argument, Command, type Option } from 'commander';
import { print, printJson } from './output.ts';

/** Everything that can follow at one place of a command line. */
export interface Place {
  /** The words that lead to it: '', 'plan', 'plan get'. */
  path: string;
  /** Whether another command follows. */
  inner: boolean;
  /** Commands, or flags, each with what it is. */
  words: readonly Word[];
  /** Closed sets, by flag. */
  sets: readonly { flag: string; values: readonly string[] }[];
  /** Flags that take some other value; a file may be one. */
  open: readonly string[];
}

interface Word {
  name: string;
  about: string;
}

const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof SHELLS)[number];

/** `completion bash` prints the script that teaches a shell the commands of this program. */
export function completionCommand(program: Command, json: boolean): Command {
  return new Command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action(async (shell: Shell) => {
      const scripts = await import('./completion-scripts.ts');
      const script = scripts[shell](placesOf(program));
      if (json) printJson({ shell, script });
      else print(script);
    });
}

function placesOf(command: Command, path = ''): Place[] {
  const inner = command.commands;
  const everywhere = command.parent === null ? [] : rootOf(command).options.filter(({ long }) => long !== '--version');
  const named = [...command.options, ...everywhere].filter(({ long }) => typeof long === 'string');
  const place: Place = {
    path,
    inner: inner.length > 0,
    words: [
      ...inner.map((next) => ({ name: next.name(), about: next.summary() || next.description() })),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices.map((name) => ({ name, about: '' }))),
      ...named.map((option) => ({ name: longOf(option), about: option.description })),
      { name: '--help', about: 'how this is written' },
    ],
    sets: named.flatMap((option) => (option.argChoices ? [{ flag: longOf(option), values: option.argChoices }] : [])),
    open: named.filter(({ argChoices, required }) => required && argChoices === undefined).map(longOf),
  };
  return [place, ...inner.flatMap((next) => placesOf(next, `${path} ${next.name()}`.trim()))];
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

function longOf({ long, flags }: Option): string {
  return long ?? flags;
}
