/** How long requests compute before other work of the program goes on, in milliseconds. */
const BUDGET_MS = 10;

/** How often the event loop goes round: to accept a connection, to read its request and to respond each take a round. */
const ROUNDS = 3;

/**
 * Lets other work of the program go on between parts of long computations, so that a request that needs no computation is answered
 * between two of them. All requests of a handler share one budget: in one round not every request does a part.
 */
export class Rounds {
  /** How long requests have computed in this round, in milliseconds. */
  #work = 0;
  /** The number of the round. */
  #round = 0;

  /**
   * Does a part of a computation, at once or after a pause.
   *
   * @param estimate how long the part may take, in milliseconds
   * @returns a promise if there is a pause. What the part throws is thrown, or is its rejection.
   */
  part(work: () => void, estimate: number): Promise<void> | undefined {
    const pause = this.pass();
    if (pause === undefined) this.measured(work, estimate);
    return pause?.then(() => this.measured(work, estimate));
  }

  /** Lets other work go on, if requests have computed for long in this round. */
  pass(): Promise<void> | undefined {
    return this.#work < BUDGET_MS ? undefined : this.#pause();
  }

  /** Computes, and notes how long it takes. In Workers the clock stands still during a computation, so the estimate counts. */
  measured<T>(work: () => T, estimate = 1): T {
    const began = performance.now();
    try {
      return work();
    } finally {
      this.#work += performance.now() - began || estimate;
    }
  }

  async #pause(): Promise<void> {
    while (this.#work >= BUDGET_MS) {
      const before = this.#round;
      await nextRound();
      if (before !== this.#round) continue; // another request has begun the round
      this.#round++;
      this.#work = 0;
    }
  }
}

/** Waits until the event loop has gone round. Where there is `setImmediate`, it takes microseconds; a timer takes a millisecond. */
async function nextRound(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (call: () => void) => unknown };
  if (setImmediate === undefined) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    return;
  }
  // In Node a timer that is started in the callback of another one may end without a round between them.
  for (let rounds = 0; rounds < ROUNDS; rounds++) await new Promise<void>((resolve) => void setImmediate(resolve));
}
