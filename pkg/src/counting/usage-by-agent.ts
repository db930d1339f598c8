import type { AgentUsageResponse, Problem, RecordDefaults, Records, UsageQuery } from "../types.js";
import { UsageAggregator } from "./aggregator.js";
import type { ByteSource } from "./byte-source.js";
import { checkDefaults, type StreamOptions } from "./counter.js";

/** A report's query, the defaults of records, and the receiver of warnings. */
export interface ReportQuery extends UsageQuery {
  /** The agent, the phone number and the channel of records that name none. */
  defaults?: RecordDefaults;
  /**
   * Called at the end with each warning about the whole input. Its `code` is `unknown_records` (some records are of an unknown kind),
   * `incomplete_page` (a list of pages or a conversation is not complete), `mixed_sources` (messages may have been counted twice), or
   * `invalid_json` (with `onInvalid: "skip"`, the text is not JSON). A warning changes no result. What the function throws comes
   * through unchanged.
   *
   * @example
   * ```ts
   * const page = { data: [{ id: "m1", receivedAt: "2024-06-02T09:00:00Z" }], hasMore: true, total: 512 };
   * usageByAgent(page, { period: "month", onWarning: ({ code, message }) => console.warn(code, message) });
   * ```
   */
  onWarning?(problem: Problem): void;
}

/**
 * Counts the messages, completed calls and call seconds of each agent in one period. The result is the body of
 * `GET /v1/usage/by-agent`.
 *
 * @param records call records, messages, webhooks, list pages and conversations of these, in any mix, as objects or as JSON text
 * @param query the period, how records are read, and what happens with warnings
 * @returns the report
 * @throws {UsageError} `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option` or `out_of_range` for a bad query;
 *   `invalid_record` or `invalid_json` for the first invalid record unless `onInvalid` is `"skip"`; `unknown_records` if there are
 *   records and all of them are of an unknown kind; `overflow` if a sum is above 2^53 - 1; `not_initialised`.
 *   {@link UsageAggregator.diagnostics} reports the skipped records
 *
 * @example
 * ```ts
 * usageByAgent(
 *   [{ id: "m1", receivedAt: "2024-06-02T09:00:00-04:00", agentId: "a1", agentName: "Support" }],
 *   { period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z" },
 * ).data; // [{ agentId: "a1", agentName: "Support", messages: 1, calls: 0, totalSeconds: 0, isOrphan: false }]
 * ```
 */
export function usageByAgent(records: Records, query: ReportQuery): AgentUsageResponse {
  const usage = new UsageAggregator(query, "oneShot");
  try {
    const { defaults = {} } = query;
    checkDefaults(defaults, "/defaults");
    return usage.push(records, defaults).checkUnderstood(query.onWarning).report();
  } finally {
    usage.free();
  }
}

/** A report's query over a stream, and how the stream is read. */
export interface StreamQuery extends ReportQuery, StreamOptions {}

/**
 * Computes the report of {@link usageByAgent} from a stream of bytes. {@link UsageAggregator.pushStream} describes how it is read.
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
  const usage = new UsageAggregator(query, "oneShot");
  try {
    return (await usage.pushStream(source, query)).checkUnderstood(query.onWarning).report();
  } finally {
    usage.free();
  }
}
