/** The steps of a breakdown in words. Dates are written in UTC, so that the browser's own zone can't move them. */
import type { BreakdownStep, Step } from "usage-by-agent";

const formats = new Map<string, Intl.DateTimeFormat>();

/** Writes a local date, `YYYY-MM-DD`. */
export function dateInWords(date: string, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
    formats.set(key, format);
  }
  return format.format(new Date(`${date}T00:00:00Z`));
}

/** From one local date to another, both included: `16–22 June 2025`, `30 June – 6 July 2025`, `3 June 2025`. */
export function datesInWords(first: string, last: string): string {
  const format = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  return format.formatRange(new Date(`${first}T00:00:00Z`), new Date(`${last}T00:00:00Z`));
}

/** A step, whole: `Tuesday 3 June 2025`, `Tuesday 3 June, 14:00, UTC−4`, `week from 2 June 2025`, `June 2025`. */
export function stepInWords({ start }: BreakdownStep, step: Step): string {
  const date = start.slice(0, 10);
  if (step === "month") return dateInWords(date, { month: "long", year: "numeric" });
  if (step === "week") return `Week from ${dateInWords(date, { day: "numeric", month: "long", year: "numeric" })}`;
  if (step === "day") {
    return dateInWords(date, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).replace(",", "");
  }
  const day = dateInWords(date, { weekday: "long", day: "numeric", month: "long" }).replace(",", "");
  return `${day}, ${start.slice(11, 16)}, ${offsetInWords(start.slice(16))}`;
}

/** A label of the axis, or `null` for a step that needs none. `isCrowded` is whether only the beginnings of months or days fit. */
export function labelOf(step: BreakdownStep, before: BreakdownStep | undefined, kind: Step, isCrowded: boolean) {
  const date = step.start.slice(0, 10);
  const monthBegins = before === undefined || before.start.slice(0, 7) !== step.start.slice(0, 7);
  const yearBegins = before !== undefined && before.start.slice(0, 4) !== step.start.slice(0, 4);
  if (kind === "hour") {
    const dayBegins = before === undefined || before.start.slice(0, 10) !== date;
    if (dayBegins) return dateInWords(date, { weekday: "short", day: "numeric" });
    return isCrowded ? null : step.start.slice(11, 16);
  }
  if (kind === "month" || isCrowded) {
    if (!monthBegins) return null;
    return yearBegins ? date.slice(0, 4) : dateInWords(date, { month: "short" });
  }
  return monthBegins ? dateInWords(date, { day: "numeric", month: "short" }) : String(Number(date.slice(8)));
}

/** An offset of a text as people write it: `UTC−4`, `UTC+5:30`, `UTC`. */
function offsetInWords(offset: string): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  if (hours === undefined || (hours === "00" && minutes === "00")) return "UTC";
  return `UTC${sign === "-" ? "−" : "+"}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}`;
}
