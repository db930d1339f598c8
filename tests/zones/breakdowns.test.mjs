/**
 * Compares breakdowns with counts by `Temporal` of Deno and of Chromium: random records around changes of clocks, random dimensions,
 * steps and windows.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inChromium, inDeno } from "./support/runtimes.mjs";

/** `SEED=n` selects other records. */
const SEED = Number(process.env.SEED ?? 2026);

describe("breakdowns are the counts that Temporal makes", { concurrency: true }, () => {
  test("in Deno", async (t) => judge(t, await inDeno(SEED, "breakdowns.js")));
  test("in Chromium", async (t) => judge(t, await inChromium(SEED, "breakdowns.js")));
});

function judge(t, { runtime, breakdowns, refused, differing }) {
  t.diagnostic(`${runtime}: ${breakdowns} breakdowns compared, ${refused} of them refused by both, seed ${SEED}`);
  assert.deepEqual(differing, []);
  assert.ok(refused > 0 && refused < breakdowns / 2, `${refused} of ${breakdowns} were refused`);
}
