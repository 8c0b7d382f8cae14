/** A command line that nobody can run: what is wrong with it, and how to write it, in the words of every other refusal. */
import type { Command, CommanderError } from 'commander';
import { nearest } from '../catalog/nearest.ts';
import { MemoryError } from '../domain/errors.ts';
import { refuseFlagAsValue } from './flag.ts';

/** What the parser found wrong while it read the flags and words of this command. */
export function usageError(command: Command, error: CommanderError): MemoryError {
  refuseFlagAsValue(command);
  const { message, hint } = explain(command, error);
  return new MemoryError('invalid_input', message, { hint, cause: error });
}

interface Explained {
  message: string;
  hint: string;
}

function explain(command: Command, error: CommanderError): Explained {
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const help = `${pathOf(command)} --help shows how it is written.`;
  switch (error.code) {
    case 'commander.unknownOption': {
      const flags = flagsOf(command);
      return {
        message: `${shortPathOf(command)} has no flag ${named}.`,
        hint: `${didYouMean(nearest(named, flags))}Flags: ${flags.join(', ')}.`,
      };
    }
    case 'commander.unknownCommand':
      return unknownCommand(command, named);
    case 'commander.optionMissingArgument':
      return { message: `${named.split(' ', 1)[0]} is without its value.`, hint: `Write ${named}.` };
    case 'commander.excessArguments': {
      const { args, registeredArguments: expected } = command;
      return {
        message: `${shortPathOf(command)} does not know what to do with "${args.slice(expected.length).join(' ')}".`,
        hint: `A value stands behind its flag, in quotes if it has spaces; ${help}`,
      };
    }
    case 'commander.invalidArgument':
      return {
        message: `"${named}" is none of the words that stand here.`,
        hint: error.message.replace(/^.*?\. /, ''),
      };
    case 'commander.missingArgument':
      return { message: `<${named}> is missing.`, hint: `Usage: ${pathOf(command)} ${command.usage()}.` };
    case 'commander.help': {
      const names = namesOf(command);
      return { message: `${shortPathOf(command)} needs a command.`, hint: `There are ${names.join(', ')}; ${help}` };
    }
    default:
      return { message: error.message.replace(/^error: /, ''), hint: help };
  }
}

function unknownCommand(command: Command, named: string): Explained {
  const names = namesOf(command);
  const elsewhere = (command.parent?.commands ?? []).filter((other) => namesOf(other).includes(named));
  const near = elsewhere[0] === undefined ? nearest(named, names) : `${elsewhere[0].name()} ${named}`;
  return {
    message: `${shortPathOf(command)} has no command "${named}".`,
    hint: `${didYouMean(near)}There are ${names.join(', ')}.`,
  };
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : `Did you mean ${near}? `;
}

function namesOf(command: Command): string[] {
  return command.commands.map((known) => known.name());
}

function flagsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long }) => long ?? []);
  return command.parent === null ? own : [...own, ...flagsOf(command.parent)];
}

/** The whole of what is typed to reach the command. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** The same without the program's name, unless that is all. */
function shortPathOf(command: Command): string {
  return command.parent === null ? command.name() : pathOf(command).slice(pathOf(rootOf(command)).length + 1);
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
