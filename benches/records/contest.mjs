// Measures the report by the package, by loops and by peers, with dedupe on and off. It runs in Node, in Deno and in a page.

import { periodBounds, usageByAgent } from "usage-by-agent";
import { interleaved } from "../rounds.mjs";
import { bytes } from "./bytes.mjs";
import { Loop } from "./loop.mjs";
import { objects } from "./objects.mjs";
import { check, timed } from "./timed.mjs";

const DOORS = { bytes, objects };

/**
 * @param {"bytes" | "objects"} door
 * @param {object} options `bytes`: the input, in the format `format`; `clock` returns milliseconds; `peers`: functions by name,
 *   which return the rows of a report for `(records, period and dedupe)`
 * @returns {Promise<Record<string, number[]>>} the milliseconds of each round; a name ends in the value of dedupe
 */
export async function contest(door, { bytes, format, query, rounds, clock, peers = {} }) {
  const { records, ways } = DOORS[door](bytes, format);
  const { startMs, endMs } = periodBounds(query);
  const contenders = {};
  for (const dedupe of [false, true]) {
    const ours = { ...query, dedupe };
    const put = (name, pass) => {
      contenders[`${name} ${dedupe}`] = timed(pass, clock);
    };
    put("ours", () => usageByAgent(records, ours));
    for (const [name, way] of Object.entries(ways)) {
      put(name, () => {
        const loop = new Loop({ startMs, endMs, dedupe, agents: query.agents });
        way((record) => loop.add(record));
        return loop.report();
      });
    }
    for (const [name, peer] of Object.entries(peers)) put(name, () => peer(records, { startMs, endMs, dedupe }));
  }
  check(contenders);
  return interleaved(contenders, { rounds });
}
