import type { Aggregator, Feed, Rollup } from "../../wasm/usage_by_agent.js";
import { checkKeys, DEFAULTS, QUERY } from "../bridge/known-keys.js";
import { core } from "../bridge/module.js";
import { ObjectFeed } from "../bridge/object-feed.js";
import { checked } from "../bridge/options.js";
import { chunksOf } from "../bridge/text-chunks.js";
import { bytesOf, isObject, isWellFormed, property, typeName, uint8ArrayOf } from "../bridge/values.js";
import { attempt, UsageError } from "../errors.js";
import type { Diagnostics, RecordDefaults, Records } from "../types.js";
import { type ByteSource, opened } from "./byte-source.js";

/** How {@link Counter.pushStream} reads a source. */
export interface StreamOptions {
  /** Stops the reading, with a `UsageError` of code `aborted` whose `cause` is the signal's reason. */
  signal?: AbortSignal;
  /** Called after each chunk with the number of bytes read from the source so far. Of gzip data these are compressed bytes. */
  onProgress?(bytes: number): void;
  /** The agent of records that name none. */
  defaults?: RecordDefaults;
}

/** What {@link UsageAggregator} and {@link UsageRollup} share: records and snapshots go in, diagnostics and snapshots come out. */
export abstract class Counter<Core extends Aggregator | Rollup = Aggregator | Rollup> implements Disposable {
  #core: Core | undefined;
  #text: Feed | undefined;
  readonly #objects: ObjectFeed;
  readonly #name: string;

  /** `name` is the name of the class, which a minifier would change. The counter does not use the fields in `unused`. */
  protected constructor(name: string, counts: Core, unused: readonly string[] = []) {
    this.#name = name;
    this.#core = counts;
    this.#objects = new ObjectFeed(unused);
  }

  /**
   * Counts records.
   *
   * @param records objects, a list page, or one whole JSON text. Parts of a text go to {@link pushBytes}.
   * @param defaults the agent of records that name none
   * @returns this counter
   * @throws {UsageError} `invalid_json`, `invalid_record` (unless `onInvalid` is `"skip"`), `overflow`. The records before the
   *   error stay counted. The record itself and the records after it are not counted.
   *
   * @example
   * ```ts
   * const usage = new UsageAggregator({ period: "month" });
   * usage.push([{ id: "m1", receivedAt: new Date(), agentId: "a1" }]);
   * usage.push('{"id":"m2","receivedAt":"2024-06-02T09:00:00Z"}', { agentId: "a1", agentName: "Support" });
   * console.log(usage.diagnostics().records); // 2
   * usage.free();
   * ```
   */
  push(records: Records, defaults: RecordDefaults = {}): this {
    const counts = this.#live();
    const text = typeof records === "string" ? records : bytesOf(records);
    const feed = feedOf(defaults);
    try {
      if (text !== undefined) pushText(counts, feed, text);
      else this.#objects.push(records, feed, () => this.#live());
    } finally {
      feed.free();
    }
    return this;
  }

  /**
   * Counts the records that end in the next bytes of one JSON text (UTF-8). A chunk may end anywhere, also inside a string or
   * a character. {@link finish} ends the text.
   *
   * @param chunk the next bytes
   * @returns this counter
   * @throws {UsageError} the errors of {@link push}. After an error each further call throws the same error, because the bytes
   *   after the fault are lost. The records before it stay counted.
   */
  pushBytes(chunk: Uint8Array): this {
    const counts = this.#live();
    const bytes = uint8ArrayOf(chunk);
    if (bytes === undefined) {
      throw new UsageError("invalid_option", `the chunk is ${typeName(chunk)}: wanted a Uint8Array`, { path: "" });
    }
    this.#text ??= feedOf({});
    pushChunk(counts, this.#text, bytes);
    return this;
  }

  /**
   * Ends the text of {@link pushBytes}. Another text may follow.
   *
   * @returns this counter
   * @throws {UsageError} `invalid_json` where a value is left open
   */
  finish(): this {
    const counts = this.#live();
    const text = this.#text;
    if (text !== undefined) finishText(counts, text);
    return this;
  }

  /**
   * Counts the records of one JSON text that arrives in its own time: newline-delimited or concatenated JSON, an array, or a list
   * page. Memory does not grow with the stream, except for ids (with `dedupe`) and agents. The next chunk is read after the one
   * before it has been counted.
   *
   * Gzip data is decompressed, whatever its name or type is: its first two bytes tell it from JSON. It may have several members,
   * as `cat a.gz b.gz` makes them, and zero bytes after the last one.
   *
   * @param source a `ReadableStream` or `AsyncIterable` of bytes, a `Response`, or a `Blob`
   * @returns this counter, once the stream has ended
   * @throws {UsageError} the errors of {@link push}; `aborted`; `invalid_option` for a `Response` that is not a success;
   *   `invalid_json` for damaged gzip data. An error of the source is thrown as it is. The records before the error stay counted,
   *   the source is cancelled, and the counter can take another text.
   *
   * @example
   * ```ts
   * const rollup = new UsageRollup();
   * await rollup.pushStream(await fetch("https://files.example/2024.ndjson"));
   * await rollup.pushStream(new Blob(['{"receivedAt":"2024-06-02T09:00:00Z"}']), { defaults: { agentId: "a1" } });
   * console.log(rollup.diagnostics().counted);
   * rollup.free();
   * ```
   */
  async pushStream(source: ByteSource, options: StreamOptions = {}): Promise<this> {
    this.#live();
    checkStreamOptions(options);
    const { signal, onProgress, defaults = {} } = options;
    const text = feedOf(defaults, "/defaults");
    try {
      const chunks = opened(source);
      let hasEnded = false;
      try {
        for (;;) {
          const chunk = await unlessAborted(() => chunks.next(), signal);
          if (chunk === undefined) break;
          pushChunk(this.#live(), text, chunk);
          onProgress?.(chunks.bytes);
        }
        hasEnded = true;
      } finally {
        if (!hasEnded) chunks.stop(signal?.reason); // nobody reads the rest
      }
      finishText(this.#live(), text);
    } finally {
      text.free();
    }
    return this;
  }

  /**
   * Where every record went so far.
   *
   * @returns `records = counted + outsidePeriod + duplicates + (all of ignored) + invalid`
   */
  diagnostics(): Diagnostics {
    const counts = this.#live();
    const found = attempt(() => counts.diagnostics());
    // The core gives a Map, because a status may be any text. fromEntries makes own properties of all keys, `__proto__` too.
    return { ...found, ignored: { ...found.ignored, notCompleted: Object.fromEntries(found.ignored.notCompleted) } };
  }

  /**
   * Everything that has been counted, as bytes that can be kept, sent, and given to {@link merge}. Equal counts give equal bytes,
   * whatever the order and parts of the records, and on every machine. With `dedupe` the snapshot contains the ids as hashes,
   * about 16 bytes each. It does not contain a text that {@link pushBytes} has begun, only its records that have ended.
   *
   * @returns the bytes; the format is described in `docs/snapshot-format.md` of the repository
   */
  snapshot(): Uint8Array {
    const counts = this.#live();
    return attempt(() => counts.snapshot());
  }

  /**
   * Adds the counts of another counter. Where all records have ids and both counters use `dedupe`, the result equals one pass over
   * all records, in whatever order the parts are merged. Only the list of problems depends on the order: it has the first 100.
   *
   * @param other another counter of this kind, or its {@link snapshot}. It does not change.
   * @returns this counter
   * @throws {UsageError} `invalid_snapshot` where the bytes are not a snapshot, are damaged, or are of the other kind, of another
   *   period or of another `dedupe`; `overflow`. Nothing has changed then.
   */
  merge(other: this | Uint8Array): this {
    const counts = this.#live();
    const snapshot = isObject(other) && #core in other ? other.snapshot() : uint8ArrayOf(other);
    if (snapshot === undefined) {
      const wanted = `a ${this.#name}, or a Uint8Array that its snapshot() gave`;
      throw new UsageError("invalid_option", `the other is ${typeName(other)}: wanted ${wanted}`, { path: "" });
    }
    attempt(() => counts.merge(snapshot));
    return this;
  }

  /** Returns the memory to the module. After that only `free` may be called. */
  free(): void {
    this.#text?.free();
    this.#core?.free();
    this.#text = this.#core = undefined;
    this.#objects.close();
  }

  [Symbol.dispose](): void {
    this.free();
  }

  /** Calls the core. */
  protected ask<T>(question: (counts: Core) => unknown): T {
    const counts = this.#live();
    return attempt(() => question(counts)) as T;
  }

  #live(): Core {
    if (this.#core === undefined) {
      throw new UsageError("invalid_option", `this ${this.#name} has been freed`);
    }
    return this.#core;
  }
}

function pushText(counts: Aggregator | Rollup, feed: Feed, text: Uint8Array | string): void {
  for (const chunk of chunksOf(text)) attempt(() => counts.pushText(feed, chunk, false));
  finishText(counts, feed);
}

function pushChunk(counts: Aggregator | Rollup, feed: Feed, bytes: Uint8Array): void {
  for (const part of chunksOf(bytes)) attempt(() => counts.pushText(feed, part, false));
  if (bytes.length === 0) attempt(() => counts.pushText(feed, bytes, false)); // a text that has failed throws its error again
}

function finishText(counts: Aggregator | Rollup, feed: Feed): void {
  attempt(() => counts.pushText(feed, new Uint8Array(0), true));
}

/** A feed whose records belong to this agent where they name none. `path` is the place of the defaults. */
function feedOf(defaults: RecordDefaults, path = ""): Feed {
  checkKeys(checked(defaults, "the defaults", "{agentId, agentName}", path), DEFAULTS, path);
  const { agentId, agentName } = defaults;
  for (const [key, value] of Object.entries({ agentId, agentName })) {
    const missing = value === undefined || value === null;
    if (!missing && (typeof value !== "string" || !isWellFormed(value))) {
      const got = typeof value === "string" ? "text with a lone surrogate" : typeName(value);
      throw new UsageError("invalid_option", `the default ${key} is ${got}: wanted a string`, {
        path: `${path}/${key}`,
      });
    }
  }
  return new (core().Feed)(agentId, agentName);
}

function checkStreamOptions(options: StreamOptions): void {
  checkKeys(checked(options, "the options", "{signal, onProgress, defaults}"), QUERY);
  const { signal, onProgress } = options;
  if (signal !== undefined && typeof property(signal, "addEventListener") !== "function") {
    throw new UsageError("invalid_option", `signal is ${typeName(signal)}: wanted an AbortSignal`, { path: "/signal" });
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    const got = `onProgress is ${typeName(onProgress)}`;
    throw new UsageError("invalid_option", `${got}: wanted a function`, { path: "/onProgress" });
  }
}

/** The next chunk, or the error as soon as the signal is aborted, however long the source takes. */
function unlessAborted<T>(next: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return next();
  return new Promise((resolve, reject) => {
    const stop = () => reject(new UsageError("aborted", "the reading was aborted", { cause: signal.reason }));
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener("abort", stop, { once: true });
    next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}
