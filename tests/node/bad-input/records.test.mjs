/** Records that break a rule of their kind: one error with a pointer, or one `invalid` record, and nothing else changes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertThrows, assertWorks, call, JUNE, message, skipping } from "../../support/faults.mjs";
import { packed } from "../../support/packed.mjs";

const { UsageAggregator, usageByAgent } = packed;
const ended = (data) => ({ event: "agent.call_ended", timestamp: JUNE.now, data: { startedAt: JUNE.now, ...data } });

/** Asserts that an invalid record among valid ones is reported at its place, as an object and as text, and that the others count. */
function assertInvalid(record, field, pattern = /wanted/) {
  const records = [message({ id: "before" }), record, message({ id: "after" })];
  const path = `/1${field}`;
  const what = JSON.stringify(record);
  assertThrows(() => usageByAgent(records, JUNE), { code: "invalid_record", path, message: pattern }, what);
  assertThrows(
    () => usageByAgent({ data: records }, JUNE),
    { code: "invalid_record", path: `/data${path}`, message: pattern },
    what,
  );
  const lines = records.map((one) => JSON.stringify(one));
  const place = { line: 2, byteOffset: lines[0].length + 1 };
  assertThrows(
    () => usageByAgent(lines.join("\n"), JUNE),
    { code: "invalid_record", path, ...place, message: pattern },
    what,
  );

  for (const input of [records, lines.join("\n")]) {
    const { diagnostics, report } = skipping(input);
    assert.deepEqual([diagnostics.records, diagnostics.counted, diagnostics.invalid], [3, 2, 1], what);
    assert.equal(diagnostics.problems.length, 1);
    assert.equal(diagnostics.problems[0].path, path);
    assert.equal(report.data[0].messages, 2);
  }
}

test("a missing timestamp is invalid", () => {
  const [started, received] = [
    /startedAt is (missing|null): a call counts at/,
    /receivedAt is (missing|null): a message counts at/,
  ];
  assertInvalid(call({ startedAt: undefined }), "/startedAt", started);
  assertInvalid(call({ startedAt: null }), "/startedAt", started);
  assertInvalid(message({ receivedAt: undefined }), "/receivedAt", received);
  assertInvalid(message({ receivedAt: null }), "/receivedAt", received);
  assertInvalid(ended({ startedAt: null }), "/data/startedAt", started);
  assertInvalid({ event: "agent.message", channel: "sms" }, "/data/receivedAt", received);
});

test("a timestamp without an offset is invalid unless it is read as UTC", () => {
  const naive = "2024-06-15T12:00:00";
  assertInvalid(call({ startedAt: naive }), "/startedAt", /offset.*naiveTimestamps/);
  assertInvalid(message({ receivedAt: naive }), "/receivedAt", /offset.*naiveTimestamps/);
  assertInvalid(ended({ endedAt: naive }), "/data/endedAt", /offset.*naiveTimestamps/);
  const { counted } = skipping([message({ receivedAt: naive })], { naiveTimestamps: "utc" }).diagnostics;
  assert.equal(counted, 1);
});

test("a text that is not a timestamp is invalid", () => {
  const bad = [
    "",
    "yesterday",
    "2024-06-15",
    "2024-06-31T00:00:00Z",
    1718452800,
    0,
    -1,
    1.5e12 + 0.5,
    8.64e15 + 1,
    true,
    {},
    [],
  ];
  for (const time of bad) {
    assertInvalid(call({ startedAt: time }), "/startedAt");
    assertInvalid(call({ endedAt: time, durationSeconds: null }), "/endedAt");
    assertInvalid(message({ receivedAt: time }), "/receivedAt");
  }
  assertInvalid(call({ startedAt: 1718452800 }), "/startedAt", /seconds/); // the message says that it looks like seconds
  for (const [ms, unit] of [
    [1718452800000000, /looks like microseconds; wanted epoch milliseconds/],
    [1718452800e9, /looks like nanoseconds; wanted epoch milliseconds/],
    [1e14 + 1, /looks like microseconds/],
    [-1718452800000000, /looks like microseconds/],
  ]) {
    assertInvalid(message({ receivedAt: ms }), "/receivedAt", unit);
    assertInvalid(call({ startedAt: ms }), "/startedAt", unit);
  }
  for (const receivedAt of [1e14, new Date(0), new Date(1718452800), new Date(8.64e15)]) {
    assert.equal(skipping([message({ receivedAt })]).diagnostics.outsidePeriod, 1);
  }
  for (const time of [5n, Symbol("x"), () => 0, Number.NaN, Infinity]) {
    assertThrows(
      () => usageByAgent([message({ receivedAt: time })], JUNE),
      { code: "invalid_record", path: "/0/receivedAt" },
      String(time),
    );
  }
});

test("an invalid Date is invalid", () => {
  const records = [message({ receivedAt: new Date(Number.NaN) })];
  const expected = { code: "invalid_record", path: "/0/receivedAt", message: /an invalid Date.*wanted/ };
  assertThrows(() => usageByAgent(records, JUNE), expected);
});

test("a value that is not a duration is invalid", () => {
  for (const durationSeconds of [-1, -1e-9, 2 ** 53, 1e300, "60", "", true, [], {}]) {
    assertInvalid(call({ durationSeconds }), "/durationSeconds");
    assertInvalid(call({ status: "failed", durationSeconds }), "/durationSeconds");
    assertInvalid(ended({ durationSeconds }), "/data/durationSeconds");
  }
  for (const durationSeconds of [Number.NaN, Infinity, -Infinity, 5n]) {
    const records = [call({ durationSeconds })];
    assertThrows(() => usageByAgent(records, JUNE), { code: "invalid_record", path: "/0/durationSeconds" });
  }
  assertInvalid(call({ durationSeconds: null, endedAt: "2024-06-15T11:59:59Z" }), "/endedAt", /before it started/);
});

test("a fraction of a second is dropped", () => {
  const seconds = (records) => skipping(records).diagnostics.totals.totalSeconds;
  const records = [call({ durationSeconds: 59.999 }), call({ durationSeconds: 1e-9 }), call({ durationSeconds: -0 })];
  assert.equal(seconds(records), 59);
  assert.equal(seconds(JSON.stringify(records).replace(":0}", ":-0.0}")), 59);
  assert.equal(seconds([call({ durationSeconds: 2 ** 53 - 1 })]), 2 ** 53 - 1);
});

test("fields of another type are invalid", () => {
  for (const value of [5, 0, true, {}, []]) {
    for (const field of ["id", "callId", "agentId", "agentName", "status"])
      assertInvalid(call({ id: null, [field]: value }), `/${field}`);
    for (const field of ["id", "messageId", "agentId", "agentName"])
      assertInvalid(message({ id: null, [field]: value }), `/${field}`);
    for (const field of ["callId", "id", "status"])
      assertInvalid(ended({ callId: null, [field]: value }), `/data/${field}`);
  }
  for (const data of [5, "", "text", true]) assertInvalid({ ...ended({}), data }, "/data");
});

test("a wrong channel, direction or number is never an error", () => {
  for (const value of [5, 0, true, {}, [], null, ""]) {
    const labels = { channel: value, direction: value, phoneNumberId: value, numberId: value, phoneNumber: value };
    const webhook = { event: "agent.message", ...labels, timestamp: JUNE.now, data: labels };
    const { diagnostics } = skipping([message(labels), call({ ...labels, type: value }), webhook]);
    assert.equal(diagnostics.counted, 3, JSON.stringify(value));
  }
});

test("a field that is not needed is not judged", () => {
  // The second id, the end of a call whose duration is known, the time of a delivery whose message has a time.
  const { diagnostics } = skipping([
    call({ id: "c1", callId: 5, endedAt: "?", durationSeconds: 1 }),
    message({ id: "m1", messageId: 5 }),
    { event: "agent.message", timestamp: "?", data: { messageId: "m2", id: 5, receivedAt: JUNE.now } },
  ]);
  assert.equal(diagnostics.counted, 3);
});

test("values that are not records are invalid", () => {
  for (const value of [null, 5, 0, "", "text", true, false]) assertInvalid(value, "");
  for (const value of [undefined, 5n, Symbol("x"), () => ({}), Number.NaN, [], [message({})]]) {
    assertThrows(() => usageByAgent([message({}), value], JUNE), { code: "invalid_record", path: "/1" }, String(value));
    const { diagnostics } = skipping([value, value]);
    assert.deepEqual([diagnostics.records, diagnostics.invalid], [2, 2]);
  }
});

test("records that are not a list are an error", () => {
  const bad = [undefined, null, 5, 5n, true, Symbol("x"), () => [], new Date(), new Error("x"), Promise.resolve([])];
  // An object may be a record, so what is wrong with it is its kind.
  for (const records of [{}, { data: {} }, { data: "text" }]) {
    assertThrows(() => usageByAgent(records, JUNE), { code: "unknown_records", path: "" }, JSON.stringify(records));
  }
  for (const records of [...bad, (async function* () {})()]) {
    assertThrows(() => usageByAgent(records, JUNE), { code: "invalid_option", path: "" }, String(records));
  }
});

test("the first hundred problems are kept, and all are counted", () => {
  const records = Array.from({ length: 3000 }, (_, i) => (i % 2 ? message({}) : message({ receivedAt: i })));
  const lines = records.map((record) => JSON.stringify(record)).join("\n");
  for (const input of [records, JSON.stringify(records), lines]) {
    const { diagnostics } = skipping(input);
    assert.deepEqual([diagnostics.records, diagnostics.counted, diagnostics.invalid], [3000, 1500, 1500]);
    const paths = Array.from({ length: 100 }, (_, i) => `/${2 * i}/receivedAt`);
    assert.deepEqual(
      diagnostics.problems.map(({ path }) => path),
      paths,
    );
  }
});

test("the sum of seconds is at most 2^53 - 1", () => {
  const most = call({ durationSeconds: 2 ** 53 - 1, agentId: "a" });
  for (const onInvalid of ["throw", "skip"]) {
    for (const records of [
      [most, most],
      [most, call({ durationSeconds: 1, agentId: "b" })],
      [call({ durationSeconds: 1 }), most],
    ]) {
      const query = { ...JUNE, onInvalid };
      assertThrows(() => usageByAgent(records, query), { code: "overflow", path: "/1", message: /2\^53/ });
      const text = records.map((record) => JSON.stringify(record));
      const place = { line: 2, byteOffset: text[0].length + 1 };
      assertThrows(() => usageByAgent(text.join("\n"), query), {
        code: "overflow",
        path: "/1",
        ...place,
        message: /2\^53/,
      });

      const usage = new UsageAggregator(query);
      assert.throws(() => usage.push(records), { code: "overflow" });
      assert.equal(usage.report().data[0].calls, 1); // earlier records count
      assert.equal(usage.diagnostics().records, 1); // the record itself is not counted
      usage.push([call({ durationSeconds: 0 })]);
      assert.equal(usage.diagnostics().counted, 2);
      usage.free();
    }
  }
});

test("a text with a lone surrogate is invalid", () => {
  for (const alone of ["\ud83d", "\ude00", "a\ud83d", "\ude00\ud83d"]) {
    assertInvalid(message({ agentId: alone }), "/agentId", /surrogate/);
    assertInvalid(call({ status: alone }), "/status", /surrogate/);
    // A field that is not read is not checked. (JSON text has it escaped, so the text is well-formed.)
    const records = [message({ agentId: "a", body: alone, [alone]: 1 })];
    for (const input of [records, JSON.stringify(records)]) assert.equal(skipping(input).diagnostics.counted, 1);
  }
  const { report } = skipping([message({ agentId: "😀" }), message({ agentId: "\ud83d\ude00" })]);
  assert.equal(report.data[0].messages, 2);
});

test("__proto__ is an ordinary text and key", () => {
  const record = JSON.parse(
    '{"type":"message","id":"__proto__","agentId":"__proto__","receivedAt":"2024-06-15T12:00:00Z"}',
  );
  const failed = call({ status: "__proto__" });
  const odd = JSON.parse('{"__proto__":{"startedAt":"2024-06-15T12:00:00Z","status":"completed"},"constructor":{}}');
  for (const input of [
    [record, record, failed, odd],
    [record, record, failed, odd].map((r) => JSON.stringify(r)).join("\n"),
  ]) {
    const { report, diagnostics } = skipping(input, {
      agents: [JSON.parse('{"id":"__proto__","name":"P","__proto__":5}')],
    });
    assert.deepEqual(report.data, [
      { agentId: "__proto__", agentName: "P", messages: 1, calls: 0, totalSeconds: 0, isOrphan: false },
    ]);
    assert.equal(diagnostics.duplicates, 1);
    assert.deepEqual(Object.entries(diagnostics.ignored.notCompleted), [["__proto__", 1]]);
    assert.equal(Object.getPrototypeOf(diagnostics.ignored.notCompleted), Object.prototype);
    assert.equal(diagnostics.ignored.other, 1);
  }
  assert.equal({}.startedAt, undefined);
  assertWorks();
});
