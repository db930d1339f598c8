import { periodBounds } from "usage-by-agent";

export function bounds(period, tz, now) {
  return periodBounds({ period, tz, now });
}
