/** A command for every action of the catalog: `project-memory steps next --plan-id … --agent-type …`. */
import { Command } from 'commander';
import type * as z from 'zod';
import { catalogRows } from '../catalog/derive/rows.ts';
import { TOOLS } from '../catalog/tools.ts';
import type { CatalogAction } from '../domain/tool-catalog.ts';
import { actionHead } from '../domain/tool-help.ts';
import { commandLine, hyphened, nounOf } from './command-line.ts';
import { type Flag, flagOf, refuseFlagAsValue } from './flag.ts';

/** What a command needs to do its call. */
export interface Run {
  /** Opens the database. */
  open: () => Promise<void>;
  /** Makes the call and prints what comes of it. */
  answer: (tool: string, input: Input) => Promise<void>;
}

export type Input = Readonly<Record<string, unknown>>;

/** Words that stand without a flag. */
export interface Words {
  /** As in the usage line: `[plan-id]`, `[words...]`. */
  syntax: string;
  about: string;
  /** Parameters that need no flag then. */
  supplied: readonly string[];
  /** The call that words and flags make together. */
  toInput: (words: readonly string[], flags: Input) => Input | Promise<Input>;
}

/** `memory_steps` → `steps`, with a command for each action; some of them take words too. */
export function toolCommand(toolName: string, run: Run, words: Readonly<Record<string, Words>> = {}): Command {
  const { description, actions } = rowsOf(toolName);
  const command = new Command(nounOf(toolName)).description(description);
  for (const { name } of actions) {
    const path = `${nounOf(toolName)} ${hyphened(name)}`;
    command.addCommand(actionCommand(path, [toolName, name], run, words[name]));
  }
  return command;
}

/** A command that calls one action. Its help is the text that `memory_query help` gives. */
export function actionCommand(path: string, call: readonly [string, string], run: Run, words?: Words): Command {
  const [tool, action] = call;
  const row = rowsOf(tool).actions.find((candidate) => candidate.name === action) as CatalogAction;
  const flags = flagsOf(tool, row, words?.supplied);
  const command = new Command(path.split(' ').at(-1))
    .summary(row.description)
    .description(actionHead(tool, row))
    .addHelpText('after', `\nExample:\n  ${commandLine(path, row.example)}`)
    .action(async () => {
      const given = inputOf(command, flags);
      await run.open();
      const input = words === undefined ? given : await words.toInput(command.args, given);
      await run.answer(tool, { action, ...input });
    });
  for (const { option } of flags) command.addOption(option);
  return words === undefined ? command : command.argument(words.syntax, words.about);
}

const ROWS = new Map(catalogRows(TOOLS).map((tool) => [tool.name, tool]));

function rowsOf(tool: string) {
  const rows = ROWS.get(tool);
  if (rows === undefined) throw new TypeError(`There is no tool ${tool}.`);
  return rows;
}

function flagsOf(toolName: string, row: CatalogAction, supplied: readonly string[] = []): Flag[] {
  const shape = TOOLS.find(({ name }) => name === toolName)?.actions[row.name]?.shape ?? {};
  return row.params.map((param) => {
    const required = param.required && !supplied.includes(param.name);
    return flagOf({ ...param, required }, shape[param.name] as z.ZodType);
  });
}

/** The parameters that the flags give. @throws invalid_input */
function inputOf(command: Command, flags: readonly Flag[]): Input {
  refuseFlagAsValue(command);
  const given = command.opts<Record<string, unknown>>();
  return Object.fromEntries(
    flags.flatMap(({ key, option, read }) => {
      const value = given[option.attributeName()];
      if (value === undefined) return [];
      return [[key, read(value)]];
    }),
  );
}
