/** Collects an account's records from the server of the page, which passes the vendor's lists on. */
import type { Collected, CollectionAsked, CollectionProgress } from "../usage/messages.js";
import { toFailure } from "./failure.js";

/** How many records are written into one part of the text. */
const AT_ONCE = 2000;

let current = new AbortController();

export function stopCollecting(): void {
  current.abort();
}

/**
 * Collects the records of a window as lines of NDJSON. It never fails: what was collected before a failure comes with it, and can be
 * gone on from.
 */
export async function collected(
  { token, window, baseUrl, before }: CollectionAsked,
  onProgress: (progress: CollectionProgress) => void,
): Promise<Collected> {
  stopCollecting();
  current = new AbortController();
  const { signal } = current;
  const text = new Lines(before?.records);
  try {
    const { collect } = await import("usage-by-agent/collect"); // most visits do not need it
    const resume = before?.state == null ? {} : { resume: before.state };
    const collection = collect({ token, window, baseUrl, signal, onProgress, ...resume });
    let failure: Collected["failure"] = null;
    try {
      for await (const { records } of collection) text.add(records);
    } catch (error) {
      failure = toFailure(error, "server");
    }
    const { complete, shortfalls, moreShortfalls } = collection.completeness();
    return {
      records: text.blob(),
      state: collection.state(),
      agents: Array.from(collection.agents().data),
      numbers: Array.from(collection.numbers().data),
      failure,
      isComplete: failure === null && complete,
      shortfalls: shortfalls.map(({ message }) => message),
      moreShortfalls,
    };
  } catch (error) {
    const nothing = { agents: [], numbers: [], isComplete: false, shortfalls: [], moreShortfalls: 0 };
    return { records: text.blob(), state: before?.state ?? null, failure: toFailure(error, "server"), ...nothing };
  }
}

/** A text of lines that grows. The browser may keep its parts outside of memory. */
class Lines {
  #parts: Blob[];
  #lines: string[] = [];

  constructor(before: Blob | undefined) {
    this.#parts = before === undefined ? [] : [before];
  }

  add(records: readonly object[]): void {
    for (const record of records) this.#lines.push(`${JSON.stringify(record)}\n`);
    if (this.#lines.length >= AT_ONCE) this.#end();
  }

  blob(): Blob {
    this.#end();
    return new Blob(this.#parts);
  }

  #end(): void {
    if (this.#lines.length > 0) this.#parts.push(new Blob(this.#lines));
    this.#lines = [];
  }
}
