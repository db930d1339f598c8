import { type Purpose, requireModule } from "../bridge/module.js";
import { toCoreUsageQuery } from "../bridge/options.js";
import type { AgentUsageResponse, UsageQuery } from "../types.js";
import { Counter } from "./counter.js";

/**
 * The counts of one period. Records may be pushed in parts.
 *
 * It uses memory of the WebAssembly module. Call `free()` when you no longer need it, or declare it with `using`. Garbage collection
 * frees it too, but later.
 *
 * @example
 * ```ts
 * const usage = new UsageAggregator({ period: "month", tz: "Europe/Paris", onInvalid: "skip" });
 * usage.push(calls).push(messages, { agentId: "agt_1", agentName: "Support" });
 * console.log(usage.report(), usage.diagnostics());
 * usage.free();
 * ```
 *
 * @example Parts that are counted separately
 * ```ts
 * const query = { period: "month", now: "2024-06-15T12:00:00Z" } as const;
 * const parts = files.map((file) => new UsageAggregator(query).push(file).snapshot());
 * const usage = new UsageAggregator(query);
 * for (const part of parts) usage.merge(part);
 * console.log(usage.report());
 * ```
 */
export class UsageAggregator extends Counter {
  /**
   * @param query the period, and how records are read
   * @throws {UsageError} `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option`, `out_of_range`, `not_initialised`
   */
  constructor(query: UsageQuery);
  /** @internal */
  constructor(query: UsageQuery, purpose: Purpose);
  constructor(query: UsageQuery, purpose?: Purpose) {
    requireModule();
    const options = toCoreUsageQuery(query);
    const use = { fields: "report", ids: query.dedupe !== false } as const;
    super("UsageAggregator", options, use, purpose);
  }

  /** The report of the records that have been counted so far. */
  report(): AgentUsageResponse {
    return this.ask((counts) => counts.report());
  }
}
