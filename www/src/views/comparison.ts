/**
 * Compares a window with the one before it, like with like: of a period that is not over, the days that are over are compared with
 * equally many days of the period before.
 */
import type { Breakdown, BreakdownStep } from "usage-by-agent";
import { MEASURES, type Measure, NONE, type Tally } from "./measures.js";

/** The usage of two windows. */
export interface Pair {
  current: Tally;
  previous: Tally;
}

export interface Comparison {
  /** By agent; the key of usage without an agent is `null`. */
  agents: Map<string | null, Pair>;
  totals: Pair;
  /** How many agents had usage. */
  counts: { current: number; previous: number };
  /** The first and the last local date that are compared, of each window. */
  current: Dates;
  previous: Dates;
  /** Whether only a part of the window is compared, because it is not over. */
  isPart: boolean;
}

export interface Dates {
  first: string;
  last: string;
}

/**
 * The comparison of two windows, both by agent and day. `null` if no day of the current window is over, or the previous window has no
 * days.
 */
export function compare(current: Breakdown, previous: Breakdown, nowMs: number): Comparison | null {
  const days = daysOf(current);
  const over = days.filter(({ endMs }) => endMs <= nowMs).length;
  const isPart = over < days.length && days.some(({ startMs, endMs }) => startMs <= nowMs && nowMs < endMs);
  const daysBefore = daysOf(previous);
  const [n, before] = isPart ? [over, Math.min(over, daysBefore.length)] : [days.length, daysBefore.length];
  if (n === 0 || before === 0) return null;
  const agents = new Map<string | null, Pair>();
  const [now, then] = [sumsOf(current, days.slice(0, n)), sumsOf(previous, daysBefore.slice(0, before))];
  for (const [agent, tally] of now) agents.set(agent, { current: tally, previous: then.get(agent) ?? NONE });
  for (const [agent, tally] of then) if (!agents.has(agent)) agents.set(agent, { current: NONE, previous: tally });
  const total = (of: "current" | "previous"): Tally => {
    const sum = { ...NONE };
    for (const pair of agents.values()) for (const measure of MEASURES) sum[measure] += pair[of][measure];
    return sum;
  };
  return {
    agents,
    totals: { current: total("current"), previous: total("previous") },
    counts: { current: countOf(now), previous: countOf(then) },
    current: datesOf(days, n),
    previous: datesOf(daysBefore, before),
    isPart,
  };
}

/** A step of a breakdown with its index. */
type Day = BreakdownStep & { index: number };

/** The days that have a length. A date that clocks skip has none. */
export function daysOf({ steps = [] }: Breakdown): Day[] {
  return steps.map((step, index) => ({ ...step, index })).filter(({ startMs, endMs }) => endMs > startMs);
}

function datesOf(days: Day[], n: number): Dates {
  return { first: days[0]?.start ?? "", last: days[n - 1]?.start ?? "" };
}

/** The usage of each agent in these days. Agents without usage are left out. */
function sumsOf({ rows }: Breakdown, days: Day[]): Map<string | null, Tally> {
  const sums = new Map<string | null, Tally>();
  for (const { agentId = null, series } of rows) {
    const sum = { ...NONE };
    for (const measure of MEASURES) for (const { index } of days) sum[measure] += series?.[measure][index] ?? 0;
    if (isUsed(sum)) sums.set(agentId, sum);
  }
  return sums;
}

/** The number of agents among the keys. Usage without an agent is not one. */
const countOf = (sums: Map<string | null, Tally>) => sums.size - Number(sums.has(null));

export const isUsed = (tally: Tally) => MEASURES.some((measure) => tally[measure] > 0);

/** For each step the number of agents with usage in it. */
export function agentsBySteps({ rows, steps = [] }: Breakdown): number[] {
  const counts = steps.map(() => 0);
  const agents = rows.filter(({ agentId }) => agentId !== null);
  const used = (n: number, measure: Measure, row: Breakdown["rows"][number]) => (row.series?.[measure][n] ?? 0) > 0;
  for (const row of agents) {
    for (const n of counts.keys()) {
      if (MEASURES.some((measure) => used(n, measure, row))) counts[n] = (counts[n] ?? 0) + 1;
    }
  }
  return counts;
}
