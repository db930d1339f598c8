// `node bytes.mjs FILE AGENTS FORMAT ROUNDS`: from bytes in memory to the report, by every way there is, dedupe on and off.

import { readFileSync } from "node:fs";
import { periodBounds, usageByAgent } from "usage-by-agent";
import { interleaved } from "../measure.mjs";
import { queryOf } from "./input.mjs";
import { Loop } from "./loop.mjs";
import { check, timed } from "./timed.mjs";

const [file, agentsFile, format, rounds] = process.argv.slice(2);
const bytes = readFileSync(file);
const query = queryOf(agentsFile);
const { startMs, endMs } = periodBounds(query);
const NEWLINE = 10;

/** The ways of a loop to come to its records. */
const ways = {
  array: {
    "JSON.parse of the whole": (add) => {
      for (const record of JSON.parse(bytes.toString())) add(record);
    },
  },
  ndjson: {
    "JSON.parse by line": (add) => {
      for (let at = 0; at < bytes.length; ) {
        const found = bytes.indexOf(NEWLINE, at);
        const end = found < 0 ? bytes.length : found;
        if (end > at) add(JSON.parse(bytes.toString("utf8", at, end)));
        at = end + 1;
      }
    },
    "JSON.parse by line of one string": (add) => {
      const text = bytes.toString();
      for (let at = 0; at < text.length; ) {
        const found = text.indexOf("\n", at);
        const end = found < 0 ? text.length : found;
        if (end > at) add(JSON.parse(text.slice(at, end)));
        at = end + 1;
      }
    },
    // Fewer, larger parses; no line break stands inside a value.
    "JSON.parse by blocks of lines": (add) => {
      for (let at = 0; at < bytes.length; ) {
        const found = bytes.indexOf(NEWLINE, Math.min(at + (1 << 18), bytes.length - 1));
        const end = found < 0 ? bytes.length : found;
        for (const record of JSON.parse(`[${bytes.toString("utf8", at, end).replaceAll("\n", ",")}]`)) add(record);
        at = end + 1;
      }
    },
  },
}[format];

const contenders = {};
for (const dedupe of [false, true]) {
  const ours = { ...query, dedupe };
  contenders[`ours ${dedupe}`] = timed(() => usageByAgent(bytes, ours));
  for (const [name, way] of Object.entries(ways)) {
    contenders[`${name} ${dedupe}`] = timed(() => {
      const loop = new Loop({ startMs, endMs, dedupe, agents: query.agents });
      way((record) => loop.add(record));
      return loop.report();
    });
  }
}
check(contenders);
console.log(JSON.stringify(await interleaved(contenders, { rounds: Number(rounds) })));
