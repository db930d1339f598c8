import { type Diagnostics, type TrimmedRecord, UsageRollup } from "usage-by-agent";

/** How many deliveries one counter trims. While a counter lives, the module gives no memory back. */
const MOST = 1000;

/** The longest text, in bytes, after which a counter is kept. A longer one may have taken much memory. */
const LONGEST = 1 << 16;

/** Trims one delivery after another. Making a counter takes longer than trimming a delivery, so a counter trims many. */
export class Trimmer {
  #counter: UsageRollup | undefined;
  #left = 0;

  /**
   * Trims the text of a record.
   *
   * @returns the trimmed record; or what became of the record, if it is not a message or a call
   * @throws {UsageError} `out_of_memory`, `terminated`, `not_initialised`
   */
  trim(text: Uint8Array): { record: TrimmedRecord } | { diagnostics: Diagnostics } {
    let isKept = false;
    try {
      const counter = this.#usable();
      const [record] = counter.pushBytes(text).finish().takeTrimmed(); // an envelope stands for one record at most
      if (record === undefined) return { diagnostics: counter.diagnostics() };
      isKept = text.length <= LONGEST;
      return { record };
    } finally {
      if (!isKept) this.#free(); // so that the next diagnostics are about one record, too
    }
  }

  #usable(): UsageRollup {
    if (this.#left === 0 || this.#counter?.isTerminated) this.#free();
    if (this.#counter === undefined) {
      this.#counter = new UsageRollup({ onInvalid: "skip" }, "oneShot");
      this.#counter.beginTrimming();
      this.#left = MOST;
    }
    this.#left--;
    return this.#counter;
  }

  #free(): void {
    this.#counter?.free();
    this.#counter = undefined;
  }
}
