/** The instants that records and queries name. */

const TEXT = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?$/;
const LARGEST = 8.64e15;
/** A year's average length: that of 400 years is exactly 400 of it. */
const YEAR = 365.2425 * 86_400_000;

/**
 * Epoch milliseconds of an RFC 3339 text, a number of milliseconds or a `Date`; `null` for what is none of these.
 * @param {unknown} value
 * @param {{naive?: boolean, anyNumber?: boolean}} [options] naive: texts without an offset are UTC; anyNumber: numbers that
 *   look like seconds are milliseconds all the same
 * @returns {number | null}
 */
export function readTimestamp(value, { naive = false, anyNumber = false } = {}) {
  if (typeof value === "string") return readText(value, naive);
  if (typeof value === "number") {
    const usable = Number.isInteger(value) && Math.abs(value) <= LARGEST && (anyNumber || Math.abs(value) >= 1e11);
    return usable ? value + 0 : null; // + 0: there is no instant -0
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
  if (hour > 23 || minute > 59 || second > 60) return null; // 60: a leap second, which is the next second here

  // 400 years, after which the calendar repeats, are added for Date.UTC, which takes the year 99 for 1999.
  const date = new Date(Date.UTC(year + 400, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null; // the 30th of February
  const local = date.getTime() - 400 * YEAR + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;

  if (offset === "Z" || offset === "z") return local;
  const [offsetHours, offsetMinutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4))];
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  const ahead = (offsetHours * 60 + offsetMinutes) * 60_000;
  return offset[0] === "-" ? local + ahead : local - ahead;
}
