/** The oracle and the generator check everything else, so they are compared here with results that were worked out by hand. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { agentsPage, FORMATS, generate, invalidKinds, isMultiline, queriesFor, render } from "../../tools/generate.mjs";
import { bounds, judge, OracleError, readTimestamp, report, Tally } from "../../tools/oracle.mjs";
import { assertPlaced, assertSums } from "../support/conserved.mjs";

const span = (query) => {
  const { startMs, endMs } = bounds(query);
  return [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
};
const month = (tz, now, more) => bounds({ period: "month", tz, now, ...more });
const JUNE = { period: "month", now: "2024-06-15T12:00:00Z" };
const ofJune = (records, query, options) => report(records, { ...JUNE, ...query }, options);

/** Asserts that every record is counted once, and that the totals are the sums of the rows. */
function assertConserved({ report: rows, diagnostics }) {
  assertPlaced(diagnostics);
  assertSums(rows, diagnostics);
}

test("the oracle gives the vendor's example", () => {
  const agents = [
    ["a1b2c3d4-e5f6-7890-ab12-cd34ef567890", 152, 47, 7320],
    ["b2c3d4e5-f678-9012-ab34-cd56ef789012", 98, 30, 5400],
    [null, 25, 5, 600],
  ];
  const records = [];
  for (const [agentId, messages, calls, seconds] of agents) {
    for (let i = 0; i < messages; i++) {
      records.push({ type: "message", id: `m${agentId}${i}`, agentId, receivedAt: "2024-06-01T00:00:00-04:00" });
    }
    for (let i = 0; i < calls; i++) {
      const durationSeconds = i === 0 ? seconds - (calls - 1) * 60 + 0.9 : 60;
      records.push({
        id: `c${agentId}${i}`,
        agentId,
        status: "completed",
        startedAt: "2024-06-30T23:59:59-04:00",
        durationSeconds,
      });
    }
  }
  const names = [
    { id: agents[0][0], name: "Support Agent Alpha" },
    { id: agents[1][0], name: "Sales Agent Beta" },
  ];
  const query = { ...JUNE, tz: "America/New_York", boundsAs: "wall-clock", agents: { data: names, total: 2 } };
  const result = report(records.reverse(), query);
  assert.deepEqual(result.report, {
    data: [
      {
        agentId: agents[0][0],
        agentName: "Support Agent Alpha",
        messages: 152,
        calls: 47,
        totalSeconds: 7320,
        isOrphan: false,
      },
      {
        agentId: agents[1][0],
        agentName: "Sales Agent Beta",
        messages: 98,
        calls: 30,
        totalSeconds: 5400,
        isOrphan: false,
      },
      { agentId: null, agentName: "Unassigned", messages: 25, calls: 5, totalSeconds: 600, isOrphan: true },
    ],
    period: "month",
    periodStart: "2024-06-01T00:00:00Z",
    periodEnd: "2024-06-30T23:59:59Z",
  });
  assertConserved(result);
});

test("no records give a report without rows", () => {
  for (const nothing of [[], "", "\n", "[]", { data: [] }]) {
    const result = ofJune(nothing);
    assert.deepEqual(result.report.data, []);
    assert.equal(result.diagnostics.records, 0);
  }
});

test("periods in UTC have the bounds of the calendar", () => {
  assert.deepEqual(bounds({ period: "month", now: "2024-02-29T23:59:59.999Z" }), {
    period: "month",
    tz: "UTC",
    periodStart: "2024-02-01T00:00:00Z",
    periodEnd: "2024-02-29T23:59:59Z",
    startMs: Date.UTC(2024, 1, 1),
    endMs: Date.UTC(2024, 2, 1),
  });
  const year = { period: "year", now: Date.UTC(2024, 0, 1) };
  assert.deepEqual(span(year), ["2024-01-01T00:00:00.000Z", "2025-01-01T00:00:00.000Z"]);
  assert.deepEqual(span({ ...year, offset: -1 }), ["2023-01-01T00:00:00.000Z", "2024-01-01T00:00:00.000Z"]);
  // 2024-06-15 was a Saturday.
  const week = (weekStart, offset) => span({ ...JUNE, period: "week", weekStart, offset })[0].slice(0, 10);
  assert.equal(week(), "2024-06-10");
  assert.equal(week("sunday"), "2024-06-09");
  assert.equal(week("saturday"), "2024-06-15");
  assert.equal(week("friday"), "2024-06-14");
  assert.equal(week("monday", -24), "2023-12-25");
  assert.equal(week("monday", 29), "2024-12-30");
  assert.equal(span({ ...JUNE, offset: -6 })[0].slice(0, 10), "2023-12-01");
  assert.equal(span({ ...JUNE, offset: 7 })[0].slice(0, 10), "2025-01-01");
});

test("months in which New York's clocks change have the right bounds", () => {
  const march = month("America/New_York", "2024-03-15T00:00:00Z");
  assert.deepEqual([march.periodStart, march.periodEnd], ["2024-03-01T05:00:00Z", "2024-04-01T03:59:59Z"]);
  const november = month("America/New_York", "2024-11-15T00:00:00Z");
  assert.deepEqual([november.periodStart, november.periodEnd], ["2024-11-01T04:00:00Z", "2024-12-01T04:59:59Z"]);
  // In New York it is still October.
  assert.equal(month("America/New_York", "2024-11-01T03:59:59.999Z").periodEnd, "2024-11-01T03:59:59Z");
});

test("November 2026 in Havana, which has two midnights, begins at the first", () => {
  const { periodStart } = month("America/Havana", "2026-11-15T00:00:00Z");
  assert.equal(periodStart, "2026-11-01T04:00:00Z");
  assert.equal(month("America/Havana", "2026-11-01T04:00:00Z").periodStart, "2026-11-01T04:00:00Z");
  assert.equal(month("America/Havana", "2026-11-01T05:00:00Z").periodStart, "2026-11-01T04:00:00Z");
  assert.equal(month("America/Havana", "2026-11-01T03:59:59.999Z").periodEnd, "2026-11-01T03:59:59Z");
});

test("26 April 2024 in Cairo, which has no midnight, begins after the gap", () => {
  const query = { period: "week", weekStart: "friday", tz: "Africa/Cairo", now: "2024-04-27T00:00:00Z" };
  assert.deepEqual(span(query), ["2024-04-25T22:00:00.000Z", "2024-05-02T21:00:00.000Z"]);
  const { periodStart, periodEnd } = bounds({ ...query, boundsAs: "wall-clock" });
  assert.deepEqual([periodStart, periodEnd], ["2024-04-26T01:00:00Z", "2024-05-02T23:59:59Z"]);
});

test("Apia's periods leave out the skipped 30 December 2011", () => {
  const week = { period: "week", weekStart: "friday", tz: "Pacific/Apia", now: "2011-12-31T12:00:00Z" };
  assert.deepEqual(span(week), ["2011-12-30T10:00:00.000Z", "2012-01-05T10:00:00.000Z"]);
  assert.equal(bounds({ ...week, boundsAs: "wall-clock" }).periodStart, "2011-12-31T00:00:00Z");
  assert.deepEqual(span({ ...week, offset: -1 }), ["2011-12-23T10:00:00.000Z", "2011-12-30T10:00:00.000Z"]);
  const december = month("Pacific/Apia", "2011-12-31T00:00:00Z");
  assert.deepEqual([december.periodStart, december.periodEnd], ["2011-12-01T10:00:00Z", "2011-12-31T09:59:59Z"]);
});

test("November 2009 in St John's begins at the first of its two midnights", () => {
  // At 00:01 the clocks went back to 23:01.
  const inTheFold = month("America/St_Johns", "2009-11-01T02:45:00Z");
  assert.equal(inTheFold.periodStart, "2009-11-01T02:30:00Z");
  assert.equal(month("America/St_Johns", "2009-11-01T02:30:00Z").startMs, inTheFold.startMs);
  assert.equal(month("America/St_Johns", "2009-11-01T02:29:59.999Z").endMs, inTheFold.startMs);
  const october = month("America/St_Johns", "2009-11-01T02:45:00Z", { offset: -1, boundsAs: "wall-clock" });
  assert.deepEqual([october.periodStart, october.periodEnd], ["2009-10-01T00:00:00Z", "2009-10-31T23:59:59Z"]);
});

test("an offset with seconds moves the bounds by seconds", () => {
  assert.equal(month("Africa/Monrovia", "1971-06-15T00:00:00Z").periodStart, "1971-06-01T00:44:30Z");
});

test("periods leave no gaps and contain their instant", () => {
  const zones = [
    "America/St_Johns",
    "America/Havana",
    "Africa/Cairo",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
  ];
  for (const tz of zones) {
    for (const period of ["week", "month", "year"]) {
      let query = { period, tz, now: "2009-01-01T12:00:00Z", weekStart: "friday" };
      for (let { startMs, endMs } = bounds(query); endMs < Date.UTC(2013, 0, 1); ) {
        assert.ok(startMs < endMs);
        for (const now of [startMs, endMs - 1]) assert.equal(bounds({ ...query, now }).startMs, startMs);
        const next = bounds({ ...query, offset: 1 });
        assert.equal(next.startMs, endMs);
        query = { ...query, now: endMs };
        ({ startMs, endMs } = bounds(query));
        assert.deepEqual([startMs, endMs], [next.startMs, next.endMs]);
      }
    }
  }
});

test("periods outside the supported years and wrong queries are errors", () => {
  const code = (query) => {
    try {
      bounds({ ...JUNE, ...query });
      return "answered";
    } catch (error) {
      assert.ok(error instanceof OracleError, error);
      return error.code;
    }
  };
  assert.equal(code({ period: "year", now: new Date(0) }), "answered");
  assert.equal(code({ period: "year", now: new Date(-1) }), "out_of_range");
  assert.equal(code({ period: "week", now: new Date(0) }), "out_of_range"); // it begins in 1969
  assert.equal(code({ period: "week", now: new Date(0), weekStart: "thursday" }), "answered");
  assert.equal(code({ period: "month", now: "2099-12-31T23:59:59Z" }), "answered");
  assert.equal(code({ period: "week", now: "2099-12-31T23:59:59Z" }), "out_of_range");
  assert.equal(code({ period: "month", now: "2100-01-01T00:00:00Z" }), "out_of_range");
  assert.equal(code({ period: "month", now: "2100-01-01T00:00:00Z", tz: "America/New_York" }), "answered");
  assert.equal(code({ offset: 1e9 }), "out_of_range");
  assert.equal(code({ offset: 0.5 }), "invalid_option");
  assert.equal(code({ period: "day" }), "invalid_period");
  assert.equal(code({ period: "constructor" }), "invalid_period");
  assert.equal(code({ tz: "Mars/Olympus" }), "invalid_tz");
  assert.equal(code({ tz: "" }), "invalid_tz");
  assert.equal(code({ tz: "+02:00" }), "invalid_tz");
  assert.equal(code({ tz: null }), "answered");
  assert.equal(code({ tz: "america/new_york" }), "answered");
  assert.equal(code({ now: undefined }), "invalid_now");
  assert.equal(code({ now: "2024-06-15" }), "invalid_now");
  assert.equal(code({ now: "2024-06-15T12:00:00" }), "invalid_now");
  assert.equal(code({ weekStart: "Monday" }), "invalid_option");
  assert.equal(code({ boundsAs: "local" }), "invalid_option");
});

test("timestamps are read to the millisecond", () => {
  const noon = Date.UTC(2024, 5, 1, 12);
  const same = [
    "2024-06-01T12:00:00Z",
    "2024-06-01t12:00:00z",
    "2024-06-01 12:00:00.000999999Z",
    "2024-06-01T17:30:00+05:30",
  ];
  same.push("2024-06-01T08:00:00-04:00", "2024-06-01T12:00:00-00:00", "2024-06-01T11:59:60Z", noon, new Date(noon));
  for (const written of same) assert.equal(readTimestamp(written), noon, String(written));
  assert.equal(readTimestamp("1969-12-31T23:59:59.9999Z"), -1); // the fraction is floored, not the distance from 1970
  assert.equal(readTimestamp("0001-01-01T00:00:00Z"), -62_135_596_800_000);
  assert.equal(readTimestamp(-1e11), -1e11);
  assert.equal(readTimestamp("2024-06-01T12:00:00"), null);
  assert.equal(readTimestamp("2024-06-01T12:00:00", { naive: true }), noon);
  for (const bad of [1e11 - 1, NaN, Infinity, 1e12 + 0.5, 8.64e15 + 1, new Date(NaN), "", true, {}, 1717243200000n]) {
    assert.equal(readTimestamp(bad), null, String(bad));
  }
});

test("each record is counted in the right group", () => {
  const at = "2024-06-15T12:00:00Z";
  const cases = [
    [{}, "other"],
    [{ event: "agent.unheard-of", startedAt: at }, "other"],
    [{ event: 5, startedAt: at }, "other"],
    [{ event: "agent.reaction", data: 5 }, "reactions"],
    [{ event: "agent.message", channel: "voice", data: 5, timestamp: "?" }, "voiceTurns"],
    [{ event: "agent.message", channel: "sms", timestamp: at }, "counted"],
    [{ event: "agent.message", channel: null, data: { receivedAt: at } }, "counted"],
    [{ event: "agent.message", data: { receivedAt: "2024-05-31T23:59:59.999Z" }, timestamp: at }, "outsidePeriod"],
    [{ event: null, startedAt: at, status: "completed" }, "counted"],
    [{ type: "message", startedAt: 5, receivedAt: at }, "counted"],
    [{ type: "pstn", startedAt: at, receivedAt: 5, status: "completed" }, "counted"],
    [{ type: 5, receivedAt: at }, "counted"],
    [{ startedAt: at }, "notCompleted:"],
    [{ startedAt: at, status: "busy" }, "notCompleted:busy"],
    [{ startedAt: at, status: "__proto__" }, "notCompleted:__proto__"],
    [{ startedAt: "2023-01-01T00:00:00Z", status: "busy" }, "notCompleted:busy"], // its status is read before its time
    [{ event: "agent.call_ended", data: { startedAt: at } }, "counted"],
    [{ event: "agent.call_ended", data: { startedAt: at, status: "failed" } }, "notCompleted:failed"],
    [{ startedAt: "2024-07-01T00:00:00Z", status: "completed" }, "outsidePeriod"],
    [{ startedAt: "2024-06-30T23:59:59.9999Z", status: "completed" }, "counted"],
    [null, "invalid:/0"],
    ["text", "invalid:/0"],
    [[], "invalid:/0"],
    [{ startedAt: null }, "invalid:/0/startedAt"],
    [{ receivedAt: null }, "invalid:/0/receivedAt"],
    [{ type: "message", startedAt: at }, "invalid:/0/receivedAt"],
    [{ startedAt: at, status: "busy", durationSeconds: -1 }, "invalid:/0/durationSeconds"],
    [{ startedAt: at, status: "completed", durationSeconds: 5, endedAt: "?" }, "counted"],
    [{ startedAt: at, status: "completed", endedAt: "2024-06-15T11:59:59.999Z" }, "invalid:/0/endedAt"],
    [{ startedAt: "?", agentId: 5 }, "invalid:/0/agentId"],
    [{ startedAt: "?", agentName: "\ud83d" }, "invalid:/0/agentName"],
    [{ event: "agent.message", channel: 5, agentId: 5 }, "invalid:/0/agentId"],
    [{ event: "agent.message", channel: 5, timestamp: at }, "counted"],
    [{ event: "agent.contact_shared", agentId: 5 }, "events"],
    [{ event: ["agent.contact_shared"] }, "other"],
    [{ event: "agent.contact_shared", test: true }, "tests"],
    [{ event: "agent.created", test: true }, "other"],
    [{ test: true }, "other"],
    [{ test: true, startedAt: 5 }, "tests"],
    [{ test: "true", receivedAt: at }, "counted"],
    [{ type: "call", conversationState: { testMode: true } }, "tests"],
    [{ type: "call", conversationState: [{ testMode: true }], startedAt: at }, "notCompleted:"],
    [{ receivedAt: at, conversation_state: { test_mode: true } }, "tests"],
    [{ receivedAt: at, conversationState: null, conversation_state: { test_mode: true } }, "counted"],
    [{ receivedAt: at, conversationState: { testMode: false, test_mode: true } }, "counted"],
    [{ event: "agent.message", data: 5, conversationState: { testMode: true } }, "tests"],
    [{ event: "agent.message", channel: "voice", test: true }, "tests"],
    [{ started_at: at, status: "completed" }, "counted"],
    [{ started_at: null }, "invalid:/0/started_at"],
    [{ startedAt: null, started_at: at }, "invalid:/0/startedAt"],
    [{ startedAt: undefined, started_at: at, status: "completed" }, "counted"],
    [{ type: "message", received_at: "?" }, "invalid:/0/received_at"],
    [{ receivedAt: at, agent_id: 5 }, "invalid:/0/agent_id"],
    [{ receivedAt: at, agentId: null, agent_id: 5 }, "counted"],
    [{ event: "agent.call_ended", data: { started_at: at, duration_seconds: -1 } }, "invalid:/0/data/duration_seconds"],
    [{ body: { event: "agent.message", timestamp: at } }, "counted"],
    [{ body: { event: "agent.message", data: { receivedAt: 5 } } }, "invalid:/0/body/data/receivedAt"],
    [{ body: { event: "agent.message", data: [] } }, "invalid:/0/body/data"],
    [{ body: { event: "agent.reaction", data: [] } }, "reactions"],
    [{ body: { event: "agent.created" } }, "other"],
    [{ body: { event: "agent.reaction", test: true } }, "tests"],
    [{ test: true, body: { event: "agent.reaction" } }, "reactions"],
    [{ type: "call", body: { event: "agent.message" } }, "invalid:/0/startedAt"],
    [{ type: 5, body: { event: "agent.message" } }, "other"],
    [{ body: { event: "agent.reaction" }, received_at: null }, "invalid:/0/received_at"],
    [{ body: { body: { event: "agent.reaction" } } }, "other"],
    [{ body: { event: null, receivedAt: at } }, "other"],
    [{ body: [{ event: "agent.reaction" }] }, "other"],
    [{ body: { event: "agent.reaction" }, data: [{}] }, "other"],
    [{ body: { event: "agent.reaction" }, messages: [{ receivedAt: at }] }, "reactions"],
    [{ messages: [] }, ""],
    [{ messages: {} }, "other"],
    [{ messages: [5], agentId: 5 }, "invalid:/0/agentId"],
    [{ messages: [5], agentName: [] }, "invalid:/0/agentName"],
    [{ messages: [5, { receivedAt: at }], agent_id: "a" }, "counted,invalid:/0/messages/0"],
    [{ messages: [{ receivedAt: "?" }], receivedAt: at }, "counted"],
    [{ messages: [{ data: [{ receivedAt: "?" }] }] }, "invalid:/0/messages/0/data/0/receivedAt"],
    [{ receivedAt: 1e14 }, "outsidePeriod"],
    [{ receivedAt: 1e14 + 1 }, "invalid:/0/receivedAt"],
    [{ receivedAt: -1e14 - 1 }, "invalid:/0/receivedAt"],
    [{ event: "agent.message", data: { receivedAt: at }, timestamp: "?" }, "counted"],
    [{ event: "agent.message", data: { receivedAt: null }, timestamp: "?" }, "invalid:/0/timestamp"],
    [{ event: "agent.message", data: {} }, "invalid:/0/data/receivedAt"],
    [{ event: "agent.call_ended", startedAt: at }, "invalid:/0/data/startedAt"],
    [{ event: "agent.call_ended", data: "x" }, "invalid:/0/data"],
    [{ data: [{ startedAt: at }, 5], startedAt: 5 }, "notCompleted:,invalid:/0/data/1"],
    [{ event: "agent.message", data: [] }, ""],
  ];
  for (const [record, expected] of cases) {
    const result = ofJune([record], { onInvalid: "skip" });
    assertConserved(result);
    const { ignored, problems, ...d } = result.diagnostics;
    const places = ["counted", "outsidePeriod", "duplicates"].filter((place) => d[place]);
    places.push(...["voiceTurns", "reactions", "events", "tests", "other"].filter((place) => ignored[place]));
    places.push(...Object.keys(ignored.notCompleted).map((status) => `notCompleted:${status}`));
    places.push(...problems.map(({ path, code }) => (code === "invalid_record" ? `invalid:${path}` : code)));
    assert.equal(places.join(), expected, JSON.stringify(record));
  }
});

test("the seconds of a call are whole and not negative", () => {
  const seconds = (fields) => {
    const call = { startedAt: "2024-06-15T12:00:00.900Z", status: "completed", ...fields };
    const { diagnostics } = ofJune([call]);
    return diagnostics.withoutDuration ? "unknown" : diagnostics.totals.totalSeconds;
  };
  assert.equal(seconds({ durationSeconds: 61.999 }), 61);
  assert.equal(seconds({ durationSeconds: -0 }), 0);
  assert.equal(seconds({ durationSeconds: 0, endedAt: "2024-06-15T13:00:00Z" }), 0);
  assert.equal(seconds({ durationSeconds: 5, endedAt: "2024-06-15T11:00:00Z" }), 5);
  assert.equal(seconds({ endedAt: "2024-06-15T12:01:00.899Z" }), 59);
  assert.equal(seconds({ endedAt: "2024-06-15T12:01:00.900Z", durationSeconds: null }), 60);
  assert.equal(seconds({}), "unknown");
  const large = { startedAt: "2024-06-15T12:00:00Z", status: "completed", durationSeconds: Number.MAX_SAFE_INTEGER };
  assert.equal(ofJune([large]).diagnostics.totals.totalSeconds, Number.MAX_SAFE_INTEGER);
  const little = { ...large, agentId: "another", durationSeconds: 1 };
  assert.throws(() => ofJune([large, little]), { code: "overflow" });
});

test("an id counts once for each kind, and only in records that count", () => {
  const call = { id: "x", startedAt: "2024-06-15T12:00:00Z", status: "completed", durationSeconds: 9 };
  const records = [
    { ...call, status: "in-progress" },
    { ...call, startedAt: "2024-05-01T00:00:00Z" },
    call,
    { ...call, durationSeconds: 100 },
    { event: "agent.call_ended", data: { callId: "x", startedAt: call.startedAt } },
    { type: "message", id: "x", receivedAt: call.startedAt },
    { type: "message", messageId: "x", receivedAt: call.startedAt },
    { ...call, id: "" },
    { ...call, id: null },
  ];
  const { diagnostics } = ofJune(records);
  assert.deepEqual(
    [diagnostics.counted, diagnostics.duplicates, diagnostics.outsidePeriod, diagnostics.withoutId],
    [4, 3, 1, 2],
  );
  assert.deepEqual(diagnostics.totals, { messages: 1, calls: 3, totalSeconds: 118 }); // the longest of the three calls "x" counts
  assert.equal(ofJune(records, { dedupe: false }).diagnostics.duplicates, 0);
});

test("a webhook without an id is known by its delivery", () => {
  const webhook = { event: "agent.message", timestamp: "2024-06-15T12:00:00Z" };
  const named = (id, fields) => ({ headers: { "x-webhook-id": id }, ...fields });
  const known = (...records) => {
    const { counted, duplicates, withoutId } = ofJune(records).diagnostics;
    return [counted, duplicates, withoutId].join();
  };
  const enveloped = (fields, body) => ({ ...fields, body: { ...webhook, ...body } });
  const x = { ...webhook, ...named("x") };
  for (const same of [
    x,
    { ...webhook, id: "x" },
    { ...webhook, deliveryId: "x" },
    { ...webhook, delivery_id: "x", webhookId: "y" },
    { ...webhook, id: 5, deliveryId: "x" },
    { ...webhook, headers: { "X-Webhook-ID": "x" }, id: "y" },
    { ...webhook, headers: { "X-Webhook-ID": "y", "x-webhook-id": "x" } },
    { ...x, data: { messageId: "", id: null } },
    enveloped(named("x"), named("y", { id: "y" })),
    enveloped(named(""), named("x", { id: "y" })),
    enveloped({ id: "y" }, { id: "x" }),
    enveloped({ id: "x", deliveryId: "y" }, { deliveryId: "y" }),
    enveloped({ deliveryId: "y" }, { delivery_id: "x" }),
    enveloped({ delivery_id: "x" }),
  ]) {
    assert.equal(known(x, same), "1,1,0", JSON.stringify(same));
  }
  for (const other of [
    { ...webhook, id: "y" },
    { ...x, data: { messageId: "x" } },
    { type: "message", id: "x", receivedAt: webhook.timestamp },
    { event: "agent.call_ended", data: { startedAt: webhook.timestamp }, ...named("x") },
  ]) {
    assert.equal(known(x, other), "2,0,0", JSON.stringify(other));
  }
  for (const without of [
    webhook,
    { ...webhook, webhookId: "x" },
    { ...webhook, headers: [["x-webhook-id", "x"]], id: ["x"], deliveryId: null, delivery_id: "x" },
    { ...webhook, headers: { "x-webhook-id": ["x"], "x-webhook-id ": "x" } },
  ]) {
    assert.equal(known(x, without), "2,0,1", JSON.stringify(without));
  }
});

test("a record takes from its conversation what it does not name", () => {
  const receivedAt = "2024-06-15T12:00:00Z";
  const events = (value, defaults) => {
    const tally = new Tally(JUNE, { defaults });
    tally.value(value, "");
    return tally
      .counted()
      .map(({ agentId, agentName, number, channel }) => [agentId, agentName, number, channel].join());
  };
  const own = { agentId: "b", agentName: "B", numberId: "m", channel: "\tRCS " };
  const around = { agentId: "a", agentName: "A", number_id: "n", channel: " SMS" };
  const defaults = { agentId: "d", agentName: "D", phoneNumberId: "p", channel: "mms" };
  const bare = { receivedAt };
  const call = { event: "agent.call_ended", data: { startedAt: receivedAt, number_id: "m", type: "PSTN" } };
  assert.deepEqual(events({ ...around, messages: [bare, { ...bare, ...own }, call] }), [
    "a,A,n,sms",
    "b,B,m,rcs",
    "a,A,m,pstn",
  ]);
  assert.deepEqual(events({ messages: [{ ...bare, agentName: "B" }] }, defaults), ["d,D,p,mms"]);
  assert.deepEqual(events({ ...around, messages: [bare] }, defaults), ["a,A,n,sms"]);
  assert.deepEqual(events({ agentId: "", agentName: "A", phoneNumberId: 5, channel: 5, messages: [bare] }, defaults), [
    "d,D,p,mms",
  ]);
  const nested = { ...around, messages: [{ data: [bare] }, { agentId: "i", messages: [bare] }, { messages: [bare] }] };
  assert.deepEqual(events(nested), ["a,A,n,sms", "i,,n,sms", "a,A,n,sms"]);
});

test("channels and directions are cleaned, and never wrong", () => {
  const receivedAt = "2024-06-15T12:00:00Z";
  const channel = (value, type = "message") => {
    const record = { type: "message", receivedAt, startedAt: receivedAt, status: "completed", channel: value };
    return judge(type === "message" ? record : { ...record, type: value }, "").channel;
  };
  for (const [written, read] of [
    ["iMessage", "imessage"],
    ["\f\r\n\t SMS ", "sms"],
    ["\vsms", "\vsms"],
    ["Ä SMS", "Ä sms"],
    ["x".repeat(64), "x".repeat(64)],
    [` ${"x".repeat(64)} `, "x".repeat(64)],
    ["x".repeat(65), "other"],
    ["é".repeat(33), "other"],
    [5, ""],
    [null, ""],
    [["sms"], ""],
    ["call", "call"],
  ]) {
    assert.equal(channel(written), read, String(written));
  }
  assert.equal(channel("Web", "call"), "web");
  assert.equal(channel("Message", "call"), "");
  const direction = (value) => judge({ receivedAt, direction: value }, "").direction;
  assert.deepEqual(["inbound", "outbound", "web", "Inbound", " web", 5].map(direction), [
    "inbound",
    "outbound",
    "web",
    "",
    "",
    "",
  ]);
});

test("of two records with one id the fullest counts, to the last criterion", () => {
  const message = { type: "message", id: "m", receivedAt: "2024-06-15T12:00:00Z" };
  const fullest = (...records) => {
    const tally = new Tally(JUNE);
    for (const record of records) tally.value(record, "");
    const [{ agentId, number, channel, direction, quarter }] = tally.counted();
    return { agentId, number, channel, direction, quarter };
  };
  const steps = [
    [{}, { direction: "web" }],
    [{ direction: "web" }, { direction: "outbound" }],
    [{ direction: "outbound" }, { channel: "x".repeat(65) }],
    [{ channel: "x".repeat(65) }, { channel: "sms" }],
    [{ channel: "sms" }, { channel: "rcs", direction: "web" }],
    [{ channel: "rcs" }, { numberId: "n2" }],
    [{ numberId: "n2", channel: "rcs" }, { numberId: "n1" }],
    [{ numberId: "n1" }, { receivedAt: "2024-06-15T11:59:59Z" }],
    [{ receivedAt: "2024-06-15T11:59:59Z" }, { agentId: "Ｚ" }],
    [{ agentId: "Ｚ" }, { agentId: "😀" }],
  ];
  for (const [less, more] of steps) {
    const [a, b] = [
      { ...message, ...less },
      { ...message, ...more },
    ];
    assert.deepEqual(fullest(a, b), fullest(b), JSON.stringify([less, more]));
    assert.deepEqual(fullest(b, a), fullest(b), JSON.stringify([less, more]));
  }
});

test("names and rows follow the rules", () => {
  const message = (agentId, agentName, day) => ({
    type: "message",
    agentId,
    agentName,
    receivedAt: `2024-06-${day}T00:00:00Z`,
  });
  const records = [
    message("listed", "from a record", "01"),
    message("unlisted", "old", "01"),
    message("unlisted", "new", "02"),
    { type: "call", agentId: "unlisted", agentName: "newest", startedAt: "2025-01-01T00:00:00Z", status: "busy" },
    message("unlisted", "", "30"),
    message("tied", "😀", "02"),
    message("tied", "Ｚ", "02"), // U+FF3A: a greater code unit than the emoji's first, a smaller code point
    message("nameless", undefined, "01"),
    message("__proto__", undefined, "01"),
    message("", "nobody's", "01"),
    message(null, undefined, "01"),
    message(undefined, undefined, "01"),
  ];
  const agents = [
    { id: "listed", name: "outdated" },
    { id: "listed", name: "Listed" },
    { id: "idle", name: "Idle" },
    { id: "__proto__", name: "Proto" },
  ];
  const rows = (query) => ofJune(records, { agents, ...query }).report.data.map((row) => [row.agentName, row.messages]);
  const expected = [
    ["newest", 3],
    ["Ｚ", 2],
    ["Listed", 1],
    ["Proto", 1],
    ["nameless", 1],
    ["Unassigned", 3],
  ];
  assert.deepEqual(rows(), expected);
  assert.deepEqual(rows({ includeIdle: true }), [...expected.slice(0, 5), ["Idle", 0], ["Unassigned", 3]]);

  const defaults = { agentId: "nameless", agentName: "Given" };
  const given = report([message("", "nobody's", "03"), message("other", "Other", "03")], JUNE, { defaults });
  assert.deepEqual(
    given.report.data.map((row) => [row.agentId, row.agentName]),
    [
      ["nameless", "Given"],
      ["other", "Other"],
    ],
  );
});

test("problems are at their record's field", () => {
  const paths = (records) => ofJune(records, { onInvalid: "skip" }).diagnostics.problems.map(({ path }) => path);
  const bad = { receivedAt: null };
  assert.deepEqual(paths([{}, bad]), ["/1/receivedAt"]);
  assert.deepEqual(paths({ data: [{}, bad, { data: [bad] }] }), ["/data/1/receivedAt", "/data/2/data/0/receivedAt"]);
  const lines = (...values) => values.map((value) => JSON.stringify(value)).join("\n");
  assert.deepEqual(paths(lines({}, bad)), ["/1/receivedAt"]);
  assert.deepEqual(paths(lines([{}, bad])), ["/1/receivedAt"]);
  assert.deepEqual(paths(lines([{}, bad], bad, [[]])), ["/1/receivedAt", "/1/receivedAt", "/2/0"]);
  assert.deepEqual(paths(lines({ data: [bad] }, { data: [bad] })), ["/data/0/receivedAt", "/1/data/0/receivedAt"]);
  const talk = { messages: [{}, bad] };
  assert.deepEqual(paths(talk), ["/messages/1/receivedAt"]);
  assert.deepEqual(paths(lines(talk, talk)), ["/messages/1/receivedAt", "/1/messages/1/receivedAt"]);
  assert.deepEqual(paths(lines({ messages: [], agentId: 5 }, { messages: [], agentId: 5 })), [
    "/agentId",
    "/1/agentId",
  ]);
  assert.deepEqual(paths(lines({ body: { event: "agent.message" } })), ["/0/body/data/receivedAt"]);
  assert.throws(() => ofJune([{}, bad]), { code: "invalid_record", path: "/1/receivedAt" });
  assert.throws(() => ofJune("{}\n{"), { code: "invalid_json" });
  assert.equal(ofJune(Array(150).fill(bad), { onInvalid: "skip" }).diagnostics.problems.length, 100);
});

test("a seed gives equal bytes each time", () => {
  const digest = (options) => {
    const hash = createHash("sha256");
    for (const piece of render(generate(options), options)) hash.update(piece);
    return hash.digest("hex");
  };
  for (const format of FORMATS) {
    const options = { records: 500, invalid: 100, seed: 7, format, multiline: isMultiline(format) };
    assert.equal(digest(options), digest(options));
    assert.notEqual(digest(options), digest({ ...options, seed: 8 }));
  }
  assert.deepEqual(agentsPage({ seed: 7 }), agentsPage({ seed: 7 }));
  // The format does not change the values.
  const values = (multiline) => Array.from(generate({ records: 2000, invalid: 100, multiline }), ({ value }) => value);
  assert.deepEqual(values(true), values(false));
});

test("a generated text parses to its value and states its number of records", () => {
  for (const multiline of [false, true]) {
    let [records, invalid] = [0, 0];
    for (const generated of generate({ records: 5000, invalid: invalidKinds.size, multiline })) {
      assert.deepEqual(JSON.parse(generated.text), generated.value, generated.text);
      assert.ok(generated.text.isWellFormed());
      assert.ok(multiline || !/[\r\n]/.test(generated.text));
      if (generated.shape.startsWith("invalid")) invalid += 1;
      else records += generated.records;
    }
    assert.deepEqual([records, invalid], [5000, invalidKinds.size]);
  }
});

test("lists and conversations say the truth about their length", () => {
  const own = (value, name) => value[name] ?? value[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
  let [left, lists, conversations] = [null, 0, 0];
  for (const { value, shape } of generate({ records: 20_000, seed: 6 })) {
    if (shape === "conversation") {
      conversations += 1;
      assert.equal(own(value, "messageCount") ?? value.messages.length, value.messages.length);
    }
    if (shape !== "page") {
      assert.equal(left, null, "a list has no last page");
      continue;
    }
    left ??= value.total;
    if (left !== undefined) left -= value.data.length;
    if (own(value, "hasMore")) continue;
    assert.ok(left === undefined || left === 0);
    [left, lists] = [null, lists + 1];
  }
  assert.ok(lists > 30 && conversations > 30, `${lists}, ${conversations}`);
  const page = JSON.parse([...render(generate({ records: 500 }), { format: "page" })].join(""));
  assert.deepEqual([page.hasMore, page.total], [false, page.data.length]);
});

test("the forms of records can be left out", () => {
  for (const { value, shape } of generate({ records: 5000, forms: false })) {
    assert.notEqual(shape, "conversation");
    assert.ok(shape === "unknown" || !/_at"|"body":\{"event"/.test(JSON.stringify(value)));
  }
});

test("every format gives an equal report", () => {
  const options = { records: 3000, invalid: 200, seed: 3 };
  const query = { period: "year", now: "2024-06-15T12:00:00Z", agents: agentsPage(options), onInvalid: "skip" };
  const expected = report(
    Array.from(generate(options), ({ value }) => value),
    query,
  );
  for (const format of ["ndjson", "array", "page"]) {
    const text = [...render(generate({ ...options, multiline: isMultiline(format) }), { format })].join("");
    const { report: rows, diagnostics } = report(text, query);
    assert.deepEqual(rows, expected.report);
    for (const problem of diagnostics.problems) {
      if (format === "page") problem.path = problem.path.replace("/data", "");
      // An array on its own line counts as its items. The generator's arrays have one item.
      if (format === "ndjson") problem.path = problem.path.replace(/^(\/\d+)\/0$/, "$1");
    }
    assert.deepEqual(diagnostics, expected.diagnostics);
  }
});

test("the invalid records are invalid, and all others are valid", () => {
  for (const [kind, make] of invalidKinds) {
    const value = make("id", "2024-06-15T12:00:00Z");
    const { records, invalid } = ofJune([value], { onInvalid: "skip" }).diagnostics;
    assert.deepEqual([records, invalid], [1, 1], kind);
  }
  for (const seed of [1, 5, 42]) {
    const values = Array.from(generate({ records: 40_000, seed }), ({ value }) => value);
    assert.equal(ofJune(values, { onInvalid: "skip" }).diagnostics.invalid, 0);
  }
});

test("20,000 records have every shape, every group and every unusual row", () => {
  const options = { records: 20_000, invalid: 1000, seed: 1 };
  const generated = [...generate(options)];
  const shapes = new Set(generated.map(({ shape }) => shape.replace(/^invalid.*/, "invalid")));
  assert.deepEqual([...shapes].sort(), [
    "api call",
    "api message",
    "call ended",
    "call ended again",
    "call seen before and after its end",
    "call seen by both sources",
    "contact shared",
    "conversation",
    "invalid",
    "page",
    "reaction",
    "test delivery",
    "typed call",
    "typed message",
    "unknown",
    "voice turn",
    "webhook message",
    "webhook message again",
  ]);

  const values = generated.map(({ value }) => value);
  const agents = agentsPage(options);
  for (const query of queriesFor(Date.UTC(2024, 0, 1), Date.UTC(2025, 0, 1), agents.data, true)) {
    const result = report(values, query);
    assertConserved(result);
    assert.equal(result.diagnostics.records, 21_000);
  }

  const result = report(values, { ...JUNE, tz: "America/New_York", agents, includeIdle: true, onInvalid: "skip" });
  const { diagnostics: d } = result;
  const counts = [d.counted, d.outsidePeriod, d.duplicates, d.withoutId, d.withoutDuration];
  counts.push(d.ignored.voiceTurns, d.ignored.reactions, d.ignored.events, d.ignored.tests, d.ignored.other);
  for (const status of [
    "",
    "busy",
    "failed",
    "no-answer",
    "ringing",
    "in-progress",
    "__proto__",
    "constructor",
    "Completed",
  ]) {
    assert.ok(Object.hasOwn(d.ignored.notCompleted, status), status);
    counts.push(d.ignored.notCompleted[status]);
  }
  for (const count of counts) assert.ok(count > 0, JSON.stringify(d));
  assert.equal(d.invalid, 1000);

  const rows = new Map(result.report.data.map((row) => [row.agentId, row]));
  for (const id of ["__proto__", "constructor", "1", null]) assert.ok(rows.get(id).messages > 0, id);
  const listed = new Set(agents.data.map(({ id }) => id));
  assert.ok(result.report.data.some((row) => row.agentId !== null && !listed.has(row.agentId)));
  assert.ok(result.report.data.some((row) => row.messages + row.calls === 0));
  const december = report(values, { period: "month", now: "2024-12-31T00:00:00Z", onInvalid: "skip" }).report.data;
  assert.equal(december.find(({ agentId }) => agentId === "tied-names").agentName, "Ｚ tied");

  const texts = generated.map(({ text }) => text);
  for (const [form, pattern] of Object.entries({
    snake_case: /"agent_id" ?:.*"(?:started|received)_at" ?:/,
    "both spellings": /"agentId":.*"agent_id":|"agent_id":.*"agentId":/,
    "an envelope": /^\{"headers":.*"body":\{"event":/,
    "a conversation": /"messageCount":[1-9].*"messages":\[\{/,
    "a first page of several": /"hasMore":true/,
  })) {
    assert.ok(
      texts.some((text) => pattern.test(text)),
      form,
    );
  }
  const tally = new Tally({ period: "year", now: JUNE.now, onInvalid: "skip" });
  for (const [index, value] of values.entries()) tally.value(value, `/${index}`);
  const events = tally.counted();
  const seen = (field) => new Set(events.map((event) => event[field]));
  for (const name of ["", "sms", "mms", "imessage", "whatsapp", "rcs", "pstn", "web", "other"])
    assert.ok(seen("channel").has(name), name);
  assert.deepEqual([...seen("direction")].sort(), ["", "inbound", "outbound", "web"]);
  assert.ok(events.some(({ delivery, kind }) => delivery !== null && kind === "call"));
  const deliveries = new Map();
  for (const value of values) {
    const { delivery = null, is } = judge(value, "");
    if (delivery !== null) deliveries.set(`${is} ${delivery}`, (deliveries.get(`${is} ${delivery}`) ?? 0) + 1);
  }
  assert.ok([...deliveries.values()].some((count) => count > 1));
  assert.ok(deliveries.size > 200);

  // Some are in the first or last millisecond of a month, in UTC and in other zones.
  const times = new Set(
    values.map((value) => readTimestamp(value?.startedAt ?? value?.receivedAt ?? value?.data?.receivedAt)),
  );
  const edges = (tz, side) => {
    const months = Array.from({ length: 12 }, (_, i) => month(tz, Date.UTC(2024, i, 15)));
    return months.filter((bounds) => times.has(side(bounds))).length;
  };
  for (const side of [({ startMs }) => startMs, ({ endMs }) => endMs - 1]) {
    const elsewhere = ["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Niue", "Africa/Cairo"];
    const hits = elsewhere.reduce((sum, tz) => sum + edges(tz, side), 0);
    assert.ok(hits > 0, side.toString());
  }
});
