import { fromEpochMilliseconds, toZonedDateTimeISO } from "temporal-polyfill/fns/Instant";
import * as zoned from "temporal-polyfill/fns/ZonedDateTime";

const STARTS = { week: zoned.startOfWeek, month: zoned.startOfMonth, year: zoned.startOfYear };
const ENDS = { week: zoned.endOfWeek, month: zoned.endOfMonth, year: zoned.endOfYear };

export function bounds(period, tz, now) {
  const local = toZonedDateTimeISO(fromEpochMilliseconds(now), tz);
  return { periodStart: written(STARTS[period](local)), periodEnd: written(ENDS[period](local)) };
}

const written = (time) => `${new Date(time.epochMilliseconds).toISOString().slice(0, 19)}Z`;
