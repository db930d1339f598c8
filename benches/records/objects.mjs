// `node objects.mjs FILE AGENTS FORMAT ROUNDS`: from objects that are there already to the report, dedupe on and off.

import { readFileSync } from "node:fs";
import { periodBounds, usageByAgent } from "usage-by-agent";
import { interleaved } from "../measure.mjs";
import { queryOf } from "./input.mjs";
import { Loop } from "./loop.mjs";
import { check, timed } from "./timed.mjs";

const [file, agentsFile, , rounds] = process.argv.slice(2);
const records = JSON.parse(readFileSync(file, "utf8"));
const query = queryOf(agentsFile);
const { startMs, endMs } = periodBounds(query);

const contenders = {};
for (const dedupe of [false, true]) {
  const ours = { ...query, dedupe };
  contenders[`ours ${dedupe}`] = timed(() => usageByAgent(records, ours));
  contenders[`the same objects ${dedupe}`] = timed(() => {
    const loop = new Loop({ startMs, endMs, dedupe, agents: query.agents });
    for (const record of records) loop.add(record);
    return loop.report();
  });
}
check(contenders);
console.log(JSON.stringify(await interleaved(contenders, { rounds: Number(rounds) })));
