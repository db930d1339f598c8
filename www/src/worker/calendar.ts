import {
  type PeriodBounds,
  type PeriodQuery,
  periodBounds,
  recordsWindow,
  UsageRollup,
  type Weekday,
} from "usage-by-agent";
import type { DaysQuestion, OfDate, PeriodQuestion, WindowFacts } from "../usage/usage.js";

const WEEKDAYS: readonly Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

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

export function windowFacts(question: PeriodQuestion | DaysQuestion, clock: number): WindowFacts {
  return "from" in question ? daysFacts(question) : periodFacts(question, clock);
}

function periodFacts(question: PeriodQuestion, clock: number): WindowFacts {
  const query = atInstant(question, clock) as PeriodQuery;
  const { startMs, endMs, tz, periodStart, periodEnd } = periodBounds(query);
  const wall = periodBounds({ ...query, boundsAs: "wall-clock" });
  return {
    startMs,
    endMs,
    tz,
    wallStart: wall.periodStart.slice(0, 19),
    wallEnd: wallAfter(query, wall.periodEnd),
    firstDate: wall.periodStart.slice(0, 10),
    lastDate: wall.periodEnd.slice(0, 10),
    written: { periodStart, periodEnd },
  };
}

function daysFacts({ tz, from, to }: DaysQuestion): WindowFacts {
  const { startMs, endMs } = recordsWindow("breakdown", { tz, from, to });
  const before = dayOf(endMs - 1, tz);
  return {
    startMs,
    endMs,
    tz: before.tz,
    wallStart: dayOf(startMs, tz).periodStart.slice(0, 19),
    wallEnd: dayOf(endMs, tz).periodStart.slice(0, 19),
    firstDate: from,
    lastDate: before.periodStart.slice(0, 10),
    written: null,
  };
}

/** The bounds of a week that begins on the local day of an instant. The package has no period of one day. */
function dayOf(at: number, tz: string): PeriodBounds {
  const weeks = WEEKDAYS.map((weekStart) =>
    periodBounds({ period: "week", tz, weekStart, now: at, boundsAs: "wall-clock" }),
  );
  return weeks.reduce((latest, week) => (week.startMs > latest.startMs ? week : latest));
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

const QUARTER_MS = 900_000;

/** The offset of each zone at a moment, `+05:30`; `""` outside the years that the package knows. */
export function offsetsAt(zones: readonly string[], clock: number): string[] {
  const from = Math.floor(clock / QUARTER_MS) * QUARTER_MS;
  const rollup = new UsageRollup();
  try {
    return zones.map((tz) => {
      const { steps = [] } = rollup.breakdown({ tz, step: "hour", from, to: from + QUARTER_MS });
      return steps[0]?.start.slice("YYYY-MM-DDTHH:MM".length) ?? "";
    });
  } catch {
    return zones.map(() => "");
  } finally {
    rollup.free();
  }
}
