import { type Purpose, requireModule } from "../bridge/module.js";
import {
  toCoreAccountQuery,
  toCoreBreakdownQuery,
  toCorePartialQuery,
  toCorePeriodQuery,
  toCoreRollupOptions,
  toCoreSeriesQuery,
  toCoreUsageQuery,
} from "../bridge/options.js";
import { UsageError } from "../errors.js";
import type {
  AccountQuery,
  AgentUsageResponse,
  Breakdown,
  BreakdownQuery,
  DailyQuery,
  DailyUsageResponse,
  Endpoint,
  MonthlyQuery,
  MonthlyUsageResponse,
  NumberUsageResponse,
  PeriodQuery,
  RollupOptions,
  UsageQuery,
  UsageResponse,
  UsageResponses,
  UsageStats,
} from "../types.js";
import { breakdownOf, type CoreBreakdown } from "./breakdown.js";
import { Counter } from "./counter.js";
import { splitTrimmed, type TrimmedRecord } from "./trimmed-record.js";

/** What {@link UsageRollup.settle} found. */
export interface Settlement {
  /**
   * What became of the record. `"counted"`: it counts, and there was no known record. `"replaced"`: it counts in place of the known
   * record. `"duplicate"`: the known record goes on counting. `"notCounted"`: it can't count, because its call is not completed or its
   * time is outside of what a rollup counts.
   */
  outcome: "counted" | "replaced" | "duplicate" | "notCounted";
  /**
   * Whether the record told something besides: a later name, or a way in which messages of its number came. A store that makes the
   * counts again from its records keeps this record too.
   */
  tellsMore: boolean;
}

/** The outcomes, each at the number that the core gives. */
const OUTCOMES: readonly Settlement["outcome"][] = ["duplicate", "counted", "replaced", "notCounted"];

const encoder = new TextEncoder();

/**
 * The counts of all time by agent, phone number, channel, direction and quarter hour. Records may be pushed in parts. Afterwards the
 * rollup gives the usage of any period in any zone.
 *
 * Records before 1969-12-31 or after 2100-01-01, in UTC, count as `outsidePeriod`. A day that does not begin and end on a quarter
 * hour of UTC can't be reported (`out_of_range`). Only Africa/Monrovia until 1972 and Pacific/Kiritimati until 1979 have such
 * days. An id counts once in all time; a {@link UsageAggregator} counts it once in its period.
 *
 * It uses memory of the WebAssembly module. Call `free()` when you no longer need it, or declare it with `using`.
 *
 * @example
 * ```ts
 * const rollup = new UsageRollup({ agents: [{ id: "a1", name: "Support" }] });
 * rollup.push([{ id: "m1", agentId: "a1", numberId: "n1", receivedAt: "2024-06-02T09:00:00-04:00" }]);
 * const now = "2024-06-15T12:00:00Z";
 * console.log(rollup.byAgent({ period: "month", tz: "America/New_York", now }).data);
 * console.log(rollup.byAgent({ period: "week", tz: "Asia/Kolkata", now, offset: -2 }).data);
 * console.log(rollup.byNumber().data, rollup.daily({ days: 14, now }).data, rollup.monthly({ now }).data);
 * const later = new UsageRollup().merge(rollup.snapshot());
 * rollup.free();
 * later.free();
 * ```
 */
export class UsageRollup extends Counter {
  /**
   * @param options agents' names, and how records are read
   * @throws {UsageError} `invalid_option`, `not_initialised`
   */
  constructor(options?: RollupOptions);
  /** @internal */
  constructor(options: RollupOptions, purpose: Purpose);
  constructor(options: RollupOptions = {}, purpose?: Purpose) {
    requireModule();
    const core = toCoreRollupOptions(options);
    const use = { fields: "routes", ids: options.dedupe !== false } as const;
    super("UsageRollup", core, use, purpose);
  }

  /**
   * The report of a period. Names come from the query's `agents`, or else from the rollup's. `dedupe`, `onInvalid` and
   * `naiveTimestamps` have no effect here, because they apply when records are read.
   *
   * @throws {UsageError} `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option`, `out_of_range`
   */
  byAgent(query: UsageQuery): AgentUsageResponse {
    const json = JSON.stringify(toCoreUsageQuery(query));
    return this.#response("by-agent", json);
  }

  /**
   * Usage by phone number (a call's `phoneNumberId`, a webhook's `data.numberId`): most messages first, then most calls, then by id.
   * Usage without a phone number is the last row, with a `numberId` of `""`, if there is any.
   *
   * @param query a period, or no `period` for all time
   * @throws {UsageError} as {@link byAgent}
   */
  byNumber(query: Partial<PeriodQuery> = {}): NumberUsageResponse {
    const partial = toCorePartialQuery(query);
    const json = JSON.stringify(partial.period == null ? {} : toCorePeriodQuery(query as PeriodQuery));
    return this.#response("by-number", json);
  }

  /**
   * The account's usage, as in `GET /v1/usage`: the counts of all time, of the last day, of 7 days and of 30 days. These end with the
   * quarter hour that contains `now` and are 96, 672 and 2880 quarter hours long. The plan, the numbers and the counts of webhook
   * deliveries come from `account`. Deliveries that it does not contain are 0. Without a plan the response has none.
   *
   * @throws {UsageError} `invalid_option` at `/account` without numbers; `invalid_tz`, `invalid_now`,
   *   `out_of_range`
   *
   * @example
   * ```ts
   * const rollup = new UsageRollup().push([{ id: "m1", receivedAt: "2024-06-14T09:00:00Z" }]);
   * const account = { plan: { name: "Pro" }, numbers: { used: 1, limit: 5, remaining: 4 } };
   * console.log(rollup.usage({ account, now: "2024-06-15T12:00:00Z" }).stats.messagesLast7d); // 1
   * rollup.free();
   * ```
   */
  usage(query: AccountQuery): UsageResponse {
    const json = JSON.stringify(toCoreAccountQuery(query));
    const { plan, numbers } = query.account ?? {};
    if (numbers == null) {
      const message = "the account is not known: wanted {numbers}, which records do not contain";
      throw new UsageError("invalid_option", message, { path: "/account" });
    }
    type Counted = [UsageStats, [periodStart: string, periodEnd: string]];
    const [stats, [periodStart, periodEnd]] = this.ask<Counted>((counts) => counts.response("usage", json));
    return { ...(plan != null && { plan }), numbers, stats, periodStart, periodEnd };
  }

  /**
   * Usage by local date. Every day has a row. The day that contains `now` is last.
   *
   * @throws {UsageError} `invalid_option` unless `days` is a whole number from 1 to 365; `invalid_tz`, `invalid_now`,
   *   `out_of_range`
   */
  daily(query: DailyQuery = {}): DailyUsageResponse {
    const json = JSON.stringify(toCoreSeriesQuery(query));
    return this.#response("daily", json);
  }

  /**
   * Usage by local calendar month. Every month has a row. The month that contains `now` is last.
   *
   * @throws {UsageError} `invalid_option` unless `months` is a whole number from 1 to 24; `invalid_tz`, `invalid_now`,
   *   `out_of_range`
   */
  monthly(query: MonthlyQuery = {}): MonthlyUsageResponse {
    const json = JSON.stringify(toCoreSeriesQuery(query));
    return this.#response("monthly", json);
  }

  /**
   * The usage of any window by any combination of agent, number, channel, direction, weekday and hour, and by hour, day, week or month.
   *
   * The window is a `period`, or `from` and `to`, or else all that has been counted. If nothing has been counted, that window is
   * empty: it begins and ends at the quarter hour of `now`.
   *
   * @param query the window, the dimensions and the step
   * @throws {UsageError} `invalid_option` for a wrong value, for `from` without `to`, for a window that does not end after it begins,
   *   and for `from` or `to` with `period` or `offset`; `invalid_period`, `invalid_tz`, `invalid_now`; `out_of_range` for a window
   *   outside of what a rollup can count; for a window, a step or an hour that does not begin on a quarter hour of UTC; for more than
   *   5 million values (rows times steps)
   *
   * @example
   * ```ts
   * const rollup = new UsageRollup().push([
   *   { id: "m1", agentId: "a1", channel: "sms", receivedAt: "2024-06-02T09:00:00Z" },
   *   { id: "m2", agentId: "a1", channel: "sms", receivedAt: "2024-06-03T23:30:00Z" },
   * ]);
   * const { rows, steps } = rollup.breakdown({ by: ["agent", "channel"], step: "day", from: "2024-06-01", to: "2024-06-08" });
   * console.log(rows[0]?.channel, rows[0]?.messages); // "sms" 2
   * console.log(steps?.[2]?.start, rows[0]?.series?.messages[2]); // "2024-06-03" 1
   * rollup.free();
   * ```
   */
  breakdown(query: BreakdownQuery = {}): Breakdown {
    const json = JSON.stringify(toCoreBreakdownQuery(query));
    const step = query.step ?? undefined;
    return this.ask((counts) => {
      const parts = counts.breakdown(json) as CoreBreakdown;
      return breakdownOf(parts, counts.times() as unknown as [number, number], counts.series(), step);
    });
  }

  /**
   * The span of what has been counted: from the beginning of the first quarter hour that has usage to the end of the last one. Records
   * that do not count (ignored, invalid, duplicates) are not in it.
   *
   * @returns the half-open span `startMs <= t < endMs` in epoch milliseconds; `null` if nothing has been counted
   *
   * @example
   * ```ts
   * const rollup = new UsageRollup().push([{ id: "m1", receivedAt: "2024-06-02T09:20:00Z" }]);
   * console.log(new Date(rollup.span()?.startMs ?? 0).toISOString()); // "2024-06-02T09:15:00.000Z"
   * rollup.free();
   * ```
   */
  span(): { startMs: number; endMs: number } | null {
    const [startMs, endMs] = this.ask<Float64Array>((counts) => counts.span());
    return startMs === undefined || endMs === undefined ? null : { startMs, endMs };
  }

  /**
   * Counts a trimmed record, unless the known record of its key goes on counting. Of two records of one id the fullest counts, as
   * everywhere here. The rollup must be one without ids (`dedupe: false`), because the store of the records knows them. See
   * {@link trimRecords}.
   *
   * @param known the record of the key that counts, as the store has it; `null` if there is none
   * @param record the trimmed record
   * @returns what became of it
   * @throws {UsageError} `invalid_record` for a text that is not a trimmed record; `overflow`, `out_of_memory`. No count has changed
   *   then.
   *
   * @example
   * ```ts
   * const rollup = new UsageRollup({ dedupe: false });
   * const call = (durationSeconds: number) =>
   *   trimRecords({ id: "c1", status: "completed", startedAt: "2024-06-02T09:00:00Z", durationSeconds }).records[0]?.record ?? "";
   * console.log(rollup.settle(null, call(60)).outcome); // "counted"
   * console.log(rollup.settle(call(60), call(90)).outcome); // "replaced"
   * console.log(rollup.settle(call(90), call(60)).outcome); // "duplicate"
   * console.log(rollup.diagnostics().totals.totalSeconds); // 90
   * rollup.free();
   * ```
   */
  settle(known: string | null, record: string): Settlement {
    const before = encoder.encode(known ?? "");
    const after = encoder.encode(record);
    const found = this.ask<number>((counts) => counts.settle(before, after));
    return { outcome: OUTCOMES[found & 3] as Settlement["outcome"], tellsMore: found > 3 };
  }

  /**
   * Takes a trimmed record back that counts, as if it had never come. The names that it told stay.
   *
   * @param record the record, as {@link settle} counted it
   * @throws {UsageError} `invalid_record` for a text that is not a trimmed record; `out_of_memory`
   *
   * @example
   * ```ts
   * const rollup = new UsageRollup({ dedupe: false });
   * const record = trimRecords({ id: "m1", receivedAt: "2024-06-02T09:00:00Z" }).records[0]?.record ?? "";
   * rollup.settle(null, record);
   * rollup.retract(record);
   * console.log(rollup.diagnostics().counted); // 0
   * rollup.free();
   * ```
   */
  retract(record: string): void {
    const text = encoder.encode(record);
    this.ask((counts) => counts.retract(text));
  }

  /**
   * Whether the first of two trimmed records of one key counts, and not the second one.
   *
   * @throws {UsageError} `invalid_record` for a text that is not a trimmed record; `out_of_memory`
   *
   * @example
   * ```ts
   * const rollup = new UsageRollup({ dedupe: false });
   * const [short, long] = [60, 90].map((durationSeconds) =>
   *   trimRecords({ id: "c1", status: "completed", startedAt: "2024-06-02T09:00:00Z", durationSeconds }).records[0]?.record ?? "",
   * ) as [string, string];
   * console.log(rollup.isFuller(long, short)); // true
   * rollup.free();
   * ```
   */
  isFuller(a: string, b: string): boolean {
    const texts = [encoder.encode(a), encoder.encode(b)] as const;
    return this.ask((counts) => counts.isFuller(...texts));
  }

  /**
   * Makes this a counter that trims records in place of counting them.
   *
   * @internal
   */
  beginTrimming(): void {
    this.ask((counts) => counts.beginTrimming());
  }

  /**
   * Takes the records that were trimmed since the last time.
   *
   * @internal
   */
  takeTrimmed(): TrimmedRecord[] {
    return splitTrimmed(this.ask((counts) => counts.takeTrimmed()));
  }

  #response<E extends Endpoint>(endpoint: E, json: string): UsageResponses[E] {
    return this.ask((counts) => counts.response(endpoint, json));
  }
}
