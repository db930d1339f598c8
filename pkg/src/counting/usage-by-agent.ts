import type { AgentUsageResponse, Records, UsageQuery } from "../types.js";
import { UsageAggregator } from "./aggregator.js";
import type { ByteSource } from "./byte-source.js";
import type { StreamOptions } from "./counter.js";

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

/** A report's query over a stream, and how the stream is read. */
export interface StreamQuery extends UsageQuery, StreamOptions {}

/**
 * {@link usageByAgent} over bytes that arrive in their own time, as {@link UsageAggregator.pushStream} reads them.
 *
 * @param source a `ReadableStream` or `AsyncIterable` of bytes, a `Response`, or a `Blob`
 * @param query the period, how records are read, and how the stream is read
 * @throws {UsageError} the errors of {@link usageByAgent} and of {@link UsageAggregator.pushStream}
 *
 * @example
 * ```ts
 * await usageByAgentStream(await fetch("https://files.example/2024.ndjson"), { period: "year", tz: "Asia/Kolkata" });
 * ```
 */
export async function usageByAgentStream(source: ByteSource, query: StreamQuery): Promise<AgentUsageResponse> {
  const usage = new UsageAggregator(query);
  try {
    return (await usage.pushStream(source, query)).report();
  } finally {
    usage.free();
  }
}
