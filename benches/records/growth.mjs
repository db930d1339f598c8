// `node growth.mjs FILE AGENTS ROUNDS SIZE…` reads streams of growing size, and prints their times and memory as JSON. A stream
// repeats the file, each time with other ids.

import { readFileSync } from "node:fs";
import { UsageAggregator } from "usage-by-agent";
import { moduleBytes as memory } from "../../tests/support/module-memory.mjs";
import { clock, median } from "../measure.mjs";
import { queryOf } from "./input.mjs";

const [file, agentsFile, rounds, ...sizes] = process.argv.slice(2);
const query = queryOf(agentsFile);
const NEWLINE = 10;
const CHUNK = 1 << 16; // a usual chunk of a response's body
const bytes = readFileSync(file);

/** The positions of the ids' last characters. Each repetition writes another letter there, which no id of the file contains. */
const ends = [];
for (const { index, 0: text } of bytes.toString("latin1").matchAll(/"(?:id|messageId|callId)":\s*"[^"\\]*\w(?=")/g))
  ends.push(index + text.length - 1);
const LETTERS = Buffer.from("ghijklmnopqrstuvwxyz");

const resident = () => process.memoryUsage().rss;

function stream(size, dedupe) {
  const usage = new UsageAggregator({ ...query, dedupe });
  let taken = 0;
  let fed = 0;
  let peak = 0;
  for (let turn = 0; fed < size; turn++) {
    for (const at of ends) bytes[at] = LETTERS[turn];
    const left = size - fed;
    const part = left < bytes.length ? bytes.subarray(0, bytes.indexOf(NEWLINE, left) + 1) : bytes;
    const start = clock();
    for (let at = 0; at < part.length; at += CHUNK) usage.pushBytes(part.subarray(at, at + CHUNK));
    taken += clock() - start;
    fed += part.length;
    peak = Math.max(peak, resident());
  }
  const start = clock();
  usage.finish().report();
  taken += clock() - start;
  const { records, duplicates } = usage.diagnostics();
  usage.free();
  return { taken, fed, records, duplicates, peak };
}

globalThis.gc();
const start = { memory: memory(), resident: resident() };
const results = [];
for (const dedupe of [false, true]) {
  for (const size of sizes.map(Number)) {
    const runs = Array.from({ length: Number(rounds) }, () => stream(size, dedupe));
    const { fed, records, duplicates } = runs[0];
    results.push({
      dedupe,
      bytes: fed,
      records,
      duplicates,
      ms: median(runs.map(({ taken }) => taken)),
      // The module's memory never shrinks, so it shows the largest need of all streams so far.
      memory: memory() - start.memory,
      resident: Math.max(...runs.map(({ peak }) => peak)) - start.resident,
    });
  }
}
console.log(JSON.stringify(results));
