// Numbers and times, as people read them.

import type { PeriodBounds } from "usage-by-agent";

const NUMBER = new Intl.NumberFormat("en");

/** A number with commas between thousands. */
export const amount = (value: number) => NUMBER.format(value);

/** A number of things: `1 call`, `2 calls`. */
export function plural(count: number, thing: string): string {
  return `${amount(count)} ${thing}${Math.abs(count) === 1 ? "" : "s"}`;
}

/** Seconds as hours, minutes and seconds. */
export function callTime(seconds: number): string {
  const whole = Math.abs(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const parts = [
    [hours, "h"],
    [minutes, "min"],
    [rest, "s"],
  ] as const;
  const shown = parts.filter(([value]) => value > 0).map(([value, unit]) => `${amount(value)} ${unit}`);
  return `${seconds < 0 ? "-" : ""}${shown.join(" ") || "0 s"}`;
}

/** The first and the last day of a period, in its zone. */
export function dates({ startMs, endMs, tz }: PeriodBounds): string {
  return `${dateIn(tz, startMs)} to ${dateIn(tz, endMs - 1)}`;
}

function dateIn(tz: string, ms: number): string {
  try {
    const format = new Intl.DateTimeFormat("en", { timeZone: tz, day: "numeric", month: "long", year: "numeric" });
    const parts = format.formatToParts(ms);
    return ["day", "month", "year"].map((name) => parts.find(({ type }) => type === name)?.value).join(" ");
  } catch {
    return new Date(ms).toISOString().slice(0, 10); // the host does not know the zone
  }
}
