/** Options that do not exist: each is an error with its place and the option that may be meant, and nothing else is one. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { assertThrows, JUNE } from "../../support/faults.mjs";
import { installed, packed } from "../../support/packed.mjs";

const {
  inferConvention,
  periodBounds,
  reconcile,
  recordsWindow,
  UsageAggregator,
  UsageError,
  UsageRollup,
  usageByAgent,
  usageByAgentStream,
  validateResponse,
} = packed;
const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);

const account = { plan: { name: "Pro" }, numbers: { used: 1, limit: 2, remaining: 1 } };
const report = usageByAgent([], JUNE);
const rollup = new UsageRollup();
const handler = (options) => createUsageHandler({ records: () => [], authorize: () => true, ...options });

/** Every function that takes a query, and the path of the query. */
const DOORS = [
  [(query) => periodBounds({ ...JUNE, ...query })],
  [(query) => recordsWindow("by-agent", { ...JUNE, ...query })],
  [(query) => recordsWindow("daily", query)],
  [(query) => inferConvention(report, query)],
  [(query) => usageByAgent([], { ...JUNE, ...query })],
  [(query) => new UsageAggregator({ ...JUNE, ...query }).free()],
  [(query) => new UsageRollup(query).free()],
  [(query) => rollup.byAgent({ ...JUNE, ...query })],
  [(query) => rollup.byNumber(query)],
  [(query) => rollup.breakdown(query)],
  [(query) => recordsWindow("breakdown", query)],
  [(query) => rollup.daily(query)],
  [(query) => rollup.monthly(query)],
  [(query) => rollup.usage({ account, ...query })],
  [(query) => validateResponse("by-agent", report, query)],
  [(query) => reconcile(report, report, { query }), "/evidence/query"],
  [(query) => handler({ query }), "/query"],
];

/** Asserts the error for an unknown option. `near` is the option that the message names. */
function assertUnknown(run, path, near, what) {
  const key = JSON.stringify(path.slice(path.lastIndexOf("/") + 1));
  const message = near === undefined ? /: wanted one of \w+, \w+/ : new RegExp(`did you mean "${near}"\\?`);
  assertThrows(run, { code: "invalid_option", path, message }, what);
  assertThrows(run, { code: "invalid_option", path, message: new RegExp(`^unknown option ${key}: `) }, what);
}

test("every query refuses an option that no query has", () => {
  for (const [door, path = ""] of DOORS) {
    door({});
    for (const [key, near] of [
      ["timeZone", "tz"],
      ["perod", "period"],
      ["qqqq", undefined],
    ]) {
      for (const value of ["Asia/Tokyo", undefined, null]) {
        assertUnknown(() => door({ [key]: value }), `${path}/${key}`, near, String(door));
      }
    }
  }
});

test("every query takes the options of all queries", async () => {
  const all = {
    ...JUNE,
    tz: "UTC",
    weekStart: "sunday",
    offset: 0,
    boundsAs: "instant",
    agents: [],
    includeIdle: false,
    dedupe: true,
    onInvalid: "skip",
    naiveTimestamps: "reject",
    days: 7,
    months: 2,
    account,
    by: ["agent"],
    step: "day",
    signal: undefined,
    onProgress: undefined,
    defaults: undefined,
    onWarning: undefined,
  };
  for (const [door] of DOORS) door(all);
  await usageByAgentStream(new Blob([]), all);
  await new UsageRollup().pushStream(new Blob([]), all);
});

test("the message names the option that is meant", () => {
  const meant = {
    timezone: "tz",
    time_zone: "tz",
    zone: "tz",
    TZ: "tz",
    date: "now",
    at: "now",
    asOf: "now",
    Now: "now",
    weekStartsOn: "weekStart",
    firstDay: "weekStart",
    week_start: "weekStart",
    granularity: "step",
    periods: "offset",
    ofset: "offset",
    bounds: "boundsAs",
    dedup: "dedupe",
    includeidle: "includeIdle",
    skipInvalid: "onInvalid",
    naiveTimestamp: "naiveTimestamps",
    agent: "agents",
    day: "days",
    abortSignal: "signal",
    onprogress: "onProgress",
  };
  for (const [key, near] of Object.entries(meant))
    assertUnknown(() => periodBounds({ ...JUNE, [key]: 1 }), `/${key}`, near);
  for (const key of ["__proto", "constructor", "toString", "x", "", "0"]) {
    assertUnknown(() => periodBounds({ ...JUNE, [key]: 1 }), `/${key}`, undefined);
  }
  assertUnknown(() => periodBounds({ ...JUNE, ["__proto__"]: 1 }), "/__proto__", undefined);
  assertThrows(() => periodBounds({ ...JUNE, "a/b~": 1 }), { code: "invalid_option", path: "/a~1b~0" });
  assert.throws(
    () => periodBounds({ ...JUNE, ["x".repeat(1e6)]: 1 }),
    ({ code, message }) => code === "invalid_option" && message.length < 500,
  );
});

test("options inside of options are known too", async () => {
  assertUnknown(() => rollup.usage({ account: { ...account, plans: {} } }), "/account/plans", "plan");
  assertUnknown(() => reconcile(report, report, { record: [] }), "/evidence/record", "records");
  assertUnknown(() => rollup.push([], { agentID: "a" }), "/agentID", "agentId");
  for (const [options, path, near] of [
    [{ abort: 1 }, "/abort", "signal"],
    [{ default: {} }, "/default", "defaults"],
    [{ defaults: { agent: "a" } }, "/defaults/agent", "agentId"],
  ]) {
    const error = await rollup.pushStream(new Blob([]), options).catch((error) => error);
    const thrower = () => {
      throw error;
    };
    assertUnknown(thrower, path, near);
  }
});

test("the handler knows its own options alone", () => {
  assertUnknown(() => handler({ tz: "Asia/Tokyo" }), "/tz", "query.tz");
  assertUnknown(() => handler({ timeZone: "Asia/Tokyo" }), "/timeZone", "query.tz");
  assertUnknown(() => handler({ onInvalid: "skip" }), "/onInvalid", "query.onInvalid");
  assertUnknown(() => handler({ authorise: () => true }), "/authorise", "authorize");
  assertUnknown(() => handler({ period: "month" }), "/period", undefined);
  assertUnknown(() => handler({ cors: { origin: "*" } }), "/cors/origin", "origins");
  assertUnknown(() => handler({ account: { ...account, plans: {} } }), "/account/plans", "plan");
  const baseUrl = "https://api.example";
  assertUnknown(() => createUsageHandler({ upstream: { baseUrl, timeout: 5 } }), "/upstream/timeout", "timeoutMs");
  assertUnknown(() => createUsageHandler({ upstream: { url: baseUrl } }), "/upstream/url", "baseUrl");
  handler({ onError: () => {}, onWarning: () => {}, now: () => new Date(), cors: { origins: [] }, query: {}, account });
});

test("objects of the vendor may have more fields", async () => {
  const agents = { data: [{ id: "a", name: "A", voice: "v" }], total: 1, hasMore: false };
  const query = { ...JUNE, agents };
  assert.deepEqual(usageByAgent([], query).data, []);
  const phoneNumbers = {
    data: [{ id: "n", phoneNumber: "+1", country: "US", status: "active", type: "sms" }],
    total: 1,
  };
  const usage = rollup.usage({ account });
  const vendors = { ...usage, plan: { ...usage.plan, tier: 1 }, stats: { ...usage.stats, more: 1 }, phoneNumbers };
  assert.equal(rollup.usage({ account: vendors }).plan.tier, 1);
  handler({ query: { agents }, account: vendors });
  assert.ok(inferConvention({ ...report, more: 1 }));
  assert.ok(reconcile({ ...report, more: 1 }, { ...report, other: 1 }).equal);
});

test("only own enumerable string keys are options", () => {
  const query = Object.create({ inherited: 1, ...JUNE });
  Object.defineProperty(query, "hidden", { value: 1, enumerable: false });
  query[Symbol("key")] = 1;
  assert.deepEqual(periodBounds(query), periodBounds(JUNE));
});

test("a Proxy with any traps throws no raw error for its keys", () => {
  const mine = () => {
    throw new Error("mine");
  };
  for (const trap of ["ownKeys", "getOwnPropertyDescriptor", "has", "getPrototypeOf"]) {
    assert.deepEqual(periodBounds(new Proxy({ ...JUNE }, { [trap]: mine })), periodBounds(JUNE), trap);
  }
  assertUnknown(() => periodBounds(new Proxy({ ...JUNE, zone: 1 }, {})), "/zone", "tz");
  const { proxy, revoke } = Proxy.revocable({ ...JUNE }, {});
  revoke();
  for (const run of [
    () => periodBounds(proxy),
    () => usageByAgent([], proxy),
    () => new UsageRollup(proxy),
    () => rollup.push([], proxy),
    () => createUsageHandler(proxy),
    () => validateResponse("daily", {}, proxy),
    () => reconcile(report, report, proxy),
    () => reconcile(report, report, { query: proxy }),
  ]) {
    assert.throws(run, (error) => error instanceof UsageError && error.code === "invalid_option", String(run));
  }
});
