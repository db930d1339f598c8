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

async function* chunksFrom(source: ByteSource, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  stopIfAborted(signal);
  const bytes = opened(source);
  if (bytes === null) return;
  if (!("getReader" in bytes)) {
    for await (const chunk of bytes) {
      stopIfAborted(signal);
      yield chunk;
    }
    return;
  }
  // By its reader: not every browser's streams are async iterables.
  const reader = bytes.getReader();
  const stop = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener("abort", stop, { once: true });
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      stopIfAborted(signal);
      if (done) break;
      yield value;
    }
    ended = true;
  } finally {
    signal?.removeEventListener("abort", stop);
    if (!ended)
      stop(); // tells the source that nobody reads on
    else reader.releaseLock();
  }
}

function opened(source: ByteSource): ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | null {
  if (typeof Response !== "undefined" && source instanceof Response) {
    if (!source.ok) {
      throw new UsageError("invalid_option", `the response's status is ${source.status}: wanted a success`, {
        path: "",
      });
    }
    return source.body;
  }
  if (typeof Blob !== "undefined" && source instanceof Blob) return source.stream();
  if (typeof source === "object" && source !== null && ("getReader" in source || Symbol.asyncIterator in source)) {
    return source as ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;
  }
  const wanted = "a ReadableStream or AsyncIterable of Uint8Array, a Response or a Blob";
  throw new UsageError("invalid_option", `the source is ${typeName(source)}: wanted ${wanted}`, { path: "" });
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new UsageError("aborted", "the reading was aborted", { cause: signal.reason });
}
