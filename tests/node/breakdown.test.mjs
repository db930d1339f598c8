/** Breakdowns as callers see them: shapes, texts, options and errors. What they count is compared with Temporal in tests/zones. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertThrows, call, JUNE, message } from "../support/faults.mjs";
import { packed } from "../support/packed.mjs";

const { periodBounds, recordsWindow, UsageRollup } = packed;

const HOUR = 3_600_000;
const at = (i) => Date.UTC(2024, 4, 20) + i * 1_234_567;
const records = Array.from({ length: 3000 }, (_, i) =>
  (i % 3 ? message : call)({
    id: `id-${i}`,
    agentId: i % 11 ? `agent-${i % 17}` : null,
    phoneNumberId: i % 4 ? `number-${i % 5}` : null,
    phoneNumber: `+1555000${i % 5}`,
    channel: i % 2 ? "SMS" : undefined,
    direction: ["inbound", "outbound", "sideways"][i % 3],
    durationSeconds: i % 100,
    receivedAt: at(i),
    startedAt: at(i),
  }),
);
const agents = [
  { id: "agent-1", name: "Support" },
  { id: "idle", name: "Idle" },
];

/** The rows as the text of JSON, with series as arrays. */
const plain = (value) => JSON.parse(JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? [...v] : v)));
const sums = ({ messages, calls, totalSeconds }) => ({ messages, calls, totalSeconds });
const sumOf = (array) => array.reduce((sum, value) => sum + value, 0);

test("a breakdown without options is one row of all that was counted", () => {
  const rollup = new UsageRollup().push(records);
  const { totals } = rollup.diagnostics();
  const span = rollup.span();
  const QUARTER = HOUR / 4;
  assert.deepEqual(span, { startMs: at(0), endMs: (Math.floor(at(2999) / QUARTER) + 1) * QUARTER });
  assert.deepEqual(rollup.breakdown(), {
    from: "2024-05-20T00:00:00Z",
    to: `${new Date(span.endMs).toISOString().slice(0, 19)}Z`,
    ...span,
    tz: "UTC",
    rows: [totals],
    totals,
  });
  const { from, to } = rollup.breakdown();
  assert.deepEqual(rollup.breakdown({ from, to }), rollup.breakdown());
  rollup.free();
});

test("rows have the fields of their dimensions, and series one value for each step", () => {
  const rollup = new UsageRollup({ agents }).push(records);
  const by = ["agent", "number", "channel", "direction", "weekday", "hour"];
  const query = { by, step: "week", tz: "america/new_york", period: "month", now: "2024-06-15T12:00:00Z" };
  const { steps, rows, totals, tz, startMs, endMs } = rollup.breakdown(query);
  const june = periodBounds({ period: "month", tz: "America/New_York", now: query.now });
  assert.deepEqual([tz, startMs, endMs], [june.tz, june.startMs, june.endMs]);
  assert.deepEqual(
    steps.map(({ start }) => start),
    ["2024-06-01", "2024-06-03", "2024-06-10", "2024-06-17", "2024-06-24"],
  );
  assert.deepEqual([steps[0].startMs, steps.at(-1).endMs], [startMs, endMs]);
  for (const [i, step] of steps.entries()) assert.equal(step.endMs, steps[i + 1]?.startMs ?? endMs);
  const keys =
    "agentId agentName numberId phoneNumber channel direction weekday hour messages calls totalSeconds series";
  for (const row of rows) {
    assert.deepEqual(Object.keys(row), keys.split(" "));
    assert.ok(row.series.messages instanceof Float64Array);
    for (const [measure, sum] of Object.entries(sums(row))) {
      assert.equal(row.series[measure].length, steps.length);
      assert.equal(sumOf(row.series[measure]), sum);
    }
    assert.equal(row.agentName, { "agent-1": "Support" }[row.agentId] ?? row.agentId ?? "Unassigned");
  }
  for (const [measure, sum] of Object.entries(totals)) assert.equal(sumOf(rows.map((row) => row[measure])), sum);
  assert.deepEqual(
    new Set(rows.map(({ channel }) => channel)),
    new Set(["", "sms", "pstn"].filter((c) => rows.some((r) => r.channel === c))),
  );
  assert.deepEqual(new Set(rows.map(({ direction }) => direction)), new Set(["inbound", "outbound", ""]));
  assert.equal(new Set(rows.map(({ weekday }) => weekday)).size, 7);
  rollup.free();
});

test("the order of dimensions does not matter, and each subset sums the rows of all", () => {
  const rollup = new UsageRollup().push(records);
  const query = { tz: "Asia/Kathmandu", step: "day" };
  const one = rollup.breakdown({ ...query, by: ["channel", "agent"] });
  assert.deepEqual(plain(one), plain(rollup.breakdown({ ...query, by: ["agent", "channel"] })));
  const summed = new Map();
  for (const { agentId, series, ...row } of one.rows) {
    const known = summed.get(agentId) ?? { messages: 0, calls: 0, totalSeconds: 0, days: series.messages.map(() => 0) };
    for (const key of Object.keys(sums(row))) known[key] += row[key];
    for (const [i, value] of series.messages.entries()) known.days[i] += value;
    summed.set(agentId, known);
  }
  for (const { agentId, series, ...row } of rollup.breakdown({ ...query, by: ["agent"] }).rows) {
    const { days, ...sum } = summed.get(agentId);
    assert.deepEqual([sums(row), [...series.messages]], [sum, [...days]]);
  }
  rollup.free();
});

test("by agent it is the report of the period, rows of idle agents included", () => {
  const rollup = new UsageRollup().push(records);
  for (const includeIdle of [true, false]) {
    const query = { ...JUNE, tz: "Europe/Paris", agents, includeIdle };
    const want = rollup.byAgent(query).data.map(({ isOrphan: _, ...row }) => row);
    assert.deepEqual(rollup.breakdown({ ...query, by: ["agent"] }).rows, want);
    assert.equal(
      want.some(({ agentId }) => agentId === "idle"),
      includeIdle,
    );
  }
  rollup.free();
});

test("hours that clocks repeat differ in their offset", () => {
  const rollup = new UsageRollup();
  const starts = (query) => rollup.breakdown({ step: "hour", ...query }).steps.map(({ start }) => start);
  const night = { tz: "America/New_York", from: "2024-11-03T04:00:00Z", to: "2024-11-03T08:00:00Z" };
  assert.deepEqual(starts(night), [
    "2024-11-03T00:00-04:00",
    "2024-11-03T01:00-04:00",
    "2024-11-03T01:00-05:00",
    "2024-11-03T02:00-05:00",
  ]);
  // Lord Howe's clocks go back by half an hour, at 02:00.
  const april = { tz: "Australia/Lord_Howe", from: "2024-04-06T14:15:00Z", to: "2024-04-06T16:45:00Z" };
  assert.deepEqual(starts(april), [
    "2024-04-07T01:15+11:00",
    "2024-04-07T01:30+10:30",
    "2024-04-07T02:00+10:30",
    "2024-04-07T03:00+10:30",
  ]);
  assert.deepEqual(starts({ from: "1969-12-31T23:45:00Z", to: "1970-01-01T00:15:00Z" }), [
    "1969-12-31T23:45+00:00",
    "1970-01-01T00:00+00:00",
  ]);
  rollup.free();
});

test("a rollup that has counted nothing has an empty window", () => {
  const rollup = new UsageRollup({ onInvalid: "skip" }).push([{ event: "agent.reaction" }, 7]);
  assert.equal(rollup.span(), null);
  const now = "2024-06-15T12:34:56Z";
  const window = { from: "2024-06-15T12:30:00Z", to: "2024-06-15T12:30:00Z" };
  const [startMs, endMs] = [Date.parse(window.from), Date.parse(window.to)];
  const totals = { messages: 0, calls: 0, totalSeconds: 0 };
  const empty = { ...window, startMs, endMs, tz: "UTC", rows: [], totals };
  assert.deepEqual(rollup.breakdown({ by: ["agent"], now }), empty);
  assert.deepEqual(rollup.breakdown({ by: ["agent"], step: "hour", now }), { ...empty, steps: [] });
  assert.deepEqual(rollup.breakdown({ now }), { ...empty, rows: [totals] });
  const { rows, steps } = rollup.breakdown({ step: "day", from: "2024-06-01", to: "2024-07-01" });
  assert.deepEqual([steps.length, rows.length, sumOf(rows[0].series.messages)], [30, 1, 0]);
  rollup.free();
});

test("the window of a breakdown's records is its window, or all time", () => {
  const window = recordsWindow("breakdown", { from: "2024-06-01", to: "2024-06-02", tz: "Asia/Tokyo", by: ["agent"] });
  assert.deepEqual(window, { startMs: Date.UTC(2024, 4, 31, 15), endMs: Date.UTC(2024, 5, 1, 15) });
  const { startMs, endMs } = periodBounds({ ...JUNE, offset: -2 });
  assert.deepEqual(recordsWindow("breakdown", { ...JUNE, offset: -2 }), { startMs, endMs });
  assert.deepEqual(recordsWindow("breakdown"), recordsWindow("usage"));
});

test("a wrong query is an error with its place, and the rollup still works", () => {
  const rollup = new UsageRollup().push(records);
  const before = plain(rollup.breakdown({ by: ["agent"], step: "day" }));
  const days = { from: "2024-06-01", to: "2024-06-03" };
  for (const [query, code, path, said] of [
    [null, "invalid_option", ""],
    [[], "invalid_option", ""],
    [{ by: "agent" }, "invalid_option", "/by", /by is "agent"/],
    [{ by: new Set(["agent"]) }, "invalid_option", "/by", /by is an object/],
    [{ by: ["agent", "agents"] }, "invalid_option", "/by/1"],
    [{ by: ["agent", "agent"] }, "invalid_option", "/by/1", /each dimension once/],
    [{ by: [() => {}] }, "invalid_option", "/by/0", /a function/],
    [{ by: ["\ud800"] }, "invalid_option", "/by/0"],
    [{ step: "year" }, "invalid_option", "/step"],
    [{ step: 60 }, "invalid_option", "/step"],
    [{ from: "2024-06-01" }, "invalid_option", "/to"],
    [{ to: "2024-06-01" }, "invalid_option", "/from"],
    [{ ...days, to: days.from }, "invalid_option", "/to", /after from/],
    [{ ...days, to: "2024-06-02T00:00:00Z" }, "invalid_option", "/to", /both/],
    [{ ...days, from: "2024-6-1" }, "invalid_option", "/from", /YYYY-MM-DD/],
    [{ ...days, from: 1718452800 }, "invalid_option", "/from", /seconds/],
    [{ ...days, from: new Date(Number.NaN) }, "invalid_option", "/from", /invalid Date/],
    [{ ...days, period: "month" }, "invalid_option", "/period"],
    [{ ...days, offset: 0 }, "invalid_option", "/offset"],
    [{ offset: -1 }, "invalid_period", "/period"],
    [{ period: "decade" }, "invalid_period", "/period"],
    [{ ...days, tz: "Mars/Olympus" }, "invalid_tz", "/tz"],
    [{ period: "month", now: "now" }, "invalid_now", "/now"],
    [{ ...days, includeIdle: true }, "invalid_option", "/includeIdle"],
    [{ ...days, by: ["agent", "hour"], includeIdle: true }, "invalid_option", "/includeIdle"],
    [{ ...days, agents: [{ id: "a" }], by: ["agent"] }, "invalid_option", "/agents/0/name"],
    [{ granularity: "day" }, "invalid_option", "/granularity", /did you mean "step"/],
    [{ groupBy: ["agent"] }, "invalid_option", "/groupBy", /did you mean "by"/],
    [{ start: "2024-06-01" }, "invalid_option", "/start", /did you mean "from"/],
    [{ since: "2024-06-01" }, "invalid_option", "/since", /did you mean "from"/],
    [{ until: "2024-06-01" }, "invalid_option", "/until", /did you mean "to"/],
    [{ from: new Date(at(0) + 1), to: new Date(at(9)) }, "out_of_range", "/from", /quarter hours/],
    [{ from: "1970-01-01", to: "2100-01-03" }, "out_of_range", "/to", /quarter hours/],
    [{ from: "1971-06-01", to: "1971-06-02", tz: "Africa/Monrovia" }, "out_of_range", "/from", /quarter hours/],
    [
      { ...days, period: undefined, by: ["agent"], from: "1970-01-01", to: "2090-01-01", step: "hour" },
      "out_of_range",
      "/step",
      /18 rows of 1051920 steps/,
    ],
  ]) {
    const what = JSON.stringify(query);
    assertThrows(() => rollup.breakdown(query), { code, path, message: /wanted|did you mean/ }, what);
    if (said !== undefined) assertThrows(() => rollup.breakdown(query), { code, path, message: said }, what);
  }
  assert.deepEqual(plain(rollup.breakdown({ by: ["agent"], step: "day" })), before);
  rollup.free();
  for (const ask of [() => rollup.breakdown(), () => rollup.span()]) {
    assertThrows(ask, { code: "invalid_option", message: /this UsageRollup has been freed/ });
  }
});
