import { Temporal } from "temporal-polyfill/implementation"; // the polyfill's own code, even if the host has Temporal

const FIRST = {
  week: (date) => date.subtract({ days: date.dayOfWeek - 1 }),
  month: (date) => date.with({ day: 1 }),
  year: (date) => date.with({ month: 1, day: 1 }),
};
const NEXT = { week: { weeks: 1 }, month: { months: 1 }, year: { years: 1 } };

export function bounds(period, tz, now) {
  const date = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(tz).toPlainDate();
  const first = FIRST[period](date);
  const start = first.toZonedDateTime(tz).epochMilliseconds;
  const end = first.add(NEXT[period]).toZonedDateTime(tz).epochMilliseconds;
  return { periodStart: written(start), periodEnd: written(end - 1000) };
}

const written = (ms) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
