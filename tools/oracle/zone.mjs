/** Time zones, known only by asking `Intl` what the clocks of a zone show at an instant. */
import { OracleError } from "./error.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Making a formatter is some hundred times dearer than using it. */
const formatters = new Map();

function formatter(tz) {
  let made = formatters.get(tz);
  if (!made) {
    // A newer Intl takes offsets such as "+01:00" too; they are no names of the tz database.
    if (typeof tz !== "string" || !/^[A-Za-z]/.test(tz)) throw new OracleError("invalid_tz", `unknown zone ${tz}`);
    try {
      made = new Intl.DateTimeFormat("en-US", {
        timeZone: tz,
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      });
    } catch {
      throw new OracleError("invalid_tz", `unknown zone ${tz}`);
    }
    formatters.set(tz, made);
  }
  return made;
}

/**
 * What the clocks of `tz` show at `instant`, to the millisecond, as if that were UTC. `new Date(localAt(…))` and its
 * `getUTC…` methods then read the local date and time.
 * @param {string} tz
 * @param {number} instant epoch milliseconds, years 1 to 9999
 */
export function localAt(tz, instant) {
  const second = Math.floor(instant / 1000) * 1000;
  const [month, day, year, hour, minute, sec] = formatter(tz).format(second).match(/\d+/g).map(Number);
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day); // not Date.UTC, which takes the year 99 for 1999
  local.setUTCHours(hour, minute, sec);
  return local.getTime() + (instant - second);
}

const firsts = new Map();

/**
 * The first instant of a local date; of a date that was skipped whole, the first instant after it.
 * @param {string} tz
 * @param {number} date midnight of the date as if that were UTC
 */
export function firstInstantOf(tz, date) {
  const key = `${tz} ${date}`;
  let found = firsts.get(key);
  if (found === undefined) {
    found = searchFirstInstant(tz, date);
    firsts.set(key, found);
  }
  return found;
}

function searchFirstInstant(tz, date) {
  // Clocks are at most 15 hours off UTC, and were never moved by more than 24, so everything happens within two days. No
  // offset lasted less than an hour, so looking every hour sees each of them.
  const offsets = new Set();
  for (let t = date - 2 * DAY; t <= date + 2 * DAY; t += HOUR) offsets.add(localAt(tz, t) - t);

  // If the clocks showed this midnight, it was at the date minus one of these offsets. The earliest, where they did twice.
  const midnights = [...offsets].map((offset) => date - offset).filter((t) => localAt(tz, t) === date);
  if (midnights.length > 0) return Math.min(...midnights);

  // They never did: they were put forward across it. Close in on the moment, to the second.
  let before = date - 2 * DAY;
  let after = date + 2 * DAY;
  while (after - before > 1000) {
    const middle = Math.floor((before + after) / 2000) * 1000;
    if (localAt(tz, middle) < date) before = middle;
    else after = middle;
  }
  return after;
}

/**
 * The instants in [start, end) at which the clocks of `tz` were moved, found by looking once a day (a move taken back within
 * the day would go unseen).
 * @param {string} tz
 * @param {number} start
 * @param {number} end
 * @returns {number[]}
 */
export function transitionsBetween(tz, start, end) {
  const offsetAt = (t) => localAt(tz, t) - t;
  const found = [];
  for (let t = Math.floor(start / 1000) * 1000; t < end; t += DAY) {
    let before = t;
    let after = t + DAY;
    const old = offsetAt(before);
    if (old === offsetAt(after)) continue;
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (offsetAt(middle) === old) before = middle;
      else after = middle;
    }
    if (after < end) found.push(after);
  }
  return found;
}
