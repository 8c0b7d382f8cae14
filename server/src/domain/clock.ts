/** Time comes in by this one door, so that a test can hold it still. */

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

/** A time in milliseconds as stored text. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString();
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
