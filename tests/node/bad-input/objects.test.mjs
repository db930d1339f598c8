/** Objects that run code: getters, proxies, iterators and pages that throw, change or never end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { AT, assertThrows, assertWorks, call, JUNE, message, skipping } from "../../support/faults.mjs";
import { packed } from "../../support/packed.mjs";

const { UsageAggregator, usageByAgent } = packed;

const throwing = (fields, name, error) =>
  Object.defineProperty({ ...fields }, name, {
    enumerable: true,
    get() {
      throw error;
    },
  });

/** Asserts that a record is invalid at a pointer, between two records that count. */
function assertInvalid(record, path, pattern = /wanted/) {
  const records = [message({}), record, message({})];
  assertThrows(() => usageByAgent(records, JUNE), { code: "invalid_record", path, message: pattern }, path);
  const { records: all, counted, invalid, problems } = skipping(records).diagnostics;
  assert.deepEqual([all, counted, invalid], [3, 2, 1], path);
  assert.equal(problems[0].path, path);
}

test("a getter that throws makes its record invalid", () => {
  const boom = new Error("boom");
  assertInvalid(throwing(message({}), "agentId", boom), "/1/agentId", /boom/);
  assertInvalid(throwing(call({}), "startedAt", boom), "/1/startedAt", /boom/);
  const data = throwing({ startedAt: AT }, "callId", boom);
  assertInvalid({ event: "agent.call_ended", data }, "/1/data/callId", /boom/);
  for (const odd of [undefined, null, 5, Symbol("x"), "text", { toString: null }, Object.create(null)]) {
    assertInvalid(throwing(message({}), "agentId", odd), "/1/agentId", /agentId/);
  }
  const long = new Error("x".repeat(1e6));
  assertThrows(() => usageByAgent([throwing(message({}), "id", long)], JUNE), {
    code: "invalid_record",
    path: "/0/id",
    message: /^.{1,500}$/,
  });
  // A getter of a field that is not read is not called.
  assert.equal(skipping([throwing(message({}), "body", boom)]).diagnostics.counted, 1);
});

test("a record whose data throws is invalid", () => {
  const record = throwing({ event: "agent.call_ended" }, "data", new Error("boom"));
  assertInvalid(record, "/1/data", /boom/);
});

test("a Proxy counts as its traps answer", () => {
  const target = call({ agentId: "a" });
  const { diagnostics } = skipping([new Proxy(target, {}), new Proxy({}, { get: (_, key) => target[key] })]);
  assert.equal(diagnostics.counted, 2);
});

test("a record whose kind can't be read is invalid, not ignored", () => {
  const boom = new Error("boom");
  assertInvalid(throwing(message({}), "type", boom), "/1/type", /boom/);
  assertInvalid(throwing({ data: { receivedAt: AT } }, "event", boom), "/1/event", /boom/);
});

test("a channel that can't be read is a channel that is not known", () => {
  const record = throwing({ event: "agent.message", timestamp: AT }, "channel", new Error("boom"));
  assert.equal(skipping([record]).diagnostics.counted, 1);
});

test("a revoked Proxy is an invalid record", () => {
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  assertInvalid(revoked(), "/1", /./);
});

test("a revoked Proxy in a field is an invalid field", () => {
  const revoked = (target) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  assertInvalid(message({ receivedAt: revoked({}) }), "/1/receivedAt", /./);
  assertInvalid({ event: "agent.call_ended", data: revoked({}) }, "/1/data", /./);
});

test("a value that only has the tag of a Date is invalid", () => {
  assertInvalid(message({ receivedAt: { [Symbol.toStringTag]: "Date" } }), "/1/receivedAt", /./);
  assertInvalid(message({ receivedAt: Object.create(Date.prototype) }), "/1/receivedAt", /./);
  const hostile = {
    get [Symbol.toStringTag]() {
      throw new Error("boom");
    },
  };
  assertInvalid(message({ receivedAt: hostile }), "/1/receivedAt", /./);
});

test("a Date and a record of another realm count", () => {
  const record = vm.runInNewContext(`({ type: "message", receivedAt: new Date("${AT}") })`);
  assert.ok(!(record.receivedAt instanceof Date));
  const records = vm.runInNewContext(`[{ type: "message", receivedAt: new Date("${AT}") }]`);
  assert.equal(skipping([record, ...records]).diagnostics.counted, 2);
  assert.equal(skipping(records).diagnostics.counted, 1);
  assert.equal(
    skipping(vm.runInNewContext(`({ data: [{ type: "message", receivedAt: "${AT}" }] })`)).diagnostics.counted,
    1,
  );
});

test("bytes of another realm are bytes", () => {
  const text = JSON.stringify([message({})]);
  const bytes = vm.runInNewContext(`Uint8Array.from(${JSON.stringify([...Buffer.from(text)])})`);
  assert.ok(!(bytes instanceof Uint8Array));
  assert.equal(usageByAgent(bytes, JUNE).data[0]?.messages, 1);
  assert.equal(usageByAgent(bytes.buffer, JUNE).data[0]?.messages, 1);
  const usage = new UsageAggregator(JUNE);
  usage.pushBytes(bytes).finish();
  assert.equal(usage.diagnostics().counted, 1);
  usage.free();
});

test("a value that only has the tag of bytes is an error", () => {
  for (const tag of ["ArrayBuffer", "Uint8Array", "String"]) {
    const posing = { [Symbol.toStringTag]: tag, length: 3, byteLength: 3 };
    assertThrows(() => usageByAgent(posing, JUNE), { code: "invalid_option", path: "" }, tag);
    const usage = new UsageAggregator(JUNE);
    assertThrows(() => usage.pushBytes(posing), { code: "invalid_option", path: "" }, tag);
    usage.free();
  }
});

test("holes of a sparse array are invalid records", () => {
  const sparse = [message({})];
  sparse[3] = message({});
  assertThrows(() => usageByAgent(sparse, JUNE), { code: "invalid_record", path: "/1" });
  const { records, counted, invalid, problems } = skipping(sparse).diagnostics;
  assert.deepEqual([records, counted, invalid], [4, 2, 2]);
  assert.deepEqual(
    problems.map(({ path }) => path),
    ["/1", "/2"],
  );
});

test("an iterator's error is thrown unchanged, and earlier records count", () => {
  const mine = new Error("mine");
  for (const before of [0, 1, 511, 512, 513, 2000]) {
    const usage = new UsageAggregator(JUNE);
    const records = (function* () {
      for (let i = 0; i < before; i++) yield message({ id: String(i) });
      throw mine;
    })();
    assert.throws(
      () => usage.push(records),
      (error) => error === mine,
    );
    assert.equal(usage.diagnostics().counted, before);
    usage.push([message({ id: "after" })]);
    assert.equal(usage.diagnostics().counted, before + 1);
    usage.free();
  }
  assertWorks();
});

test("an iterator is closed when a record ends the counting", () => {
  let closed = false;
  const records = (function* () {
    try {
      yield message({});
      yield 5;
      for (;;) yield message({});
    } finally {
      closed = true;
    }
  })();
  const usage = new UsageAggregator(JUNE);
  assert.throws(() => usage.push(records), { code: "invalid_record", path: "/1" });
  assert.ok(closed);
  assert.equal(usage.diagnostics().counted, 1);
  usage.free();
});

test("an iterable may push records while it is counted", () => {
  const usage = new UsageAggregator(JUNE);
  const records = (function* () {
    yield message({ id: "1" });
    usage.push([message({ id: "2" })]);
    yield message({ id: "3" });
    usage.push(JSON.stringify(message({ id: "4" })));
    yield message({ id: "5" });
  })();
  usage.push(records);
  assert.equal(usage.diagnostics().counted, 5);
  usage.free();
});

test("an aggregator that is freed while it counts throws", () => {
  const usage = new UsageAggregator(JUNE);
  const records = (function* () {
    yield message({});
    usage.free();
    yield message({});
  })();
  assertThrows(() => usage.push(records), { code: "invalid_option", path: undefined, message: /freed/ });
});

test("nested pages count as their items", () => {
  const page = (...data) => ({ data, hasMore: false });
  const nested = page(message({}), page(message({}), page(message({}), null), message({})), 5);
  const { diagnostics } = skipping(nested);
  assert.deepEqual([diagnostics.records, diagnostics.counted, diagnostics.invalid], [6, 4, 2]);
  const paths = ["/data/1/data/1/data/1", "/data/2"];
  assert.deepEqual(
    diagnostics.problems.map(({ path }) => path),
    paths,
  );
  assert.deepEqual(
    skipping(JSON.stringify(nested)).diagnostics.problems.map(({ path }) => path),
    paths,
  );
});

test("pages inside themselves and pages that are nested too deep are invalid", () => {
  const cyclic = { data: [message({})] };
  cyclic.data.push(cyclic);
  let bottomless = { data: [message({})] };
  for (let i = 0; i < 10_000; i++) bottomless = { data: [bottomless] };
  const endless = {
    get data() {
      return [message({}), endless];
    },
  };
  for (const records of [cyclic, bottomless, endless, [cyclic]]) {
    assert.throws(() => usageByAgent(records, JUNE), {
      name: "UsageError",
      code: /^invalid_(record|json)$/,
      message: /deep|more than 100 times/,
    });
    const { invalid } = skipping(records).diagnostics;
    assert.equal(invalid, 1);
  }
  assertWorks();
});

// 20 objects became 524,288 records, and 127 levels never ended.
test("a list that many lists share is counted a hundred times at most", () => {
  const nested = (levels, wrap) => {
    let list = wrap([message({}), message({})]);
    for (let i = 1; i < levels; i++) list = wrap([list, list]);
    return list;
  };
  const wraps = {
    page: (items) => ({ data: items }),
    conversation: (items) => ({ messages: items }),
    both: (items) => (items.length % 2 ? { data: items } : { messages: [{ data: items }] }),
  };
  for (const [name, wrap] of Object.entries(wraps)) {
    for (const levels of [8, 20, 60, ...(name === "both" ? [] : [120])]) {
      const { records, counted, invalid } = skipping(nested(levels, wrap)).diagnostics;
      assert.equal(records, counted + invalid, name);
      // Each list is read 100 times at most, and has two items.
      assert.ok(records <= 2 * 100 * levels * 2, `${name}, ${levels} levels: ${records}`);
      assert.ok(counted >= 100, `${name}, ${levels} levels: ${counted}`);
    }
    assert.throws(() => usageByAgent(nested(20, wrap), JUNE), {
      code: "invalid_record",
      message: /more than 100 times/,
    });
  }
  // At the top of the input a page may stand as often as it likes: the input itself has one item for each time.
  const page = { data: [message({})] };
  assert.equal(skipping(Array.from({ length: 5000 }, () => page)).diagnostics.counted, 5000);
  assertWorks();
});

test("a cycle in a field that is not read is ignored", () => {
  const record = message({});
  record.self = record;
  record.replyTo = [record];
  assert.equal(skipping([record]).diagnostics.counted, 1);
});

test("inherited fields and null prototypes count", () => {
  class Call {
    type = "call";
    status = "completed";
    get startedAt() {
      return new Date(AT);
    }
  }
  assert.equal(skipping([new Call(), Object.assign(Object.create(null), message({}))]).diagnostics.counted, 2);
});
