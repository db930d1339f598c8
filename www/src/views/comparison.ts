/**
 * Compares a window with the one before it, like with like: of a window that is not over, the days that are over are compared with
 * equally many days of the window before.
 */
import type { Breakdown, BreakdownRow } from "usage-by-agent";
import { MEASURES, NONE, type Tally } from "./measures.js";

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
  days: ComparedDays;
}

/** The days that are compared. */
export interface ComparedDays {
  current: Dates;
  previous: Dates;
  /** Whether only a part of the current window is compared, because it is not over. */
  isPart: boolean;
}

/** Some days. `to` is the day after the last one. */
export interface Dates {
  from: string;
  last: string;
  to: string;
}

/** What of two windows is compared, or why nothing is. */
export type Comparable = { days: ComparedDays } | { why: string };

/**
 * Finds the days to compare.
 *
 * @param current the window by day
 * @param previous the window before it, by day
 * @param ends the days after the last ones of both windows
 */
export function comparableDays(
  current: Breakdown,
  previous: Breakdown,
  ends: { current: string; previous: string },
  nowMs: number,
): Comparable {
  const [days, before] = [current, previous].map(daysOf) as [Days, Days];
  if (days.length === 0 || before.length === 0) return { why: "" };
  if (current.startMs > nowMs) return { why: "It has not begun yet." };
  const isPart = nowMs < current.endMs;
  const over = isPart ? days.filter(({ endMs }) => endMs <= nowMs).length : days.length;
  if (over === 0) return { why: "No day of it is over yet, so nothing is compared." };
  return {
    days: {
      current: datesOf(days, over, ends.current),
      previous: datesOf(before, isPart ? Math.min(over, before.length) : before.length, ends.previous),
      isPart,
    },
  };
}

type Days = NonNullable<Breakdown["steps"]>;

/** The days that have a length. A date that clocks skip has none. */
const daysOf = ({ steps = [] }: Breakdown) => steps.filter(({ startMs, endMs }) => endMs > startMs);

function datesOf(days: Days, n: number, end: string): Dates {
  return { from: days[0]?.start ?? "", last: days[n - 1]?.start ?? "", to: days[n]?.start ?? end };
}

/** The comparison of rows by agent. */
export function compare(
  current: readonly BreakdownRow[],
  previous: readonly BreakdownRow[],
  days: ComparedDays,
): Comparison {
  const agents = new Map<string | null, Pair>();
  for (const row of current) agents.set(row.agentId ?? null, { current: row, previous: NONE });
  for (const row of previous) {
    const agent = row.agentId ?? null;
    agents.set(agent, { current: agents.get(agent)?.current ?? NONE, previous: row });
  }
  return {
    agents,
    totals: { current: sumOf(current), previous: sumOf(previous) },
    counts: { current: countOf(current), previous: countOf(previous) },
    days,
  };
}

function sumOf(rows: readonly BreakdownRow[]): Tally {
  const sum = { ...NONE };
  for (const row of rows) for (const measure of MEASURES) sum[measure] += row[measure];
  return sum;
}

/** The number of agents with usage. Usage without an agent is not one. */
export const countOf = (rows: readonly BreakdownRow[]) =>
  rows.filter((row) => row.agentId !== null && isUsed(row)).length;

export const isUsed = (tally: Tally) => MEASURES.some((measure) => tally[measure] > 0);
