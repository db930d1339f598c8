// Makes a breakdown of what the core gives: the rows as objects, the times and the series as arrays of numbers.

import type { Breakdown, BreakdownRow, Step } from "../types.js";

/** The parts of a breakdown. */
export type CoreBreakdown = [tz: string, totals: Breakdown["totals"], rows: BreakdownRow[]];

/**
 * @param times the first instant of the window and the first one after it; for each step its first instant, and the local time of its
 *   beginning as if it were UTC
 * @param series for each row the messages of each step, the calls of each step and the seconds of each step
 */
export function breakdownOf(
  [tz, totals, rows]: CoreBreakdown,
  [startMs, endMs, ...starts]: [startMs: number, endMs: number, ...number[]],
  series: Float64Array,
  step: Step | undefined,
): Breakdown {
  const window = { from: written(startMs, 19, "Z"), to: written(endMs, 19, "Z"), startMs, endMs, tz };
  if (step === undefined) return { ...window, rows, totals };
  const steps = [];
  for (let i = 0; i < starts.length; i += 2) {
    const [startMs, local, next = endMs] = starts.slice(i, i + 3) as [number, number, number?];
    const start = step === "hour" ? written(local, 16, offset(local - startMs)) : written(local, 10);
    steps.push({ start, startMs, endMs: next });
  }
  let at = 0;
  const next = () => {
    at += steps.length;
    return series.subarray(at - steps.length, at);
  };
  for (const row of rows) row.series = { messages: next(), calls: next(), totalSeconds: next() };
  return { ...window, steps, rows, totals };
}

/** The first characters of a time as UTC, and what comes after them. */
function written(ms: number, length: number, after = ""): string {
  return new Date(ms).toISOString().slice(0, length) + after;
}

/** An offset from UTC: `+05:45`. */
function offset(ms: number): string {
  return (ms < 0 ? "-" : "+") + new Date(Math.abs(ms)).toISOString().slice(11, 16);
}
