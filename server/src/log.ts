/** The log goes to stderr: stdout belongs to the protocol. The logger is loaded when there is something to say. */
import { Console } from 'node:console';
import type { Logger } from 'pino';
import { newId } from './domain/ids.ts';

let logger: Logger | null = null;

async function stderrLogger(): Promise<Logger> {
  if (logger === null) {
    // The default export: in the bundle a CommonJS library has no other.
    const { default: pino } = await import('pino');
    logger = pino({ base: { pid: process.pid } }, pino.destination({ dest: 2, sync: true }));
  }
  return logger;
}

/** Logs an error whole and answers the id under which it can be found. */
export async function logError(error: unknown, what: string): Promise<string> {
  const id = newId('error');
  (await stderrLogger()).error({ id, err: error }, what);
  return id;
}

/** Logs an error that nobody foresaw, and answers what is said to whoever met it. */
export async function reportBug(error: unknown, what: string): Promise<string> {
  const bug = `This is a bug of Project Memory, logged as ${await logError(error, what)} on stderr.`;
  const ofEngine = error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_');
  return ofEngine
    ? `${bug} Or the database was changed by something else: project-memory doctor --fix mends that.`
    : bug;
}

/** From here on what anybody, a library say, prints to the console goes to stderr, where it breaks no message of the protocol. */
export function keepConsoleOffStdout(): void {
  globalThis.console = new Console(process.stderr, process.stderr);
}

/**
 * Logs what kind of error it was and where it arose, but not its message: that of a line which cannot be read quotes the
 * line, and what people store does not belong into a log.
 */
export async function logKind(error: Error, what: string): Promise<void> {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  (await stderrLogger()).error({ err: { type: error.name, stack: frames.join('\n') } }, what);
}
