/** The command line: the commands of the catalog, and the few that are made by hand. */
import { Command, CommanderError } from 'commander';
import { seedDemo, seedFolder } from '../catalog/content.ts';
import { TOOLS } from '../catalog/tools.ts';
import { configure } from '../config.ts';
import { MemoryError } from '../domain/errors.ts';
import { VERSION } from '../domain/version.ts';
import { type Run, toolCommand } from './action-command.ts';
import { answer } from './answer.ts';
import { completionCommand } from './completion.ts';
import { dataCommands } from './data-commands.ts';
import { exportCommand } from './export-command.ts';
import { importCommand } from './import-command.ts';
import { asksForJson, print, printError, printJson, tolerateClosedOutput } from './output.ts';
import { usageError } from './usage-error.ts';
import { IMPORT_WORDS, shortForms } from './words.ts';

export interface ServeFlags {
  port?: string;
  host: string;
  allowedHost: string[];
}

export interface McpFlags {
  tools?: string | undefined;
  readOnly?: boolean | undefined;
}

interface GlobalFlags {
  dataRoot?: string;
  json?: boolean;
}

/** What main brings: it alone knows the database and the servers. */
export interface Doors {
  /** Opens the database in this data root, or in the usual one. */
  open: (flags: GlobalFlags) => Promise<void>;
  serve: (flags: ServeFlags & GlobalFlags) => Promise<void>;
  mcp: (flags: McpFlags & GlobalFlags) => Promise<void>;
}

/** Runs one command line; the exit code is left in the process. */
export async function runCli(args: readonly string[], doors: Doors): Promise<void> {
  tolerateClosedOutput();
  const json = asksForJson(args);
  const help: string[] = [];
  try {
    await buildProgram(doors, json, help).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError && error.exitCode === 0)) await printError(error, json);
    else if (json) printJson({ text: help.join('').trimEnd() });
    else print(help.join(''));
  }
}

/** The commands; the help and the version that they are asked for go into `help`. */
function buildProgram(doors: Doors, json: boolean, help: string[]): Command {
  const program = new Command('project-memory')
    .description('Durable memory for coding agents.')
    .version(VERSION)
    .option('--data-root <folder>', 'where the database lies')
    .option('--json', 'print an envelope for programs: {version, ok, data} or {version, ok, error}');
  const run: Run = {
    open: () => doors.open(program.opts()),
    answer: (tool, input) => answer(tool, input, json),
  };
  addServers(program, doors, run, json);
  addSeed(program, run, json);
  program.addCommand(importCommand(run, json)).addCommand(exportCommand(run, json));
  const data = { open: run.open, locate: () => void configure(program.opts()), json };
  for (const command of dataCommands(data)) program.addCommand(command);
  program.addCommand(completionCommand(program, json));
  for (const command of shortForms(run)) program.addCommand(command);
  for (const { name } of TOOLS) {
    program.addCommand(toolCommand(name, run, name === 'memory_plan' ? { import: IMPORT_WORDS } : {}));
  }
  for (const command of allCommands(program)) leaveTheWordsToUs(command, help);
  return program;
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** The parser prints nothing itself, and what it refuses becomes an error like every other. */
function leaveTheWordsToUs(command: Command, help: string[]): void {
  command
    .configureHelp({ showGlobalOptions: true, optionDescription: ({ description }) => description })
    .showSuggestionAfterError(false)
    .configureOutput({ writeOut: (text) => void help.push(text), writeErr: () => undefined })
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(command, error);
    });
}

function addServers(program: Command, doors: Doors, { open }: Run, json: boolean): void {
  program
    .command('mcp')
    .description('serve MCP over stdio')
    .option('--tools <set>', 'all, or core: the fewer actions that small contexts need')
    .option('--read-only', 'only the actions that change nothing')
    .action((flags: McpFlags) => {
      if (json) {
        throw new MemoryError('invalid_input', 'mcp speaks MCP on stdout and nothing else.', {
          hint: 'Leave --json out.',
        });
      }
      return doors.mcp({ ...flags, ...program.opts() });
    });
  program
    .command('serve')
    .description('serve MCP over HTTP')
    .option('--port <number>', 'port (7466, or PROJECT_MEMORY_PORT)')
    .option('--host <address>', 'address to listen on (127.0.0.1)', '127.0.0.1')
    .option('--allowed-host <name>', 'a name under which it may be reached, beside localhost', collect, [])
    .action(async (flags: ServeFlags) => {
      await open();
      await doors.serve({ ...flags, ...program.opts() });
    });
}

function collect(value: string, all: string[]): string[] {
  return [...all, value];
}

function addSeed(program: Command, { open }: Run, json: boolean): void {
  program
    .command('seed')
    .description('store the default agents, instructions and skills, or those of a folder')
    .option('--from <folder>', 'a folder with agents/, instructions/ or skills/')
    .option('--demo', 'add a small demo workspace')
    .action(async ({ from, demo: wanted }: { from?: string; demo?: boolean }) => {
      await open();
      // Opening the database has seeded the defaults already.
      const report = from === undefined ? null : await seedFolder(from);
      const demo = wanted === true ? seedDemo() : null;
      if (json) {
        printJson({ report, demo });
        return;
      }
      if (report === null) print('The tool catalog and the default agents, instructions and skills are up to date.');
      else {
        const { found, stored, written, leftOut } = report;
        print(
          `${found} files: ${stored.agent} agents, ${stored.instruction} instructions, ${stored.skill} skills stored (${written} written), ${leftOut.length} left out`,
        );
        for (const { path, reason } of leftOut) print(`  ${path}: ${reason}`);
      }
      if (wanted === true)
        print(demo === null ? 'The demo workspace is there already.' : `Demo plan ${demo.id} "${demo.title}"`);
    });
}
