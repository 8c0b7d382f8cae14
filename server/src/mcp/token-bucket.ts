/** A bound on how often something may happen: a bucket of tokens that is refilled all the time. */

export interface Rate {
  /** How many may come at once. */
  burst: number;
  /** How many may come for good. */
  perSecond: number;
}

export class TokenBucket {
  readonly #rate: Rate;
  #left: number;
  #filledAt: number;

  constructor(rate: Rate, at: number = performance.now()) {
    this.#rate = rate;
    this.#left = rate.burst;
    this.#filledAt = at;
  }

  /** Takes one and answers 0; where none is left, takes nothing and answers in how many milliseconds there will be one. */
  take(at: number = performance.now()): number {
    const { burst, perSecond } = this.#rate;
    this.#left = Math.min(burst, this.#left + ((at - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = at;
    if (this.#left < 1) return ((1 - this.#left) / perSecond) * 1000;
    this.#left -= 1;
    return 0;
  }
}
