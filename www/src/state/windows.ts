/** The windows of a view: as questions of usage, the one before it, and the steps that suit it. */
import type { Step } from "usage-by-agent";
import { daysBetween, movedDate } from "../../../pkg/src/local-dates.js";
import type { DaysQuestion, PeriodQuestion, Span, Usage, WindowFacts } from "../usage/usage.js";
import type { Shown, View } from "./view.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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
 * A last day in a period of its own is left aside: a month of one zone reaches a few hours into the next month of another one.
 */
export async function fixed(view: View, span: Span | null, usage: Usage, nowMs: number): Promise<Fixed> {
  const { shown, tz, weekStart } = view;
  if (shown.kind === "days") return shown;
  const { period, date } = shown;
  const ask = (of: { date?: string; now?: number }) => usage.bounds({ period, tz, weekStart, ...of }, "fixed");
  if (date !== null || span === null) {
    const { firstDate } = await ask(date === null ? {} : { date });
    return { kind: "period", period, date: firstDate };
  }
  const newest = await ask({ now: span.endMs - 1 });
  const isPresent = nowMs >= newest.startMs && nowMs < newest.endMs;
  const isRest = !isPresent && span.startMs < newest.startMs && span.endMs - newest.startMs < DAY;
  const { firstDate } = isRest ? await ask({ now: newest.startMs - 1 }) : newest;
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
  const days = (facts.endMs - facts.startMs) / DAY;
  const best = days <= 14 ? "hour" : days <= 100 ? "day" : days <= 400 ? "week" : "month";
  return steps.includes(best) ? best : (steps[0] ?? "hour");
}
