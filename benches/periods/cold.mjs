// First calls. As a program (`node cold.mjs CONTENDER SEED`), it prints two times. The first is the time to load the contender's
// module and to answer once. The second is measured when the code is warm: the times of the first call in each of many new zones.

import { fileURLToPath } from "node:url";
import { Random } from "../../tools/generate.mjs";
import { load, OURS, peers } from "../contenders.mjs";
import { inProcess, interleaved, median, note } from "../measure.mjs";
import { hostZones, moments, PERIODS, ZONES } from "./questions.mjs";

const PROCESSES = 7;
const NEW_ZONES = 100;

/** `{zone, start}`: microseconds of a first call in a zone, and milliseconds to the first answer, by contender and process. */
export async function cold() {
  note(`first calls: ${PROCESSES} processes each`);
  const zone = {};
  const contenders = {};
  for (const name of [OURS, ...Object.keys(peers)]) {
    zone[name] = [];
    let seed = 0;
    contenders[name] = () => {
      const { start, first } = inProcess(new URL(import.meta.url), [name, String(seed++)]);
      zone[name].push(median(first));
      return start;
    };
  }
  const start = await interleaved(contenders, { rounds: PROCESSES });
  return { zone, start };
}

async function measure(name, seed) {
  const nows = moments(NEW_ZONES, { from: 2020, to: 2030, seed });
  const begin = performance.now();
  const bounds = await load(name);
  bounds("month", "America/New_York", nows[0]);
  const start = performance.now() - begin;

  for (let i = 0; i < 12_000; i++) bounds(PERIODS[i % 3], ZONES[i % ZONES.length], nows[i % nows.length]);
  const zones = new Random(seed, 8).shuffled(hostZones().filter((zone) => !ZONES.includes(zone))).slice(0, NEW_ZONES);
  const first = zones.map((zone, i) => {
    const before = process.hrtime.bigint();
    bounds("month", zone, nows[i]);
    return Number(process.hrtime.bigint() - before) / 1000;
  });
  console.log(JSON.stringify({ start, first }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await measure(process.argv[2], Number(process.argv[3]));
