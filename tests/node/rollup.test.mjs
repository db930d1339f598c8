/** Rollups: one count gives any period. The oracle counts again for each period. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { report } from "../../tools/oracle.mjs";
import { assertThrows, call, message } from "../support/faults.mjs";
import { packed } from "../support/packed.mjs";

const { timeZones, UsageRollup } = packed;

const at = (i) => Date.UTC(2024, 0, 1) + i * 4_567_891;
const records = Array.from({ length: 6000 }, (_, i) =>
  (i % 3 ? message : call)({
    id: `id-${i % 5900}`,
    agentId: i % 11 ? `agent-${i % 17}` : null,
    agentName: `Agent ${i % 4}`,
    phoneNumberId: i % 4 ? `number-${i % 5}` : null,
    phoneNumber: `+1555000${i % 5}`,
    durationSeconds: i % 100,
    receivedAt: at(i % 5900),
    startedAt: at(i % 5900),
  }),
);
const agents = [
  { id: "agent-1", name: "Support" },
  { id: "idle", name: "Idle" },
];

function isKnownHere(timeZone) {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone }));
  } catch {
    return false; // "Factory", and zones that are newer than the host
  }
}

test("any period in any zone equals the oracle's report", () => {
  const rollup = new UsageRollup({ agents }).push(records);
  for (const [i, tz] of timeZones().filter(isKnownHere).entries()) {
    const period = ["week", "month", "year"][i % 3];
    const query = {
      period,
      tz,
      now: new Date(at((i * 97) % 5900)).toISOString(),
      includeIdle: i % 2 === 0,
      offset: i % 5 ? 0 : -1,
    };
    const want = report(records, { ...query, agents }).report;
    assert.deepEqual(rollup.byAgent(query), want, JSON.stringify(query));
  }
  rollup.free();
});

test("names come from the query, or else from the rollup", () => {
  const rollup = new UsageRollup({ agents }).push([message({ agentId: "agent-1" }), message({ agentId: "agent-2" })]);
  const query = { period: "month", now: "2024-06-15T12:00:00Z", includeIdle: true };
  const names = (more) => rollup.byAgent({ ...query, ...more }).data.map(({ agentName }) => agentName);
  assert.deepEqual(names({}), ["Support", "agent-2", "Idle"]);
  assert.deepEqual(names({ agents: [{ id: "agent-2", name: "Sales" }] }), ["Sales", "Support", "Idle"]);
});

test("days and months are those of Intl, without gaps", () => {
  const rollup = new UsageRollup({ dedupe: false }).push(records);
  for (const tz of ["Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "UTC"]) {
    const format = new Intl.DateTimeFormat("en-CA", {
      timeZone: tz,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    const counted = new Map();
    for (const { type, receivedAt } of records) {
      const date = format.format(receivedAt);
      for (const key of [date, date.slice(0, 7)]) {
        const sum = counted.get(key) ?? { messages: 0, calls: 0 };
        sum[type === "message" ? "messages" : "calls"] += 1;
        counted.set(key, sum);
      }
    }
    const now = "2024-10-31T12:00:00Z";
    const daily = rollup.daily({ days: 365, tz, now });
    assert.equal(daily.days, 365);
    assert.equal(new Set(daily.data.map(({ date }) => date)).size, 365);
    assert.equal(daily.data.at(-1).date, "2024-10-31");
    for (const { date, ...row } of daily.data) {
      assert.deepEqual(row, { messages: 0, calls: 0, ...counted.get(date), webhooks: 0 }, `${tz} ${date}`);
    }
    const monthly = rollup.monthly({ months: 24, tz, now });
    assert.deepEqual([monthly.months, monthly.data.length, monthly.data[0].month], [24, 24, "2022-11"]);
    for (const { month, ...row } of monthly.data) {
      assert.deepEqual(row, { messages: 0, calls: 0, ...counted.get(month), webhooks: 0 }, `${tz} ${month}`);
    }
  }
  assert.equal(rollup.daily().data.length, 30);
  assert.equal(rollup.monthly().data.length, 6);
});

test("usage by number is of all time or of a period", () => {
  const rollup = new UsageRollup().push(records);
  const { data } = rollup.byNumber();
  assert.deepEqual(
    data.map(({ numberId }) => numberId).sort(),
    ["number-0", "number-1", "number-2", "number-3", "number-4", ""].sort(),
  );
  assert.equal(data.at(-1).numberId, "");
  const sum = (rows) => rows.reduce((all, { messages, calls }) => all + messages + calls, 0);
  assert.equal(sum(data), rollup.diagnostics().counted);
  const june = { period: "month", tz: "Europe/Paris", now: "2024-06-15T12:00:00Z" };
  assert.equal(sum(rollup.byNumber(june).data), sum(rollup.byAgent(june).data));
  const { country, status, phoneNumber } = data.find(({ numberId }) => numberId === "number-2");
  assert.deepEqual({ country, status, phoneNumber }, { country: "", status: "", phoneNumber: "+15550002" });
});

test("the account's usage has the last quarter hours, the calendar month and the account's data", () => {
  const rollup = new UsageRollup({ dedupe: false }).push(records);
  const account = {
    plan: { name: "Pro" },
    numbers: { used: 6, limit: 10, remaining: 4 },
    stats: { totalMessages: 1, failedWebhookDeliveries: 2, smsSegmentsLast30d: 3 },
  };
  const QUARTER = 900_000;
  for (const now of ["2024-06-15T12:00:00Z", "2024-06-15T12:14:59.999Z", Date.UTC(2024, 9, 1), new Date(at(5899))]) {
    const end = (Math.floor(new Date(now) / QUARTER) + 1) * QUARTER;
    const count = (kind, quarters = Number.POSITIVE_INFINITY) =>
      records.filter(
        ({ type, receivedAt: t }) => type === kind && (t < end || quarters > 2880) && t >= end - quarters * QUARTER,
      ).length;
    const { stats, periodStart, periodEnd, ...rest } = rollup.usage({ account, now, tz: "Asia/Kolkata" });
    assert.deepEqual(rest, { plan: account.plan, numbers: account.numbers });
    const month = packed.periodBounds({ period: "month", tz: "Asia/Kolkata", now });
    assert.deepEqual([periodStart, periodEnd], [month.periodStart, month.periodEnd]);
    assert.deepEqual(stats, {
      totalMessages: count("message"),
      messagesLast24h: count("message", 96),
      messagesLast7d: count("message", 7 * 96),
      messagesLast30d: count("message", 30 * 96),
      totalCalls: count("call"),
      callsLast24h: count("call", 96),
      callsLast7d: count("call", 7 * 96),
      callsLast30d: count("call", 30 * 96),
      totalWebhookDeliveries: 2,
      successfulWebhookDeliveries: 0,
      failedWebhookDeliveries: 2,
      smsSegmentsLast30d: 3,
    });
    assert.ok(stats.messagesLast30d > stats.messagesLast24h);
  }
  const wall = rollup.usage({ account, tz: "Asia/Kolkata", now: at(0), boundsAs: "wall-clock" });
  assert.equal(wall.periodStart, "2024-01-01T00:00:00Z");
  for (const plan of [undefined, null]) {
    const { stats: _, ...rest } = rollup.usage({ account: { ...account, plan }, now: at(0) });
    assert.deepEqual(Object.keys(rest), ["numbers", "periodStart", "periodEnd"]);
  }
  rollup.free();
});

test("a wrong query is an error, and the rollup still works", () => {
  const rollup = new UsageRollup().push(records);
  const before = rollup.byNumber();
  for (const [run, code, path] of [
    [() => rollup.byAgent({ period: "decade" }), "invalid_period", "/period"],
    [() => rollup.byAgent(), "invalid_option", ""],
    [() => rollup.byNumber(null), "invalid_option", ""],
    [() => rollup.byNumber({ period: "month", tz: "Mars/Olympus" }), "invalid_tz", "/tz"],
    [
      () => rollup.byAgent({ period: "month", tz: "Africa/Monrovia", now: "1971-06-15T00:00:00Z" }),
      "out_of_range",
      "/tz",
    ],
    [() => rollup.daily({ days: 366 }), "invalid_option", "/days"],
    [() => rollup.daily({ days: "7" }), "invalid_option", "/days"],
    [() => rollup.daily({ now: "now" }), "invalid_now", "/now"],
    [() => rollup.daily(7), "invalid_option", ""],
    [() => rollup.monthly({ months: 0 }), "invalid_option", "/months"],
    [() => rollup.monthly({ months: 24, now: "1970-06-01T00:00:00Z" }), "out_of_range", "/now"],
    [() => rollup.usage(), "invalid_option", ""],
    [() => rollup.usage({}), "invalid_option", "/account"],
    [() => rollup.usage({ account: { plan: { name: "Pro" } } }), "invalid_option", "/account"],
    [() => rollup.usage({ account: { plan: {}, numbers: {} }, now: "now" }), "invalid_now", "/now"],
    [() => rollup.usage({ account: { plan: {}, numbers: {} }, tz: "Mars/Olympus" }), "invalid_tz", "/tz"],
    [() => new UsageRollup(null), "invalid_option", ""],
    [() => new UsageRollup({ dedupe: "yes" }), "invalid_option", "/dedupe"],
    [() => new UsageRollup({ agents: 5 }), "invalid_option", "/agents"],
  ]) {
    assertThrows(run, { code, path, message: /wanted|supported span|quarter hours/ }, String(run));
  }
  assert.deepEqual(rollup.byNumber(), before);
  rollup.free();
  assertThrows(() => rollup.byNumber(), { code: "invalid_option", message: /this UsageRollup has been freed/ });
});
