// Feeds the core with objects: an iterable or a list page of records, in batches, each record with its path in the input. It is a
// generator that yields after each full batch, so that long inputs can be read with pauses.

import type { Counter, Feed } from "../../wasm/usage_by_agent.js";
import { MAX_DEPTH, TAG } from "../constants.js";
import { UsageError } from "../errors.js";
import { isAsyncIterable, isBlob, isReadableStream, isResponse, isThenable } from "./bodies.js";
import type { Held } from "./held.js";
import { isPartial, type List, RecordWriter, type Use } from "./record-writer.js";
import { requireRoom } from "./stack.js";
import { either, isArray, isIterable, property, typeName } from "./values.js";

/** The accepted forms of several records, for error messages. */
export const RECORDS = "an iterable of records, a list page, a conversation with its messages, or JSON text";

/** What was fed. */
export interface Fed {
  /** The first record of an unknown kind. */
  unknown: object | undefined;
  /** Whether the input was one record. If its kind is unknown, it was not counted. */
  isOne: boolean;
}

/**
 * How often one list may be an item of other lists of an input. Without a limit, a few lists could contain any number of records.
 */
const MAX_OCCURRENCES = 100;

/** A writer that is not in use. The counters share it, so that a counter is small. */
let idle: RecordWriter | undefined;

/**
 * Counts records, and yields after each full batch.
 *
 * @param records an iterable, a list page, a conversation or a record
 * @param use what the counter uses of a record
 * @param feed the state of reading
 * @param counts gives the counter; it is called for each batch, because an iterable may free the counter
 * @throws {UsageError} `invalid_option` if `records` is none of them; the errors of counting
 */
export function* pushObjects(
  records: unknown,
  use: Use,
  feed: Held<Feed>,
  counts: () => Held<Counter>,
): Generator<void, Fed> {
  // An iterable may itself push records. Such a push gets a writer of its own.
  const writer = idle ?? new RecordWriter();
  idle = undefined;
  writer.begin(use);
  const objects = new Objects(writer, feed, counts);
  try {
    // The numbers of another typed array are not records.
    let isOne = false;
    if (isIterable(records) && !ArrayBuffer.isView(records)) yield* objects.items("", records, 0);
    else {
      checkObject(records);
      isOne = !(yield* objects.whole(records));
    }
    return { unknown: writer.unknown, isOne };
  } finally {
    writer.clear();
    idle = writer;
  }
}

/** Objects that are handed over in batches. `prefix` is the path of a batch's list, `first` the index of its first record. */
class Objects {
  #prefix = "";
  #first = 0;
  readonly #writer: RecordWriter;
  readonly #feed: Held<Feed>;
  readonly #counts: () => Held<Counter>;
  readonly #occurrences = new WeakMap<object, number>();

  constructor(writer: RecordWriter, feed: Held<Feed>, counts: () => Held<Counter>) {
    this.#writer = writer;
    this.#feed = feed;
    this.#counts = counts;
  }

  /** Counts the items of a list, and returns their number. */
  *items(prefix: string, items: Iterable<unknown>, depth: number): Generator<void, number> {
    requireRoom(); // each list in a list is deeper
    const { columns } = this.#writer;
    let index = 0;
    this.#begin(prefix, index);
    try {
      for (const item of items) {
        const list = this.#writer.record(item);
        const refusal = list && this.#refusal(list.of, depth);
        if (refusal !== undefined) columns.begin(refusal);
        else if (list !== undefined) {
          this.#flush();
          yield* this.#list(list, `${prefix}/${index}`, depth + 1);
          this.#begin(prefix, index + 1);
        }
        index++;
        if (columns.isFull) {
          this.#flush();
          this.#begin(prefix, index);
          yield;
        }
      }
    } finally {
      this.#flush(); // the records before an iterator's error count
    }
    return index;
  }

  /**
   * Counts a page, a conversation or a record that is the whole input. A record of an unknown kind is not counted.
   *
   * @returns whether it was a list
   */
  *whole(records: object): Generator<void, boolean> {
    const list = this.#writer.record(records);
    if (list !== undefined) yield* this.#list(list, "", 0);
    else if (this.#writer.unknown === undefined) this.#flush();
    return list !== undefined;
  }

  *#list({ of, items, isConversation }: List, path: string, depth: number): Generator<void> {
    if (isConversation) {
      this.#writer.conversation(of, items.length);
      this.#begin(path, 0);
      if (!this.#flush()) return; // it is invalid
      try {
        yield* this.items(`${path}/messages`, items, depth);
      } finally {
        if (!this.#feed.hasEnded) this.#feed.call((feed) => feed.leave()); // else its error would hide the reason
      }
      return;
    }
    const count = yield* this.items(`${path}/data`, items, depth);
    const more = isPartial(of) || either(of, "hasMore", "has_more");
    const total = property(of, "total");
    const [hasMore, all] = [typeof more === "boolean" ? Number(more) : -1, typeof total === "number" ? total : -1];
    this.#counts().call((counts) => counts.endPage(count, hasMore, all));
  }

  /** Why a list can't be read, as a tag. */
  #refusal(list: object, depth: number): number | undefined {
    if (depth >= MAX_DEPTH) return TAG.tooDeep;
    if (depth === 0) return undefined; // an iterable may give one list again and again, with other contents
    const occurrences = (this.#occurrences.get(list) ?? 0) + 1;
    this.#occurrences.set(list, occurrences);
    return occurrences > MAX_OCCURRENCES ? TAG.tooOften : undefined;
  }

  #begin(prefix: string, first: number): void {
    this.#prefix = prefix;
    this.#first = first;
  }

  /** Hands over the batch. Returns whether it was a conversation whose messages are to follow. */
  #flush(): boolean {
    const { columns } = this.#writer;
    if (columns.count === 0) return false;
    const { entries, numbers, lengths, text, terms } = columns.flush();
    const [prefix, first, feed] = [this.#prefix, this.#first, this.#feed];
    return this.#counts().call((counts) =>
      counts.pushColumns(entries, numbers, lengths, text, terms, prefix, first, feed.object),
    );
  }
}

/** Makes sure that the whole input may be a list or a record. A value that only carries records must be read first. */
function checkObject(records: unknown): asserts records is object {
  const stream = isSource(records) ? "; usageByAgentStream takes it" : "";
  const hint = isThenable(records) ? "; await it first" : stream;
  if (isList(records) || (hint === "" && typeName(records) === "an object")) return;
  throw new UsageError("invalid_option", `records is ${typeName(records)}: wanted a record, ${RECORDS}${hint}`, {
    path: "",
  });
}

const isSource = (value: unknown) =>
  isReadableStream(value) || isAsyncIterable(value) || isResponse(value) || isBlob(value);

/** Whether the value is a list page or a conversation, which stand for their items. */
export function isList(value: unknown): value is object {
  return isPage(value) || isConversation(value);
}

/** Whether the value is a list page: an object whose `data` is an array. An object whose `data` throws is not one. */
function isPage(value: unknown): value is { data: unknown[] } {
  if (typeof value !== "object" || value === null || isArray(value)) return false;
  try {
    return isArray((value as { data?: unknown }).data);
  } catch {
    return false;
  }
}

/** Whether the value is an object with an array of messages. The core decides whether it is a conversation. */
function isConversation(value: unknown): value is object {
  return typeof value === "object" && value !== null && isArray(property(value, "messages"));
}
