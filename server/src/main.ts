/** The entry of the program: settings, the database, and the door that the command line asks for. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seedIfChanged } from './catalog/seed.ts';
import { selectTools } from './catalog/tools.ts';
import type { McpFlags, ServeFlags } from './cli/program.ts';
import { config, configure, type Flags } from './config.ts';
import { closeDb, getDb } from './db/index.ts';
import { MemoryError } from './domain/errors.ts';
import { keepConsoleOffStdout } from './log.ts';

const TOKEN_FILE = 'http-token';

async function open(flags: Flags): Promise<void> {
  configure(flags);
  getDb();
  await seedIfChanged();
}

/** MCP over stdio. Only what it needs is loaded: clients start one process per session and wait for it. */
async function mcp({ dataRoot, tools = 'all', readOnly }: McpFlags & Flags): Promise<void> {
  keepConsoleOffStdout();
  if (tools !== 'all' && tools !== 'core') {
    throw new MemoryError('invalid_input', `--tools is "${tools}".`, { hint: 'Use all or core.' });
  }
  await open({ dataRoot });
  const { runStdio } = await import('./mcp/stdio.ts');
  runStdio(selectTools({ tools, readOnly }));
  if (readOnly !== true) maintainLater({ backups: false });
}

/** A server first answers those who have just started it. */
const MAINTENANCE_AFTER_MS = 1_000;

/** Takes part in the maintenance while the process lives. Answers how to stop that. */
function maintainLater(options: { backups: boolean }): () => void {
  if (!config().maintenance) return () => undefined;
  let stop = () => clearTimeout(timer);
  const timer = setTimeout(async () => {
    const { startMaintenance } = await import('./ops/maintenance.ts');
    stop = startMaintenance(options);
  }, MAINTENANCE_AFTER_MS).unref();
  return () => stop();
}

/** The flags of `mcp`, read without the command-line library; null where that has to say what is wrong with them. */
function mcpFlags(args: string[]): (McpFlags & Flags) | null {
  try {
    const { values } = parseArgs({
      args,
      options: { 'data-root': { type: 'string' }, tools: { type: 'string' }, 'read-only': { type: 'boolean' } },
    });
    return { dataRoot: values['data-root'], tools: values.tools, readOnly: values['read-only'] };
  } catch {
    return null;
  }
}

async function serve(flags: ServeFlags & Flags & { json?: boolean }): Promise<void> {
  const { port, dataRoot } = configure(flags);
  const [{ runHttp }, { readOrCreateToken }, { clientSettings }, { printJson }] = await Promise.all([
    import('./mcp/http.ts'),
    import('./mcp/token.ts'),
    import('./cli/client-settings.ts'),
    import('./cli/output.ts'),
  ]);
  const tokenFile = join(dataRoot, TOKEN_FILE);
  const token = readOrCreateToken(tokenFile);
  const server = await runHttp(selectTools({}), {
    host: flags.host,
    port,
    token,
    allowedHosts: flags.allowedHost,
  });
  const stopMaintenance = maintainLater({ backups: true });
  // Before anybody is told that it listens: who reads that may stop it at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stopMaintenance();
      void server.close().then(() => {
        closeDb();
        process.exit(0);
      });
    });
  }
  if (flags.json === true) printJson({ url: server.url, data_root: dataRoot, token_file: tokenFile });
  else
    process.stdout.write(
      clientSettings({ url: server.url, dataRoot, token, tokenFile, terminal: process.stdout.isTTY }),
    );
}

const [command, ...rest] = process.argv.slice(2);
try {
  const flags = command === 'mcp' ? mcpFlags(rest) : null;
  if (flags !== null) await mcp(flags);
  else {
    const { runCli } = await import('./cli/program.ts');
    await runCli(process.argv.slice(2), { open, serve, mcp });
  }
} catch (error) {
  const { printError } = await import('./cli/output.ts');
  await printError(error, false);
}
