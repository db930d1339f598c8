// Turns options into values that the core can read. The core checks them. Only this layer reads the clock.

import { UsageError } from "../errors.js";
import type {
  AccountQuery,
  BreakdownQuery,
  DailyQuery,
  Expectation,
  MonthlyQuery,
  PeriodQuery,
  RollupOptions,
  UsageQuery,
} from "../types.js";
import { ACCOUNT, checkKeys, checkQuery } from "./known-keys.js";
import { isArray, isDate, isIterable, isObject, isOptions, isRevoked, isWellFormed, typeName } from "./values.js";

/** A period query whose values JSON can hold. */
export type CorePeriodQuery = Record<keyof PeriodQuery, CoreValue>;

/** A value that JSON can hold. */
export type CoreValue = string | number | boolean | null | undefined | object;

/** A `PeriodQuery` for the core. `now` is the current time if it is absent. */
export function toCorePeriodQuery(query: PeriodQuery): CorePeriodQuery {
  return { ...toCorePartialQuery(query), now: toCoreNow(query.now) };
}

/** A `UsageQuery` for the core. */
export function toCoreUsageQuery(query: UsageQuery): object {
  return { ...toCorePeriodQuery(query), ...toCoreReading(query), includeIdle: toCoreValue(query.includeIdle) };
}

/** A rollup's options for the core. */
export function toCoreRollupOptions(options: RollupOptions): object {
  return toCoreReading(checkedQuery(options, "the options", '{onInvalid: "skip"}'));
}

/** A `DailyQuery` or `MonthlyQuery` for the core. */
export function toCoreSeriesQuery(query: DailyQuery & MonthlyQuery): object {
  const { tz, now, days, months } = checkedQuery(query, "the query", "{days: 7}");
  return { tz: toCoreValue(tz), now: toCoreNow(now), days: toCoreValue(days), months: toCoreValue(months) };
}

function toCoreReading(query: RollupOptions): object {
  const { maxMemoryBytes, maxRecordBytes, maxStatuses } = query;
  const limits = Object.entries({ maxMemoryBytes, maxRecordBytes, maxStatuses });
  return {
    agents: toCoreAgents(query.agents),
    dedupe: toCoreValue(query.dedupe),
    onInvalid: toCoreValue(query.onInvalid),
    naiveTimestamps: toCoreValue(query.naiveTimestamps),
    limits: Object.fromEntries(limits.map(([name, limit]) => [name, toCoreValue(limit)])),
  };
}

/** A part of a `PeriodQuery` for the core. An absent `now` stays absent. */
export function toCorePartialQuery(query: Partial<PeriodQuery>): CorePeriodQuery {
  checkedQuery(query, "the query", '{period: "month"}');
  return {
    period: toCoreValue(query.period),
    tz: toCoreValue(query.tz),
    now: toCoreInstant(query.now),
    weekStart: toCoreValue(query.weekStart),
    offset: toCoreValue(query.offset),
    boundsAs: toCoreValue(query.boundsAs),
  };
}

/** An `AccountQuery` for the core, without the plan and the numbers, which the core does not use. */
export function toCoreAccountQuery(query: AccountQuery): object {
  const { tz, now, boundsAs } = toCorePeriodQuery(query as unknown as PeriodQuery);
  const { account } = query;
  if (isRevoked(account)) checked(account, "the account", "{plan, numbers}", "/account");
  if (isRevoked(account?.stats)) checked(account?.stats, "the stats", "{totalMessages: 1}", "/account/stats");
  if (isObject(account)) checkKeys(account, ACCOUNT, "/account");
  const stats = Object.entries(account?.stats ?? {}).map(([key, count]) => [key, toCoreValue(count)]);
  return { tz, now, boundsAs, stats: Object.fromEntries(stats) };
}

/** A `BreakdownQuery` for the core. `now` is the current time if it is absent. */
export function toCoreBreakdownQuery(query: BreakdownQuery): object {
  const { by, step, from, to, agents, includeIdle } = checkedQuery(query, "the query", '{by: ["agent"], step: "day"}');
  return {
    ...toCorePeriodQuery(query as PeriodQuery),
    by: isArray(by) ? Array.from(by, toCoreValue) : toCoreValue(by),
    step: toCoreValue(step),
    from: toCoreInstant(from),
    to: toCoreInstant(to),
    agents: toCoreAgents(agents),
    includeIdle: toCoreValue(includeIdle),
  };
}

/** An `Expectation` for the core. */
export function toCoreExpectation(expect: Expectation): object {
  return { ...toCorePartialQuery(expect), days: toCoreValue(expect.days), months: toCoreValue(expect.months) };
}

/** Gives a query back, as {@link checked} does. A key that no query has is an error. */
function checkedQuery<T extends object>(query: T, name: string, example: string): T {
  checkQuery(checked(query, name, example));
  return query;
}

/**
 * Gives an object of options back.
 *
 * @param name the words for the options, such as `the query`
 * @param example an example of the object, for the message
 * @throws {UsageError} `invalid_option` for any other value, also for a revoked Proxy
 */
export function checked<T>(options: T, name: string, example: string, path = ""): T {
  if (isOptions(options)) return options;
  const got = `${name} ${name.endsWith("s") ? "are" : "is"} ${typeName(options)}`;
  throw new UsageError("invalid_option", `${got}: wanted an object such as ${example}`, { path });
}

function toCoreNow(now: unknown): CoreValue {
  return now === undefined ? toCoreTime(Date.now()) : toCoreInstant(now);
}

function toCoreInstant(now: unknown): CoreValue {
  return isDate(now) ? toCoreTime(Number(Date.prototype.getTime.call(now))) : toCoreValue(now);
}

/**
 * The time of a `Date` or of the clock. The core would take a smaller or a larger number for another unit, so it gets such a time
 * as a `date`.
 */
function toCoreTime(ms: number): CoreValue {
  if (Math.abs(ms) >= 1e11 && Math.abs(ms) <= 1e14) return ms;
  return Number.isNaN(ms) ? { typeName: "an invalid Date" } : { date: ms };
}

/** An option's value for the core. Options are simple values; of any other value the core gets only the name of its type. */
export function toCoreValue(value: unknown): CoreValue {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : { typeName: String(value) };
    case "bigint":
    case "function":
    case "symbol":
      return { typeName: typeName(value) };
    case "object":
      if (value === null) return null;
      return isArray(value) ? [] : {};
    default:
      return value as CoreValue;
  }
}

function toCoreAgents(agents: unknown): { id: CoreValue; name: CoreValue }[] {
  if (agents === undefined || agents === null) return [];
  const listed = isPage(agents) ? agents.data : agents;
  if (!isIterable(listed)) {
    throw new UsageError(
      "invalid_option",
      `agents is ${typeName(agents)}: wanted an iterable of {id, name}, or a page of GET /v1/agents`,
      { path: "/agents" },
    );
  }
  return Array.from(listed, (agent: unknown, index) => {
    if (isRevoked(agent)) checked(agent, "an agent", "{id, name}", `/agents/${index}`);
    const { id, name } = (agent ?? {}) as { id?: unknown; name?: unknown };
    for (const [key, value] of Object.entries({ id, name })) {
      if (typeof value === "string" && !isWellFormed(value)) {
        const path = `/agents/${index}/${key}`;
        throw new UsageError("invalid_option", `an agent's ${key} has a lone surrogate: wanted well-formed text`, {
          path,
        });
      }
    }
    return { id: toCoreValue(id), name: toCoreValue(name) };
  });
}

function isPage(value: unknown): value is { data: unknown } {
  return isObject(value) && !isIterable(value) && "data" in value;
}

/** The error for an endpoint that does not exist. */
export function unknownEndpoint(endpoint: unknown): UsageError {
  const got = typeof endpoint === "string" ? JSON.stringify(endpoint) : typeName(endpoint);
  const wanted = 'wanted "by-agent", "usage", "daily", "monthly" or "by-number"';
  return new UsageError("invalid_option", `the endpoint is ${got}: ${wanted}`, { path: "/endpoint" });
}
