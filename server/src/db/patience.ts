/**
 * Taking turns at a lock of the file. The engine's own waiting sleeps longer and longer, up to a tenth of a second: under load,
 * whoever has waited long is passed by newcomers again and again, for seconds, and whoever has just let go of the lock is the
 * first to take it again. Here a process that has others waiting for it goes on for one turn and then stands behind them.
 *
 * A turn is many transactions, because the first one of a turn takes twice as long as the next: what others have written makes
 * the engine forget all pages it had read. Nobody keeps a list of who waits, so nobody can die holding a place in it: each
 * process sleeps for most of the time that it last had to wait, and begins to look often when its turn should come.
 */

/** How long a process goes on taking the lock while others want it. Eight of them wait seven turns for their own. */
const TURN_MS = 3.5;
/** So long after it was last told to wait, a process takes it that others want the lock too. */
const CROWDED_MS = 50;
/** A crowd that was so long ago says nothing about this one. */
const FORGET_MS = 1_000;
const GIVE_UP_MS = 15_000;

/** Between two looks of one whose turn should come. Each wakes a process and takes time from the one that works. */
const LOOK_MS = 0.5;
/** Of what it last waited, a process sleeps this share before it looks often. Less than all, or waits could only grow. */
const SLEPT_SHARE = 0.9;
/** The longest sleep without a look: the others may have stopped. */
const LONGEST_SLEEP_MS = 30;

const pause = new Int32Array(new SharedArrayBuffer(4));

let lastRefused = Number.NEGATIVE_INFINITY;
let turnBegan = Number.NEGATIVE_INFINITY;
/** What waiting takes lately, in milliseconds. */
let usualWait = 0;

/** Runs `fn`, which takes the lock of writers, when it is this process's turn. */
export function inTurn<T>(fn: () => T): T {
  const now = performance.now();
  if (now - lastRefused < CROWDED_MS && now - turnBegan > TURN_MS) return waiting(fn);
  return patiently(fn);
}

/** Runs `fn`, again and again while another process holds the lock that it needs. Where `fn` throws that, it did nothing. */
export function patiently<T>(fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    refusedAgain(error);
    return waiting(fn);
  }
}

function waiting<T>(fn: () => T): T {
  const start = performance.now();
  for (let refused = false; ; refused = true) {
    Atomics.wait(pause, 0, 0, untilNextLook(performance.now() - start));
    try {
      const result = fn();
      turnBegan = performance.now();
      learnWait(turnBegan - start, refused);
      return result;
    } catch (error) {
      refusedAgain(error);
      if (performance.now() - start > GIVE_UP_MS) throw error;
    }
  }
}

function untilNextLook(waited: number): number {
  const rest = SLEPT_SHARE * usualWait - waited;
  return rest > LOOK_MS ? Math.min(rest, LONGEST_SLEEP_MS) : LOOK_MS * (0.5 + Math.random());
}

/** Who got the lock at the first look may have slept too long: then there are fewer others than there were. */
function learnWait(waited: number, refused: boolean): void {
  usualWait = refused ? (2 * usualWait + waited) / 3 : waited / 2;
}

/** Notes that others want the lock; throws what is anything else. */
function refusedAgain(error: unknown): void {
  if (!isHeldElsewhere(error)) throw error;
  const now = performance.now();
  if (now - lastRefused > FORGET_MS) usualWait = 0;
  lastRefused = now;
}

/** A read that would become a write on an old state is busy too, but for it waiting is in vain. */
function isHeldElsewhere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_BUSY(?!_SNAPSHOT)/.test(String(error.code));
}
