/**
 * Each growth of the module's memory fails, in a run through the whole API. Afterwards a hundred ordinary calls give what the oracle
 * computes, and no count lies.
 *
 * `GROWTH_RECORDS=20000 node --test tests/node/limits/growth.test.mjs` makes the run larger: every growth fails there too.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { countCalls, failGrowths, growthsSoFar } from "../../support/limits/instances.mjs";
import { operationsOf } from "../../support/limits/operations.mjs";
import { assertAllOrdinary } from "../../support/limits/ordinary.mjs";
import { installed, packed } from "../../support/packed.mjs";

const RECORDS = Number(process.env.GROWTH_RECORDS ?? 4000);
const operations = operationsOf(RECORDS);
const { configure, UsageError, UsageRollup } = packed;

/** Replaces the instances, so that the next calls begin with memory that has not grown. Nothing that is kept may live. */
function begin() {
  configure({ maxIdleBytes: 0 });
  packed.versions();
  new UsageRollup().free();
  configure({ maxIdleBytes: 16 << 20 });
}

const KEPT = [{ id: "m1", agentId: "a", receivedAt: "2024-06-02T09:00:00Z" }];
const MONTH = { period: "month", now: "2024-06-15T12:00:00Z" };

/** Runs operations, and returns what each gave or threw. */
function run(some = operations) {
  return some.map(({ name, keeps, run: call }) => {
    try {
      return { name, keeps, got: call(packed) };
    } catch (error) {
      return { name, keeps, error };
    }
  });
}

const wanted = new Map(run().map(({ name, got, error }) => [name, error ?? got]));

test("the operations call every function that the module exports", () => {
  const calls = countCalls();
  begin();
  run();
  const module = new WebAssembly.Module(readFileSync(join(installed, "wasm/usage_by_agent.wasm")));
  const exported = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function");
  const missing = exported.filter(({ name }) => !calls.has(name)).map(({ name }) => name);
  assert.deepEqual(
    missing,
    ["start", "__wbindgen_start"].filter((name) => missing.includes(name)),
    "add an operation",
  );
});

test("the operations give results, and equal ones each time", () => {
  for (const { name, got, error } of run()) {
    assert.equal(error, undefined, name);
    assert.deepEqual(got, wanted.get(name), name);
  }
});

/** Whether the core found the lack of memory by itself. Such an error ends no instance. */
const isOfTheCore = ({ cause }) => cause === undefined;

/** Runs operations while some growths fail, and judges what came of it. */
function failing(some, decide, what) {
  begin();
  const kept = new UsageRollup().push(KEPT);
  failGrowths(decide);
  const results = run(some);
  const growths = growthsSoFar();
  failGrowths(() => false);
  const ended = results.filter(({ error }) => error !== undefined);
  for (const { name, got, error } of results) {
    if (error === undefined) {
      assert.deepEqual(got, wanted.get(name), `${what}: ${name}`);
      continue;
    }
    assert.ok(error instanceof UsageError && error.code === "out_of_memory", `${what}: ${name}: ${error.stack}`);
    if (isOfTheCore(error)) continue;
    assert.ok(error.cause instanceof WebAssembly.RuntimeError, `${what}: ${name}: ${error.cause?.stack}`);
  }
  const isLost = ended.some(({ keeps, error }) => keeps && !isOfTheCore(error));
  assert.equal(kept.isTerminated, isLost, `${what}: only a call that uses what is kept may end it`);
  if (isLost) assert.throws(() => kept.byAgent(MONTH), { code: "terminated" });
  else assert.equal(kept.byAgent(MONTH).data[0].messages, 1);
  kept.free();
  kept[Symbol.dispose]?.();
  assertAllOrdinary(packed, `after ${what}`);
  return { ended: ended.length, found: ended.filter(({ error }) => isOfTheCore(error)).length, growths };
}

test("each growth of each operation fails once: the operation ends or needs it not, and the next one gives its result", () => {
  let [tried, stopped, foundByCore] = [0, 0, 0];
  for (const operation of operations) {
    for (let n = 1; ; n++) {
      const what = `growth ${n} of ${operation.name}`;
      const { ended, found, growths } = failing([operation], (growth) => growth === n, what);
      if (growths < n) break;
      tried++;
      stopped += ended;
      foundByCore += found;
    }
  }
  assert.ok(tried > operations.length, `${tried} growths`);
  assert.ok(stopped > tried * 0.9, `${stopped} of ${tried} operations ended`); // few growths are for sums that are only kept
  assert.ok(foundByCore > 0, "the core finds no lack of memory");
  console.log(`# ${tried} growths failed with ${RECORDS} records, ${foundByCore} of them inside the core`);
});

test("every growth from one on fails, in a run of all operations: calls end, and none gives a wrong result", () => {
  let tried = 0;
  for (;;) {
    const { ended, growths } = failing(operations, (growth) => growth > tried, `growths after ${tried}`);
    if (growths <= tried) break;
    assert.ok(ended > 0, `growths after ${tried}`);
    tried++;
  }
  assert.ok(tried > 3, `${tried} growths`);
  console.log(`# all growths after one of ${tried} failed, with ${RECORDS} records`);
});
