import { type Problem, UsageRollup } from "usage-by-agent";

/** What is kept between requests: the counts of the records, and the `ETag` of the object that they were read from. */
interface Kept {
  etag: string;
  rollup: UsageRollup;
}

/**
 * The counts of an object in the bucket. They are kept between the requests of an isolate, and the object is read again only when it
 * has changed. Requests that come while it is read each read it: in Workers one request can't wait for the reading of another one
 * that may be cancelled.
 */
export class KeptRollup {
  readonly #bucket: R2Bucket;
  readonly #key: string;
  #kept: Kept | undefined;
  /** The counts before the last change. A request may still be using them, so they are freed at the next change. */
  #before: UsageRollup | undefined;

  constructor(bucket: R2Bucket, key: string) {
    this.#bucket = bucket;
    this.#key = key;
  }

  /**
   * The counts of the object as it is now.
   *
   * @param signal stops the reading
   * @param onWarning gets the warnings about the records when they are read
   */
  async current(signal: AbortSignal, onWarning: (problem: Problem) => void): Promise<UsageRollup> {
    const kept = this.#usable();
    const object = await this.#bucket.get(this.#key, kept && { onlyIf: { etagDoesNotMatch: kept.etag } });
    if (object === null) {
      // A missing object is an error, not a report without usage. The caller gets a 500; the log has the reason.
      console.error(`The bucket RECORDS has no object named ${this.#key}.`);
      throw new Error("no records");
    }
    if (!("body" in object)) {
      if (kept !== undefined) return kept.rollup;
      throw new Error("the object has no body");
    }
    const rollup = new UsageRollup();
    try {
      await rollup.pushStream(object.body, { signal });
      rollup.checkUnderstood(onWarning);
    } catch (error) {
      rollup.free();
      throw error;
    }
    const other = this.#usable();
    if (other?.etag === object.etag) {
      rollup.free(); // another request was faster
      return other.rollup;
    }
    this.#before?.free();
    this.#before = this.#kept?.rollup;
    this.#kept = { etag: object.etag, rollup };
    return rollup;
  }

  /** What is kept, unless the instance of the module in which the counts lived has ended. */
  #usable(): Kept | undefined {
    try {
      this.#kept?.rollup.diagnostics();
    } catch {
      this.#kept = undefined;
    }
    return this.#kept;
  }
}
