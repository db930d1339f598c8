/** Bounded runs of the package's fuzzers, and the seeds that once found something: `npm run fuzz` runs them for longer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { tryAnswers } from "../support/fuzz/answers.mjs";
import { tryObjects } from "../support/fuzz/objects.mjs";

const seeds = (count) => Array.from({ length: count }, (_, n) => n + 1);

test("objects count as their text does, and objects that do harm lose no record", () => {
  for (const seed of seeds(400)) tryObjects(seed);
});

test("broken responses have the problems that a slow second checker finds, through every door", (t) => {
  const codes = {};
  for (const seed of [...seeds(60), 526, 5300235]) {
    for (const [code, times] of Object.entries(tryAnswers(seed))) codes[code] = (codes[code] ?? 0) + times;
  }
  t.diagnostic(JSON.stringify(codes));
  for (const [code, times] of Object.entries(codes)) assert.ok(times >= 3, `${code}: only ${times} times`);
  assert.equal(Object.keys(codes).length, 23, "every code that an answer which is JSON can have");
});
