// How requests wait for each other.
//
// In Workers a promise of one request must not be settled by another request, and a request can end without running any more of its
// code, not even `finally`. So requests share plain values only. A request that waits looks at them again and again, with timers of its
// own. A request that holds something gives signs of life, with a timer of its own too. Without them it is taken for dead.

import type { Deadline } from "../deadline.js";

/** The time between two signs of life, in milliseconds. */
const BEAT_MS = 200;

/** The time without a sign of life after which a request is in doubt, in milliseconds. */
const LEASE_MS = 1500;

/**
 * The time from the doubt until a request is taken for dead, in milliseconds. A long computation keeps all requests from giving signs.
 * After it the living ones do so in this time.
 */
const DOUBT_MS = 500;

/** The longest time between two looks, in milliseconds. */
const LONGEST_LOOK_MS = 25;

/** What a request holds as long as it gives signs of life. */
export class Lease {
  #seen = Date.now();
  /** When a request that looked began to doubt. */
  #doubted: number | undefined;

  /** Gives a sign of life. */
  renew(): void {
    this.#seen = Date.now();
    this.#doubted = undefined;
  }

  /** Gives signs of life until the returned function is called. */
  keep(): () => void {
    const timer = setInterval(() => this.renew(), BEAT_MS);
    return () => clearInterval(timer);
  }

  /** Whether the request that held this is dead. It is known after two looks at the earliest. */
  isOver(): boolean {
    const now = Date.now();
    if (now - this.#seen < LEASE_MS) return false;
    this.#doubted ??= now;
    return now - this.#doubted >= DOUBT_MS;
  }
}

/**
 * Waits until it is time to look again.
 *
 * @param patience how long something is likely to take that this request waits for: the looks so far, or the place in a queue
 */
export function untilNextLook(patience: number, deadline: Deadline): Promise<void> {
  return deadline.sleep(Math.min(1 + Math.floor(patience / 8), LONGEST_LOOK_MS));
}
