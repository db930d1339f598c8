// Warm calls: all contenders take turns in one process.

import { load, OURS, peers } from "../contenders.mjs";
import { interleaved, note } from "../measure.mjs";
import { moments, PERIODS, ZONES } from "./questions.mjs";

/** Turns are short and many, so that other work on the machine slows all contenders of a round equally. */
const ROUNDS = 120;
const TURN_MS = 10;

/** The microseconds of a call, by contender and round. */
export async function warm() {
  const nows = moments(4096, { from: 2020, to: 2030 });
  const contenders = {};
  for (const name of [OURS, ...Object.keys(peers)]) contenders[name] = turn(await load(name), nows);
  note(`warm calls: ${ROUNDS} rounds`);
  await interleaved(contenders, { rounds: ROUNDS / 4 }); // until the code is compiled
  return interleaved(contenders, { rounds: ROUNDS });
}

/** Makes calls for some milliseconds. Each call has another zone and another moment. */
function turn(bounds, nows) {
  let call = 0;
  let seen = 0; // uses each answer, so that the engine cannot remove the calls
  return () => {
    const start = performance.now();
    const first = call;
    let taken = 0;
    do {
      for (let i = 0; i < 20; i++, call++) {
        const answer = bounds(PERIODS[call % 3], ZONES[call % ZONES.length], nows[call % nows.length]);
        seen += answer.periodStart.length + answer.periodEnd.length;
      }
      taken = performance.now() - start;
    } while (taken < TURN_MS);
    if (seen % 20 !== 0) throw new Error("an answer of another length");
    return (taken * 1000) / (call - first);
  };
}
