import type { Breakdown } from "usage-by-agent";
import { make } from "../dom.js";
import { plural, spokenTime } from "../format.js";
import { moreOrFewer } from "./change.js";
import { type Comparison, isUsed } from "./comparison.js";
import type { Measure, Tally } from "./measures.js";
import { datesInWords } from "./step-words.js";
import type { WindowNames } from "./window-words.js";

export interface SentenceData {
  names: WindowNames;
  previousNames: WindowNames | null;
  breakdown: Breakdown;
  comparison: Comparison | null;
  measure: Measure;
  nowMs: number;
}

/** What happened, in one sentence: who used what, and how much more than before. */
export function sentenceOf({ names, previousNames, breakdown, comparison, measure, nowMs }: SentenceData): HTMLElement {
  const { rows, totals, startMs, endMs } = breakdown;
  const agents = rows.filter((row) => row.agentId !== null && isUsed(row as Tally)).length;
  const isRunning = startMs <= nowMs && nowMs < endMs;
  const where = `${isRunning ? "So far in" : "In"} ${names.inSentence}`;
  if (!isUsed(totals)) return make("p", { class: "sentence" }, `${where}, nothing was used.`);
  const who = agents === 0 ? "no known agent" : plural(agents, "agent");
  const used = usedInWords(totals);
  const more = comparison === null || previousNames === null ? "" : moreInWords(comparison, previousNames, measure);
  return make("p", { class: "sentence" }, `${where}, ${who} had `, make("strong", {}, used), `${more}.`);
}

function usedInWords({ messages, calls, totalSeconds }: Tally): string {
  const talk = `${plural(calls, "call")} of ${spokenTime(totalSeconds)} in total`;
  if (calls === 0) return plural(messages, "message");
  return messages === 0 ? talk : `${plural(messages, "message")} and ${talk}`;
}

/** `, 8 % more messages than in May 2025`. */
function moreInWords({ totals, isPart, current, previous }: Comparison, names: WindowNames, measure: Measure): string {
  const [now, then] = [totals.current[measure], totals.previous[measure]];
  const noun = { messages: "messages", calls: "calls", totalSeconds: "call time" }[measure];
  const than = isPart ? datesInWords(previous.first, previous.last) : names.inSentence;
  const size = moreOrFewer(now, then);
  const when = isPart ? ` on ${datesInWords(current.first, current.last)}` : "";
  if (size === null) {
    if (now === then)
      return now === 0
        ? ""
        : `, as many ${noun}${when} as in ${than}`.replace("as many call time", "as much call time");
    return `; in ${than} there were no ${noun}`.replace("were no call time", "was no call time");
  }
  const words = measure === "totalSeconds" ? size.replace("fewer", "less") : size;
  return `; ${words} ${noun}${when} than in ${than}`;
}

/** The rule by which changes are computed, where the reader sees them. */
export function comparedInWords(comparison: Comparison, names: WindowNames): string {
  const { current, previous, isPart } = comparison;
  if (!isPart) return `Changes are from ${names.inSentence}.`;
  const [now, then] = [current, previous].map(({ first, last }) => datesInWords(first, last));
  return `Changes compare the days that are over, ${now}, with equally many days before, ${then}.`;
}
