import type { Deadline } from "../deadline.js";
import { Lease, untilNextLook } from "./lease.js";

/** How many questions are computed at once, and how many may wait. */
export interface TurnLimits {
  /** The most questions that are computed at once. */
  computing: number;
  /** The most questions that wait. */
  waiting: number;
  /** The longest time that a question waits, in milliseconds. */
  waitMs: number;
}

/** The error of a question that gets no turn, because too many others wait or because it has waited too long. */
export class Busy extends Error {}

/** Ends a turn. */
export type EndTurn = () => void;

interface Waiter {
  arrival: number;
  lease: Lease;
}

/** A queue: questions are computed in the order in which they arrived, a few at once. Those that wait look whether it is their turn. */
export class Turns {
  readonly #limits: TurnLimits;
  /** In order of arrival. */
  readonly #waiting: Waiter[] = [];
  readonly #held = new Set<Lease>();
  #arrivals = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** The number of a question that arrives. It decides the order. */
  arrive(): number {
    return ++this.#arrivals;
  }

  /**
   * Waits for a turn. Leaves the queue at the deadline.
   *
   * @param arrival the number that {@link arrive} gave
   * @throws {Busy} if the queue is full, or the wait is too long
   */
  async take(arrival: number, deadline: Deadline): Promise<EndTurn> {
    const { waiting, waitMs } = this.#limits;
    if (this.#waiting.length === 0 && this.#room() > 0) return this.#begin();
    if (this.#waiting.length >= waiting) this.#forgetDead();
    if (this.#waiting.length >= waiting) throw new Busy("too many requests wait");
    const waiter: Waiter = { arrival, lease: new Lease() };
    const end = Date.now() + waitMs;
    try {
      for (;;) {
        await untilNextLook(this.#place(waiter), deadline);
        waiter.lease.renew();
        if (this.#place(waiter) < this.#room()) return this.#begin();
        if (Date.now() >= end) throw new Busy("the request has waited too long");
      }
    } finally {
      const at = this.#waiting.indexOf(waiter);
      if (at >= 0) this.#waiting.splice(at, 1);
    }
  }

  #begin(): EndTurn {
    const lease = new Lease();
    const stop = lease.keep();
    this.#held.add(lease);
    return () => {
      stop();
      this.#held.delete(lease);
    };
  }

  /** How many more questions may be computed now. */
  #room(): number {
    for (const lease of this.#held) if (lease.isOver()) this.#held.delete(lease);
    return this.#limits.computing - this.#held.size;
  }

  /** How many wait before this one. It enters the queue if it is not in it, also if it was taken for dead. */
  #place(waiter: Waiter): number {
    while (this.#waiting[0]?.lease.isOver()) this.#waiting.shift();
    const at = this.#waiting.indexOf(waiter);
    if (at >= 0) return at;
    const later = this.#waiting.findIndex(({ arrival }) => arrival > waiter.arrival);
    const place = later < 0 ? this.#waiting.length : later;
    this.#waiting.splice(place, 0, waiter);
    return place;
  }

  #forgetDead(): void {
    const living = this.#waiting.filter(({ lease }) => !lease.isOver());
    this.#waiting.splice(0, this.#waiting.length, ...living);
  }
}
