/** The command line: the commands of the catalog, and the few that are made by hand. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';

import { seedDemo, seedFolder } from '../catalog/content.ts';
import { TOOLS } from '../catalog/tools.ts';
import { configure } from '../config.ts';
import { MemoryError } from '../domain/errors.ts';
import { VERSION } from '../domain/version.ts';
import { answer, type Runner, toolCommand } from './action-command.ts';
import { dataCommands } from './data-commands.ts';
import { EXIT, print, printError, printJson, tolerateClosedOutput } from './output.ts';

export interface ServeFlags {
  port?: string;
  host: string;
  allowedHost: string[];
}

export interface McpFlags {
  tools?: string | undefined;
  readOnly?: boolean | undefined;
}

/** What main brings: it alone knows the database and the servers. */
export interface Doors {
  /** Opens the database in this data root, or in the usual one. */
  open: (flags: { dataRoot?: string }) => Promise<void>;
  serve: (flags: ServeFlags & { dataRoot?: string }) => Promise<void>;
  mcp: (flags: McpFlags & { dataRoot?: string }) => Promise<void>;
}

/** Runs one command line; the exit code is left in the process. */
export async function runCli(args: readonly string[], doors: Doors): Promise<void> {
  tolerateClosedOutput();
  const program = buildProgram(doors, args.includes('--json'));
  // `| head` closes the pipe when it has seen enough: that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.ok);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    else await printError(error, args.includes('--json'));
  }
}

function buildProgram(doors: Doors, json: boolean): Command {
  const program = new Command('project-memory')
    .description('Durable memory for coding agents.')
    .version(VERSION)
    .option('--data-root <folder>', 'where the database lies')
    .exitOverride();
  const run: Runner = async (body, json) => {
    try {
      await doors.open(program.opts());
      await body();
    } catch (error) {
      await printError(error, json);
    }
  };
  addServers(program, doors, run);
  addSeed(program, run);
  const data = { open: () => doors.open(program.opts()), locate: () => void configure(program.opts()), json };
  for (const command of dataCommands(data)) program.addCommand(command);
  for (const tool of TOOLS) {
    const command = toolCommand(TOOLS, tool, run);
    if (tool.name === 'memory_plan') replaceImport(command, run);
    program.addCommand(command);
  }
  for (const command of allCommands(program)) command.exitOverride();
  return program;
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function addServers(program: Command, doors: Doors, run: Runner): void {
  program
    .command('mcp')
    .description('serve MCP over stdio')
    .option('--tools <set>', 'all, or core: the fewer actions that small contexts need')
    .option('--read-only', 'only the actions that change nothing')
    .action((flags: McpFlags) => doors.mcp({ ...flags, ...program.opts() }));
  program
    .command('serve')
    .description('serve MCP over HTTP')
    .option('--port <number>', 'port (7466, or PROJECT_MEMORY_PORT)')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--allowed-host <name>', 'a name under which it may be reached, beside localhost', collect, [])
    .action((flags: ServeFlags) =>
      run(async () => {
        await doors.serve({ ...flags, ...program.opts() });
      }, false),
    );
}

function collect(value: string, all: string[]): string[] {
  return [...all, value];
}

function addSeed(program: Command, run: Runner): void {
  program
    .command('seed')
    .description('store the default agents, instructions and skills, or those of a folder')
    .option('--from <folder>', 'a folder with agents/, instructions/ or skills/')
    .option('--demo', 'add a small demo workspace')
    .option('--json', 'print the report as JSON')
    .action((flags: { from?: string; demo?: boolean; json?: boolean }) =>
      run(async () => {
        // Opening the database has seeded the defaults already.
        const report = flags.from === undefined ? null : await seedFolder(flags.from);
        const demo = flags.demo === true ? seedDemo() : null;
        if (flags.json === true) {
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
        if (flags.demo === true)
          print(demo === null ? 'The demo workspace is there already.' : `Demo plan ${demo.id} "${demo.title}"`);
      }, flags.json === true),
    );
}

/** `plan import <file|->` reads a file, and takes the category from its **Category:** line. */
function replaceImport(plan: Command, run: Runner): void {
  const command = plan.commands.find((candidate) => candidate.name() === 'import');
  command
    ?.argument('[file]', 'a Markdown file, or - for standard input')
    .action((file: string | undefined, flags: Record<string, unknown>) =>
      run(async () => {
        const { category, markdown: text, json, ...rest } = flags;
        const markdown = file === undefined ? text : readMarkdown(file);
        const { parsePlanMarkdown } = await import('../domain/plan-markdown-parse.ts');
        const found = typeof markdown === 'string' ? parsePlanMarkdown(markdown).category : null;
        const snake = Object.fromEntries(
          Object.entries(rest).map(([key, value]) => [key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]),
        );
        const input = { action: 'import', ...snake, markdown, category: category ?? found ?? 'feature' };
        await answer(TOOLS, 'memory_plan', input, json === true);
      }, flags['json'] === true),
    );
}

function readMarkdown(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new MemoryError('not_found', `The file ${file} cannot be read.`, {
      hint: 'Check its path.',
      cause: error,
    });
  }
}
