import { loadedModule, once, requireModule } from "./bridge/module.js";
import {
  checked,
  toCoreBreakdownQuery,
  toCorePartialQuery,
  toCorePeriodQuery,
  toCoreSeriesQuery,
  toCoreValue,
  unknownEndpoint,
} from "./bridge/options.js";
import { cachedBounds } from "./bridge/period-cache.js";
import type {
  BreakdownQuery,
  Convention,
  DailyQuery,
  Endpoint,
  MonthlyQuery,
  PeriodBounds,
  PeriodQuery,
} from "./types.js";
import { hintFor, type ZoneHint } from "./zone-hint.js";

/**
 * Gives the exact bounds of the calendar week, month or year that contains an instant, in any IANA zone.
 *
 * A period starts at the first instant of its first local date. If midnight is in a gap, that is the end of the gap. If midnight
 * comes twice, it is the first one. A period ends where the next one starts, so periods neither overlap nor leave gaps.
 *
 * @param query the kind of period, the zone, the instant and the offset
 * @returns the bounds as text and in epoch milliseconds
 * @throws {UsageError} `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option`; `out_of_range` for a period that is not
 *   wholly inside 1970-01-01..2099-12-31 local; `not_initialised`
 *
 * @example
 * ```ts
 * periodBounds({ period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z" });
 * // { period: "month", tz: "America/New_York", periodStart: "2024-06-01T04:00:00Z", periodEnd: "2024-07-01T03:59:59Z",
 * //   startMs: 1717214400000, endMs: 1719806400000 }
 * ```
 */
export function periodBounds(query: PeriodQuery): PeriodBounds {
  loadedModule();
  return cachedBounds(toCorePeriodQuery(query));
}

/**
 * Gives the name of every accepted time zone, as the tz database spells it, sorted by code units.
 *
 * @throws {UsageError} `not_initialised`
 *
 * @example
 * ```ts
 * timeZones().includes("Europe/Paris"); // true
 * ```
 */
export function timeZones(): string[] {
  requireModule();
  return zoneNames().split("\n").sort();
}

const zoneNames = () => once((glue) => glue.timeZones());

/**
 * Whether the tz database has a zone of that name. The name is matched without regard to case.
 *
 * @param name any value; only a string can be a name
 * @throws {UsageError} `not_initialised`
 *
 * @example
 * ```ts
 * isTimeZone("europe/paris"); // true
 * isTimeZone("Mars/Olympus"); // false
 * ```
 */
export function isTimeZone(name: unknown): boolean {
  requireModule();
  return typeof name === "string" && once((glue) => glue.isTimeZone(name));
}

/**
 * Gives the zone that a wrong name means: a misspelt name, a city, an abbreviation, a name of Windows, or an offset in whole
 * hours. If places with different offsets use a name (`"IST"`, `"CST"`, `"BST"`), the result is `undefined`. The message of an
 * `invalid_tz` error ends with the hint.
 *
 * @param name any value; only a string of at most 40 characters can mean a zone
 * @returns the zone, and `reason` if the zone or the name needs an explanation; `undefined` without a hint
 * @throws {UsageError} `not_initialised`
 *
 * @example
 * ```ts
 * zoneHint("America/New_Yrok"); // { zone: "America/New_York" }
 * zoneHint("GMT+5")?.zone; // "Etc/GMT-5", which is 5 hours ahead of UTC
 * zoneHint("IST"); // undefined
 * ```
 */
export function zoneHint(name: unknown): ZoneHint | undefined {
  requireModule();
  return typeof name === "string" ? hintFor(name, zoneNames) : undefined;
}

/**
 * Gives the window of the records that the response of an endpoint needs. For `by-agent` it is the period, for `daily` and `monthly`
 * all of the days or months, for `usage` and `by-number` all time. For a breakdown it is the window of its query, or all time if the
 * query has none.
 *
 * @param endpoint the name of the endpoint, or `"breakdown"`
 * @param query the query of that response: a `PeriodQuery` for `by-agent`, `days` or `months` with `tz` and `now` for a series, a
 *   `BreakdownQuery` for a breakdown
 * @returns the half-open window `startMs <= t < endMs`, in epoch milliseconds
 * @throws {UsageError} `invalid_period`, `invalid_tz`, `invalid_now`, `invalid_option`; `out_of_range` for a window that is not
 *   wholly inside 1970-01-01..2099-12-31 local; `not_initialised`
 *
 * @example
 * ```ts
 * recordsWindow("daily", { days: 2, tz: "Europe/Paris", now: "2024-06-15T12:00:00Z" });
 * // { startMs: 1718316000000, endMs: 1718488800000 }
 * ```
 */
export function recordsWindow(
  endpoint: Endpoint | "breakdown",
  query: BreakdownQuery & DailyQuery & MonthlyQuery = {},
): { startMs: number; endMs: number } {
  requireModule();
  const json = JSON.stringify({ ...toCoreBreakdownQuery(query), ...toCoreSeriesQuery(query) });
  const name = typeof endpoint === "string" ? endpoint : "";
  const found = once((glue) => glue.recordsWindow(name, json)) as [number, number] | null;
  if (found === null) throw unknownEndpoint(endpoint);
  return { startMs: found[0], endMs: found[1] };
}

/**
 * Gives the version of this package and the release of the IANA tz database in it, such as `"2026f"`.
 *
 * @throws {UsageError} `not_initialised`
 *
 * @example
 * ```ts
 * console.log(versions().tzdb);
 * ```
 */
export function versions(): { package: string; tzdb: string } {
  requireModule();
  const [version, tzdb] = once((glue) => glue.versions()).split(" ") as [string, string];
  return { package: version, tzdb };
}

/**
 * Finds the convention that explains the bounds of a response: the first day of the week, true instants or wall time, and the zone.
 *
 * @param bounds `period`, `periodStart` and `periodEnd` of a response
 * @param query the zone of the request (`tz`, default UTC), and the first day of the week to try first (`weekStart`)
 * @returns the convention, or `null` if no documented convention explains the bounds
 * @throws {UsageError} `invalid_period`, `invalid_tz`, `invalid_option`, `not_initialised`
 *
 * @example
 * ```ts
 * inferConvention(
 *   { period: "month", periodStart: "2024-06-01T00:00:00Z", periodEnd: "2024-06-30T23:59:59Z" },
 *   { tz: "America/New_York" },
 * ); // { weekStart: null, boundsAs: "wall-clock", tz: "America/New_York" }
 * ```
 */
export function inferConvention(
  bounds: { period: string; periodStart: string; periodEnd: string },
  query: Partial<PeriodQuery> = {},
): Convention | null {
  requireModule();
  checked(bounds, "the bounds", "{period, periodStart, periodEnd}");
  const { tz, weekStart } = toCorePartialQuery(query);
  const options = JSON.stringify({ tz, weekStart, period: toCoreValue(bounds.period) });
  const [start, end] = [bounds.periodStart, bounds.periodEnd].map((text) => (typeof text === "string" ? text : ""));
  type Found = [Convention["weekStart"], Convention["boundsAs"], string] | null;
  const found = once((glue) => glue.inferConvention(options, start as string, end as string)) as Found;
  return found && { weekStart: found[0], boundsAs: found[1], tz: found[2] };
}
