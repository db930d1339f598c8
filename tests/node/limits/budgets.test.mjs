/** The limits of a count: its memory, the length of a record, the number of statuses. They are set through every door. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { installed, packed } from "../../support/packed.mjs";

const { UsageAggregator, UsageError, UsageRollup, usageByAgent, usageByAgentStream } = packed;
const MIB = 1 << 20;
const MONTH = { period: "month", now: "2024-06-15T12:00:00Z" };
const record = (n, more) => ({ id: `m${n}`, agentId: "a", receivedAt: MONTH.now, ...more });
const utf8 = (text) => new TextEncoder().encode(text);
const LIMIT = { maxMemoryBytes: 256 * 1024 };

/** Ways in which records need more and more memory. */
const NEEDS = {
  ids: (n) => record(n),
  agents: (n) => record(0, { id: undefined, agentId: `agent-${n}`, agentName: `Agent ${n}` }),
  "long names": (n) =>
    record(0, { id: undefined, agentName: `${n}${"x".repeat(n * 100)}`, receivedAt: Date.UTC(2024, 5, 1) + n }),
};

for (const [what, need] of Object.entries(NEEDS)) {
  for (const Counter of [UsageAggregator, UsageRollup]) {
    test(`${what} that need more than maxMemoryBytes end the call, and the ${Counter.name} goes on`, () => {
      const options = Counter === UsageAggregator ? { ...MONTH, ...LIMIT } : LIMIT;
      const [counter, other] = [new Counter(options), new Counter({ ...options, maxMemoryBytes: undefined })];
      let counted = 0;
      let error;
      const push = [
        (one) => counter.push([one]),
        (one) => counter.push(JSON.stringify(one)),
        (one) => counter.pushBytes(utf8(JSON.stringify(one))).finish(),
      ];
      for (; error === undefined && counted < 50_000; counted++) {
        try {
          push[counted % 3](need(counted));
        } catch (thrown) {
          error = thrown;
          break;
        }
        other.push([need(counted)]);
      }
      assert.ok(error instanceof UsageError && error.code === "out_of_memory", `${counted}: ${error?.stack}`);
      assert.match(
        error.message,
        /^the counts take \d+ bytes and need \d+ more: wanted at most 262144 bytes, the limit maxMemoryBytes/,
      );
      assert.equal(error.path, "/0");
      assert.equal(error.cause, undefined);
      assert.equal(counter.isTerminated, false);
      assert.deepEqual(counter.diagnostics(), other.diagnostics());
      const report = (one) => (one instanceof UsageAggregator ? one.report() : one.byAgent(MONTH));
      if (what !== "long names") assert.deepEqual(report(counter), report(other));
      // A record that needs no memory is counted: one that has been counted before.
      assert.equal(counter.push([need(0)]).diagnostics().records, counted + 1);
      assert.throws(() => counter.push([need(counted)]), { code: "out_of_memory" });
      counter.free();
      other.free();
    });
  }
}

test("records before the one that does not fit are counted, whatever onInvalid says", async () => {
  const records = Array.from({ length: 50_000 }, (_, n) => record(n));
  const text = records.map((one) => JSON.stringify(one)).join("\n");
  const query = { ...MONTH, ...LIMIT, onInvalid: "skip" };
  for (const push of [
    (usage) => usage.push(records),
    (usage) => usage.push(text),
    (usage) => usage.pushBytes(utf8(text)),
  ]) {
    const usage = new UsageAggregator(query);
    assert.throws(() => push(usage), { code: "out_of_memory" });
    const { counted, invalid } = usage.diagnostics();
    assert.ok(counted > 5000 && counted < 50_000 && invalid === 0, String(counted));
    usage.free();
  }
  assert.throws(() => usageByAgent(records, query), { code: "out_of_memory" });
  await assert.rejects(usageByAgentStream(new Blob([text]), query), { code: "out_of_memory" });
  assert.equal(usageByAgent(text, { ...query, dedupe: false }).data[0].messages, 50_000);
});

test("a snapshot that might not fit changes nothing", () => {
  const records = Array.from({ length: 20_000 }, (_, n) => record(n));
  const part = new UsageRollup().push(records);
  const rollup = new UsageRollup(LIMIT).push([record("x")]);
  const before = rollup.snapshot();
  assert.throws(() => rollup.merge(part), { code: "out_of_memory", message: /maxMemoryBytes/ });
  assert.deepEqual(rollup.snapshot(), before);
  assert.equal(rollup.merge(new UsageRollup().push(records.slice(0, 1000))).diagnostics().counted, 1001);
  assert.equal(new UsageRollup({ maxMemoryBytes: MIB }).merge(part).diagnostics().counted, 20_000);
});

test("of a record that is too long no more than maxRecordBytes is kept, and reading goes on after it", async () => {
  const long = JSON.stringify(record(1, { body: "x".repeat(5000) }));
  const query = { ...MONTH, maxRecordBytes: 2048 };
  for (const [text, path] of [
    [`${JSON.stringify(record(0))}\n${long}\n${JSON.stringify(record(2))}`, "/1"],
    [`[${JSON.stringify(record(0))},${long},${JSON.stringify(record(2))}]`, "/1"],
  ]) {
    const usage = new UsageAggregator({ ...query, onInvalid: "skip" });
    for (const size of [1, 999, 1 << 20]) {
      const bytes = utf8(text);
      for (let at = 0; at < bytes.length; at += size) usage.pushBytes(bytes.subarray(at, at + size));
      usage.finish();
    }
    const { counted, duplicates, invalid, problems } = usage.diagnostics();
    assert.deepEqual([counted, duplicates, invalid], [2, 4, 3]);
    for (const problem of problems) {
      assert.deepEqual([problem.code, problem.path, problem.byteOffset], ["invalid_record", path, text.indexOf(long)]);
      assert.match(problem.message, /longer than 2048 bytes, the limit maxRecordBytes/);
    }
    usage.free();
    assert.throws(() => usageByAgent(text, query), { code: "invalid_record", path });
    await assert.rejects(usageByAgentStream(new Blob([text]), query), { code: "invalid_record", path });
  }
  // A line that never ends: the error comes at once.
  let read = 0;
  const endless = async function* () {
    yield utf8('{"id":"');
    for (; ; read++) yield new Uint8Array(1024).fill(0x78);
  };
  await assert.rejects(usageByAgentStream(endless(), query), { code: "invalid_record" });
  assert.ok(read < 8, String(read));
});

test("statuses beyond maxStatuses are counted together", () => {
  const call = (status) => ({ startedAt: MONTH.now, status });
  const statuses = ["no-answer", "busy", "", "failed", "busy", "canceled", "other"];
  const rollup = (some) => new UsageRollup({ maxStatuses: 2 }).push(some.map(call));
  const wanted = { "": 1, busy: 2, other: 4 };
  assert.deepEqual(rollup(statuses).diagnostics().ignored.notCompleted, wanted);
  assert.deepEqual(
    rollup(statuses.toReversed?.() ?? [...statuses].reverse()).diagnostics().ignored.notCompleted,
    wanted,
  );
  const merged = rollup(statuses.slice(0, 3)).merge(rollup(statuses.slice(3)));
  assert.deepEqual(merged.diagnostics().ignored.notCompleted, wanted);
  const many = new UsageAggregator(MONTH).push(Array.from({ length: 3000 }, (_, n) => call(`status ${n}`)));
  const { notCompleted } = many.diagnostics().ignored;
  assert.deepEqual([Object.keys(notCompleted).length, notCompleted.other], [1001, 2000]);
});

test("a wrong limit is an error that says what is wanted", () => {
  for (const [option, value, message] of [
    ["maxMemoryBytes", 65_535, /maxMemoryBytes is 65535: wanted a whole number from 65536 to 4294967296/],
    ["maxMemoryBytes", "1 MB", /maxMemoryBytes is "1 MB"/],
    ["maxMemoryBytes", Number.POSITIVE_INFINITY, /maxMemoryBytes is Infinity/],
    ["maxRecordBytes", 1023, /wanted a whole number from 1024 to 1073741824/],
    ["maxStatuses", 0, /wanted a whole number from 1 to 10000/],
    ["maxStatuses", 1n, /maxStatuses is a bigint/],
  ]) {
    const limit = { [option]: value };
    const wanted = { code: "invalid_option", path: `/${option}`, message };
    assert.throws(() => new UsageRollup(limit), wanted);
    assert.throws(() => usageByAgent([], { ...MONTH, ...limit }), wanted);
  }
  for (const [wrong, right] of [
    ["maxMemory", "maxMemoryBytes"],
    ["maxRecordByte", "maxRecordBytes"],
    ["maxRecordSize", "maxRecordBytes"],
    ["maxStatus", "maxStatuses"],
  ]) {
    assert.throws(() => usageByAgent([], { ...MONTH, [wrong]: 1 }), { message: new RegExp(`did you mean "${right}"`) });
  }
  new UsageRollup({ maxMemoryBytes: null, maxRecordBytes: undefined, maxStatuses: 1 }).free();
});

test("the handler's limits are those of its query, and a record is 8 MiB long at most", async () => {
  const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);
  const ask = async (options, path) => {
    const handler = createUsageHandler({ authorize: () => true, ...options });
    const headers = { authorization: "Bearer x" };
    const response = await handler(new Request(`https://edge.example/v1/usage/${path}`, { headers }));
    return [response.status, (await response.json()).error?.code];
  };
  const now = () => MONTH.now;
  const many = Array.from({ length: 50_000 }, (_, n) => record(n));
  const text = (one) => () => new Response(JSON.stringify(one));
  for (const path of ["by-agent?period=month", "daily", "breakdown?by=agent"]) {
    assert.deepEqual(await ask({ records: () => many, query: LIMIT, now }, path), [503, "out_of_memory"], path);
    assert.deepEqual(await ask({ records: () => many, query: () => LIMIT, now }, path), [503, "out_of_memory"], path);
    const long = record(1, { body: "x".repeat(8 * MIB) });
    assert.deepEqual(await ask({ records: text(long), now }, path), [500, "invalid_record"], path);
    const longer = { maxRecordBytes: 9 * MIB };
    assert.deepEqual(await ask({ records: text(long), query: longer, now }, path), [200, undefined], path);
  }
  const handler = (options) => () => createUsageHandler({ authorize: () => true, records: () => [], ...options });
  assert.throws(handler({ query: { maxStatuses: 0 } }), { code: "invalid_option", path: "/query/maxStatuses" });
  assert.throws(handler({ maxMemoryBytes: 1 }), {
    code: "invalid_option",
    message: /did you mean "query.maxMemoryBytes"/,
  });
});
