import type { Aggregator, DefaultAgent, TextReader } from "../wasm/usage_by_agent.js";
import { attempt, UsageError } from "./errors.js";
import { core } from "./instance.js";
import { ObjectDoor } from "./objects.js";
import { coreUsageQuery } from "./query.js";
import { chunksOf } from "./text.js";
import type { AgentUsageResponse, Diagnostics, RecordDefaults, Records, UsageQuery } from "./types.js";
import { bytesOf, isWellFormed, typeName, uint8ArrayOf } from "./values.js";

/** What tells an account's phone numbers apart, which a report by agent does not. */
const NUMBERS = ["phoneNumberId", "numberId", "phoneNumber"];

/** Counts, fed in parts: what {@link UsageAggregator} and `UsageRollup` have in common. */
export abstract class Counting implements Disposable {
  #counts: Aggregator | undefined;
  #stream: TextReader | undefined;
  readonly #objects: ObjectDoor;
  readonly #name: string;

  /** `name`: the class's, which a minifier would change. `unused`: fields of records that it has no use for. */
  protected constructor(name: string, counts: Aggregator, unused: readonly string[] = []) {
    this.#name = name;
    this.#counts = counts;
    this.#objects = new ObjectDoor(unused);
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
    const snapshot = other instanceof Counting ? other.snapshot() : uint8ArrayOf(other);
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

/**
 * The counts of one period, fed in parts.
 *
 * It holds memory of the module: `free()` it, or declare it with `using`, when it is done with. (A garbage-collected one
 * is freed in the end too.)
 *
 * @example
 * ```ts
 * const usage = new UsageAggregator({ period: "month", tz: "Europe/Paris", onInvalid: "skip" });
 * usage.push(calls).push(messages, { agentId: "agt_1", agentName: "Support" });
 * console.log(usage.report(), usage.diagnostics());
 * usage.free();
 * ```
 *
 * @example In parts, counted apart
 * ```ts
 * const query = { period: "month", now: "2024-06-15T12:00:00Z" } as const;
 * const parts = files.map((file) => new UsageAggregator(query).push(file).snapshot());
 * const usage = new UsageAggregator(query);
 * for (const part of parts) usage.merge(part);
 * console.log(usage.report());
 * ```
 */
export class UsageAggregator extends Counting {
  /**
   * @param query the period, and how records are read
   * @throws {UsageError} `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option`, `out_of_range`, `not_initialised`
   */
  constructor(query: UsageQuery) {
    const wasm = core();
    const options = JSON.stringify(coreUsageQuery(query));
    super(
      "UsageAggregator",
      attempt(() => new wasm.Aggregator(options)),
      NUMBERS,
    );
  }

  /** The report of what has been counted so far. */
  report(): AgentUsageResponse {
    return this.ask((counts) => counts.report());
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
