/** What the command line prints: text for people, an envelope with a version for programs; errors go to stderr. */
import { type ErrorCode, MemoryError } from '../domain/errors.ts';
import { reportBug } from '../log.ts';
import { inCommands } from './command-line.ts';

/** 0 ok, 1 refused, 2 wrong use, 3 a bug. */
export const EXIT = { refused: 1, usage: 2, internal: 3 } as const;

/** Raised when the shape of the envelope changes. */
const ENVELOPE_VERSION = 1;

/** Whether these arguments ask for the envelope. It is one flag of the whole program, wherever it stands. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === '--json' || arg.startsWith('--json='));
}

/** A reader that stops reading, such as `head`, has seen enough: that is no error. A full disk is one, told in a sentence. */
export function tolerateClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`unavailable: The output cannot be written (${error.code}).\n`);
    process.exit(EXIT.refused);
  });
}

export function print(text: string): void {
  const shown = process.stdout.isTTY ? printable(text) : text;
  process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

/** On a terminal, control characters in what somebody stored would be commands to it; line ends and tabs may stay. */
export function printable(text: string): string {
  return text.replace(/(?!\r\n)[^\P{Cc}\n\t]/gu, '\uFFFD');
}

export function printJson(data: unknown): void {
  printEnvelope({ ok: true, data });
}

/** Prints an error the way the call asked for its answer, and sets the exit code. */
export async function printError(error: unknown, json: boolean): Promise<void> {
  const { code, message, hint } = await refusal(error);
  process.exitCode = exitCodeOf(code);
  if (json) printEnvelope({ ok: false, error: { code, message, hint } });
  else process.stderr.write(`${code}: ${hint === undefined ? message : `${message} ${hint}`}\n`);
}

function printEnvelope(content: { ok: true; data: unknown } | { ok: false; error: object }): void {
  process.stdout.write(`${JSON.stringify({ version: ENVELOPE_VERSION, ...content })}\n`);
}

async function refusal(error: unknown): Promise<{ code: ErrorCode; message: string; hint?: string | undefined }> {
  if (error instanceof MemoryError && error.code !== 'internal') {
    const { code, message, hint } = error;
    return { code, message: inCommands(message), ...(hint === undefined ? {} : { hint: inCommands(hint) }) };
  }
  return { code: 'internal', message: await reportBug(error, 'command failed') };
}

function exitCodeOf(code: ErrorCode): number {
  if (code === 'internal') return EXIT.internal;
  return code === 'invalid_input' ? EXIT.usage : EXIT.refused;
}
