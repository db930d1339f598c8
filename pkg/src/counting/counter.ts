import type { Aggregator, DefaultAgent, TextReader } from "../../wasm/usage_by_agent.js";
import { core } from "../bridge/module.js";
import { ObjectFeed } from "../bridge/object-feed.js";
import { chunksOf } from "../bridge/text-chunks.js";
import { bytesOf, isWellFormed, typeName, uint8ArrayOf } from "../bridge/values.js";
import { attempt, UsageError } from "../errors.js";
import type { Diagnostics, RecordDefaults, Records } from "../types.js";

/** Counts, fed in parts: what {@link UsageAggregator} and `UsageRollup` have in common. */
export abstract class Counter implements Disposable {
  #counts: Aggregator | undefined;
  #stream: TextReader | undefined;
  readonly #objects: ObjectFeed;
  readonly #name: string;

  /** `name`: the class's, which a minifier would change. `unused`: fields of records that it has no use for. */
  protected constructor(name: string, counts: Aggregator, unused: readonly string[] = []) {
    this.#name = name;
    this.#counts = counts;
    this.#objects = new ObjectFeed(unused);
  }

  /**
   * Counts records.
   *
   * @param records objects, a list page, or JSON text (a whole one: parts of a text go to {@link pushBytes})
   * @param defaults the agent of records that name none
   * @throws {UsageError} `invalid_json`, `invalid_record` (unless `onInvalid` is `"skip"`), `overflow`. What came before
   *   stays counted, the record itself and what comes after it is not.
   */
  push(records: Records, defaults: RecordDefaults = {}): this {
    const counts = this.#live();
    const text = typeof records === "string" ? records : bytesOf(records);
    const agent = defaultAgent(defaults);
    try {
      if (text !== undefined) pushText(counts, text, agent);
      else this.#objects.push(records, agent, () => this.#live());
    } finally {
      agent.free();
    }
    return this;
  }

  /**
   * Counts the records that end in the next bytes of one JSON text (UTF-8). A chunk may end anywhere, inside a string or
   * a code point too. {@link finish} ends the text.
   *
   * @throws {UsageError} as {@link push}. A text that has failed stays failed: each further call throws the same error,
   *   because what followed the fault in its chunk is gone. What was counted before stays counted.
   */
  pushBytes(chunk: Uint8Array): this {
    const counts = this.#live();
    const bytes = uint8ArrayOf(chunk);
    if (bytes === undefined) {
      throw new UsageError("invalid_option", `the chunk is ${typeName(chunk)}: wanted a Uint8Array`, { path: "" });
    }
    if (this.#stream === undefined) {
      const nobody = defaultAgent({});
      this.#stream = new (core().TextReader)(nobody);
      nobody.free();
    }
    const stream = this.#stream;
    for (const part of chunksOf(bytes)) attempt(() => stream.push(counts, part));
    if (bytes.length === 0) attempt(() => stream.push(counts, bytes)); // a failed text tells so, whatever comes
    return this;
  }

  /**
   * Says that no more bytes of the text come; another text may follow.
   *
   * @throws {UsageError} `invalid_json` where a value is left open
   */
  finish(): this {
    const counts = this.#live();
    attempt(() => this.#stream?.finish(counts));
    return this;
  }

  /** Where every record went so far. */
  diagnostics(): Diagnostics {
    const counts = this.#live();
    const told = attempt(() => counts.diagnostics());
    // A map in the core, so that a status may be any text; fromEntries makes own properties of them all, `__proto__` too.
    return { ...told, ignored: { ...told.ignored, notCompleted: Object.fromEntries(told.ignored.notCompleted) } };
  }

  /**
   * What has been counted, as bytes: to be kept, sent, and {@link merge}d. The same counts give the same bytes, in whatever
   * order and parts they came, and on whatever machine; the format is described in `src/counting/snapshot/`. With `dedupe` the ids are
   * in it, 16 bytes or so each, as hashes. A text that {@link pushBytes} has begun is not, only the records that have ended.
   */
  snapshot(): Uint8Array {
    const counts = this.#live();
    return attempt(() => counts.snapshot());
  }

  /**
   * Adds what another has counted. The result is what one pass over all the records would have come to, in whatever order
   * parts are merged, if all of them have ids (`dedupe`); only the list of problems has the first 100 as they came.
   *
   * @param other another of the same kind, or its {@link snapshot}; it stays as it is
   * @throws {UsageError} `invalid_snapshot` where the bytes are no snapshot or are damaged, or are of the other kind, of another
   *   period, or counted with another `dedupe`; `overflow`. Nothing has changed then.
   */
  merge(other: this | Uint8Array): this {
    const counts = this.#live();
    const snapshot = other instanceof Counter ? other.snapshot() : uint8ArrayOf(other);
    if (snapshot === undefined) {
      const wanted = `a ${this.#name}, or a Uint8Array that its snapshot() gave`;
      throw new UsageError("invalid_option", `the other is ${typeName(other)}: wanted ${wanted}`, { path: "" });
    }
    attempt(() => counts.merge(snapshot));
    return this;
  }

  /** Gives the memory back. Only `free` may be called afterwards. */
  free(): void {
    this.#stream?.free();
    this.#counts?.free();
    this.#stream = this.#counts = undefined;
    this.#objects.close();
  }

  [Symbol.dispose](): void {
    this.free();
  }

  /** Asks the core. */
  protected ask<T>(question: (counts: Aggregator) => unknown): T {
    const counts = this.#live();
    return attempt(() => question(counts)) as T;
  }

  #live(): Aggregator {
    if (this.#counts === undefined) {
      throw new UsageError("invalid_option", `this ${this.#name} has been freed`);
    }
    return this.#counts;
  }
}

function pushText(counts: Aggregator, text: Uint8Array | string, agent: DefaultAgent): void {
  const reader = new (core().TextReader)(agent);
  try {
    for (const chunk of chunksOf(text)) attempt(() => reader.push(counts, chunk));
    attempt(() => reader.finish(counts));
  } finally {
    reader.free();
  }
}

function defaultAgent(defaults: RecordDefaults): DefaultAgent {
  if (typeof defaults !== "object" || defaults === null) {
    throw new UsageError("invalid_option", `the defaults are ${typeName(defaults)}: wanted {agentId, agentName}`, {
      path: "",
    });
  }
  const { agentId, agentName } = defaults;
  for (const [key, value] of Object.entries({ agentId, agentName })) {
    const missing = value === undefined || value === null;
    if (!missing && (typeof value !== "string" || !isWellFormed(value))) {
      const got = typeof value === "string" ? "text with a lone surrogate" : typeName(value);
      throw new UsageError("invalid_option", `the default ${key} is ${got}: wanted a string`, { path: `/${key}` });
    }
  }
  return new (core().DefaultAgent)(agentId, agentName);
}
