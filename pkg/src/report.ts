import { UsageAggregator } from "./aggregator.js";
import { UsageError } from "./errors.js";
import type { AgentUsageResponse, Records, UsageQuery } from "./types.js";
import { typeName } from "./values.js";

/**
 * Messages, completed calls and call seconds per agent in one period, from raw records: exactly the body of
 * `GET /v1/usage/by-agent`.
 *
 * @param records call records, messages, webhook envelopes, list pages of them, in any mix; as objects or as JSON text
 * @param query the period, and how records are read
 * @throws {UsageError} for a bad option, and for the first invalid record unless `onInvalid` is `"skip"`; to see what
 *   was skipped, ask {@link UsageAggregator.diagnostics}
 *
 * @example
 * ```ts
 * usageByAgent(
 *   [{ id: "m1", receivedAt: "2024-06-02T09:00:00-04:00", agentId: "a1", agentName: "Support" }],
 *   { period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z" },
 * ).data; // [{ agentId: "a1", agentName: "Support", messages: 1, calls: 0, totalSeconds: 0, isOrphan: false }]
 * ```
 */
export function usageByAgent(records: Records, query: UsageQuery): AgentUsageResponse {
  const usage = new UsageAggregator(query);
  try {
    return usage.push(records).report();
  } finally {
    usage.free();
  }
}

/** Where the bytes of JSON text come from. */
export type ByteSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Response | Blob;

/** A report's question over a stream. */
export interface StreamQuery extends UsageQuery {
  /** Stops the reading, with a `UsageError` of code `aborted` whose `cause` is the signal's reason. */
  signal?: AbortSignal;
  /** Told after each chunk how many bytes have been read. */
  onProgress?(bytes: number): void;
}

/**
 * {@link usageByAgent} over bytes that arrive in their own time: newline-delimited or concatenated JSON, a JSON array, or
 * a list page. Memory does not grow with the stream (ids, with `dedupe`, and agents aside).
 *
 * @throws {UsageError} as {@link usageByAgent}; `aborted`; `invalid_option` for a `Response` that is not a success
 *
 * @example
 * ```ts
 * await usageByAgentStream(await fetch("https://files.example/2024.ndjson"), { period: "year", tz: "Asia/Kolkata" });
 * ```
 */
export async function usageByAgentStream(source: ByteSource, query: StreamQuery): Promise<AgentUsageResponse> {
  const usage = new UsageAggregator(query);
  try {
    checkStreamOptions(query);
    let bytes = 0;
    for await (const chunk of chunksFrom(source, query.signal)) {
      usage.pushBytes(chunk);
      bytes += chunk.length;
      query.onProgress?.(bytes);
    }
    return usage.finish().report();
  } finally {
    usage.free();
  }
}

function checkStreamOptions({ signal, onProgress }: StreamQuery): void {
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw new UsageError("invalid_option", `signal is ${typeName(signal)}: wanted an AbortSignal`, { path: "/signal" });
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    const got = `onProgress is ${typeName(onProgress)}`;
    throw new UsageError("invalid_option", `${got}: wanted a function`, { path: "/onProgress" });
  }
}

async function* chunksFrom(source: ByteSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const chunks = opened(source);
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await unlessAborted(() => chunks.next(), signal);
      if (done) break;
      yield value;
    }
    ended = true;
  } finally {
    if (!ended) chunks.stop(signal?.reason); // tells the source that nobody reads on
  }
}

/** What a source gives, chunk by chunk, until it ends or is told to stop. */
interface Chunks {
  next(): Promise<
    { done?: boolean | undefined; value?: Uint8Array | undefined } & ({ done: true } | { value: Uint8Array })
  >;
  stop(reason: unknown): void;
}

function opened(source: ByteSource): Chunks {
  if (isResponse(source)) {
    if (!source.ok) {
      const got = `the response's status is ${source.status}`;
      throw new UsageError("invalid_option", `${got}: wanted a success`, { path: "" });
    }
    if (source.bodyUsed) {
      throw new UsageError("invalid_option", "the response has been read already: wanted one that has not", {
        path: "",
      });
    }
    return source.body === null ? NOTHING : streamed(source.body);
  }
  if (typeof Blob !== "undefined" && source instanceof Blob) return streamed(source.stream());
  if (typeof source === "object" && source !== null) {
    // By its reader: not every browser's streams are async iterables.
    if ("getReader" in source) return streamed(source);
    if (Symbol.asyncIterator in source) return iterated(source);
  }
  const wanted = "a ReadableStream or AsyncIterable of Uint8Array, a Response or a Blob";
  throw new UsageError("invalid_option", `the source is ${typeName(source)}: wanted ${wanted}`, { path: "" });
}

function isResponse(source: ByteSource): source is Response {
  return typeof Response !== "undefined" && source instanceof Response;
}

const NOTHING: Chunks = { next: async () => ({ done: true }), stop() {} };

function streamed(stream: ReadableStream<Uint8Array>): Chunks {
  if (stream.locked) {
    throw new UsageError("invalid_option", "somebody else is reading the stream: wanted one that is not locked", {
      path: "",
    });
  }
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      if (!done) return { value };
      reader.releaseLock();
      return { done };
    },
    stop: (reason) => void reader.cancel(reason).catch(() => {}),
  };
}

function iterated(source: AsyncIterable<Uint8Array>): Chunks {
  const iterator = source[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await iterator.next();
      return done ? { done } : { value };
    },
    stop: () => void Promise.resolve(iterator.return?.()).catch(() => {}),
  };
}

/** The next chunk, or the error as soon as the signal says so, however long the source keeps one waiting. */
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
