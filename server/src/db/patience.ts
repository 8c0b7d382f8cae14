/**
 * Waiting for a lock of the file. The engine's own waiting sleeps longer and longer, up to a tenth of a second: under load,
 * whoever has waited long is passed by newcomers again and again, for seconds. Here everybody looks equally often, so that
 * everybody's turn comes equally soon.
 */
/** Looking more often would cost the one that works more than it would gain those that wait. */
const SHORTEST_MS = 1;
const LONGEST_MS = 3;
const GIVE_UP_MS = 15_000;

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Runs `fn`, again and again while another process holds the lock that it needs. Where `fn` throws that, it did nothing. */
export function patiently<T>(fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (!isHeldElsewhere(error)) throw error;
    return waiting(fn);
  }
}

function waiting<T>(fn: () => T): T {
  for (const end = performance.now() + GIVE_UP_MS; ; ) {
    Atomics.wait(pause, 0, 0, SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS));
    try {
      return fn();
    } catch (error) {
      if (!isHeldElsewhere(error) || performance.now() > end) throw error;
    }
  }
}

/** A read that would become a write on an old state is busy too, but for it waiting is in vain. */
function isHeldElsewhere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_BUSY(?!_SNAPSHOT)/.test(String(error.code));
}
