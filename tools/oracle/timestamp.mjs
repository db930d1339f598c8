/** Reads the instants of records and queries. */

const TEXT = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?$/;
/** Smaller numbers look like seconds, larger ones like micro- or nanoseconds. */
const [LEAST, MOST] = [1e11, 1e14];
/** The average length of a year: 400 years are exactly 400 times as long. */
const YEAR = 365.2425 * 86_400_000;

/**
 * Reads an RFC 3339 text, a number of milliseconds or a `Date`. Returns epoch milliseconds, or `null` for any other value.
 * @param {unknown} value
 * @param {{naive?: boolean}} [options] naive: read texts without an offset as UTC
 * @returns {number | null}
 */
export function readTimestamp(value, { naive = false } = {}) {
  if (typeof value === "string") return readText(value, naive);
  if (typeof value === "number") {
    const isPlausible = Number.isInteger(value) && Math.abs(value) >= LEAST && Math.abs(value) <= MOST;
    return isPlausible ? value : null;
  }
  if (value instanceof Date) {
    const time = value.getTime();
    return Number.isNaN(time) ? null : time;
  }
  return null;
}

function readText(text, naive) {
  const parts = TEXT.exec(text);
  if (!parts) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const [hour, minute, second] = [Number(parts[4]), Number(parts[5]), Number(parts[6])];
  const milliseconds = Number((parts[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const offset = parts[8] ?? (naive ? "Z" : null);
  if (offset === null) return null;
  if (hour > 23 || minute > 59 || second > 60) return null; // 60 is a leap second, which becomes the next second

  // Date.UTC reads the year 99 as 1999, so 400 years are added. The calendar repeats after 400 years.
  const date = new Date(Date.UTC(year + 400, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null; // a date that does not exist, such as the 30th of February
  const local = date.getTime() - 400 * YEAR + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;

  if (offset === "Z" || offset === "z") return local;
  const [offsetHours, offsetMinutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4))];
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const ahead = (offsetHours * 60 + offsetMinutes) * 60_000;
  return offset[0] === "-" ? local + ahead : local - ahead;
}
