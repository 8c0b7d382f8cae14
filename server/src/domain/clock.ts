/** Time comes in by this one door, so that a test can hold it still. */
import { MemoryError } from './errors.ts';

type TimeSource = () => number;

let source: TimeSource = Date.now;

/** Milliseconds since 1970. */
export function nowMs(): number {
  return source();
}

/** The current time as `YYYY-MM-DDTHH:MM:SS.sssZ`, the only form in which times are stored. */
export function now(): string {
  return timestamp(source());
}

// One write asks for the time again and again within the same millisecond, and making text of it is not free.
let lastMs = Number.NaN;
let lastText = '';

/** A time in milliseconds as stored text. */
export function timestamp(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}

/** A time as it is stored; a date alone means its first or last millisecond. @throws invalid_input for any other text */
export function boundOf(text: string, timeOfDay: string): string {
  const ms = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text + timeOfDay : text);
  if (Number.isNaN(ms)) {
    throw new MemoryError('invalid_input', `"${text}" is neither a date nor a time.`, {
      hint: 'Write 2026-01-31 or 2026-01-31T08:00:00Z.',
    });
  }
  return timestamp(ms);
}

/** Runs `fn` with another clock and puts the old one back. */
export function withClock<T>(clock: TimeSource, fn: () => T): T {
  const before = source;
  source = clock;
  try {
    return fn();
  } finally {
    source = before;
  }
}
