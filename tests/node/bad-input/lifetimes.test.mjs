/** Every method of a freed aggregator throws. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertThrows, JUNE, message } from "../../support/faults.mjs";
import { packed } from "../../support/packed.mjs";

const { UsageAggregator } = packed;

test("a freed aggregator throws", () => {
  const usage = new UsageAggregator(JUNE).push([message({})]);
  usage.pushBytes(new Uint8Array([123]));
  usage.free();
  const uses = {
    push: () => usage.push([]),
    pushBytes: () => usage.pushBytes(new Uint8Array(1)),
    finish: () => usage.finish(),
    report: () => usage.report(),
    diagnostics: () => usage.diagnostics(),
  };
  const expected = { code: "invalid_option", path: undefined, message: /freed/ };
  for (const [name, use] of Object.entries(uses)) assertThrows(use, expected, name);
  usage.free(); // a second call does no harm
  usage[Symbol.dispose]();
  assertThrows(uses.report, expected);
});

test("a disposed aggregator throws", () => {
  const usage = new UsageAggregator(JUNE);
  usage[Symbol.dispose]();
  assertThrows(() => usage.report(), { code: "invalid_option", path: undefined, message: /freed/ });
});

test("detached methods throw", () => {
  const { report, push } = UsageAggregator.prototype;
  for (const tornOff of [() => report(), () => push.call({}, [])]) assert.throws(tornOff, TypeError); // as with any class
  assert.throws(() => UsageAggregator(JUNE), TypeError);
});

test("freeing one aggregator does not affect the others", () => {
  const [one, two] = [new UsageAggregator(JUNE), new UsageAggregator(JUNE)];
  one.push([message({ agentId: "a" })]);
  two.push([message({ agentId: "b" })]);
  one.free();
  const three = new UsageAggregator(JUNE);
  assert.equal(two.report().data[0].agentId, "b");
  assert.deepEqual(three.report().data, []);
  two.free();
  three.free();
});
