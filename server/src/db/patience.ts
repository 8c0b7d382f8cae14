/**
 * Taking turns at a lock of the file. The engine's own waiting sleeps longer and longer, up to a tenth of a second: under load,
 * whoever has waited long is passed by newcomers again and again, for seconds, and whoever has just let go of the lock is the
 * first to take it again. Here a process that sees others waiting goes behind them when it has had its turn, and whoever has
 * waited long looks more often.
 */

/** How long a process goes on taking the lock while others want it. */
const TURN_MS = 1;
/** So long after it was last told to wait, a process takes it that others want the lock too. */
const CROWDED_MS = 50;
const GIVE_UP_MS = 15_000;

const pause = new Int32Array(new SharedArrayBuffer(4));

let lastWait = Number.NEGATIVE_INFINITY;
let turnBegan = Number.NEGATIVE_INFINITY;

/** Runs `fn`, which takes the lock of writers, when it is this process's turn. */
export function inTurn<T>(fn: () => T): T {
  const now = performance.now();
  if (now - lastWait < CROWDED_MS && now - turnBegan > TURN_MS) {
    Atomics.wait(pause, 0, 0, delay(0));
    turnBegan = performance.now();
  }
  return patiently(fn);
}

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
  for (const start = performance.now(); ; ) {
    Atomics.wait(pause, 0, 0, delay(performance.now() - start));
    try {
      const result = fn();
      turnBegan = performance.now();
      lastWait = turnBegan;
      return result;
    } catch (error) {
      if (!isHeldElsewhere(error) || performance.now() - start > GIVE_UP_MS) throw error;
    }
  }
}

/** Milliseconds until the next look. Looking often costs the one that works, so only the few who have waited long do it. */
function delay(waited: number): number {
  const base = waited < 5 ? 1 : waited < 20 ? 0.5 : 0.2;
  return base * (1 + 2 * Math.random());
}

/** A read that would become a write on an old state is busy too, but for it waiting is in vain. */
function isHeldElsewhere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_BUSY(?!_SNAPSHOT)/.test(String(error.code));
}
