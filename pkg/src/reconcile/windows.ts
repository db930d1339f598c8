// The windows in which the vendor may have counted.

import { WEEKDAYS } from "../constants.js";
import { unless } from "../errors.js";
import { inferConvention, periodBounds, timeZones } from "../periods.js";
import type { AgentUsageResponse, Convention, Period, PeriodBounds, PeriodQuery, Weekday } from "../types.js";
import type { CauseCode } from "./types.js";

/** The fields of a period's bounds. */
export const BOUNDS: readonly string[] = ["periodStart", "periodEnd"];

/** A window of time that the vendor may have counted. */
export interface Window {
  /** The two bounds as text. Windows with equal bounds have equal keys. */
  key: string;
  bounds: PeriodBounds;
  /** The query that gives the window. */
  query: PeriodQuery;
  /** How the window differs from the period of ours. */
  code: CauseCode;
  /** Whether theirs states the window. */
  isStated?: boolean;
  /** The zones in which the query gives the window. */
  zones: Set<string>;
}

/** The convention that explains a response's bounds: in the likeliest zone, or else in UTC, or else in the first zone that fits. */
export function explained(bounds: AgentUsageResponse, zone?: string | null, weekStart?: Weekday): Convention | null {
  for (const tz of new Set([zone ?? "UTC", "UTC", ...timeZones()])) {
    const found = inferred(bounds, tz, weekStart);
    if (found !== null) return found;
  }
  return null;
}

function inferred(bounds: AgentUsageResponse, tz: string, weekStart?: Weekday | null): Convention | null {
  return inferConvention(bounds, weekStart ? { tz, weekStart } : { tz });
}

/** Every zone in which the convention explains a response's bounds. */
export function zonesOf(bounds: AgentUsageResponse, { weekStart, boundsAs }: Convention): string[] {
  return timeZones().filter((tz) => {
    const found = inferred(bounds, tz, weekStart);
    return found?.weekStart === weekStart && found.boundsAs === boundsAs;
  });
}

/** The period of a response, read by a convention. */
export function windowOf(
  answer: AgentUsageResponse,
  convention: Convention | null,
  own: Window | null = null,
): Window | null {
  const { period, periodStart, periodEnd } = answer;
  const middle = (Date.parse(periodStart) + Date.parse(periodEnd)) / 2; // inside the period by every convention
  const found = convention && asked(period, convention.tz, convention.weekStart, middle, "other_period");
  return found ? { ...found, code: own ? codeOf(own, found) : found.code } : null;
}

/** The period that the bounds of a response state, read as instants; `null` if it is the own period, or none. */
export function literalWindow(answer: AgentUsageResponse, own: Window | null): Window | null {
  const convention = explained(answer, "UTC");
  const window = convention?.boundsAs === "instant" ? windowOf(answer, convention, own) : null;
  return window?.key === own?.key ? null : window;
}

function asked(
  period: Period,
  tz: string,
  weekStart: Weekday | null,
  now: number,
  code: CauseCode,
  offset = 0,
): Window | undefined {
  const query: PeriodQuery = { period, tz, now: new Date(now), offset, ...(weekStart && { weekStart }) };
  const bounds = unless("out_of_range", () => periodBounds(query)); // before 1970 or after 2099
  return bounds && { key: `${bounds.startMs} ${bounds.endMs}`, bounds, query, code, zones: new Set([tz]) };
}

/** How a period differs from the period of ours. */
function codeOf(own: Window, theirs: Window): CauseCode {
  const [a, b] = [own.query, theirs.query];
  if (a.period !== b.period) return "other_period";
  if (a.tz !== b.tz) return "other_zone";
  return a.weekStart !== b.weekStart ? "other_week_start" : "other_period";
}

/** A second way in which a window differs from the period of ours, if there is one. */
export function secondaryCauses(own: Window, { code, query, bounds: { startMs, endMs } }: Window): CauseCode[] {
  if (code === "other_zone" && query.weekStart !== own.query.weekStart) return ["other_week_start"];
  const middle = Number(own.query.now);
  const isOfZone = code === "other_zone" && startMs <= middle && middle < endMs;
  const isOfWeek = code === "other_week_start" && startMs < own.bounds.endMs && own.bounds.startMs < endMs;
  return code === "other_period" || isOfZone || isOfWeek ? [] : ["other_period"];
}

/**
 * The windows to try, each once, the likeliest first: the period in UTC, the period that theirs states, other first days of the
 * week, the previous and the next period, the period in every other zone, and weeks with each first day in UTC and in the stated
 * zone.
 */
export function candidateWindows(own: Window, theirWindow: Window | null): Window[] {
  const { period, tz, weekStart } = own.query as Required<PeriodQuery> & { tz: string };
  const now = Number(own.query.now);
  const found = new Map<string, Window>();
  const add = (window: Window | undefined) => {
    const known = window && found.get(window.key);
    if (known) {
      for (const zone of window.zones) known.zones.add(zone);
      known.isStated ||= window.isStated === true;
    } else if (window && window.key !== own.key) found.set(window.key, window);
  };
  const { startMs, endMs } = own.bounds;
  const weeks = (tz: string, code: CauseCode) => {
    for (const day of period === "week" ? WEEKDAYS : []) {
      for (const at of [startMs, endMs - 1]) add(asked(period, tz, day, at, code));
    }
  };
  add(asked(period, "UTC", weekStart, now, "other_zone"));
  if (theirWindow) add({ ...theirWindow, isStated: true });
  weeks(tz, "other_week_start");
  for (const offset of [-1, 1]) add(asked(period, tz, weekStart, now, "other_period", offset));
  for (const zone of timeZones()) add(asked(period, zone, weekStart, now, "other_zone"));
  for (const zone of ["UTC", theirWindow?.query.tz ?? "UTC"]) weeks(zone, "other_zone");
  return [...found.values()];
}
