/** What usage is measured in, and how amounts are written. */
import { count, exactTime, plural, spokenTime } from "../format.js";

/** The measures, in the order of the columns of a report. */
export const MEASURES = ["messages", "calls", "totalSeconds"] as const;

export type Measure = (typeof MEASURES)[number];

/** The usage of one agent, one step or one row. */
export type Tally = Record<Measure, number>;

export const NONE: Readonly<Tally> = { messages: 0, calls: 0, totalSeconds: 0 };

/** The name of each measure as a heading. */
export const NAMES: Record<Measure, string> = { messages: "Messages", calls: "Calls", totalSeconds: "Call time" };

/** An amount in a cell: `1,234`, or `3 h 25 min`. */
export function amount(measure: Measure, value: number): string {
  return measure === "totalSeconds" ? spokenTime(value) : count(value);
}

/** An amount that nothing is left out of: `1,234`, or `3:25:07`. */
export function exactAmount(measure: Measure, value: number): string {
  return measure === "totalSeconds" ? exactTime(value) : count(value);
}

/** An amount with its noun: `1,234 messages`, or `3 h 25 min of calls`. */
export function amountInWords(measure: Measure, value: number): string {
  if (measure === "totalSeconds") return `${spokenTime(value)} of calls`;
  return plural(value, measure === "messages" ? "message" : "call");
}

/** The first measure that has usage. A file of calls alone shows calls. */
export function firstUsed(totals: Tally): Measure {
  return MEASURES.find((measure) => totals[measure] > 0) ?? "messages";
}
