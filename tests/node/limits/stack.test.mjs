/**
 * The stack is full at random depths: inside every function that the module exports, and in the code around it. Afterwards ordinary
 * calls give what the oracle computes, nothing stays borrowed, and no count lies.
 *
 * `STACK_RUNS=100000 STACK_SEED=7 node --test tests/node/limits/stack.test.mjs` makes more runs, with other depths.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../tools/generate/random.mjs";
import { countCalls } from "../../support/limits/instances.mjs";
import { nearTheEnd } from "../../support/limits/near-the-end.mjs";
import { operationsOf } from "../../support/limits/operations.mjs";
import { assertAllOrdinary, assertOrdinary, ordinary } from "../../support/limits/ordinary.mjs";
import { packed } from "../../support/packed.mjs";

const RUNS = Number(process.env.STACK_RUNS ?? 1500);
const SEED = Number(process.env.STACK_SEED ?? 1);
const { UsageError, UsageRollup } = packed;

const MONTH = { period: "month", now: "2024-06-15T12:00:00Z" };
const records = (count, first) =>
  Array.from({ length: count }, (_, n) => ({ id: `m${first + n}`, agentId: "a", receivedAt: MONTH.now }));

let overflowing; // the call that overflows: {name, count, back}
const isFull = (name, count) =>
  name === overflowing?.name && count === overflowing.count ? overflowing.back : undefined;
let calls = countCalls(isFull);

const push = ({ kept, more }) => void kept.push(more);
push({ kept: new UsageRollup(), more: [] });

/** The operations, with their results, and with the number of calls of each exported function. */
const operations = operationsOf(12).map((operation) => {
  calls = countCalls(isFull);
  operation.run(packed); // the first run fills caches
  calls.clear();
  const wanted = operation.run(packed);
  return { ...operation, wanted, calls: [...calls] };
});

/** A rollup with this many records, or a new one with 3 if it has ended. */
function checked(kept, count, what) {
  if (!kept.isTerminated) {
    assert.equal(kept.diagnostics().records, count, what);
    assert.equal(kept.byAgent(MONTH).data[0].messages, count, what);
    return [kept, count];
  }
  assert.throws(() => kept.byAgent(MONTH), { code: "terminated" }, what);
  kept.free();
  kept[Symbol.dispose]?.();
  return [new UsageRollup().push(records(3, 0)), 3];
}

test(`the stack is full inside of exported functions, ${RUNS} times`, () => {
  const random = new Random(SEED);
  const ended = new Map();
  const crossing = operations.filter((operation) => operation.calls.length > 0);
  let [kept, count] = [new UsageRollup().push(records(3, 0)), 3];
  for (let n = 0; n < RUNS; n++) {
    const { name, keeps, run, wanted, calls: known } = random.pick(crossing);
    const [called, times] = random.pick(known);
    overflowing = { name: called, count: 1 + random.below(times), back: random.below(random.pick([2, 6, 20, 60])) };
    const what = `seed ${SEED}, run ${n}: ${name}, ${JSON.stringify(overflowing)}`;
    calls.clear();
    let error;
    try {
      assert.deepEqual(run(packed), wanted, what);
    } catch (thrown) {
      error = thrown;
      assert.ok(error instanceof UsageError && error.code === "terminated", `${what}: ${error.stack}`);
      assert.match(String(error.cause), /stack|terminated/, what); // a count says what ended it
      ended.set(called, (ended.get(called) ?? 0) + 1);
    }
    overflowing = undefined;
    if (kept.isTerminated) assert.ok(keeps, `${what}: only a call that uses what is kept may end it`);
    [kept, count] = checked(kept, count, what);
    assertOrdinary(packed, random.pick(ordinary), what);
    if (n % 200 === 0) assertAllOrdinary(packed, what);
  }
  assertAllOrdinary(packed, "at the end");
  kept.free();
  const all = new Set(operations.flatMap((operation) => operation.calls.map(([name]) => name)));
  const never = [...all].filter((name) => !ended.has(name));
  const total = [...ended.values()].reduce((sum, times) => sum + times, 0);
  console.log(
    `# ${total} of ${RUNS} calls were ended, in ${ended.size} of ${all.size} functions; never: ${never.join(", ")}`,
  );
  // What is called while something is freed ends no call.
  assert.deepEqual(
    never.filter((name) => !/_free$/.test(name)),
    [],
  );
});

test(`the stack is full at ${RUNS} random depths of the code around the module`, () => {
  const random = new Random(SEED);
  const seen = { results: 0, errors: 0 };
  let [kept, count] = [new UsageRollup().push(records(3, 0)), 3];
  for (let n = 0; n < RUNS; n++) {
    const back = random.below(random.pick([20, 60, 150, 400, 1000]));
    const what = `seed ${SEED}, run ${n}, ${back} frames before the end`;
    let error;
    if (random.below(4) === 0) {
      const more = records(1 + random.below(20), count);
      ({ error } = nearTheEnd(back, push, { kept, more: random.below(2) ? more : JSON.stringify(more) }));
      if (error === undefined) count += more.length;
    } else {
      const { name, run, wanted } = random.pick(operations);
      const found = nearTheEnd(back, run, packed);
      error = found.error;
      if (error === undefined) assert.deepEqual(found.got, wanted, `${what}: ${name}`);
    }
    if (error !== undefined) assert.ok(isOfStack(error), `${what}: ${error.stack}`);
    seen[error === undefined ? "results" : "errors"]++;
    [kept, count] = checked(kept, count, what);
    assertOrdinary(packed, random.pick(ordinary), what);
    if (n % 200 === 0) assertAllOrdinary(packed, what);
  }
  assertAllOrdinary(packed, "at the end");
  kept.free();
  console.log(`# ${RUNS} runs: ${seen.results} results, ${seen.errors} errors`);
  for (const [kind, times] of Object.entries(seen)) assert.ok(times > RUNS / 100, `${times} ${kind} of ${RUNS}`);
});

/**
 * Whether the error says that the stack was full: the runtime's own, or ours with it as the cause. V8 throws a SyntaxError where a
 * regular expression can't be compiled.
 */
function isOfStack(error) {
  if (error instanceof UsageError) return error.code === "terminated";
  return (error instanceof RangeError || error instanceof SyntaxError) && /\bstack\b/i.test(error.message);
}
