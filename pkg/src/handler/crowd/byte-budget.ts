import type { Deadline } from "../deadline.js";
import { Lease, untilNextLook } from "./lease.js";

/** The bytes that one request holds. */
export class HeldBytes {
  readonly lease = new Lease();
  readonly #budget: ByteBudget;
  readonly #stop = this.lease.keep();
  bytes = 0;
  /** Whether it waits until it may hold more. */
  isWaiting = false;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /**
   * Adds bytes that the request holds from now on, and waits until it may hold more.
   *
   * @throws at the deadline
   */
  async add(bytes: number, deadline: Deadline): Promise<void> {
    this.bytes += bytes;
    for (let looks = 0; !this.#budget.hasRoomFor(this); looks++) {
      this.isWaiting = true; // and still is, if the next line rejects
      await untilNextLook(looks, deadline);
    }
    this.isWaiting = false;
  }

  /** Gives all bytes back. */
  end(): void {
    this.#stop();
    this.#budget.forget(this);
  }
}

/**
 * The bytes that all requests together may hold. Where they hold more, only the oldest of them goes on. So they hold no more than the
 * budget, one more body, and the chunks that are read at the same time.
 */
export class ByteBudget {
  readonly #max: number;
  /** In the order in which they began. */
  readonly #held = new Set<HeldBytes>();

  constructor(max: number) {
    this.#max = max;
  }

  begin(): HeldBytes {
    const held = new HeldBytes(this);
    this.#held.add(held);
    return held;
  }

  /** Whether a request may hold more bytes. */
  hasRoomFor(asking: HeldBytes): boolean {
    let bytes = 0;
    let oldest: HeldBytes | undefined;
    for (const held of this.#held) {
      if (held.bytes === 0) continue;
      if (held !== asking && held.lease.isOver()) this.#held.delete(held);
      else {
        oldest ??= held;
        bytes += held.bytes;
      }
    }
    return bytes <= this.#max || oldest === asking;
  }

  forget(held: HeldBytes): void {
    this.#held.delete(held);
  }
}
