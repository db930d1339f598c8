/** Causes of small differences, whose numbers are written down here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { codesOf, doorsOf, FIELDS, MONTH } from "../support/miscount.mjs";
import { packed } from "../support/packed.mjs";

const { reconcile, usageByAgent, UsageAggregator, UsageRollup } = packed;

const AGENT = { agentId: "a", agentName: "a" };
const NOON = "2024-06-15T12:00:00Z";
const at = (minute, second = 0) =>
  `2024-06-15T12:${String(minute).padStart(2, "0")}:${String(second).padStart(2, "0")}Z`;

const row = (agentId, messages, calls = 0, totalSeconds = 0) => {
  return { agentId, agentName: agentId ?? "Unassigned", messages, calls, totalSeconds, isOrphan: agentId === null };
};
const call = (id, more) => {
  return {
    type: "call",
    id,
    ...AGENT,
    status: "completed",
    startedAt: NOON,
    endedAt: at(1),
    durationSeconds: 60,
    ...more,
  };
};
const message = (id, more) => ({ type: "message", id, ...AGENT, direction: "inbound", receivedAt: NOON, ...more });
const delivery = (id, data, more) => {
  return {
    event: "agent.message",
    channel: "sms",
    id,
    timestamp: NOON,
    ...AGENT,
    data: { receivedAt: NOON, ...data },
    ...more,
  };
};
const callEnded = (headers, data, more) => {
  const event = { event: "agent.call_ended", channel: "voice", timestamp: NOON, ...AGENT, ...more };
  return {
    headers,
    params: {},
    query: {},
    body: { ...event, data: { startedAt: NOON, durationSeconds: 30, ...data } },
  };
};

/** The result for each way of giving the records. `theirs` are rows. */
function results(records, theirs, query = MONTH) {
  return Object.entries(doorsOf(records)).map(([door, evidence]) => {
    const ours = usageByAgent(evidence, query);
    return [door, reconcile(ours, { ...ours, data: theirs }, { records: evidence, query }), ours];
  });
}

/** Asserts that the rows have these codes as their shown causes, and that nothing, or these columns, are unexplained. */
function assertCodes(records, ours, theirs, codes, unexplained = []) {
  for (const [door, result, report] of results(records, theirs)) {
    assert.deepEqual(report.data, ours, door);
    assert.deepEqual(
      [codesOf(result), result.unexplained],
      [codes, unexplained],
      `${door} ${JSON.stringify(result.causes)}`,
    );
  }
}

test("span_billed: seconds from the start of a call to its end", () => {
  const records = [
    call("1", { endedAt: at(1, 12) }),
    call("2", { durationSeconds: null, endedAt: at(2) }), // has no duration: ours takes the span too
    call("3", { endedAt: null, durationSeconds: 7 }), // has no end: theirs takes the duration
    {
      event: "agent.call_ended",
      ...AGENT,
      data: { callId: "4", startedAt: NOON, endedAt: at(0, 41), durationSeconds: 40 },
    },
    {
      id: "5",
      agent_id: "a",
      agent_name: "a",
      status: "completed",
      started_at: NOON,
      ended_at: at(0, 5),
      duration_seconds: 3,
    },
  ];
  const ours = [row("a", 0, 5, 60 + 120 + 7 + 40 + 3)];
  assertCodes(records, ours, [row("a", 0, 5, 72 + 120 + 7 + 41 + 5)], ["span_billed"]);
  assertCodes(records, ours, [row("a", 0, 5, 72 + 120 + 7 + 41 + 4)], [], ["totalSeconds"]);
  const [[, { causes }]] = results(records, [row("a", 0, 5, 245)]);
  assert.deepEqual(
    causes.map(({ fields, certainty }) => [fields, certainty]),
    [[["totalSeconds"], "shown"]],
  );
});

test("span_billed with rounding, with failed calls", () => {
  const records = [
    call("1", { endedAt: at(2, 1) }),
    call("2", { endedAt: at(0, 45), durationSeconds: 44 }),
    call("3", { status: "failed", endedAt: at(0, 30), durationSeconds: 20 }),
  ];
  const ours = [row("a", 0, 2, 104)];
  assertCodes(records, ours, [row("a", 0, 2, 180 + 60)], ["span_billed + rounded_up_per_call"]);
  assertCodes(
    records,
    ours,
    [row("a", 0, 3, 121 + 45 + 30)],
    ["failed_calls_counted", "failed_calls_counted + span_billed"],
  );
});

test("redeliveries_counted: deliveries without an id of their own count each time", () => {
  const six = Array.from({ length: 6 }, () => delivery("d1"));
  const calls = ["X-Webhook-ID", "x-webhook-id", "X-WEBHOOK-ID"].map((name) => callEnded({ [name]: "d2" }));
  const one = message("m1", { direction: null });
  const twice = [one, one, call("c1"), call("c1")]; // ids of their own: not redeliveries
  const records = [...six, ...calls, ...twice];
  const ours = [row("a", 2, 2, 90)];
  assertCodes(records, ours, [row("a", 7, 4, 150)], ["redeliveries_counted"]);
  assertCodes(records, ours, [row("a", 8, 5, 210)], ["duplicates_counted"]);
  assertCodes(records, ours, [row("a", 6, 4, 150)], ["redeliveries_counted"], ["messages"]);
  for (const [door, { causes }] of results(records, [row("a", 7, 4, 150)]))
    assert.deepEqual(causes[0].fields, FIELDS, door);
});

test("tests_counted: records that are marked as tests count", () => {
  const records = [
    message("m1"),
    message("m2", { test: true }),
    delivery("d1", { messageId: "m3" }, { conversationState: { testMode: true } }),
    delivery("d2", { messageId: "m4" }, { conversation_state: { test_mode: true } }),
    call("c1", { test: true }),
    callEnded({ "X-Webhook-ID": "d3" }, { callId: "c2" }, { test: true }),
    message("m5", { test: "yes" }), // not a mark
  ];
  const ours = [row("a", 2)];
  assertCodes(records, ours, [row("a", 5, 2, 90)], ["tests_counted"]);
  assertCodes(records, ours, [row("a", 4, 2, 90)], ["tests_counted"], ["messages"]);
  const failed = [...records, call("c3", { status: "busy", endedAt: null, durationSeconds: null })];
  assertCodes(failed, ours, [row("a", 5, 3, 90)], ["tests_counted", "failed_calls_counted + tests_counted"]);
  const again = [...records, message("m1"), message("m2", { test: true })];
  assertCodes(again, ours, [row("a", 7, 2, 90)], ["tests_counted", "duplicates_counted + tests_counted"]);
});

test("messages of one direction are left out of conversations, envelopes and snake_case", () => {
  const bare = (id, direction) => ({ id, direction, receivedAt: NOON });
  const records = [
    { id: "conv", ...AGENT, direction: "outbound", messages: [bare("1", "inbound"), bare("2", "outbound")] },
    {
      id: "conv",
      agent_id: "b",
      agent_name: "b",
      messages: [bare("3", "outbound"), { data: [bare("4", "outbound")] }],
    },
    { body: delivery("d1", { messageId: "5", direction: "outbound" }), headers: {} },
    { body: delivery("d2", { messageId: "6", direction: "inbound" }), headers: {}, direction: "outbound" },
    delivery("d3", { message_id: "7", received_at: NOON, direction: "outbound" }, { direction: "inbound" }),
    { id: "8", agent_id: "a", agent_name: "a", received_at: NOON, direction: "outbound" },
    { id: "9", ...AGENT, receivedAt: NOON, direction: "Outbound" }, // not a direction that is known
  ];
  const ours = [row("a", 7), row("b", 2)];
  assertCodes(records, ours, [row("a", 3)], ["outbound_messages_missing"]);
  assertCodes(records, ours, [row("a", 5), row("b", 2)], ["inbound_messages_missing"]);
  const [{ messages }] = records;
  const own = usageByAgent({ ...AGENT, messages }, MONTH);
  const theirs = { ...own, data: [row("a", 1)] };
  const { causes } = reconcile(own, theirs, { records: { ...AGENT, messages }, query: MONTH });
  assert.deepEqual(
    causes.map(({ code }) => code),
    ["outbound_messages_missing", "inbound_messages_missing"],
  );
});

test("records_not_understood: theirs has more, nothing else explains it, and some records are of an unknown kind", () => {
  const unknown = { id: "x", kind: "chat", created: NOON };
  const records = [message("m1"), unknown, unknown];
  for (const [door, { causes, unexplained }, ours] of results(records, [row("a", 3)])) {
    assert.deepEqual(ours.data, [row("a", 1)], door);
    const [{ code, certainty, fields, detail }, ...more] = causes;
    assert.deepEqual([code, certainty, fields, more], ["records_not_understood", "possible", ["messages"], []], door);
    assert.equal(detail.records, 2);
    assert.match(detail.problem, /^2 of 3 records are of an unknown kind; the first looks like .+/);
    assert.deepEqual(unexplained, ["messages"]);
  }
  const usage = new UsageAggregator(MONTH).push(records);
  const rollup = new UsageRollup().push(records);
  const ours = usage.report();
  const theirs = { ...ours, data: [row("a", 3)] };
  for (const evidence of [{ diagnostics: usage.diagnostics() }, { rollup, query: MONTH }]) {
    const [{ code, detail }] = reconcile(ours, theirs, evidence).causes;
    assert.deepEqual([code, detail.records], ["records_not_understood", 2]);
  }
  // Diagnostics that were kept without their problems.
  const { problems, ...diagnostics } = usage.diagnostics();
  assert.ok(problems.length > 0);
  assert.deepEqual(reconcile(ours, theirs, { diagnostics }).causes[0].detail, { records: 2 });

  const codes = (records, data) => results(records, data).map(([, { causes }]) => causes.map(({ code }) => code));
  const three = ["m1", "m2", "m3"].map((id) => message(id, { direction: null }));
  for (const found of codes([...three, unknown], [row("a", 2)])) assert.deepEqual(found, []); // theirs has less
  for (const found of codes([message("m1")], [row("a", 3)])) assert.deepEqual(found, []);
  for (const found of codes([...records, message("m1")], [row("a", 2)]))
    assert.deepEqual(found, ["duplicates_counted"]);
  usage.free();
  rollup.free();
});

test("diagnostics name tests whose number equals the difference", () => {
  const records = [message("m1"), message("m2", { test: true }), call("c1", { test: true })];
  const usage = new UsageAggregator(MONTH).push(records);
  const [ours, diagnostics] = [usage.report(), usage.diagnostics()];
  usage.free();
  const causes = (data) => reconcile(ours, { ...ours, data }, { diagnostics }).causes;
  const [{ code, certainty, fields }, ...more] = causes([row("a", 2, 1)]);
  assert.deepEqual([code, certainty, fields, more], ["tests_counted", "possible", ["messages", "calls"], []]);
  assert.deepEqual(causes([row("a", 2)]), []);
});

test("where ours counts every id each time, redeliveries are not a mistake", () => {
  const one = message("m1", { direction: null });
  const records = [delivery("d1"), delivery("d1"), one, one];
  const query = { ...MONTH, dedupe: false };
  for (const [data, codes] of [
    [[row("a", 2)], ["duplicates_not_counted"]],
    [[row("a", 5)], []],
  ]) {
    for (const [door, result] of results(records, data, query)) assert.deepEqual(codesOf(result), codes, door);
  }
});
