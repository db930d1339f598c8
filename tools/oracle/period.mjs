/** Calendar periods. A local date is a number: its midnight, written as if it were UTC, in milliseconds. */
import { OracleError } from "./error.mjs";
import { readTimestamp } from "./timestamp.mjs";
import { firstInstantOf, localAt } from "./zone.mjs";

const DAY = 86_400_000;
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const FIRST_DATE = Date.UTC(1970, 0, 1);
const LAST_DATE = Date.UTC(2099, 11, 31);

/** The first date of the period that contains a date, and of the period that is `by` periods later. */
const calendars = {
  week: {
    startOf: (date, weekStart) => date - ((new Date(date).getUTCDay() - WEEKDAYS.indexOf(weekStart) + 7) % 7) * DAY,
    move: (start, by) => start + by * 7 * DAY,
  },
  month: {
    startOf: (date) => Date.UTC(new Date(date).getUTCFullYear(), new Date(date).getUTCMonth(), 1),
    move: (start, by) => Date.UTC(new Date(start).getUTCFullYear(), new Date(start).getUTCMonth() + by, 1),
  },
  year: {
    startOf: (date) => Date.UTC(new Date(date).getUTCFullYear(), 0, 1),
    move: (start, by) => Date.UTC(new Date(start).getUTCFullYear() + by, 0, 1),
  },
};

/**
 * The period of a query. `tz` is returned as in the query, because Intl does not give the tz database's spelling.
 * @param {object} query a `PeriodQuery` with `now`
 * @returns {{period: string, tz: string, periodStart: string, periodEnd: string, startMs: number, endMs: number}}
 */
export function bounds({ period, tz, now, weekStart = "monday", offset = 0, boundsAs = "instant" }) {
  if (!Object.hasOwn(calendars, period)) throw new OracleError("invalid_period", `no period ${period}`);
  if (!WEEKDAYS.includes(weekStart)) throw new OracleError("invalid_option", `no weekday ${weekStart}`);
  if (!Number.isInteger(offset)) throw new OracleError("invalid_option", `offset ${offset} is not whole`);
  if (!["instant", "wall-clock"].includes(boundsAs)) throw new OracleError("invalid_option", `no ${boundsAs}`);
  const zone = tz ?? "UTC";
  const instant = readTimestamp(now);
  if (instant === null) throw new OracleError("invalid_now", `no instant ${now}`);
  localAt(zone, 0); // an unknown zone is reported before an instant out of range
  const year = new Date(instant).getUTCFullYear();
  // These years are far from every supported period, and Intl writes them in other ways.
  if (year < 1000 || year > 9000) throw new OracleError("out_of_range", `now is in the year ${year}`);

  const { startOf, move } = calendars[period];
  const today = Math.floor(localAt(zone, instant) / DAY) * DAY;
  let current = startOf(today, weekStart);
  // If clocks are put back across midnight, the local date is for a while that of the period before. A period is the window between
  // the first instants of two dates, so the instant decides and not the local date.
  if (firstInstantOf(zone, move(current, 1)) <= instant) current = move(current, 1);

  const start = move(current, offset);
  const next = move(start, 1);
  if (!(start >= FIRST_DATE && next - DAY <= LAST_DATE)) throw new OracleError("out_of_range", "not in 1970 to 2099");
  const startMs = firstInstantOf(zone, start);
  const endMs = firstInstantOf(zone, next);
  const written = boundsAs === "instant" ? (t) => t : (t) => localAt(zone, t);
  return {
    period,
    tz: zone,
    periodStart: toSecond(written(startMs)),
    periodEnd: toSecond(written(endMs - 1000)),
    startMs,
    endMs,
  };
}

const toSecond = (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
