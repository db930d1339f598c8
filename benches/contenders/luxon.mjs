import { DateTime } from "luxon";

export function bounds(period, zone, now) {
  const local = DateTime.fromMillis(now, { zone });
  return { periodStart: written(local.startOf(period)), periodEnd: written(local.endOf(period)) };
}

const written = (time) => `${new Date(time.toMillis()).toISOString().slice(0, 19)}Z`;
