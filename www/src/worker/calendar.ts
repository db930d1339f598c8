import { type PeriodQuery, periodBounds } from "usage-by-agent";
import type { OfDate, PeriodFacts, PeriodQuestion } from "../usage/usage.js";

/**
 * A query whose `date` has become an instant of the period, as the package takes it. Without `date` and `now`, it is of `clock`, the
 * current time in epoch milliseconds.
 */
export function atInstant<Q extends Partial<PeriodQuery> & OfDate>(
  { date, ...query }: Q,
  clock: number,
): Omit<Q, "date"> {
  const { period } = query;
  if (date == null || period === undefined) return { now: clock, ...query };
  const { tz, weekStart } = query;
  return { ...query, now: momentOf(date, { period, ...(tz != null && { tz }), ...(weekStart && { weekStart }) }) };
}

/**
 * An instant of the period that contains a local date. In every zone, noon UTC of that date is on the date itself or on the day
 * before or after, so its period is the right one or a neighbour. Only the package's calendar is used, because the browser's may
 * have other zone rules.
 */
function momentOf(date: string, query: PeriodQuery): Date {
  const now = new Date(`${date}T12:00:00Z`);
  const around = (offset: number) => periodBounds({ ...query, now, offset, boundsAs: "wall-clock" });
  const near = around(0);
  if (date < near.periodStart.slice(0, 10)) return new Date(around(-1).startMs);
  if (date > near.periodEnd.slice(0, 10)) return new Date(around(1).startMs);
  return now;
}

export function periodFacts(question: PeriodQuestion, clock: number): PeriodFacts {
  const query = atInstant(question, clock) as PeriodQuery;
  const bounds = periodBounds(query);
  const wall = periodBounds({ ...query, boundsAs: "wall-clock" });
  return {
    bounds,
    wallStart: wall.periodStart.slice(0, 19),
    wallEnd: wallAfter(query, wall.periodEnd),
    lastDate: wall.periodEnd.slice(0, 10),
  };
}

/**
 * The local time at which the next period starts. It may differ from the last second of this period by more than a second, because
 * clocks can change at midnight.
 */
function wallAfter(query: PeriodQuery, lastSecond: string): string {
  try {
    const next = periodBounds({ ...query, offset: (query.offset ?? 0) + 1, boundsAs: "wall-clock" });
    return next.periodStart.slice(0, 19);
  } catch {
    // The last supported period is not followed by another.
    return new Date(Date.parse(lastSecond) + 1000).toISOString().slice(0, 19);
  }
}
