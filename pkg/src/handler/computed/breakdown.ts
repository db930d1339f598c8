import { type Breakdown, type BreakdownQuery, UsageError } from "usage-by-agent";
import type { Answer } from "../http/answer.js";
import type { Question } from "../source.js";
import type { FullQuery } from "./compute.js";

/** The query of a breakdown. The owner's `includeIdle` is left out where rows are not agents. */
export function toBreakdownQuery(question: FullQuery): BreakdownQuery {
  const { by, week_start, includeIdle, ...query } = question;
  return {
    ...query,
    by: by ? by.split(",") : [],
    ...(week_start !== undefined && { weekStart: week_start }),
    ...(by === "agent" && { includeIdle }),
  } as BreakdownQuery;
}

/** The breakdown with plain arrays, which JSON writes as arrays. */
export function withArrays(breakdown: Breakdown): object {
  const rows = breakdown.rows.map(({ series, ...row }) => {
    if (series === undefined) return row;
    const [messages, calls, totalSeconds] = [series.messages, series.calls, series.totalSeconds].map((one) => [...one]);
    return { ...row, series: { messages, calls, totalSeconds } };
  });
  return { ...breakdown, rows };
}

/** The parameter that each option of a breakdown is. */
const PARAMETERS: Record<string, string> = {
  "/from": "from",
  "/to": "to",
  "/period": "period",
  "/offset": "offset",
  "/step": "step",
  "/tz": "tz",
  "/now": "period",
};

/** A 422 for parameters that do not go together, and for a window that can't be reported. `undefined` for any other error. */
export function wrongBreakdown(error: unknown, { endpoint, sent }: Question): Answer | undefined {
  if (endpoint.name !== "breakdown" || !(error instanceof UsageError)) return;
  const { code, path = "", message } = error;
  const name = PARAMETERS[path];
  if (name === undefined || !["invalid_option", "invalid_period", "out_of_range"].includes(code)) return;
  // Where the caller sent nothing, the owner's clock, zone or records are at fault.
  if (Object.keys(sent).length === 0) return;
  const input = sent[name] ?? null;
  const detail = [
    { type: "value_error", loc: ["query", name], msg: `Value error, ${message.replace(/ \(at .*\)$/, "")}`, input },
  ];
  return { status: 422, body: JSON.stringify({ detail }) };
}
