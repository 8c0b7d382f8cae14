/** The one error class. Its code says what kind of refusal it is, its message the cause, its hint the way out. */

/**
 * not_found: no such row. invalid_input: the call's values are wrong. conflict: somebody or something else stands against it now.
 * cycle: an edge would close a loop. busy: the database is taken, try again. corrupt: the file is damaged or not ours.
 * unavailable: the place to write is missing, full, read-only or too new for this program. internal: a bug.
 */
export type ErrorCode =
  | 'not_found'
  | 'invalid_input'
  | 'conflict'
  | 'cycle'
  | 'busy'
  | 'corrupt'
  | 'unavailable'
  | 'internal';

export interface ErrorOptions {
  /** What the caller can do about it, as one sentence. */
  hint?: string;
  cause?: unknown;
}

/** Every refusal of this program. Only the edges turn it into text. */
export class MemoryError extends Error {
  override readonly name = 'MemoryError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  /** Cause and way out in one text. */
  get sentence(): string {
    return this.hint === undefined ? this.message : `${this.message} ${this.hint}`;
  }
}

/** A row that was named does not exist. */
export function notFound(noun: string, id: string, hint?: string): MemoryError {
  return new MemoryError('not_found', `No ${noun} with id "${id}".`, hint === undefined ? {} : { hint });
}
