import { type Endpoint, type PeriodQuery, periodBounds, UsageError, type Weekday } from "usage-by-agent";
import type { RecordsWindow } from "../options.js";

/** Every moment that a supported period of some zone holds. */
const ALL_TIME: RecordsWindow = { startMs: Date.UTC(1969, 11, 31), endMs: Date.UTC(2100, 0, 2) };

const WEEKDAYS: Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** A question's moment and zone, and how much of the time before is asked for. */
export type Span = Pick<PeriodQuery, "tz" | "now"> & Partial<PeriodQuery> & { days?: number; months?: number };

/** The window whose records an endpoint's answer needs. */
export function windowOf(endpoint: Endpoint, span: Span): RecordsWindow {
  if (endpoint === "by-agent") {
    const { startMs, endMs } = periodBounds(span as PeriodQuery);
    return { startMs, endMs };
  }
  if (endpoint === "daily") return daysUntil(span, span.days ?? 1);
  if (endpoint === "monthly") {
    const month = (offset: number) => periodBounds({ ...span, period: "month", offset });
    return { startMs: month(1 - (span.months ?? 1)).startMs, endMs: month(0).endMs };
  }
  return ALL_TIME;
}

/**
 * The last days, up to the one that holds `now`. A day is found by the seven weeks that hold it, one for each first day of a week:
 * it starts where the latest of them does, and ends where the first one to end does.
 */
function daysUntil(span: Span, days: number): RecordsWindow {
  const week = (first: number, offset: number) =>
    periodBounds({ ...span, period: "week", weekStart: WEEKDAYS[(first + 7) % 7] as Weekday, offset });
  try {
    const weeks = WEEKDAYS.map((_, first) => week(first, 0));
    const today = weeks.reduce(
      (latest, { startMs }, day) => (startMs > (weeks[latest]?.startMs ?? 0) ? day : latest),
      0,
    );
    const before = days - 1;
    const { startMs } = week(today - (before % 7), -Math.floor(before / 7));
    return { startMs, endMs: Math.min(...weeks.map(({ endMs }) => endMs)) };
  } catch (error) {
    // Near the ends of the supported years there are days of which a week is outside them.
    if (error instanceof UsageError && error.code === "out_of_range") return ALL_TIME;
    throw error;
  }
}
