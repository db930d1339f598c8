/** Agents that were deleted at the vendor, whose usage is under Unassigned there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  any,
  assertSound,
  codesOf,
  doorsOf,
  FIELDS,
  MONTH,
  made,
  named,
  nearest,
  rowsBy,
  shownOf,
  up,
} from "../support/miscount.mjs";
import { packed } from "../support/packed.mjs";

const { reconcile, usageByAgent, UsageAggregator, UsageRollup } = packed;

const row = (agentId, messages, calls = 0, totalSeconds = 0, agentName = agentId ?? "Unassigned") => {
  return { agentId, agentName, messages, calls, totalSeconds, isOrphan: agentId === null };
};
const of = (...data) => ({ ...usageByAgent([], MONTH), data });

test("an agent that was deleted half-way through the month", () => {
  const day = (n) => `2024-06-${String(n).padStart(2, "0")}T12:00:00Z`;
  // Webhooks before the 15th name the agent. Records that are listed later do not, also if they are older.
  const records = Array.from({ length: 28 }, (_, n) => {
    const agent = n < 14 ? { agentId: "gone", agentName: "Old desk" } : {};
    const delivered = {
      event: "agent.message",
      channel: "sms",
      timestamp: day(n + 1),
      ...agent,
      data: { messageId: `m${n}`, receivedAt: day(n + 1) },
    };
    const listed = { id: `m${n}`, direction: "inbound", agentId: null, receivedAt: day(n + 1) };
    const call = {
      id: `c${n}`,
      ...agent,
      status: n % 7 ? "completed" : "busy",
      startedAt: day(n + 1),
      durationSeconds: 90.5,
    };
    const kept = { id: `k${n}`, agentId: "kept", agentName: "Desk", receivedAt: day(n + 1) };
    return [delivered, listed, call, { ...call, agentId: null }, kept];
  }).flat();
  const [kept, gone, nobody] = [
    row("kept", 28, 0, 0, "Desk"),
    row("gone", 14, 12, 1080, "Old desk"),
    row(null, 14, 12, 1080),
  ];
  const after = (messages, calls, seconds) => of(kept, row(null, messages, calls, seconds));
  for (const [door, evidence] of Object.entries(doorsOf(records))) {
    const ours = usageByAgent(evidence, MONTH);
    assert.deepEqual(ours.data, [kept, gone, nobody], door);
    const result = (theirs) => reconcile(ours, theirs, { records: evidence, query: MONTH });

    const alone = result(after(28, 24, 2160));
    assertSound(alone, ours, after(28, 24, 2160));
    assert.deepEqual([codesOf(alone), alone.unexplained], [["agent_deleted"], []], door);
    const [{ fields, agents, detail }] = alone.causes;
    assert.deepEqual([fields, agents], [FIELDS, ["gone"]]);
    assert.deepEqual(detail, { agents: [{ agentId: "gone", agentName: "Old desk" }] });

    const failed = result(after(28, 28, 2520));
    assert.deepEqual(codesOf(failed), ["agent_deleted", "failed_calls_counted + agent_deleted"], door);
    assert.deepEqual(failed.unexplained, []);
    const [, { detail: both }] = failed.causes;
    assert.deepEqual(both, { statuses: ["busy"], agents: detail.agents });

    // 12 calls of 90.5 s for each of the two, rounded after the usage has moved.
    const sums = result(after(28, 24, 2172));
    assert.deepEqual(codesOf(sums), ["agent_deleted", "rounded_after_sum + agent_deleted"], door);

    const less = result(after(27, 24, 2160));
    assert.deepEqual([codesOf(less), less.unexplained], [["agent_deleted"], ["messages"]], door);
    const lost = result(of(kept, nobody)); // the rows of the agent are left out
    assert.deepEqual([codesOf(lost), lost.unexplained], [[], FIELDS], door);
  }
});

test("the two responses alone show deleted agents", () => {
  const ours = of(row("a", 5, 1, 60), row("b", 3, 2, 9, "Bea"), row("c", 0, 4, 1), row(null, 1));
  const shown = (theirs) => {
    const result = reconcile(ours, theirs);
    return [codesOf(result), shownOf(result).map(({ agents }) => agents), result.unexplained];
  };
  assert.deepEqual(shown(of(row("a", 5, 1, 60), row("c", 0, 4, 1), row(null, 4, 2, 9))), [
    ["agent_deleted"],
    [["b"]],
    [],
  ]);
  assert.deepEqual(shown(of(row("a", 5, 1, 60), row("b", 0, 0, 0, "Bea"), row("c", 0), row(null, 4, 6, 10))), [
    ["agent_deleted"],
    [["b", "c"]],
    [],
  ]);
  assert.deepEqual(shown(of(row(null, 9, 7, 70))), [["agent_deleted"], [["a", "b", "c"]], []]);
  assert.deepEqual(shown(of(row("a", 5, 1, 60), row("c", 0, 4, 1), row(null, 4, 1, 9))), [
    ["agent_deleted"],
    [["b"]],
    ["calls"],
  ]);
  assert.deepEqual(shown(of(row("a", 5, 1, 60), row("c", 0, 4, 1), row(null, 1))), [[], [], FIELDS]);
  assert.deepEqual(shown(of(row("a", 5, 1, 60), row("b", 1, 0, 0, "Bea"), row("c", 0, 4, 1), row(null, 3, 2, 9))), [
    ["unassigned_moved"],
    [["b", null]],
    [],
  ]);
  // An agent of ours under Unassigned, and the other way round, which no deletion makes.
  assert.deepEqual(codesOf(reconcile(of(row(null, 4)), of(row("a", 3), row(null, 1)))), ["unassigned_moved"]);
});

test("usage that moved is a possible cause where the other rows differ for no known reason", () => {
  const ours = of(row("a", 5, 1, 60), row("b", 3, 2, 9), row("c", 0, 4, 1), row(null, 1));
  const possible = (...data) => {
    const { causes, unexplained } = reconcile(ours, of(...data));
    const found = causes.filter(({ code }) => code === "agent_deleted");
    return [found.map(({ certainty, fields, agents }) => [certainty, fields, agents]), unexplained];
  };
  assert.deepEqual(possible(row("a", 7, 3, 67), row("c", 0, 4, 1), row(null, 4, 2, 9)), [
    [["possible", FIELDS, ["b"]]],
    FIELDS,
  ]);
  assert.deepEqual(possible(row("a", 7, 3, 67), row(null, 4, 6, 10)), [[["possible", FIELDS, ["b", "c"]]], FIELDS]);
  // c is left out, and only b moved.
  assert.deepEqual(possible(row("a", 7, 3, 67), row(null, 4, 2, 9)), [[["possible", FIELDS, ["b"]]], FIELDS]);
  assert.deepEqual(possible(row("a", 7, 3, 67), row("c", 0, 4, 1), row(null, 3, 2, 9)), [[], FIELDS]);
  assert.deepEqual(possible(row("a", 7, 3, 67), row("c", 0, 4, 1), row(null, 1)), [[], FIELDS]);
});

/** The further mistakes, with the columns that they change, and the code. */
const OTHERS = [
  ["failed_calls_counted", ["calls", "totalSeconds"], { failed: any }],
  [
    "failed_calls_counted",
    ["calls", "totalSeconds"],
    { failed: (status) => status === "busy" },
    { statuses: ["busy"] },
  ],
  ["duplicates_counted", FIELDS, { dedupe: false }],
  ["redeliveries_counted", ["messages"], { redeliveries: true }],
  ["tests_counted", FIELDS, { tests: true }],
  ["voice_turns_counted", ["messages"], { voice: true }],
  ["outbound_messages_missing", ["messages"], { leave: "outbound" }],
  ["inbound_messages_missing", ["messages"], { leave: "inbound" }],
  ["span_billed", ["totalSeconds"], { span: true }],
  ["rounded_up_per_call", ["totalSeconds"], { rounded: up(60) }, { seconds: 60 }],
  ["rounded_to_nearest", ["totalSeconds"], { rounded: nearest }],
];

for (const [n, [code, fields, mistake, detail]] of OTHERS.entries()) {
  test(`deleted agents and another mistake: ${code} ${JSON.stringify(detail ?? n)}`, () => {
    const { values, texts } = made(200 + n, { forms: true });
    const ours = named(usageByAgent(values, MONTH));
    const ids = ours.data.flatMap(({ agentId }) => agentId ?? []);
    const deleted = [ids[0], ids[3]];
    const theirs = { ...ours, data: rowsBy(values, MONTH, { ...mistake, deleted }) };
    const records = n % 2 === 0 ? values : texts.join("\n");
    const result = reconcile(ours, theirs, { records, query: MONTH });
    assertSound(result, ours, theirs);
    const others = FIELDS.filter((field) => !fields.includes(field));
    const want = [
      ...(others.length > 0 ? [["agent_deleted", undefined, others]] : []),
      [code, ["agent_deleted"], fields],
    ];
    const got = shownOf(result).map(({ code, with: other, fields }) => [code, other, fields]);
    assert.deepEqual(got, want, JSON.stringify(result.causes));
    for (const cause of shownOf(result)) assert.deepEqual(cause.agents.toSorted(), deleted.toSorted());
    const { agents, ...more } = shownOf(result).at(-1).detail;
    assert.deepEqual(agents.map(({ agentId }) => agentId).toSorted(), deleted.toSorted());
    if (detail) assert.deepEqual(more, detail);
    assert.deepEqual(result.unexplained, []);
  });
}

for (const [change, code] of [
  [{ tz: "Asia/Kolkata" }, "other_zone"],
  [{ offset: -1 }, "other_period"],
]) {
  test(`deleted agents and another period: ${JSON.stringify(change)}`, () => {
    const { values } = made(230, { forms: true });
    const counted = values.filter((value) => !/"(__proto__|constructor)"/.test(JSON.stringify(value)));
    const ours = named(usageByAgent(counted, MONTH));
    const deleted = [ours.data[1].agentId];
    const theirs = { ...ours, data: rowsBy(counted, { ...MONTH, ...change }, { deleted }) };
    const rollup = new UsageRollup({ onInvalid: "skip" }).push(counted);
    for (const evidence of [{ records: counted, query: MONTH }, { rollup }]) {
      const result = reconcile(ours, theirs, evidence);
      assert.deepEqual([codesOf(result), result.unexplained], [[`${code} + agent_deleted`], []]);
      assert.deepEqual(shownOf(result)[0].agents, deleted);
    }
    rollup.free();
  });
}

test("diagnostics and a deletion", () => {
  const records = [
    { id: "1", agentId: "a", receivedAt: "2024-06-10T12:00:00Z" },
    { id: "2", receivedAt: "2024-06-10T12:00:00Z" },
  ];
  const usage = new UsageAggregator(MONTH).push(records);
  const [ours, diagnostics] = [usage.report(), usage.diagnostics()];
  usage.free();
  const result = reconcile(ours, of(row(null, 2)), { diagnostics });
  assert.deepEqual([codesOf(result), result.unexplained], [["agent_deleted"], []]);
});
