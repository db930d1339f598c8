/**
 * The module's memory has a maximum. Calls that need more say so, and the calls after them give what the oracle computes.
 *
 * `MAXIMUM_STEPS=200 node --test tests/node/limits/maximum.test.mjs` tries more maximums, page by page.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { initialBytes, withMaximum } from "../../support/limits/maximum.mjs";
import { operationsOf } from "../../support/limits/operations.mjs";
import { assertOrdinary, ordinary } from "../../support/limits/ordinary.mjs";
import { overload } from "../../support/limits/overload.mjs";
import { installed, packed } from "../../support/packed.mjs";

const STEPS = Number(process.env.MAXIMUM_STEPS ?? 40);
const PAGE = 65_536;
const module = readFileSync(join(installed, "wasm/usage_by_agent.wasm"));

/** A copy of the package whose module may have so many bytes. */
async function limitedTo(bytes) {
  const usage = await import(`${pathToFileURL(join(installed, "dist/slim.js"))}?most=${bytes}`);
  usage.initSync(withMaximum(module, bytes));
  return usage;
}

for (const mebibytes of [20, 40, 80, 125]) {
  test(`the module may have ${mebibytes} MiB`, async () => {
    const most = mebibytes << 20;
    overload(await limitedTo(most), most);
  });
}

test(`the module may have 0 to ${STEPS} pages more than at the beginning`, async () => {
  const operations = operationsOf(2000);
  const wanted = operations.map(({ run }) => run(packed));
  const failures = [];
  for (let pages = 0; pages <= STEPS; pages++) {
    const usage = await limitedTo(initialBytes(module) + pages * PAGE);
    const what = `${pages} pages more`;
    failures.push(0);
    const judged = (call) => {
      try {
        call();
      } catch (thrown) {
        const error = thrown.cause?.code === undefined ? thrown : thrown.cause; // assertOrdinary names the call
        assert.equal(error.code, "out_of_memory", `${what}: ${thrown.stack}`);
        failures[pages]++;
      }
    };
    operations.forEach(({ name, run }, n) => {
      judged(() => assert.deepEqual(run(usage), wanted[n], `${what}: ${name}`));
      judged(() => assertOrdinary(usage, ordinary[n], `${what}, after ${name}`));
    });
    for (const call of ordinary) judged(() => assertOrdinary(usage, call, what));
  }
  console.log(`# calls that failed, by pages: ${failures.join(" ")}`);
  assert.ok(failures[0] > 50, "without a page more, hardly anything works");
  assert.equal(failures.at(-1), 0, "with the most pages, everything works");
});
