import { type BreakdownQuery, timeZones, type UsageQuery, versions } from "usage-by-agent";
import type { Answer, Question } from "../usage/messages.js";
import { atInstant, offsetsAt, windowFacts } from "./calendar.js";
import type { Counts } from "./counts.js";

/** Answers a question that needs no counts. `undefined` for others. */
export function calendarAnswer(question: Question): Answer | undefined {
  if (question.kind === "about") return { zones: timeZones(), versions: versions() };
  if (question.kind === "offsets") return offsetsAt(timeZones(), Date.now());
  if (question.kind === "bounds") return windowFacts(question.query, Date.now());
  return undefined;
}

/** Answers a question from the counts. `undefined` for others. */
export function countedAnswer(question: Question, { rollup, directory }: Counts): Answer | undefined {
  const clock = Date.now();
  switch (question.kind) {
    case "span":
      return rollup.span();
    case "saved":
      return {
        snapshot: rollup.snapshot() as Uint8Array<ArrayBuffer>,
        agents: directory.agents,
        numbers: directory.numbers,
      };
    case "report":
      return rollup.byAgent({ ...atInstant(question.query, clock), agents: directory.agents } as UsageQuery);
    case "breakdown": {
      const { onlyAgent, ...asked } = question.query;
      const query = atInstant(asked, clock) as BreakdownQuery;
      const breakdown = rollup.breakdown({ ...query, agents: directory.agents });
      if (onlyAgent !== undefined) breakdown.rows = breakdown.rows.filter(({ agentId }) => agentId === onlyAgent);
      for (const row of breakdown.rows)
        if (row.phoneNumber === "" && row.numberId) row.phoneNumber = directory.phoneNumber(row.numberId);
      return breakdown;
    }
    default:
      return undefined;
  }
}
