/** Time comes in by this one door, so that a test can hold it still. */
import { MemoryError } from './errors.ts';

type TimeSource = () => number;

let source: TimeSource = () => Date.now();

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

/** Smaller differences are the clock being kept right. */
const JUMP_MS = 5_000;

/** Milliseconds on a clock that nobody can put. `performance` would take 3 ms of every start. */
const steadyMs = () => Math.round(process.uptime() * 1_000);

let seen = { clock: Date.now(), steady: steadyMs() };
let jump = { ms: 0, at: Number.NEGATIVE_INFINITY };

/** By how much the clock was put forward within the last `graceMs`: the difference to a clock that nobody can put. */
export function putForwardMs(graceMs: number): number {
  const [clock, steady] = [Date.now(), steadyMs()];
  const ahead = clock - seen.clock - (steady - seen.steady);
  seen = { clock, steady };
  if (Math.abs(ahead) > JUMP_MS) {
    const before = steady < jump.at + graceMs ? jump.ms : 0;
    jump = { ms: Math.max(0, before + ahead), at: steady };
  }
  return steady < jump.at + graceMs ? jump.ms : 0;
}

/**
 * The time by which something may be held to have run out. For a while after the clock was put forward it is the time before
 * that, so that whoever lives can say so in the new time. That also holds where the machine has slept.
 */
export function cautiousNowMs(graceMs: number): number {
  return source() - putForwardMs(graceMs);
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
