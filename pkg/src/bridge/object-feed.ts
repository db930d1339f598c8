// Feeds the core with objects: an iterable or a list page of records, in batches, each record with its path in the input.

import type { Feed } from "../../wasm/usage_by_agent.js";
import { MAX_DEPTH } from "../constants.js";
import { attempt, UsageError } from "../errors.js";
import { isAsyncIterable, isBlob, isReadableStream, isResponse, isThenable } from "./bodies.js";
import { Columns } from "./columns.js";
import { isArray, isIterable, typeName } from "./values.js";

/** The kinds of records that are accepted, in the words of an error message. */
export const RECORDS = "an iterable of records, a list page, or JSON text";

/** The part of the core that counts batches. */
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

/** Feeds objects to the core. It reuses its columns from one push to the next. */
export class ObjectFeed {
  #columns: Columns | undefined;
  readonly #unused: readonly string[];

  /** @param unused the fields that the counter does not use; reading them would cost time */
  constructor(unused: readonly string[] = []) {
    this.#unused = unused;
  }

  /**
   * Counts records.
   *
   * @param records an iterable or a list page
   * @param feed the state of reading
   * @param counts gives the counter; it is called for each batch, because an iterable may free the counter
   * @throws {UsageError} `invalid_option` if `records` is neither; the errors of counting
   */
  push(records: unknown, feed: Feed, counts: () => Counts): void {
    // An iterable may itself push records here. Such a push gets its own columns.
    const columns = this.#columns ?? new Columns(this.#unused);
    this.#columns = undefined;
    columns.clear();
    const batch = new Batch(columns, feed, counts);
    try {
      // The numbers of another typed array are not records.
      if (isIterable(records) && !ArrayBuffer.isView(records)) batch.items("", records, 0);
      else if (isPage(records)) batch.items("/data", records.data, 0);
      else {
        const hint = isThenable(records)
          ? "; await it first"
          : isSource(records)
            ? "; usageByAgentStream takes it"
            : "";
        throw new UsageError("invalid_option", `records is ${typeName(records)}: wanted ${RECORDS}${hint}`, {
          path: "",
        });
      }
    } finally {
      this.#columns = columns;
    }
  }

  /** Frees the columns. */
  close(): void {
    this.#columns = undefined;
  }
}

/** Records of one list that are handed over together. `prefix` is the list's path, `first` the index of the first record. */
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
      this.#flush(); // the records before an iterator's error count
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

const isSource = (value: unknown) =>
  isReadableStream(value) || isAsyncIterable(value) || isResponse(value) || isBlob(value);

/** Whether the value is a list page: an object whose `data` is an array. An object whose `data` throws is not one. */
export function isPage(value: unknown): value is { data: unknown[] } {
  if (typeof value !== "object" || value === null || isArray(value)) return false;
  try {
    return isArray((value as { data?: unknown }).data);
  } catch {
    return false;
  }
}
