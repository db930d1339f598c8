/** Asks usage for all that a view shows. */
import type { Breakdown, Dimension, Step } from "usage-by-agent";
import { type BreakdownQuestion, failureOf, type Span, type Usage, type WindowFacts } from "../usage/usage.js";
import { type Comparison, comparableDays, compare } from "../views/comparison.js";
import type { View } from "./view.js";
import { type Fixed, questionBefore, questionOf, stepOf, type WindowQuestion } from "./windows.js";

export interface Answers {
  shown: Fixed;
  facts: WindowFacts;
  /** The window before; `null` if it lies before all time that can be counted. */
  factsBefore: WindowFacts | null;
  step: Step;
  /** By agent, with series if they fit. */
  agents: Breakdown;
  /** All usage by the same steps. */
  course: Breakdown;
  /** By weekday and hour. */
  hours: Breakdown;
  /** By channel and direction. */
  channels: Breakdown;
  comparison: Comparison | null;
  /** Why nothing is compared; empty if something is. */
  whyNot: string;
  /** The agent that is opened, if it has usage in the window. */
  agent: Record<"hours" | "channels" | "numbers", Breakdown> | null;
  /** The local dates over which the records run; `null` if there is no usage. */
  records: { first: string; last: string } | null;
  nowMs: number;
}

/** Answers for a window. Rejects as {@link Usage} does, and if a newer call has begun. */
export async function answersTo(
  usage: Usage,
  view: View,
  shown: Fixed,
  span: Span | null,
  nowMs: number,
): Promise<Answers> {
  const { tz, weekStart } = view;
  const [window, before] = [questionOf(shown, view), questionBefore(shown, view)];
  const ask = (place: string, query: WindowQuestion, by: Dimension[], more: Partial<BreakdownQuestion> = {}) =>
    usage.breakdown({ weekStart, ...query, by, ...more }, place);
  const [facts, factsBefore] = await Promise.all([
    usage.bounds(window, "window"),
    usage.bounds(before, "before").catch(nullIfOutOfRange),
  ]);
  const step = stepOf(view, shown, facts);
  const { agent } = view;
  const [agents, course, days, daysBefore, hours, channels, agentParts, records] = await Promise.all([
    byAgent((more) => ask("agents", window, ["agent"], { ...more, includeIdle: view.includeIdle }), step),
    ask("course", window, [], { step }),
    ask("days", window, [], { step: "day" }),
    factsBefore === null ? null : ask("days before", before, [], { step: "day" }),
    ask("hours", window, ["weekday", "hour"]),
    ask("channels", window, ["channel", "direction"]),
    agent === null ? null : ofAgent((place, by, more) => ask(place, window, by, more), agent === "" ? null : agent),
    span === null ? null : datesOf(usage.breakdown({ tz, by: [], step: "day" }, "records").catch(nullIfOutOfRange)),
  ]);
  const comparable =
    factsBefore === null || daysBefore === null
      ? { why: "" }
      : (notComparable(span, facts, factsBefore) ??
        comparableDays(days, daysBefore, { current: dayAfter(facts), previous: dayAfter(factsBefore) }, nowMs));
  const whyNot = "why" in comparable ? comparable.why : "";
  let comparison: Comparison | null = null;
  if ("days" in comparable) {
    const { current, previous, isPart } = comparable.days;
    const of = ({ from, to }: typeof current) => ({ tz, from, to });
    const [now, then] = await Promise.all([
      isPart ? ask("compared", of(current), ["agent"]) : agents,
      isPart ? ask("compared before", of(previous), ["agent"]) : ask("compared before", before, ["agent"]),
    ]);
    comparison = compare(now.rows, then.rows, comparable.days);
  }
  return {
    shown,
    facts,
    factsBefore,
    step,
    agents,
    course,
    hours,
    channels,
    comparison,
    whyNot,
    agent: agentParts,
    records,
    nowMs,
  };
}

/** What is copied: the report of a period as the API has it, or the breakdown by agent of other days. */
export function reportOf(shown: Fixed, view: View, usage: Usage): Promise<object> {
  const { tz, weekStart, boundsAs, includeIdle } = view;
  if (shown.kind === "days") {
    return usage.breakdown({ tz, from: shown.from, to: shown.to, by: ["agent"], includeIdle }, "copied");
  }
  return usage.report({ period: shown.period, tz, weekStart, date: shown.date, boundsAs, includeIdle }, "copied");
}

/** A comparison with a time of which there are no records would call everything new. */
function notComparable(span: Span | null, facts: WindowFacts, before: WindowFacts): { why: string } | null {
  if (span === null || span.startMs < before.endMs || span.startMs >= facts.endMs) return null;
  return { why: "The records begin in this period, so there is none to compare it with." };
}

function nullIfOutOfRange(error: unknown): null {
  if (failureOf(error).code === "out_of_range") return null;
  throw error;
}

/** The local date on which the next window begins. */
function dayAfter({ wallEnd }: WindowFacts): string {
  return wallEnd.slice(0, 10);
}

/** Usage by agent with steps. Where that would be too many values, it has no series. */
async function byAgent(ask: (more: Partial<BreakdownQuestion>) => Promise<Breakdown>, step: Step): Promise<Breakdown> {
  try {
    return await ask({ step });
  } catch (error) {
    if (failureOf(error).code !== "out_of_range") throw error;
    return ask({});
  }
}

type Ask = (place: string, by: Dimension[], more: Partial<BreakdownQuestion>) => Promise<Breakdown>;

/** The parts of one agent; `null` is usage without an agent. */
async function ofAgent(ask: Ask, onlyAgent: string | null): Promise<NonNullable<Answers["agent"]>> {
  const [hours, channels, numbers] = await Promise.all([
    ask("agent's hours", ["agent", "weekday", "hour"], { onlyAgent }),
    ask("agent's channels", ["agent", "channel", "direction"], { onlyAgent }),
    ask("agent's numbers", ["agent", "number"], { onlyAgent }),
  ]);
  return { hours, channels, numbers };
}

/** The first and the last local date of a breakdown by day. */
async function datesOf(asked: Promise<Breakdown | null>): Promise<Answers["records"]> {
  const { steps = [] } = (await asked) ?? {};
  const [first, last] = [steps[0]?.start, steps.at(-1)?.start];
  return first === undefined || last === undefined ? null : { first, last };
}
