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
    for (const dedupe of [false, true]) rows.push(...compared(costs, dedupe, `${what} (${size})`, input));
  }
  return { rows, notes: ["The loops check no types and no text, and keep no account of what they pass over."] };
}

function compared(costs, dedupe, what, { bytes, records }) {
  const job = `${what}, dedupe ${dedupe ? "on" : "off"}`;
  const ending = ` ${dedupe}`;
  const rate = (ms) => `${digits(bytes / 1e3 / ms)} MB/s, ${digits((ms * 1e6) / records)} ns a record`;
  const ours = costs[`ours${ending}`];
  return Object.entries(costs)
    .filter(([name]) => name.endsWith(ending) && !name.startsWith("ours"))
    .sort(([, a], [, b]) => median(a) - median(b))
    .map(([name, theirs]) => ({
      job,
      against: name.slice(0, -ending.length),
      ratio: `${spread(ratios(theirs, ours))} × as fast`,
      ours: rate(median(ours)),
      theirs: rate(median(theirs)),
    }));
}
