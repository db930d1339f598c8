import type { Breakdown } from "usage-by-agent";
import { make } from "../dom.js";
import { plural, spokenTime } from "../format.js";
import { moreOrFewer } from "./change.js";
import { type ComparedDays, type Comparison, countOf, isUsed } from "./comparison.js";
import type { Measure, Tally } from "./measures.js";
import { datesInWords } from "./step-words.js";
import type { WindowNames } from "./window-words.js";

export interface SentenceData {
  names: WindowNames;
  previousNames: WindowNames;
  /** By agent. */
  breakdown: Breakdown;
  comparison: Comparison | null;
  measure: Measure;
  nowMs: number;
}

/** What happened, in one sentence: who used what, and how much more than before. */
export function sentenceOf(data: SentenceData): HTMLElement {
  const { names, breakdown, comparison, nowMs } = data;
  const { rows, totals, startMs, endMs } = breakdown;
  const agents = countOf(rows);
  const isRunning = startMs <= nowMs && nowMs < endMs;
  const where = `${isRunning ? "So far in" : "In"} ${names.inSentence}`;
  if (!isUsed(totals)) return make("p", { class: "sentence" }, `${where}, there is no usage.`);
  const who = agents === 0 ? "no known agent" : plural(agents, "agent");
  const more = comparison === null ? "" : moreInWords(comparison, data);
  return make("p", { class: "sentence" }, `${where}, ${who} had `, make("strong", {}, usedInWords(totals)), `${more}.`);
}

/** `12,345 messages and 678 calls of 45 h 12 min in total`. */
export function usedInWords({ messages, calls, totalSeconds }: Tally): string {
  const talk = `${plural(calls, "call")} of ${spokenTime(totalSeconds)} in total`;
  if (calls === 0) return plural(messages, "message");
  return messages === 0 ? talk : `${plural(messages, "message")} and ${talk}`;
}

const NOUNS: Record<Measure, string> = { messages: "messages", calls: "calls", totalSeconds: "call time" };

/** `, 8 % more messages than in May 2025`. */
function moreInWords({ totals, days }: Comparison, { previousNames, measure }: SentenceData): string {
  const [now, then] = [totals.current[measure], totals.previous[measure]];
  const noun = NOUNS[measure];
  const when = days.isPart ? ` on ${datesOf(days.current)}` : "";
  const than = days.isPart ? `on ${datesOf(days.previous)}` : `in ${previousNames.inSentence}`;
  const size = moreOrFewer(now, then);
  if (size !== null) {
    const words = measure === "totalSeconds" ? size.replace("fewer", "less") : size;
    return `, with ${words} ${noun}${when} than ${than}`;
  }
  if (now === then)
    return now === 0 ? "" : `, with ${measure === "totalSeconds" ? "as much" : "as many"} ${noun}${when} as ${than}`;
  return `, after no ${noun} ${than}`;
}

const datesOf = ({ from, last }: ComparedDays["current"]) => datesInWords(from, last);

/** The rule by which changes are computed, where the reader sees them. */
export function comparedInWords({ days }: Comparison, previousNames: WindowNames): string {
  if (!days.isPart) return `Changes compare with the whole of ${previousNames.inSentence}.`;
  return (
    `Changes compare the days that are over, ${datesOf(days.current)}, with equally many days of the period before, ` +
    `${datesOf(days.previous)}.`
  );
}
