// Reports: from bytes and from objects, against loops in plain JavaScript. Each input has a process of its own.

import { digits, inProcess, median, note, ratios, spread } from "./measure.mjs";
import { fileOf } from "./records/input.mjs";

const ROUNDS = 5;
const FLAGS = ["--expose-gc", "--max-old-space-size=8192"];

export async function records() {
  const rows = [];
  for (const [door, set, format] of [
    ["bytes", "mixed", "array"],
    ["bytes", "mixed", "ndjson"],
    ["bytes", "transcripts", "ndjson"],
    ["objects", "mixed", "array"],
  ]) {
    const input = await fileOf(set, format);
    note(`${door} to report: ${set}, ${format}`);
    const script = new URL(`records/${door}.mjs`, import.meta.url);
    const costs = inProcess(script, [input.file, input.agents, format, String(ROUNDS)], { flags: FLAGS });
    const what = `${door} to report, ${door === "bytes" ? format : "an array"}, ${set}`;
    const size = `${digits(input.bytes / 1e6)} MB, ${digits(input.records)} records`;
    for (const dedupe of [false, true]) rows.push(compared(costs, dedupe, `${what} (${size})`, input));
  }
  return {
    rows,
    notes: [
      "Times of reports are those that the main thread ran. The loops check no types and no text, and keep no account of what they pass over.",
    ],
  };
}

/** Against the best of the loops, by its median. */
function compared(costs, dedupe, what, { bytes, records }) {
  const ending = ` ${dedupe}`;
  const perRecord = (ms) => `${digits((ms * 1e6) / records)} ns a record`;
  const rate = (ms) =>
    what.startsWith("bytes") ? `${digits(bytes / 1e3 / ms)} MB/s, ${perRecord(ms)}` : perRecord(ms);
  const ours = costs[`ours${ending}`];
  const loops = Object.keys(costs).filter((name) => name.endsWith(ending) && !name.startsWith("ours"));
  const [best, ...others] = loops.sort((a, b) => median(costs[a]) - median(costs[b]));
  const slower = others.map((name) => name.slice(0, -ending.length)).join(", ");
  return {
    job: `${what}, dedupe ${dedupe ? "on" : "off"}`,
    against: `a loop over ${best.slice(0, -ending.length)}${slower && ` (slower: ${slower})`}`,
    ratio: `${spread(ratios(costs[best], ours))} × as fast`,
    ours: rate(median(ours)),
    theirs: rate(median(costs[best])),
  };
}
