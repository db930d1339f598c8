// Objects into the core: an iterable or a list page of records, in batches, each record with its place in what was given.

import type { Feed } from "../../wasm/usage_by_agent.js";
import { MAX_DEPTH } from "../constants.js";
import { attempt, UsageError } from "../errors.js";
import { Columns } from "./columns.js";
import { isArray, typeName } from "./values.js";

/** What records may be. */
export const RECORDS = "an iterable of records, a list page, or JSON text";

/** What of the core counts batches. */
export interface Counts {
  pushColumns(
    entries: Uint16Array,
    numbers: Float64Array,
    lengths: Uint32Array,
    text: Uint8Array,
    prefix: string,
    first: number,
    feed: Feed,
  ): void;
}

/** Where objects go in. It keeps its columns from one push to the next. */
export class ObjectFeed {
  #columns: Columns | undefined;
  readonly #unused: readonly string[];

  /** `unused`: fields that what counts here has no use for; each look-up in vain costs time. */
  constructor(unused: readonly string[] = []) {
    this.#unused = unused;
  }

  /** `counts`: asked for each time, because an iterable may free them. */
  push(records: unknown, feed: Feed, counts: () => Counts): void {
    // An iterable may push records of its own through this door: those get columns of their own.
    const columns = this.#columns ?? new Columns(this.#unused);
    this.#columns = undefined;
    columns.clear();
    const batch = new Batch(columns, feed, counts);
    try {
      if (isIterable(records)) batch.items("", records, 0);
      else if (isPage(records)) batch.items("/data", records.data, 0);
      else {
        const hint = isAsyncIterable(records) ? "; usageByAgentStream takes streams of bytes" : "";
        throw new UsageError("invalid_option", `records is ${typeName(records)}: wanted ${RECORDS}${hint}`, {
          path: "",
        });
      }
    } finally {
      this.#columns = columns;
    }
  }

  /** Gives the columns back. */
  close(): void {
    this.#columns = undefined;
  }
}

/** Records that wait to be handed over together. All are items of one list: `prefix` points to it, `first` is one's index. */
class Batch {
  #prefix = "";
  #first = 0;
  readonly #columns: Columns;
  readonly #feed: Feed;
  readonly #counts: () => Counts;

  constructor(columns: Columns, feed: Feed, counts: () => Counts) {
    this.#columns = columns;
    this.#feed = feed;
    this.#counts = counts;
  }

  items(prefix: string, items: Iterable<unknown>, depth: number): void {
    let index = 0;
    this.#begin(prefix, index);
    try {
      for (const item of items) {
        const page = this.#columns.record(item);
        if (page !== undefined && depth < MAX_DEPTH) {
          this.#flush();
          this.items(`${prefix}/${index}/data`, page, depth + 1);
          this.#begin(prefix, index + 1);
        } else if (page !== undefined) this.#columns.tooDeep();
        index++;
        if (this.#columns.isFull) {
          this.#flush();
          this.#begin(prefix, index);
        }
      }
    } finally {
      this.#flush(); // what an iterator gave before it threw counts
    }
  }

  #begin(prefix: string, first: number): void {
    this.#prefix = prefix;
    this.#first = first;
  }

  #flush(): void {
    if (this.#columns.count === 0) return;
    const { entries, numbers, lengths, text } = this.#columns.flush();
    const counts = this.#counts();
    attempt(() => counts.pushColumns(entries, numbers, lengths, text, this.#prefix, this.#first, this.#feed));
  }
}

/** Can it be iterated? */
export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** A list page: an object whose `data` is an array, whatever else it has. One that can't be asked is none. */
export function isPage(value: unknown): value is { data: unknown[] } {
  if (typeof value !== "object" || value === null || isArray(value)) return false;
  try {
    return isArray((value as { data?: unknown }).data);
  } catch {
    return false;
  }
}
