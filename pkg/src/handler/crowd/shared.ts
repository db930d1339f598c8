import type { Deadline } from "../deadline.js";
import { Lease, untilNextLook } from "./lease.js";

/** Work that is being done. */
interface Running<T> {
  lease: Lease;
  /** The result, once there is one. It must be a plain value, which another request can use. */
  result?: T;
  /** Whether the request that does the work has ended without a result. */
  hasLeft: boolean;
}

/** Work by the key of its question: equal questions that come at the same time get one result. */
export class Shared<T> {
  readonly #running = new Map<string, Running<T>>();

  /**
   * Does the work, or waits for equal work that is being done. If the request that does it ends, another one does it. What the work
   * throws is for the request that did it alone.
   *
   * @param key what makes questions equal; `null` for a question that is not shared
   */
  async do(key: string | null, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    if (key === null) return work();
    for (;;) {
      const running = this.#running.get(key);
      if (running === undefined || running.lease.isOver()) return this.#start(key, work);
      for (let looks = 0; running.result === undefined && !running.hasLeft && !running.lease.isOver(); looks++) {
        await untilNextLook(looks, deadline);
      }
      if (running.result !== undefined) return running.result;
    }
  }

  async #start(key: string, work: () => Promise<T>): Promise<T> {
    const running: Running<T> = { lease: new Lease(), hasLeft: false };
    const stop = running.lease.keep();
    this.#running.set(key, running);
    try {
      running.result = await work();
      return running.result;
    } finally {
      stop();
      running.hasLeft = running.result === undefined;
      if (this.#running.get(key) === running) this.#running.delete(key);
    }
  }
}
