/** The windows of a view: as questions of usage, the one before it, and the steps that suit it. */
import type { Step } from "usage-by-agent";
import { daysBetween, movedDate } from "../../../pkg/src/local-dates.js";
import type { DaysQuestion, PeriodQuestion, Span, Usage, WindowFacts } from "../usage/usage.js";
import type { Shown, View } from "./view.js";

/** The window of a view, as breakdowns and bounds take it. */
export type WindowQuestion = (PeriodQuestion & { tz: string }) | DaysQuestion;

/** A window that names its date. */
export type Fixed = Exclude<Shown, { kind: "period" }> | (Extract<Shown, { kind: "period" }> & { date: string });

export function questionOf(shown: Fixed, { tz, weekStart }: Pick<View, "tz" | "weekStart">): WindowQuestion {
  if (shown.kind === "days") return { tz, from: shown.from, to: shown.to };
  return { period: shown.period, tz, weekStart, date: shown.date };
}

/**
 * The period of a view with its first date. A view without a date is of the newest period that has usage, or of today if nothing has.
 */
export async function fixed(view: View, span: Span | null, usage: Usage): Promise<Fixed> {
  const { shown, tz, weekStart } = view;
  if (shown.kind === "days") return shown;
  const { period, date } = shown;
  const of = date !== null ? { date } : span === null ? {} : { now: span.endMs - 1 };
  const { firstDate } = await usage.bounds({ period, tz, weekStart, ...of }, "fixed");
  return { kind: "period", period, date: firstDate };
}

/** The window that is so many periods later, or so many times its own length. */
export async function moved(shown: Fixed, by: number, view: View, usage: Usage): Promise<Fixed> {
  if (shown.kind === "days") {
    const days = by * daysBetween(shown.from, shown.to);
    return { kind: "days", from: movedDate(shown.from, days), to: movedDate(shown.to, days) };
  }
  const { tz, weekStart } = view;
  const { firstDate } = await usage.bounds(
    { period: shown.period, tz, weekStart, date: shown.date, offset: by },
    "moved",
  );
  return { ...shown, date: firstDate };
}

/** The window directly before: the previous period, or equally many days. The command compares with it too. */
export function questionBefore(shown: Fixed, view: View): WindowQuestion {
  const question = questionOf(shown, view);
  if (shown.kind === "period") return { ...question, offset: -1 };
  const days = daysBetween(shown.from, shown.to);
  return { tz: view.tz, from: movedDate(shown.from, -days), to: shown.from };
}

const HOUR = 3_600_000;

/** The steps that a window can be shown by: at least two of them, and not more than a picture can show. */
export function stepsOf({ startMs, endMs }: WindowFacts): Step[] {
  const hours = (endMs - startMs) / HOUR;
  const lengths: [Step, number][] = [
    ["hour", 1],
    ["day", 24],
    ["week", 168],
    ["month", 730],
  ];
  return lengths.filter(([, length]) => hours / length >= 1.2 && hours / length <= 800).map(([step]) => step);
}

/** The step of a view: the chosen one if it suits the window, or else the one that reads best. */
export function stepOf(view: View, shown: Shown, facts: WindowFacts): Step {
  const steps = stepsOf(facts);
  if (view.step !== null && steps.includes(view.step)) return view.step;
  if (shown.kind === "period") return ({ week: "hour", month: "day", year: "month" } as const)[shown.period];
  const days = (facts.endMs - facts.startMs) / (24 * HOUR);
  const best = days <= 14 ? "hour" : days <= 100 ? "day" : days <= 400 ? "week" : "month";
  return steps.includes(best) ? best : (steps[0] ?? "hour");
}
