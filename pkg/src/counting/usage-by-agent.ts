import { typeName } from "../bridge/values.js";
import { UsageError } from "../errors.js";
import type { AgentUsageResponse, Records, UsageQuery } from "../types.js";
import { UsageAggregator } from "./aggregator.js";
import { type ByteSource, opened } from "./byte-source.js";

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

/** A report's question over a stream. */
export interface StreamQuery extends UsageQuery {
  /** Stops the reading, with a `UsageError` of code `aborted` whose `cause` is the signal's reason. */
  signal?: AbortSignal;
  /** Told after each chunk how many bytes of the source have been read: of gzip data, the compressed ones. */
  onProgress?(bytes: number): void;
}

/**
 * {@link usageByAgent} over bytes that arrive in their own time: newline-delimited or concatenated JSON, a JSON array, or
 * a list page. Memory does not grow with the stream (ids, with `dedupe`, and agents aside), and no chunk is asked for before
 * the one before it has been counted.
 *
 * Gzip data is decompressed where the source says what it is (a type `application/gzip` or `application/x-gzip`, or a name or
 * URL that ends in `.gz`) and its first bytes say so too; of a bare stream nothing does, so pipe that through a
 * `DecompressionStream("gzip")`.
 *
 * @throws {UsageError} as {@link usageByAgent}; `aborted`; `invalid_option` for a `Response` that is not a success;
 *   `invalid_json` for gzip data that is damaged. An error of the source itself is thrown as it is.
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
    const chunks = opened(source);
    let ended = false;
    try {
      for (;;) {
        const chunk = await unlessAborted(() => chunks.next(), query.signal);
        if (chunk === undefined) break;
        usage.pushBytes(chunk);
        query.onProgress?.(chunks.bytes);
      }
      ended = true;
    } finally {
      if (!ended) chunks.stop(query.signal?.reason); // tells the source that nobody reads on
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
