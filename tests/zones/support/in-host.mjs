/** Runs in a process with its own `TZ`. Prints the instant at which 2011 began in that zone, and then periods of every zone. */
import { inferConvention, periodBounds, timeZones } from "usage-by-agent";

const MOMENTS = ["1971-03-01T00:00:00Z", "2011-12-30T09:59:59-01:00", "2026-11-01T04:30:00Z", "2099-11-30T23:59:59Z"];
const QUERIES = [
  { period: "week", weekStart: "sunday" },
  { period: "week", weekStart: "thursday", boundsAs: "wall-clock" },
  { period: "month", offset: -1 },
  { period: "year", boundsAs: "wall-clock" },
];

console.log(new Date(2011, 0, 1).toISOString());
for (const tz of timeZones()) {
  for (const moment of MOMENTS) {
    // A moment can be given in three ways. Only a `Date` could depend on the host's zone. Early numbers look like seconds.
    const ms = Date.parse(moment);
    for (const now of [moment, ...(ms < 1e11 ? [] : [ms]), new Date(moment)]) {
      for (const query of QUERIES) {
        const bounds = periodBounds({ ...query, tz, now });
        console.log(JSON.stringify([bounds, inferConvention(bounds, { ...query, tz })]));
      }
    }
  }
}
