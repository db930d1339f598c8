// Taking times on a machine that others use too: rounds in which each contender has its turn, ratios within a round,
// and of all rounds the median and the middle half.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export { interleaved } from "./rounds.mjs";

/**
 * Milliseconds for which the main thread has run, where Linux reports it: what others do on the machine is not in it, nor are
 * helpers that collect garbage beside it. Elsewhere the wall's. For long passes: the kernel counts in steps of 4 ms.
 */
export const clock = runtime() > 0 ? runtime : () => performance.now();

function runtime() {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[0]) / 1e6;
  } catch {
    return 0;
  }
}

export const ratios = (theirs, ours) => theirs.map((cost, round) => cost / ours[round]);

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}

export const median = (values) => quantile(values, 0.5);

/** Three digits that count. */
export const digits = (value) => (value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3));

/** The median and, in brackets, the middle half of the rounds. */
export function spread(values, unit = "") {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => digits(quantile(values, share)));
  return `${middle}${unit} (${low} to ${high})`;
}

/** What a script printed, as JSON. It runs in a process of its own: nothing is warm, and the heap is empty. */
export function inProcess(script, args = [], { program = process.execPath, env = {}, flags = [] } = {}) {
  const { status, stdout, error } = spawnSync(program, [...flags, script.pathname, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw error ?? new Error(`${script.pathname} ${args.join(" ")} ended with ${status}`);
  return JSON.parse(stdout);
}

export const note = (text) => process.stderr.write(`${text}\n`);
