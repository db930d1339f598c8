import { TZDateMini } from "@date-fns/tz";
import { endOfISOWeek, endOfMonth, endOfYear, startOfISOWeek, startOfMonth, startOfYear } from "date-fns";

const STARTS = { week: startOfISOWeek, month: startOfMonth, year: startOfYear };
const ENDS = { week: endOfISOWeek, month: endOfMonth, year: endOfYear };

export function bounds(period, tz, now) {
  const local = new TZDateMini(now, tz);
  return { periodStart: written(STARTS[period](local)), periodEnd: written(ENDS[period](local)) };
}

// A TZDate would be written with the zone's offset, so a plain Date writes the time.
const written = (time) => `${new Date(+time).toISOString().slice(0, 19)}Z`;
