/** What the command line prints: text for people, an envelope with a version for programs; errors go to stderr. */
import { type ErrorCode, MemoryError } from '../domain/errors.ts';
import { logError } from '../log.ts';

/** 0 ok, 1 refused, 2 wrong use, 3 a bug. */
export const EXIT = { ok: 0, refused: 1, usage: 2, internal: 3 } as const;

/** Raised when the shape of the envelope changes. */
const ENVELOPE_VERSION = 1;

/** A reader that stops reading, such as `head`, is no error. */
export function tolerateClosedOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(data: unknown): void {
  print(JSON.stringify({ version: ENVELOPE_VERSION, ok: true, data }));
}

/** Prints an error the way the call asked for its answer, and sets the exit code. */
export async function printError(error: unknown, json: boolean): Promise<void> {
  const { code, message, hint } = await refusal(error);
  process.exitCode = exitCodeOf(code);
  if (json) print(JSON.stringify({ version: ENVELOPE_VERSION, ok: false, error: { code, message, hint } }));
  else process.stderr.write(`${code}: ${hint === undefined ? message : `${message} ${hint}`}\n`);
}

async function refusal(error: unknown): Promise<{ code: ErrorCode; message: string; hint?: string | undefined }> {
  if (error instanceof MemoryError && error.code !== 'internal') return error;
  const id = await logError(error, 'command failed');
  return {
    code: 'internal',
    message: `This is a bug of Project Memory, logged as ${id} above. Nothing was written.`,
  };
}

function exitCodeOf(code: ErrorCode): number {
  if (code === 'internal') return EXIT.internal;
  return code === 'invalid_input' ? EXIT.usage : EXIT.refused;
}
