// Compares the two responses. Why they differ is for other files.

import type { AgentUsageItem, AgentUsageResponse, Convention } from "../types.js";
import { FIELDS } from "./response.js";
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

/** The largest differences first, then by name in code units. Usage without an agent is last. */
function inOrder(a: AgentDifference, b: AgentDifference): number {
  for (const field of FIELDS) {
    const by = Math.abs(b[field].delta) - Math.abs(a[field].delta);
    if (by !== 0) return by;
  }
  const isLast = Number(a.agentId === null) - Number(b.agentId === null);
  return isLast || byCodeUnit(a.agentName, b.agentName) || byCodeUnit(a.agentId ?? "", b.agentId ?? "");
}

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : Number(a > b));

export function sums(agents: AgentDifference[]): Record<Field, Difference> {
  const sum = (field: Field, side: "ours" | "theirs") => agents.reduce((total, row) => total + row[field][side], 0);
  return each((field) => difference(sum(field, "ours"), sum(field, "theirs")));
}

export function comparedPeriods(
  ours: AgentUsageResponse,
  theirs: AgentUsageResponse,
  own: Window | null,
  theirWindow: Window | null,
  convention: Convention | null,
): PeriodsDifference {
  const bound = (key: "periodStart" | "periodEnd"): BoundDifference => {
    const [a, b] = [ours[key], theirs[key]];
    return { ours: a, theirs: b, deltaSeconds: secondOf(b) - secondOf(a) };
  };
  const [start, end] = [bound("periodStart"), bound("periodEnd")];
  const asWritten = start.ours === start.theirs && end.ours === end.theirs;
  const equal = ours.period === theirs.period && (asWritten || (own !== null && own.key === theirWindow?.key));
  return { equal, start, end, convention };
}

/** A bound in whole seconds since 1970. A leap second, which `Date` cannot parse, becomes the second after it. */
const secondOf = (bound: string) => Math.ceil(Date.parse(bound.replace(":60Z", ":59.9Z")) / 1000);

function each(make: (field: Field) => Difference): Record<Field, Difference> {
  return Object.fromEntries(FIELDS.map((field) => [field, make(field)])) as Record<Field, Difference>;
}

const difference = (ours: number, theirs: number): Difference => ({ ours, theirs, delta: theirs - ours });
