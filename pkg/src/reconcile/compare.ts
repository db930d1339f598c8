// What differs, before any question why.

import type { AgentUsageItem, AgentUsageResponse, Convention } from "../types.js";
import { FIELDS } from "./answer.js";
import type { AgentDifference, BoundDifference, Difference, Field, PeriodsDifference } from "./types.js";
import type { Window } from "./windows.js";

export function comparedAgents(ours: AgentUsageResponse, theirs: AgentUsageResponse): AgentDifference[] {
  const both = new Map<string | null, [AgentUsageItem | undefined, AgentUsageItem?]>();
  for (const row of ours.data) both.set(row.agentId, [row]);
  for (const row of theirs.data) both.set(row.agentId, [both.get(row.agentId)?.[0], row]);
  return [...both].map(([agentId, [a, b]]) => compared(agentId, a, b)).sort(inOrder);
}

function compared(agentId: string | null, a?: AgentUsageItem, b?: AgentUsageItem): AgentDifference {
  const numbers = each((field) => difference(a?.[field] ?? 0, b?.[field] ?? 0));
  return {
    agentId,
    agentName: (a ?? (b as AgentUsageItem)).agentName,
    ...(a && b && a.agentName !== b.agentName && { theirName: b.agentName }),
    side: a && b ? "both" : a ? "ours" : "theirs",
    ...numbers,
    equal: FIELDS.every((field) => numbers[field].delta === 0),
  };
}

/** The largest differences first; names by code unit, usage with no agent last. */
function inOrder(a: AgentDifference, b: AgentDifference): number {
  for (const field of FIELDS) {
    const by = Math.abs(b[field].delta) - Math.abs(a[field].delta);
    if (by !== 0) return by;
  }
  const keys = ({ agentId, agentName }: AgentDifference) => [agentId === null ? 1 : 0, agentName, agentId ?? ""];
  const [of, and] = [keys(a), keys(b)];
  const at = of.findIndex((key, n) => key !== and[n]);
  return at < 0 ? 0 : (of[at] as string) < (and[at] as string) ? -1 : 1;
}

export function sums(agents: AgentDifference[]): Record<Field, Difference> {
  const sum = (field: Field, side: "ours" | "theirs") => agents.reduce((total, row) => total + row[field][side], 0);
  return each((field) => difference(sum(field, "ours"), sum(field, "theirs")));
}

export function comparedPeriods(
  ours: AgentUsageResponse,
  theirs: AgentUsageResponse,
  own: Window | null,
  stated: Window | null,
  convention: Convention | null,
): PeriodsDifference {
  const bound = (key: "periodStart" | "periodEnd"): BoundDifference => {
    const [a, b] = [ours[key], theirs[key]];
    return { ours: a, theirs: b, deltaSeconds: (momentOf(b) - momentOf(a)) / 1000 };
  };
  const [start, end] = [bound("periodStart"), bound("periodEnd")];
  const asWritten = start.ours === start.theirs && end.ours === end.theirs;
  const equal = ours.period === theirs.period && (asWritten || (own !== null && own.key === stated?.key));
  return { equal, start, end, convention };
}

/** Epoch milliseconds. A `Date` does not know leap seconds, which a time on the wire may have. */
function momentOf(bound: string): number {
  return bound.endsWith(":60Z") ? Date.parse(bound.replace(":60Z", ":59Z")) + 1000 : Date.parse(bound);
}

function each(make: (field: Field) => Difference): Record<Field, Difference> {
  return { messages: make("messages"), calls: make("calls"), totalSeconds: make("totalSeconds") };
}

const difference = (ours: number, theirs: number): Difference => ({ ours, theirs, delta: theirs - ours });
