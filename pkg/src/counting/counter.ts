/// <reference lib="esnext.disposable" preserve="true" />
import type { Counter as Core, Feed } from "../../wasm/usage_by_agent.js";
import { isBlob } from "../bridge/bodies.js";
import { Held } from "../bridge/held.js";
import { checkKeys, DEFAULTS, QUERY } from "../bridge/known-keys.js";
import { instanceFor, loadedModule, type Purpose, requireModule } from "../bridge/module.js";
import { pushObjects } from "../bridge/object-feed.js";
import { checked } from "../bridge/options.js";
import type { Use } from "../bridge/record-writer.js";
import { CHUNK, chunksOf } from "../bridge/text-chunks.js";
import { bytesOf, isArray, isIterable, isWellFormed, property, typeName, uint8ArrayOf } from "../bridge/values.js";
import { UsageError } from "../errors.js";
import { lookOfValue } from "../looks/value.js";
import type { Diagnostics, Problem, RecordDefaults, Records } from "../types.js";
import { type ByteSource, opened } from "./byte-source.js";
import { notUnderstood } from "./not-understood.js";
import type { CountedPart } from "./part.js";
import { secondMark, TextHead } from "./text-head.js";
import type { BlobReading, CountingThreads, Recipe } from "./threads.js";
import { warningsOf } from "./warnings.js";

/**
 * Does a part of long work, at once or after a pause in which other work of the program goes on. It gives a promise if there is a
 * pause. `estimate` is how long the part may take, in milliseconds.
 */
export type Pace = (part: () => void, estimate: number) => Promise<void> | undefined;

/** How many bytes of text are counted in a millisecond, about. */
const BYTES_A_MS = 100_000;

/** How long a batch of objects takes, in milliseconds, about. */
const BATCH_MS = 0.5;

/** How `pushStream` reads a source. */
export interface StreamOptions {
  /** Stops the reading, with a `UsageError` of code `aborted` whose `cause` is the signal's reason. */
  signal?: AbortSignal;
  /**
   * Called after each chunk with the number of bytes read from the source so far. For gzip data, the number of compressed bytes.
   */
  onProgress?(bytes: number): void;
  /** The agent, the phone number and the channel of records that name none. A conversation's own come before them. */
  defaults?: RecordDefaults;
  /**
   * Several threads for a large `Blob`: what `threads` of `usage-by-agent/threads` gives. They change the time, and nothing else. A
   * source of another kind, a short one and gzip data are read by one thread, and so is everything where there is `maxMemoryBytes`.
   */
  threads?: CountingThreads | undefined;
}

/** What {@link UsageAggregator} and {@link UsageRollup} share: records and snapshots go in, diagnostics and snapshots come out. */
export abstract class Counter implements Disposable {
  #core: Held<Core> | undefined;
  #text: Text | undefined;
  /** What the first record of an unknown kind looks like, if it came as an object. */
  #unknown: string | undefined;
  /** What the first text that was not JSON looked like. */
  #look: string | undefined;
  readonly #name: string;
  readonly #use: Use;
  readonly #recipe: Recipe;

  /**
   * `name` is the name of the class, which a minifier would change. `use` is what the counter uses of a record.
   *
   * @internal
   */
  protected constructor(name: string, options: object, use: Use, purpose: Purpose = "kept") {
    const isOfPeriod = use.fields !== "routes";
    const json = JSON.stringify(options);
    this.#name = name;
    this.#core = new Held(instanceFor(purpose), name, (glue) => new glue.Counter(json, isOfPeriod));
    this.#use = use;
    const { agents: _, ...others } = options as { agents?: unknown };
    this.#recipe = { options: others, isOfPeriod };
  }

  /**
   * Counts records.
   *
   * @param records objects, a list page, a conversation with its messages, one record, or one whole JSON text. Parts of a text go to
   *   {@link pushBytes}.
   * @param defaults the agent, the phone number and the channel of records that name none. A conversation's own come before them.
   * @returns this counter
   * @throws {UsageError} `invalid_option` where `records` is none of these, or `defaults` is wrong; `unknown_records` where
   *   `records` is one object of an unknown kind; `invalid_json`, `invalid_record` (unless `onInvalid` is `"skip"`), `overflow`.
   *   The records before the error stay counted. The record itself and the records after it are not counted. Records of an
   *   unknown kind in a list or in a text are not an error here: see {@link checkUnderstood}.
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
    const parts = this.#parts(records, defaults);
    while (parts.next().done !== true);
    return this;
  }

  /**
   * Counts records as {@link push} does, in parts, so that other work of the program can go on in between. An iterable that is not an
   * array is one part, because its iterator may hold something that other work needs, such as a connection.
   *
   * @internal
   */
  async pushPaced(records: Records, pace: Pace): Promise<this> {
    const isList = isArray(records);
    if (!isList && isIterable(records) && bytesOf(records) === undefined) {
      await pace(() => this.push(records), BATCH_MS);
      return this;
    }
    const estimate = isList ? BATCH_MS : CHUNK / BYTES_A_MS;
    // A copy, because the array may change between two parts.
    const parts = this.#parts(isList ? [...records] : records, {});
    try {
      for (let isOver = false; !isOver; ) {
        const pause = pace(() => {
          isOver = parts.next().done === true;
        }, estimate);
        if (pause !== undefined) await pause;
      }
    } finally {
      parts.return(undefined);
    }
    return this;
  }

  /** Counts records, and yields after each part of a long input. */
  *#parts(records: Records, defaults: RecordDefaults): Generator<void> {
    const counts = this.#live();
    const given = typeof records === "string" ? records : bytesOf(records);
    const text = new Text(feedOf(counts, defaults));
    try {
      if (given !== undefined) {
        for (const chunk of chunksOf(given)) {
          text.push(this.#live(), chunk);
          yield;
        }
        this.#ended(text.finish(this.#live()));
      } else {
        const { unknown, isOne } = yield* pushObjects(records, this.#use, text.feed, () => this.#live());
        const look = unknown && lookOfValue(unknown);
        if (look !== undefined && isOne) throw notUnderstood(look);
        this.#unknown ??= look;
      }
    } finally {
      text.free();
    }
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
    this.#text ??= new Text(feedOf(counts, {}));
    this.#text.push(counts, bytes);
    return this;
  }

  /**
   * Begins a text of {@link pushBytes}, whose records have these defaults.
   *
   * @internal
   */
  beginText(defaults: RecordDefaults): void {
    this.#text = new Text(feedOf(this.#live(), defaults, "/defaults"));
  }

  /**
   * Ends the text of {@link pushBytes}. Another text may follow.
   *
   * @returns this counter
   * @throws {UsageError} `invalid_json` where a value is left open
   */
  finish(): this {
    const counts = this.#live();
    if (this.#text !== undefined) this.#ended(this.#text.finish(counts));
    return this;
  }

  /**
   * Counts the records of one JSON text that arrives in parts: an array, or newline-delimited or concatenated JSON. List pages
   * and conversations may stand in the place of records. Memory does not grow with the stream, except for ids (with `dedupe`) and
   * agents. The next chunk is read after the one before it has been counted.
   *
   * Gzip data is decompressed. It is recognised by its first two bytes, and not by a name or a type. It may have several members,
   * as in the output of `cat a.gz b.gz`, and zero bytes after the last member.
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
  async pushStream(source: ByteSource, options?: StreamOptions): Promise<this>;
  /** @internal */
  async pushStream(source: ByteSource, options: StreamOptions, pace: Pace): Promise<this>;
  async pushStream(source: ByteSource, options: StreamOptions = {}, pace?: Pace): Promise<this> {
    const counts = this.#live();
    checkStreamOptions(options);
    const { signal, onProgress, defaults = {}, threads } = options;
    const text = new Text(feedOf(counts, defaults, "/defaults"));
    try {
      const isForThreads = threads && isBlob(source) && !this.#hasMemoryLimit;
      if (isForThreads && (await threads.read(this.#byParts(source, text, options)))) {
        this.#ended(text.finish(this.#live()));
        return this;
      }
      const chunks = opened(source);
      let hasEnded = false;
      try {
        for (;;) {
          const chunk = await unlessAborted(() => chunks.next(), signal);
          if (chunk === undefined) break;
          if (pace === undefined) text.push(this.#live(), chunk);
          else await inParts(chunk, pace, (part) => text.push(this.#live(), part));
          onProgress?.(chunks.bytes);
        }
        hasEnded = true;
      } finally {
        if (!hasEnded) chunks.stop(signal?.reason); // nobody reads the rest
      }
      this.#ended(text.finish(this.#live()));
    } finally {
      text.free();
    }
    return this;
  }

  /** Whether these counts may take only so much memory. Counts of parts take more, and tables that are merged grow otherwise. */
  get #hasMemoryLimit(): boolean {
    const { limits } = this.#recipe.options as { limits?: { maxMemoryBytes?: unknown } };
    return limits?.maxMemoryBytes !== undefined && limits.maxMemoryBytes !== null;
  }

  /** What threads need to read a Blob into a text. */
  #byParts(blob: Blob, text: Text, { signal, onProgress, defaults = {} }: StreamOptions): BlobReading {
    const recipe = this.#recipe;
    return {
      blob,
      usage: {
        pushBytes: (chunk) => text.push(this.#live(), chunk),
        mergePart: (part) => this.#merged(text, part),
      },
      work: { module: loadedModule(), recipe, defaults: { ...defaults } },
      nothing: () => new PartCounter(recipe),
      wait: (work) => unlessAborted(work, signal),
      signal,
      onProgress: (bytes) => onProgress?.(bytes),
    };
  }

  /**
   * Reports where every record went so far. `problems` begins with the warnings about the whole input up to this call:
   * `unknown_records`, `incomplete_page`, `mixed_sources`, and `invalid_json` for a text that was not JSON.
   *
   * @returns `records = counted + outsidePeriod + duplicates + (all of ignored) + invalid`
   *
   * @example
   * ```ts
   * const usage = new UsageAggregator({ period: "month", now: "2024-06-15T12:00:00Z" });
   * usage.push({ data: [{ id: "m1", receivedAt: "2024-06-02T09:00:00Z" }], hasMore: true, total: 512 });
   * console.log(usage.diagnostics().problems[0]?.code); // "incomplete_page"
   * usage.free();
   * ```
   */
  diagnostics(): Diagnostics {
    const counts = this.#live();
    const found = counts.call((core) => core.diagnostics());
    return {
      ...found,
      // The core gives a Map, because a status may be any text. fromEntries makes own properties of all keys, `__proto__` too.
      ignored: { ...found.ignored, notCompleted: Object.fromEntries(found.ignored.notCompleted) },
      problems: [
        ...this.#warnings(found),
        ...found.problems.map((problem: Problem) => ({ ...problem, message: problem.message + secondMark(problem) })),
      ],
    };
  }

  /**
   * Throws if nothing of the input is understood, and reports the warnings otherwise. The one-shot functions {@link usageByAgent}
   * and {@link usageByAgentStream} do this at the end of their input. Zero records are not an error.
   *
   * @param onWarning called with each warning about the whole input; see {@link diagnostics}
   * @returns this counter
   * @throws {UsageError} `unknown_records` if there are records and all of them are of an unknown kind, or if a text was not JSON
   *   and no record is of a known kind. The message says what the first record or the text looks like: an error body, a report,
   *   an agent, another format
   *
   * @example
   * ```ts
   * const usage = new UsageAggregator({ period: "month" });
   * usage.push('{"detail":"Invalid API key"}');
   * try {
   *   usage.checkUnderstood();
   * } catch (error) {
   *   console.log((error as UsageError).code); // "unknown_records"; its message quotes the answer
   * }
   * usage.free();
   * ```
   */
  checkUnderstood(onWarning?: (problem: Problem) => void): this {
    if (onWarning !== undefined && onWarning !== null && typeof onWarning !== "function") {
      const got = `onWarning is ${typeName(onWarning)}`;
      throw new UsageError("invalid_option", `${got}: wanted a function`, { path: "/onWarning" });
    }
    const counts = this.#live();
    const [records, unknown] = counts.call((core) => core.warnings()) as unknown as [number, number];
    if (records > 0 && records === unknown) throw notUnderstood(this.#lookOfUnknown() ?? "records of another kind");
    if (this.#look !== undefined && !hasUsage(this.diagnostics())) throw notUnderstood(this.#look);
    if (onWarning === undefined || onWarning === null) return this;
    for (const problem of this.diagnostics().problems) if (problem.severity === "warning") onWarning(problem);
    return this;
  }

  /**
   * Everything that has been counted, as bytes that can be kept, sent, and given to {@link merge}. Equal counts give equal bytes on
   * every machine, whatever the order and parts of the records. The list of problems and what is missing from lists of pages are the
   * exceptions: they depend on the order. With `dedupe` the snapshot contains the ids as hashes, about 16 bytes each. It does not
   * contain a text that {@link pushBytes} has begun, only its records that have ended.
   *
   * @returns the bytes; the format is described in `docs/snapshot-format.md` of the repository
   */
  snapshot(): Uint8Array {
    const counts = this.#live();
    return counts.call((core) => core.snapshot());
  }

  /**
   * Adds the counts of another counter. Where all records have ids and both counters use `dedupe`, the result equals one pass over
   * all records, in whatever order the parts are merged. Only the list of problems depends on the order: it has the first 100. Lists
   * of pages are judged in each part by itself, so a list whose pages are in two parts warns `incomplete_page`.
   *
   * @param other another counter of this kind, or its {@link snapshot}. It does not change.
   * @returns this counter
   * @throws {UsageError} `invalid_snapshot` where the bytes are not a snapshot, are damaged, or are of the other kind, of another
   *   period or of another `dedupe`; `overflow`. Nothing has changed then.
   */
  merge(other: this | Uint8Array): this {
    const counts = this.#live();
    const snapshot = uint8ArrayOf(other) ?? snapshotOf(other);
    if (snapshot === undefined) {
      const wanted = `a ${this.#name}, or a Uint8Array that its snapshot() gave`;
      throw new UsageError("invalid_option", `the other is ${typeName(other)}: wanted ${wanted}`, { path: "" });
    }
    counts.call((core) => core.merge(snapshot));
    return this;
  }

  /**
   * Makes the text of {@link pushBytes} a part of a larger text. The part has whole lines, and this counter counts nothing else.
   * {@link endPart} ends it.
   *
   * @param start the offset of the part in the larger text, in bytes
   * @internal
   */
  beginPart(start: number, defaults: RecordDefaults = {}): this {
    const text = new Text(feedOf(this.#live(), defaults), false);
    text.feed.call((feed) => feed.beginPart(start));
    this.#text = text;
    return this;
  }

  /**
   * Ends a part that {@link beginPart} began.
   *
   * @returns the part for {@link mergePart}; `undefined` if only reading the text in order gives the right result: the part ends
   *   inside a value, lines were skipped, or sums are near the limit
   * @internal
   */
  endPart(): CountedPart | undefined {
    const counts = this.#live();
    const text = this.#text;
    if (text === undefined) return undefined;
    const place = counts.call((core) => core.part(text.feed.object)) as Float64Array<ArrayBuffer>;
    text.free();
    this.#text = undefined;
    if (place.length === 0) return undefined;
    const unknown = counts.call((core) => core.unknown()) as Uint8Array<ArrayBuffer>;
    return { place, snapshot: this.snapshot() as Uint8Array<ArrayBuffer>, unknown };
  }

  /**
   * Takes a part in place of its bytes, which are the next ones of the text of {@link pushBytes}. The counts, the problems with
   * their places and the warnings are then those of pushing the bytes.
   *
   * @returns whether that was possible. If it was not, nothing has changed, and the bytes have to be pushed. The text must have
   *   begun, and stand between two top-level values at the beginning of a line.
   * @throws {UsageError} `terminated`
   * @internal
   */
  mergePart(part: CountedPart): boolean {
    return this.#text !== undefined && this.#merged(this.#text, part);
  }

  #merged(text: Text, { place, snapshot, unknown }: CountedPart): boolean {
    const counts = this.#live();
    const isFirstUnknown = unknown.length > 0 && counts.call((core) => core.unknown()).length === 0;
    try {
      if (!counts.call((core) => core.mergePart(text.feed.object, place, snapshot))) return false;
    } catch (error) {
      if (this.isTerminated) throw error;
      return false; // reading the bytes finds out which record goes beyond a limit
    }
    if (isFirstUnknown) this.#unknown ??= lookOfText(unknown);
    return true;
  }

  /**
   * Whether an id may have records both inside and outside a window. If not, these counts of all time and the counts of the window's
   * records alone agree about the window.
   *
   * @internal
   */
  splitsIds({ startMs, endMs }: { startMs: number; endMs: number }): boolean {
    return this.ask((counts) => counts.splitsIds(startMs, endMs));
  }

  /**
   * Whether the counts are lost: a call ended the instance of the module in which they lived, with `out_of_memory` or `terminated`.
   * Every further call of this counter throws `terminated` then. Count again in a new one.
   *
   * @example
   * ```ts
   * let kept = new UsageRollup();
   * const rollup = () => (kept.isTerminated ? (kept = new UsageRollup()) : kept);
   * ```
   */
  get isTerminated(): boolean {
    return this.#core?.hasEnded ?? false;
  }

  /** Returns the memory to the module. After that only `free` may be called. Freeing counts that are lost does no harm. */
  free(): void {
    this.#text?.free();
    this.#core?.free();
    this.#text = this.#core = undefined;
  }

  /** Frees the memory, as `free` does. `using` calls it at the end of a block. */
  [Symbol.dispose](): void {
    this.free();
  }

  /**
   * Calls the core.
   *
   * @internal
   */
  protected ask<T>(question: (counts: Core) => unknown): T {
    return this.#live().call(question) as T;
  }

  /** Keeps what a text that has ended looked like. */
  #ended(look: string | undefined): void {
    this.#look ??= look;
  }

  #warnings({ invalid }: Diagnostics): Problem[] {
    const counts = this.#live();
    return warningsOf(
      counts.call((core) => core.warnings()),
      invalid,
      () => this.#lookOfUnknown(),
      this.#look,
    );
  }

  /** What the first record of an unknown kind looks like. It is not known if the record was merged from a snapshot. */
  #lookOfUnknown(): string | undefined {
    if (this.#unknown !== undefined) return this.#unknown;
    const text = this.#live().call((core) => core.unknown());
    return text.length === 0 ? undefined : lookOfText(text);
  }

  #live(): Held<Core> {
    requireModule();
    if (this.#core === undefined) {
      throw new UsageError("invalid_option", `this ${this.#name} has been freed`);
    }
    return this.#core;
  }
}

/**
 * Counts parts of a text as another counter does.
 *
 * @internal
 */
export class PartCounter extends Counter {
  constructor({ options, isOfPeriod }: Recipe) {
    requireModule();
    const ids = (options as { dedupe?: unknown }).dedupe !== false;
    super("PartCounter", options, { fields: isOfPeriod ? "report" : "routes", ids }, "oneShot");
  }
}

/** Does work with each part of a chunk, and lets other work of the program pass in between. */
async function inParts(chunk: Uint8Array, pace: Pace, work: (part: Uint8Array) => void): Promise<void> {
  for (const part of chunksOf(chunk)) {
    const pause = pace(() => work(part), part.length / BYTES_A_MS);
    if (pause !== undefined) await pause;
  }
}

/** A text that is being read. */
class Text {
  readonly feed: Held<Feed>;
  #head: TextHead;

  /** `hasHead` says whether the text begins here, and is not a part of another one. */
  constructor(feed: Held<Feed>, hasHead = true) {
    this.feed = feed;
    this.#head = new TextHead(hasHead);
  }

  /** Counts the records that end in the next bytes. A text that has failed throws its error again. */
  push(counts: Held<Core>, bytes: Uint8Array): void {
    this.#read(counts, this.#head.take(bytes));
  }

  /** Ends the text. Returns what it looked like, if it was not JSON. Another text may follow. */
  finish(counts: Held<Core>): string | undefined {
    this.#read(counts, this.#head.end());
    this.#part(counts, new Uint8Array(0), true);
    const { look } = this.#head;
    this.#head = new TextHead();
    return look;
  }

  #read(counts: Held<Core>, bytes: Uint8Array): void {
    for (const part of bytes.length > 0 ? chunksOf(bytes) : [bytes]) this.#part(counts, part, false);
  }

  #part(counts: Held<Core>, bytes: Uint8Array, isLast: boolean): void {
    counts.call(
      (core) => core.pushText(this.feed.object, bytes, isLast),
      "",
      (fault) => this.#head.explains(fault),
    );
  }

  free(): void {
    this.feed.free();
  }
}

/** Whether at least one record is of a known kind. */
function hasUsage({ records, invalid, ignored }: Diagnostics): boolean {
  return records > invalid + ignored.other;
}

/** What a record looks like, from its JSON text. */
const lookOfText = (text: Uint8Array) => lookOfValue(parsed(new TextDecoder().decode(text)));

/** The value of JSON text. For text that was cut, an object with its first keys. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Object.fromEntries(
      Array.from(text.matchAll(/"(\w{1,40})"\s*:/g), ([, key]) => [key, undefined]).slice(0, 9),
    );
  }
}

/** A feed beside the counts, whose records get this agent, phone number and channel where they name none. `path` is the place of the defaults. */
function feedOf(counts: Held<Core>, defaults: RecordDefaults, path = ""): Held<Feed> {
  checkDefaults(defaults, path);
  const { agentId, agentName, phoneNumberId, channel } = defaults;
  return counts.beside("text", (glue) => new glue.Feed(agentId, agentName, phoneNumberId, channel));
}

/**
 * Makes sure that the defaults of records are right.
 *
 * @param path the place of the defaults in the options
 * @throws {UsageError} `invalid_option`
 */
export function checkDefaults(defaults: RecordDefaults, path: string): void {
  const example = "{agentId, agentName, phoneNumberId, channel}";
  checkKeys(checked(defaults, "the defaults", example, path), DEFAULTS, path);
  const { agentId, agentName, phoneNumberId, channel } = defaults;
  for (const [key, value] of Object.entries({ agentId, agentName, phoneNumberId, channel })) {
    const missing = value === undefined || value === null;
    if (!missing && (typeof value !== "string" || !isWellFormed(value))) {
      const got = typeof value === "string" ? "text with a lone surrogate" : typeName(value);
      throw new UsageError("invalid_option", `the default ${key} is ${got}: wanted a string`, {
        path: `${path}/${key}`,
      });
    }
  }
}

function checkStreamOptions(options: StreamOptions): void {
  checkKeys(checked(options, "the options", "{signal, onProgress, defaults}"), QUERY);
  const { signal, onProgress, threads } = options;
  if (threads !== undefined && threads !== null && typeof property(threads, "read") !== "function") {
    const got = `threads is ${typeName(threads)}`;
    throw new UsageError("invalid_option", `${got}: wanted what threads() of usage-by-agent/threads gives`, {
      path: "/threads",
    });
  }
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

/** The snapshot of a counter, also of another copy of the package. `undefined` for any other value. */
function snapshotOf(other: unknown): Uint8Array | undefined {
  try {
    return uint8ArrayOf((other as { snapshot(): unknown }).snapshot());
  } catch (error) {
    if (property(error, "name") === "UsageError") throw error; // it has been freed
    return; // it is not a counter
  }
}
