/**
 * Compares periods with `Temporal` of Deno and of Chromium, which is independent of this project. The comparison covers every
 * name that both sides know, every period and week start, and at least 200 moments for each name. Deno and Chromium both use V8,
 * but their tz databases are of different releases.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mayDiffer, releaseOf } from "../support/tz-releases.mjs";
import { inChromium, inDeno } from "./support/runtimes.mjs";

/** `SEED=n` selects other moments. */
const SEED = Number(process.env.SEED ?? 2026);

/** Names that only the package has. "Factory" means that a machine's zone was never set, and ECMA-402 excludes it. */
const UNKNOWN_TO_THEM = ["Factory"];

describe("periods have the bounds that Temporal computes", { concurrency: true }, () => {
  test("in Deno", async (t) => judge(t, await inDeno(SEED)));
  test("in Chromium", async (t) => judge(t, await inChromium(SEED)));
});

function judge(t, { runtime, ours, has, zones, moments, periods, unknownToUs, unknownToThem, differing }) {
  // The results show the release. Chromium does not report it. Deno reports a release whose changes its Temporal does not have.
  const theirs = releaseOf(has);
  t.diagnostic(`${runtime}: tz database ${ours} in the package, ${theirs} in the runtime by its results`);
  t.diagnostic(`${zones} names, ${moments} moments, ${periods} periods compared, seed ${SEED}`);

  assert.deepEqual({ unknownToUs, unknownToThem }, { unknownToUs: [], unknownToThem: UNKNOWN_TO_THEM });
  assert.ok(moments >= 200 * zones, "too few moments");

  const excused = mayDiffer(ours, theirs);
  t.diagnostic(
    `zones that may differ by tests/support/tz-releases.mjs: ${excused.length ? excused.join(", ") : "none"}`,
  );
  const unexcused = differing.filter(({ zone }) => !excused.includes(zone));
  assert.deepEqual(unexcused, [], "no release explains these differences");
  const idle = excused.filter((zone) => !differing.some((difference) => difference.zone === zone));
  assert.deepEqual(idle, [], "these zones may differ by tz-releases.mjs, but do not");
}
