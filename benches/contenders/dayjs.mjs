import dayjs from "dayjs";
import isoWeek from "dayjs/plugin/isoWeek.js";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";

dayjs.extend(utc);
dayjs.extend(timezone);
dayjs.extend(isoWeek); // weeks begin on Monday in every locale

const UNITS = { week: "isoWeek", month: "month", year: "year" };

export function bounds(period, tz, now) {
  const local = dayjs(now).tz(tz);
  const unit = UNITS[period];
  return { periodStart: written(local.startOf(unit)), periodEnd: written(local.endOf(unit)) };
}

const written = (time) => `${time.toISOString().slice(0, 19)}Z`;
