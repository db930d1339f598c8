import { type RollupOptions, UsageError, UsageRollup } from "usage-by-agent";
import { Lease, untilNextLook } from "../crowd/lease.js";
import type { Deadline } from "../deadline.js";

/** The most records whose counts are kept. Each id takes up to 24 bytes, so these take 48 MB. */
export const MAX_KEPT_RECORDS = 2_000_000;

/** The error of a rollup that is too large to be kept. */
export class TooMany extends Error {}

/** The errors after which the counts of all time are not tried again: the records decide each question by themselves. */
const CODES = new Set(["invalid_record", "invalid_json", "unknown_records", "overflow", "out_of_memory", "terminated"]);

/** The counts of one version of the records, which are kept between requests. */
export class KeptCounts {
  /** `rollup` is missing if the records of this version can't be counted for all time. */
  #kept: { key: string; rollup: UsageRollup | undefined } | undefined;
  /** The counts that a request is making. */
  #made: { rollup: UsageRollup; lease: Lease } | undefined;

  /**
   * Makes the counts, unless they are there. One request makes them, and the others wait for it. If it ends, another one goes on.
   *
   * @param key the version of the records, and how they are read
   * @param reading how the records are read
   * @param count counts the records. What it throws comes through, except for errors in the records.
   */
  async prepare(
    key: string,
    reading: RollupOptions,
    deadline: Deadline,
    count: (rollup: UsageRollup) => Promise<void>,
  ): Promise<void> {
    for (let looks = 0; !this.#has(key); looks++) {
      if (this.#made === undefined || this.#made.lease.isOver()) return this.#make(key, reading, count);
      await untilNextLook(looks, deadline);
    }
  }

  /** The counts of a key, if they are kept. They may be freed when another request goes on. */
  of(key: string): UsageRollup | undefined {
    return this.#kept?.key === key ? this.#kept.rollup : undefined;
  }

  async #make(key: string, reading: RollupOptions, count: (rollup: UsageRollup) => Promise<void>): Promise<void> {
    this.#made?.rollup.free(); // of a request that is dead
    this.#kept?.rollup?.free(); // before the next counts are made, so that both are not in memory
    this.#kept = undefined;
    const made = { rollup: new UsageRollup(reading), lease: new Lease() };
    const stop = made.lease.keep();
    this.#made = made;
    try {
      await count(made.rollup);
      if (this.#made === made) this.#kept = { key, rollup: made.rollup };
    } catch (error) {
      if (this.#made !== made) return; // it was taken for dead, and another request goes on
      made.rollup.free();
      if (!(error instanceof TooMany || (error instanceof UsageError && CODES.has(error.code)))) throw error;
      this.#kept = { key, rollup: undefined };
    } finally {
      stop();
      if (this.#made === made) this.#made = undefined;
    }
  }

  /** Whether the counts of a key are there. Those that were lost with their instance of the module are not. */
  #has(key: string): boolean {
    if (this.#kept?.rollup?.isTerminated) this.#kept = undefined;
    return this.#kept?.key === key;
  }
}
