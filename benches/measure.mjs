// Measures times on a machine that other programs also use. Each contender has its turn in each round. Ratios are computed within
// a round. The result is the median and the middle half of all rounds.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export { interleaved } from "./rounds.mjs";

/**
 * The milliseconds for which the main thread has run, if Linux reports them. They do not include other programs, or helper
 * threads that collect garbage. On other systems it is the wall time. It is for long passes, because the kernel counts in steps
 * of 4 ms.
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

/** Writes a number with three significant digits. */
export const digits = (value) => (value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(3));

/** The median and, in brackets, the middle half of the rounds. */
export function spread(values, unit = "") {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => digits(quantile(values, share)));
  return `${middle}${unit} (${low} to ${high})`;
}

/** Runs a script in a new process, in which nothing is warm and the heap is empty. Returns the JSON that the script prints. */
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
