/**
 * Periods against `Temporal` of Deno and of Chromium, which nobody here wrote: every name that both know, every period and
 * week start, at 200 moments and more a name. Both of V8's, but with tz databases of different releases.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mayDiffer, releaseOf } from "../support/tz-releases.mjs";
import { inChromium, inDeno } from "./support/runtimes.mjs";

/** `SEED=n` draws other moments. */
const SEED = Number(process.env.SEED ?? 2026);

/** Names of ours that no runtime has: "Factory" says that a machine's zone was never set, and ECMA-402 leaves it out. */
const UNKNOWN_TO_THEM = ["Factory"];

describe("periods are where Temporal has them", { concurrency: true }, () => {
  test("in Deno", async (t) => judge(t, await inDeno(SEED)));
  test("in Chromium", async (t) => judge(t, await inChromium(SEED)));
});

function judge(t, { runtime, ours, has, zones, moments, periods, unknownToUs, unknownToThem, differing }) {
  // Found by its answers: Chromium does not say, and Deno names a release whose changes its Temporal doesn't have.
  const theirs = releaseOf(has);
  t.diagnostic(`${runtime}: tz database ${ours} here, ${theirs} there by what it knows`);
  t.diagnostic(`${zones} names, ${moments} moments, ${periods} periods compared, seed ${SEED}`);

  assert.deepEqual({ unknownToUs, unknownToThem }, { unknownToUs: [], unknownToThem: UNKNOWN_TO_THEM });
  assert.ok(moments >= 200 * zones, "too few moments");

  const excused = mayDiffer(ours, theirs);
  t.diagnostic(`differ, as tests/support/tz-releases.mjs has it: ${excused.length ? excused.join(", ") : "none"}`);
  const unexcused = differing.filter(({ zone }) => !excused.includes(zone));
  assert.deepEqual(unexcused, [], "differences that no release explains");
  const idle = excused.filter((zone) => !differing.some((difference) => difference.zone === zone));
  assert.deepEqual(idle, [], "excuses that no longer apply");
}
