/**
 * The sessions that are called through one server process. An agent that thinks or builds for an hour makes no calls, and yet
 * lives: while its connection is open, the server renews its claims.
 */
import { renewalMs, renewLeases, transaction } from '../db/index.ts';
import { putForwardMs } from '../domain/clock.ts';
import { MemoryError } from '../domain/errors.ts';

/** For so long after its last call a session is held to live. */
const SILENCE_MS = 4 * 60 * 60_000;
/** The clock is looked at more often than the leases are renewed. */
const LOOKS = 10;

export class LiveSessions {
  readonly #lastCalls = new Map<string, number>();

  /** A call of this session came in. */
  called(sessionId: string): void {
    this.#lastCalls.set(sessionId, performance.now());
  }

  /** Renews the leases of all that live, several times in each lease, and at once when the clock was put forward. Ends with the process. */
  keepAlive(onError: (error: unknown) => void): void {
    let looks = 0;
    const look = () => {
      const put = putForwardMs(renewalMs() / LOOKS) > 0;
      looks = put ? 0 : (looks + 1) % LOOKS;
      if (looks > 0) return;
      try {
        this.#renew();
      } catch (error) {
        // The next renewal comes before the lease runs out.
        if (!(error instanceof MemoryError && error.code === 'busy')) onError(error);
      }
    };
    setInterval(look, renewalMs() / LOOKS).unref();
  }

  #renew(): void {
    const silent = performance.now() - SILENCE_MS;
    for (const [id, lastCall] of this.#lastCalls) if (lastCall < silent) this.#lastCalls.delete(id);
    const alive = [...this.#lastCalls.keys()];
    if (alive.length > 0) transaction(() => alive.forEach(renewLeases));
  }
}
