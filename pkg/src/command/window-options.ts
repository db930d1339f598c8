// The options that name a window in place of a period.

import { type BreakdownQuery, type PeriodQuery, recordsWindow } from "usage-by-agent";
import type { CollectOptions } from "usage-by-agent/collect";
import { daysBetween, isLocalDate, movedDate } from "../local-dates.js";
import { type Arguments, quoted } from "./arguments.js";
import { wrongUsage } from "./failure.js";
import { type Asked, instantOf, PERIOD_OPTIONS, queryOf, zonedQueryOf } from "./period-options.js";

/** The options. */
export const WINDOW_OPTIONS = {
  from: {
    value: "DATE",
    meant: ["since", "start", "begin", "after", "startdate"],
    help: "The first day of a window, such as 2024-06-01, in place of --period; or an instant, as --now is.",
  },
  to: {
    value: "DATE",
    meant: ["until", "end", "before", "enddate"],
    help: "The day after the last one of the window, such as 2024-06-08; or an instant.",
  },
} as const;

const OPTIONS = { ...PERIOD_OPTIONS, ...WINDOW_OPTIONS };

type Given = Arguments<typeof OPTIONS>["options"];

/** The ends of a window: two local dates, or two instants. The end is not inside the window. */
export interface Ends extends Pick<BreakdownQuery, "now" | "weekStart"> {
  from: string | number;
  to: string | number;
}

/** A window: a period, or its ends. */
export type WindowQuery = (PeriodQuery | Ends) & { tz: string };

/** A half-open window in epoch milliseconds. */
export type Window = ReturnType<typeof recordsWindow>;

/**
 * The window that the options name, as {@link queryOf} does for a period.
 *
 * @throws {Failure} without a window, with a wrong end, and with both a period and ends
 */
export function windowQueryOf(given: Given): Asked<WindowQuery> {
  if (hasEnds(given)) return zonedQueryOf(given, endsOf(given));
  if (given.period === undefined) {
    throw wrongUsage("--period is missing; wanted week, month or year, or --from and --to");
  }
  return queryOf(given);
}

/** Whether the options name at least one end of a window. */
export const hasEnds = ({ from, to }: Given) => from !== undefined || to !== undefined;

function endsOf(given: Given): Pick<Ends, "from" | "to"> {
  const { from, to } = given;
  if (/^https?:/i.test(to ?? "")) {
    throw wrongUsage("--to is the end of the window; wanted the URL of a service with --out");
  }
  const other = (["period", "offset"] as const).find((name) => given[name] !== undefined);
  if (other !== undefined) {
    throw wrongUsage(`--${other} and --${from === undefined ? "to" : "from"} exclude each other; wanted one of them`);
  }
  if (to === undefined) throw wrongUsage("--to is missing; wanted the day after the last one of the window");
  if (from === undefined) throw wrongUsage("--from is missing; wanted the first day of the window");
  if (isDate(from) !== isDate(to)) {
    const [date, instant] = isDate(from) ? ["from", "to"] : ["to", "from"];
    throw wrongUsage(`--${date} is a date, and --${instant} is not one; wanted two dates or two instants`);
  }
  const ends = { from: endOf("--from", from), to: endOf("--to", to) };
  if (timeOf(ends.from) >= timeOf(ends.to)) {
    const isSame = timeOf(ends.from) === timeOf(ends.to);
    const hint = isDate(to) && isSame ? `; the window of one day ends with --to ${movedDate(to, 1)}` : "";
    throw wrongUsage(`--to is ${quoted(to)}: wanted it after --from, ${from}${hint}`);
  }
  return ends;
}

/** Whether an end is meant as a date, right or wrong. */
export const isDate = (end: string | number) => /^\d{1,4}-\d\d?-\d\d?$/.test(String(end));

function endOf(option: string, text: string): string | number {
  if (!isDate(text)) return instantOf(option, text, "a date such as 2024-06-01, or an instant");
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw wrongUsage(`${option} is ${quoted(text)}: wanted it as YYYY-MM-DD`);
  if (!isLocalDate(text)) {
    throw wrongUsage(`${option} is ${quoted(text)}, a date that does not exist; wanted one of the calendar`);
  }
  return text;
}

/** The time of an end that the package may still refuse; `NaN` if only the package can judge it. */
const timeOf = (end: string | number) => (typeof end === "number" ? end : Date.parse(end));

/**
 * The window directly before another one: the previous period, or else equally many days, or the time of equal length.
 *
 * @throws {UsageError} for a wrong window
 */
export function windowBefore<Q extends WindowQuery>(query: Q): Q {
  if (!("from" in query)) return { ...query, offset: ((query as PeriodQuery).offset ?? 0) - 1 };
  const { from, to } = query as Ends;
  if (typeof from === "string" && isDate(from)) {
    const days = daysBetween(from, String(to));
    return { ...query, from: movedDate(from, -days), to: from };
  }
  const { startMs, endMs } = recordsWindow("breakdown", query);
  return { ...query, from: startMs - (endMs - startMs), to: startMs };
}

/**
 * The window in epoch milliseconds.
 *
 * @throws {UsageError} for a wrong window
 */
export const windowOf = (query: WindowQuery): Window => recordsWindow("breakdown", query);

/**
 * The window as `collect` takes it. Of a period it also compares the vendor's own sums.
 *
 * @throws {UsageError} for a wrong window
 */
export function collectWindowOf(query: WindowQuery): CollectOptions["window"] {
  return "from" in query ? windowOf(query) : query;
}
