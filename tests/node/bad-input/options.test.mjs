/** Invalid options: each error has a code and the option's path. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { assertThrows, assertWorks, JUNE, message } from "../../support/faults.mjs";
import { installed, packed } from "../../support/packed.mjs";

const { periodBounds, reconcile, recordsWindow, UsageAggregator, UsageRollup, usageByAgent, validateResponse } = packed;

const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);

const strange = [Symbol("x"), 5n, () => "month", ["month"], { period: "month" }, new Map(), true];

/** Asserts that a query with these options fails in every function. */
function assertBad(options, code, path, message) {
  const query = { ...JUNE, ...options };
  const what = Object.entries(options).map(([key, value]) => `${key}: ${String(value)}`);
  assertThrows(() => periodBounds(query), { code, path, message }, `periodBounds, ${what}`);
  assertThrows(() => usageByAgent([], query), { code, path, message }, `usageByAgent, ${what}`);
  assertThrows(() => new UsageAggregator(query), { code, path, message }, `UsageAggregator, ${what}`);
}

test("an unknown period is an error", () => {
  for (const period of ["day", "Month", "", "constructor", "__proto__", "\ud83d", 5, null, undefined, ...strange]) {
    assertBad({ period }, "invalid_period", "/period", /period is .*: wanted "week", "month", "year"/);
  }
});

test("an unknown zone is an error", () => {
  for (const tz of ["Mars/Olympus", "", " UTC", "UTC\0", "+02:00", "constructor", "x".repeat(1e6), 0, ...strange]) {
    assertBad({ tz }, "invalid_tz", "/tz", /(tz is|unknown time zone) .*wanted/);
  }
});

test("a value that is not an instant is an error", () => {
  const numbers = [Number.NaN, Infinity, -Infinity, 8.64e15 + 1, -8.64e15 - 1, 1e300];
  const dates = [new Date(Number.NaN), new Date("never")];
  const texts = ["", "now", "2024-06-15", "2024-06-15T12:00:00", "2024-02-30T00:00:00Z", "1718452800000"];
  texts.push("+010000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2024-06-15T12:00:00Z\n");
  for (const now of [...numbers, ...dates, ...texts, ...strange]) {
    assertBad({ now }, "invalid_now", "/now", /now is .*wanted/);
  }
});

test("a number of another unit than milliseconds is an error, and a Date is not", () => {
  for (const now of [0, -1, 1718452800, -1718452800, 1e11 - 1]) {
    assertBad({ now }, "invalid_now", "/now", /now is -?\d+: that looks like seconds; wanted epoch milliseconds/);
  }
  for (const now of [1e14 + 1, 1718452800000000, -1718452800000000, 8.64e15]) {
    assertBad({ now }, "invalid_now", "/now", /that looks like microseconds; wanted epoch milliseconds/);
  }
  assertBad({ now: 1718452800e9 }, "invalid_now", "/now", /that looks like nanoseconds; wanted epoch milliseconds/);
  assertBad({ now: new Date(Number.NaN) }, "invalid_now", "/now", /now is an invalid Date: wanted/);
  for (const ms of [0, 1718452, 1718452800, 1e11 - 1, 1e11, Date.UTC(2099, 11, 31)]) {
    const { startMs, endMs } = periodBounds({ period: "year", now: new Date(ms) });
    assert.ok(startMs <= ms && ms < endMs, String(ms));
    assert.deepEqual(usageByAgent([], { period: "year", now: new Date(ms) }).data, []);
  }
});

test("a number that looks like seconds is an error in every function", () => {
  const seconds = 1718452800;
  const rollup = new UsageRollup();
  const report = usageByAgent([], JUNE);
  for (const [run, path] of [
    [(now) => rollup.byAgent({ ...JUNE, now }), "/now"],
    [(now) => rollup.byNumber({ ...JUNE, now }), "/now"],
    [(now) => rollup.breakdown({ now }), "/now"],
    [(now) => rollup.daily({ now }), "/now"],
    [(now) => rollup.monthly({ now }), "/now"],
    [(now) => rollup.usage({ account: { plan: {}, numbers: {} }, now }), "/now"],
    [(now) => recordsWindow("by-agent", { ...JUNE, now }), "/now"],
    [(now) => recordsWindow("daily", { now }), "/now"],
    [(now) => validateResponse("by-agent", report, { now }), "/now"],
    [(now) => reconcile(report, report, { query: { now } }), "/evidence/query/now"],
  ]) {
    assertThrows(() => run(seconds), { code: "invalid_now", path, message: /looks like seconds/ }, String(run));
    run(new Date("2024-06-15T12:00:00Z"));
    run(Date.UTC(2024, 5, 15, 12));
  }
  rollup.free();
});

test("a handler whose clock gives seconds answers with an error, and a Date may be any moment", async () => {
  const ask = async (now) => {
    const handler = createUsageHandler({ records: () => [], authorize: () => true, now: () => now });
    const request = new Request("https://edge.example/v1/usage/by-agent?period=year", {
      headers: { authorization: "Bearer t" },
    });
    const response = await handler(request);
    const { error, periodStart } = await response.json();
    return [response.status, error?.code ?? periodStart];
  };
  assert.deepEqual(await ask(1718452800), [500, "invalid_now"]);
  assert.deepEqual(await ask(1718452800000000), [500, "invalid_now"]);
  assert.deepEqual(await ask(1718452800000), [200, "2024-01-01T00:00:00Z"]);
  assert.deepEqual(await ask(new Date(1718452800)), [200, "1970-01-01T00:00:00Z"]);
});

test("an offset in another form is an error that says how it is written", () => {
  const written = /wanted its offset as "\+04:00" or "Z", directly after the time/;
  for (const offset of ["+0400", "+04", " +04:00", " Z"]) {
    const text = `2024-06-15T12:00:00${offset}`;
    assertBad({ now: text }, "invalid_now", "/now", written);
    const record = { type: "message", receivedAt: text };
    const thrown = { code: "invalid_record", path: "/0/receivedAt", message: written };
    assertThrows(() => usageByAgent([record], JUNE), thrown, text);
    const place = { line: 1, byteOffset: 1 };
    assertThrows(() => usageByAgent(JSON.stringify([record]), JUNE), { ...thrown, ...place }, text);
  }
});

test("an instant out of range is an error", () => {
  const year10000 = Date.UTC(10_000, 0, 1);
  const year3000 = Date.UTC(3000, 0, 1);
  for (const now of [
    year3000,
    -year3000,
    new Date(-1),
    new Date(-8.64e15),
    new Date(8.64e15),
    new Date(year10000),
    "1969-12-31T23:59:59Z",
    "0000-01-01T00:00:00Z",
  ]) {
    assertBad({ now }, "out_of_range", "/now", /1970.*2099/);
  }
  assert.equal(periodBounds({ period: "year", now: new Date(0) }).startMs, 0);
  assert.equal(periodBounds({ period: "year", now: "2099-12-31T23:59:59Z" }).periodEnd, "2099-12-31T23:59:59Z");
});

test("an instant between two milliseconds counts as the earlier one", () => {
  const june = Date.UTC(2024, 5, 1);
  assert.equal(periodBounds({ ...JUNE, now: june - 0.5 }).endMs, june);
  assert.equal(periodBounds({ ...JUNE, now: june + 0.5 }).startMs, june);
});

test("a Date of another realm is an instant", () => {
  const now = vm.runInNewContext("new Date('2024-06-15T12:00:00Z')");
  assert.ok(!(now instanceof Date));
  assert.equal(periodBounds({ ...JUNE, now }).startMs, Date.UTC(2024, 5, 1));
});

test("an unknown first day of the week is an error", () => {
  for (const weekStart of ["Monday", "mon", "", "constructor", 0, 1, ...strange]) {
    assertBad({ weekStart }, "invalid_option", "/weekStart", /weekStart is .*wanted "monday"/);
  }
});

test("an invalid offset is an error", () => {
  for (const offset of [0.5, -1.5, Number.NaN, Infinity, "1", "", ...strange]) {
    assertBad({ offset }, "invalid_option", "/offset", /offset is .*wanted/);
  }
  for (const offset of [1e9, -1e9, 2 ** 31, 2 ** 53, -(2 ** 63), 1e300, 1200, -700]) {
    assertBad({ offset }, "out_of_range", "/offset", /1970.*2099/);
  }
  assert.equal(periodBounds({ ...JUNE, offset: -0 }).startMs, Date.UTC(2024, 5, 1));
});

test("other options of the wrong type are errors", () => {
  for (const boundsAs of ["local", "", 0, ...strange]) assertBad({ boundsAs }, "invalid_option", "/boundsAs");
  const report = (options) => () => usageByAgent([], { ...JUNE, ...options });
  for (const option of ["includeIdle", "dedupe"]) {
    for (const value of ["yes", "", 0, 1, ...strange.filter((value) => value !== true)]) {
      assertThrows(report({ [option]: value }), { code: "invalid_option", path: `/${option}` }, String(value));
    }
  }
  for (const option of ["onInvalid", "naiveTimestamps"]) {
    for (const value of ["ignore", "", 0, ...strange]) {
      assertThrows(report({ [option]: value }), { code: "invalid_option", path: `/${option}` }, String(value));
    }
  }
});

test("agents that are not a list or a page are an error", () => {
  const bad = (agents, path) => {
    assertThrows(() => usageByAgent([], { ...JUNE, agents }), { code: "invalid_option", path }, String(path));
  };
  for (const agents of [5, true, "agents", Symbol("x"), () => [], {}, { data: 5 }, { data: null }])
    bad(agents, "/agents");
  const fine = { id: "a", name: "A" };
  for (const id of [undefined, null, 5, {}, "", "\ud83d"]) bad([fine, { id, name: "B" }], "/agents/1/id");
  for (const name of [undefined, null, 5, {}, "\ud83d"]) {
    bad({ data: [fine, fine, { id: "b", name }], total: 3 }, "/agents/2/name");
  }
  for (const entry of [null, undefined, 5, "a", []]) bad([entry], "/agents/0/id");
});

test("a value that only converts to an option is an error", () => {
  const posing = (text) => Object.assign(() => text, { toString: () => text });
  assertBad({ period: posing("month") }, "invalid_period", "/period");
  assertBad({ tz: posing("UTC") }, "invalid_tz", "/tz");
  assertBad({ weekStart: posing("monday") }, "invalid_option", "/weekStart");
  for (const text of [posing("a"), 5n, Symbol("a")]) {
    const [id, name] = [
      { id: text, name: "A" },
      { id: "a", name: text },
    ];
    assertThrows(() => usageByAgent([], { ...JUNE, agents: [id] }), { code: "invalid_option", path: "/agents/0/id" });
    assertThrows(() => usageByAgent([], { ...JUNE, agents: [name] }), {
      code: "invalid_option",
      path: "/agents/0/name",
    });
  }
});

test("a missing query is an error", () => {
  const lists = [[], [JUNE], new Map([["period", "month"]]), new URLSearchParams("period=month"), new Headers()];
  const others = [new Date(), Promise.resolve(JUNE)];
  for (const query of [undefined, null, "month", 5, 5n, Symbol("x"), () => JUNE, ...lists, ...others]) {
    assertThrows(() => periodBounds(query), { code: "invalid_option", path: "" });
    assertThrows(() => usageByAgent([], query), { code: "invalid_option", path: "" });
    assertThrows(() => new UsageAggregator(query), { code: "invalid_option", path: "" });
  }
  assertThrows(() => periodBounds({}), { code: "invalid_period", path: "/period" });
});

test("defaults of push with an invalid agent are an error", () => {
  const push = (defaults) => () => new UsageAggregator(JUNE).push([], defaults);
  for (const value of [5, true, {}, [], Symbol("x"), 5n, "\ud83d"]) {
    assertThrows(push({ agentId: value }), { code: "invalid_option", path: "/agentId" });
    assertThrows(push({ agentId: "a", agentName: value }), { code: "invalid_option", path: "/agentName" });
  }
});

test("defaults of push that are not an object are an error", () => {
  for (const defaults of [null, 5, "agent"]) {
    const push = () => new UsageAggregator(JUNE).push([message({})], defaults);
    assertThrows(push, { code: "invalid_option", path: "" }, `defaults: ${defaults}`);
  }
});

test("an error of the caller's code is thrown unchanged", () => {
  const mine = new Error("mine");
  const query = {
    ...JUNE,
    get tz() {
      throw mine;
    },
  };
  for (const run of [() => periodBounds(query), () => usageByAgent([], query)])
    assert.throws(run, (error) => error === mine);
  assertWorks();
});
