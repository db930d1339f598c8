/** Time zones. The only source is `Intl`, which gives a zone's local time at an instant. */
import { OracleError } from "./error.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Formatters are kept, because making one takes about a hundred times as long as using it. */
const formatters = new Map();

function formatter(tz) {
  let made = formatters.get(tz);
  if (!made) {
    // A newer Intl also accepts offsets such as "+01:00", which are not names of the tz database.
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
 * The local time of `tz` at `instant`, in milliseconds, written as if it were UTC. The `getUTC…` methods of `new Date(localAt(…))`
 * give the local date and time.
 * @param {string} tz
 * @param {number} instant epoch milliseconds, years 1 to 9999
 */
export function localAt(tz, instant) {
  const second = Math.floor(instant / 1000) * 1000;
  const [month, day, year, hour, minute, sec] = formatter(tz).format(second).match(/\d+/g).map(Number);
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day); // not Date.UTC, which reads the year 99 as 1999
  local.setUTCHours(hour, minute, sec);
  return local.getTime() + (instant - second);
}

const firsts = new Map();

/**
 * The first instant of a local date. If the zone skipped the whole date, the first instant after it.
 * @param {string} tz
 * @param {number} date midnight of the date, written as if it were UTC
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
  // Offsets are at most 15 hours, and clocks were never changed by more than 24 hours, so two days are enough. Every offset lasted
  // at least an hour, so looking every hour finds each of them.
  const offsets = new Set();
  for (let t = date - 2 * DAY; t <= date + 2 * DAY; t += HOUR) offsets.add(localAt(tz, t) - t);

  // If this midnight existed, it was at the date minus one of the offsets. If it came twice, the earlier instant is taken.
  const midnights = [...offsets].map((offset) => date - offset).filter((t) => localAt(tz, t) === date);
  if (midnights.length > 0) return Math.min(...midnights);

  // Midnight was in a gap. Find the end of the gap by bisection, to the second.
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
 * The transitions of `tz` in [start, end), found by looking once a day. A transition that is undone within a day is not found.
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
