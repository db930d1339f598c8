import { type PeriodQuery, periodBounds } from "usage-by-agent";
import type { PeriodFacts, Question } from "./protocol.js";

/**
 * The package's query for the controls. `clock` is the current time in epoch milliseconds, which is read once for each question.
 */
export function periodQuery(question: Question, clock: number): PeriodQuery {
  const { period, tz, weekStart, offset, boundsAs } = question;
  const query: PeriodQuery = { period, tz, weekStart };
  const now = question.date === null ? clock : momentOf(question.date, query);
  return { ...query, now, offset, boundsAs };
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

export function periodFacts(query: PeriodQuery): PeriodFacts {
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
