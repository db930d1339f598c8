import { type PeriodQuery, periodBounds } from "usage-by-agent";
import type { PeriodFacts, Question } from "./protocol.js";

/**
 * The package's query for a question. `clock` is the present, read once for a question and everything derived from
 * it.
 */
export function periodQuery(question: Question, clock: number): PeriodQuery {
  const { period, tz, weekStart, offset, boundsAs } = question;
  const query: PeriodQuery = { period, tz, weekStart };
  const now = question.date === null ? clock : momentOf(question.date, query);
  return { ...query, now, offset, boundsAs };
}

/**
 * A moment of the period that holds a local date. Noon UTC of that date falls on the date itself or on a neighbour,
 * whatever the zone, so it is in the right period or in the one beside it. Only the package's own calendar is asked:
 * a browser's may know other zone rules.
 */
function momentOf(date: string, query: PeriodQuery): number {
  const now = Date.parse(`${date}T12:00:00Z`);
  const around = (offset: number) => periodBounds({ ...query, now, offset, boundsAs: "wall-clock" });
  const near = around(0);
  if (date < near.periodStart.slice(0, 10)) return around(-1).startMs;
  if (date > near.periodEnd.slice(0, 10)) return around(1).startMs;
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
 * Local time where the next period starts: not always a second after the last one's wall time, since clocks jump at
 * midnight too.
 */
function wallAfter(query: PeriodQuery, lastSecond: string): string {
  try {
    const next = periodBounds({ ...query, offset: (query.offset ?? 0) + 1, boundsAs: "wall-clock" });
    return next.periodStart.slice(0, 19);
  } catch {
    // The last supported period has no next one.
    return new Date(Date.parse(lastSecond) + 1000).toISOString().slice(0, 19);
  }
}
