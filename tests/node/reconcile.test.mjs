/** Compares the vendor's response with ours. The tests make each mistake in a second, naive count. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tools/generate.mjs";
import { bounds, judge } from "../../tools/oracle.mjs";
import { assertThrows } from "../support/faults.mjs";
import {
  afterSum,
  any,
  assertSound,
  codesOf,
  FIELDS,
  MONTH,
  made,
  named,
  nearest,
  rowsBy,
  shownOf,
  up,
  WEEK,
} from "../support/miscount.mjs";
import { packed } from "../support/packed.mjs";

const { reconcile, usageByAgent, UsageAggregator, UsageRollup } = packed;

/** Mistakes: how each is made, its code, and the columns that it changes. */
const MISTAKES = [
  ["failed_calls_counted", ["calls", "totalSeconds"], { failed: any }],
  [
    "failed_calls_counted",
    ["calls", "totalSeconds"],
    { failed: (status) => status === "busy" },
    { statuses: ["busy"] },
  ],
  ["duplicates_counted", FIELDS, { dedupe: false }],
  ["voice_turns_counted", ["messages"], { voice: true }],
  ["outbound_messages_missing", ["messages"], { leave: "outbound" }],
  ["inbound_messages_missing", ["messages"], { leave: "inbound" }],
  ["rounded_up_per_call", ["totalSeconds"], { rounded: up(1) }, { seconds: 1 }],
  ["rounded_up_per_call", ["totalSeconds"], { rounded: up(6) }, { seconds: 6 }],
  ["rounded_up_per_call", ["totalSeconds"], { rounded: up(60) }, { seconds: 60 }],
  ["rounded_to_nearest", ["totalSeconds"], { rounded: nearest }],
  ["rounded_after_sum", ["totalSeconds"], afterSum(Math.floor)],
  ["rounded_after_sum", ["totalSeconds"], afterSum(Math.ceil)],
  ["redeliveries_counted", ["messages"], { redeliveries: true }],
  ["tests_counted", FIELDS, { tests: true }],
  ["span_billed", ["totalSeconds"], { span: true }],
];

test("the naive count without a mistake equals ours", () => {
  for (const query of [MONTH, WEEK]) {
    const { values, records } = made(1);
    const ours = named(usageByAgent(values, query));
    const result = reconcile(ours, { ...ours, data: rowsBy(records, query) });
    assert.deepEqual([result.equal, result.causes], [true, []]);
    assertSound(result, ours, ours);
  }
});

for (const [n, [code, fields, mistake, detail]] of MISTAKES.entries()) {
  test(`records name the mistake and no other: ${code} ${JSON.stringify(detail ?? n)}`, () => {
    const { values, texts, records } = made(n + 10);
    const ours = named(usageByAgent(values, MONTH));
    const theirs = { ...ours, data: rowsBy(records, MONTH, mistake) };
    const doors = [values, { data: values }, texts.join("\n"), new TextEncoder().encode(JSON.stringify(values))];
    for (const evidence of doors.slice(n % 4).slice(0, 2)) {
      const result = reconcile(ours, theirs, { records: evidence, query: MONTH });
      assertSound(result, ours, theirs);
      assert.equal(result.equal, false);
      assert.deepEqual(codesOf(result), [code], JSON.stringify(result.causes));
      const [cause] = shownOf(result);
      assert.deepEqual(cause.fields, fields);
      if (detail) assert.deepEqual(cause.detail, detail);
      assert.ok(result.causes.every((one) => one.certainty === "shown" || one.fields.includes("agentId")));
    }
  });
}

for (const [code, other, fields, mistake] of [
  ["failed_calls_counted", "duplicates_counted", ["calls", "totalSeconds"], { failed: any, dedupe: false }],
  ["duplicates_counted", "voice_turns_counted", ["messages"], { dedupe: false, voice: true }],
  ["voice_turns_counted", "outbound_messages_missing", ["messages"], { voice: true, leave: "outbound" }],
  ["failed_calls_counted", "rounded_up_per_call", ["totalSeconds"], { failed: any, rounded: up(60) }],
  ["duplicates_counted", "rounded_to_nearest", ["totalSeconds"], { dedupe: false, rounded: nearest }],
]) {
  test(`records name two mistakes together: ${code} and ${other}`, () => {
    const { values, records } = made(31);
    const ours = named(usageByAgent(values, MONTH));
    const theirs = { ...ours, data: rowsBy(records, MONTH, mistake) };
    const result = reconcile(ours, theirs, { records: values, query: MONTH });
    const found = shownOf(result).find(({ fields: columns }) => fields.every((field) => columns.includes(field)));
    assert.deepEqual([found?.code, found?.with], [code, [other]], JSON.stringify(result.causes));
    const alone = shownOf(result).filter((cause) => !cause.with);
    for (const field of fields) assert.ok(alone.every((cause) => !cause.fields.includes(field)));
  });
}

for (const [what, query, change, code, other] of [
  ["week start", WEEK, { weekStart: "sunday" }, "other_week_start"],
  ["week start", { ...WEEK, weekStart: "sunday" }, { weekStart: "friday" }, "other_week_start"],
  ["UTC", MONTH, { tz: "UTC" }, "other_zone"],
  ["zone of a month", MONTH, { tz: "Asia/Kolkata" }, "other_zone"],
  ["zone of a week", WEEK, { tz: "Australia/Sydney" }, "other_zone"],
  ["zone and week start", WEEK, { tz: "UTC", weekStart: "saturday" }, "other_zone", "other_week_start"],
  ["the month before", MONTH, { offset: -1 }, "other_period"],
  ["the week after", WEEK, { offset: 1 }, "other_period"],
]) {
  test(`records and a rollup name another period: ${what}, ${JSON.stringify(change)}`, () => {
    const { values, records } = made(51);
    // A rollup counts an id once in all time, so no id comes again in another period.
    const isUsual = (record) => !["__proto__", "constructor"].includes(judge(record, "").id);
    const usual = records.filter(isUsual);
    const rollup = new UsageRollup({ onInvalid: "skip" }).push(usual);
    const asked = { ...query, ...change };
    const { startMs, endMs } = bounds(asked);
    for (const [counted, evidence] of [
      [usual, { rollup, query }],
      [usual, { rollup }],
      [records, { records: values, query }],
    ]) {
      const ours = named(usageByAgent(counted, query));
      const stated = usageByAgent([], asked); // the bounds that theirs states
      for (const says of [ours, stated]) {
        const theirs = { ...says, data: rowsBy(counted, asked) };
        const result = reconcile(ours, theirs, evidence);
        assertSound(result, ours, theirs);
        const shown = shownOf(result);
        const got = [shown[0]?.code, shown[0]?.with, shown.length];
        assert.deepEqual(got, [code, other && [other], 1], JSON.stringify(result.causes));
        const { fields, detail } = shown[0];
        const differing = FIELDS.filter((field) => result.agents.some((row) => row[field].delta !== 0));
        assert.deepEqual(fields.slice(0, differing.length), differing);
        assert.equal(fields.includes("periodStart"), theirs.periodStart !== ours.periodStart);
        if (code === "other_zone") {
          // If the bounds do not show the zone, only the numbers do, and a neighbouring zone may have equal numbers.
          const { tz, weekStart = "monday", zones } = detail;
          const byRow = (rows) => new Map(rows.map((row) => [row.agentId, row]));
          assert.deepEqual(byRow(rowsBy(counted, { ...query, tz, weekStart })), byRow(theirs.data));
          if (says === stated) assert.ok(zones.includes(asked.tz), zones.join());
        }
        if (code !== "other_zone" || says === stated) {
          assert.deepEqual([detail.periodStart, detail.periodEnd].map(Date.parse), [startMs, endMs - 1000]);
        }
      }
    }
    rollup.free();
  });
}

test("the period that explains every column is named, not an earlier one that explains some", () => {
  const at = (time) => ({ agentId: "a", agentName: "a", receivedAt: time });
  const records = [
    at("2024-06-05T12:00:00Z"), // in neither week, and neither is the next one
    at("2024-06-08T12:00:00Z"),
    at("2024-06-09T02:00:00Z"), // Sunday in UTC only
    { type: "call", agentId: "a", status: "completed", startedAt: "2024-06-09T12:00:00Z", durationSeconds: 9 },
    at("2024-06-12T12:00:00Z"),
  ];
  const ours = usageByAgent(records, WEEK);
  const theirs = { ...ours, data: rowsBy(records, { ...WEEK, tz: "UTC", weekStart: "sunday" }) };
  const [cause, ...more] = shownOf(reconcile(ours, theirs, { records, query: WEEK }));
  assert.deepEqual([cause.code, cause.with, cause.fields, more], ["other_zone", ["other_week_start"], FIELDS, []]);
});

test("another period and a mistake are named together", () => {
  const { values, records } = made(61);
  const ours = named(usageByAgent(values, MONTH));
  const asked = { ...MONTH, tz: "Europe/Berlin" };
  const theirs = { ...usageByAgent([], asked), data: rowsBy(records, asked, { failed: any }) };
  const result = reconcile(ours, theirs, { records: values, query: MONTH });
  const [messages, calls] = ["messages", "calls"].map((field) =>
    shownOf(result).find(({ fields }) => fields.includes(field)),
  );
  assert.deepEqual([messages.code, messages.with], ["other_zone", undefined]);
  assert.deepEqual([calls.code, calls.with], ["other_zone", ["failed_calls_counted"]]);
});

test("bounds alone show the convention, and a difference of whole hours or days", () => {
  const { values } = made(71, { records: 100 });
  const ours = usageByAgent(values, MONTH);
  const bare = (change) => reconcile(ours, { ...ours, ...change });
  const wall = bare({ ...usageByAgent(values, { ...MONTH, boundsAs: "wall-clock" }) });
  assert.deepEqual([wall.equal, wall.periods.equal, wall.periods.start.deltaSeconds], [true, true, -4 * 3600]);
  assert.deepEqual(codesOf(wall), ["bounds_written_otherwise"]);
  assert.equal(wall.periods.convention.boundsAs, "wall-clock");

  const tokyo = usageByAgent([], { ...MONTH, tz: "Asia/Tokyo" });
  const zone = bare({ periodStart: tokyo.periodStart, periodEnd: tokyo.periodEnd });
  assert.deepEqual([zone.equal, zone.periods.equal, zone.periods.end.deltaSeconds], [false, false, -13 * 3600]);
  assert.deepEqual(codesOf(zone), ["other_zone"]);
  assert.deepEqual(shownOf(zone)[0].fields, ["periodStart", "periodEnd"]);

  const odd = bare({ periodStart: "2024-06-01T05:00:00Z", periodEnd: "2024-07-01T04:59:58Z" });
  assert.deepEqual([odd.periods.convention, odd.causes], [null, []]);
  const shifted = bare({ periodStart: "2024-06-03T04:00:00Z", periodEnd: "2024-07-03T03:59:59Z" });
  assert.deepEqual(
    shifted.causes.map(({ code, certainty }) => [code, certainty]),
    [["other_period", "possible"]],
  );
});

test("equal responses have no causes in any order of rows, and records are not read", () => {
  const { values } = made(81, { records: 1000 });
  const unread = { [Symbol.iterator]: () => assert.fail("read") };
  for (const query of [MONTH, WEEK, { ...MONTH, tz: "Asia/Kathmandu" }]) {
    const ours = usageByAgent(values, query);
    for (const theirs of [ours, { ...ours, data: ours.data.toReversed() }]) {
      const result = reconcile(ours, theirs, { records: unread, query });
      assert.deepEqual([result.equal, result.periods.equal, result.causes], [true, true, []]);
      assertSound(result, ours, theirs);
    }
  }
});

test("the order of rows does not change the result", () => {
  const { values, records } = made(82, { records: 1500 });
  const random = new Random(1, 9);
  const ours = named(usageByAgent(values, MONTH));
  const theirs = { ...ours, data: rowsBy(records, MONTH, { failed: any, dedupe: false }) };
  const shuffled = (answer) => ({
    ...answer,
    data: answer.data
      .map((row) => [random.unit(), row])
      .sort()
      .map(([, row]) => row),
  });
  const evidence = { records: values, query: MONTH };
  const want = reconcile(ours, theirs, evidence);
  for (let n = 0; n < 5; n++) {
    const got = reconcile(shuffled(ours), shuffled(theirs), evidence);
    const sorted = (result) => ({
      ...result,
      causes: result.causes.map((cause) => ({ ...cause, agents: cause.agents?.toSorted() })),
    });
    assert.deepEqual(sorted(got), sorted(want));
  }
  const sizes = want.agents.map((row) => FIELDS.map((field) => Math.abs(row[field].delta)));
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2]),
  );
});

test("names, rows of one side, rows of zeros and moved usage are reported", () => {
  const row = (agentId, messages, calls = 0, totalSeconds = 0, agentName = agentId ?? "Unassigned") => {
    return { agentId, agentName, messages, calls, totalSeconds, isOrphan: agentId === null };
  };
  const of = (...data) => ({ ...usageByAgent([], MONTH), data });
  const ours = of(row("a", 5, 1, 60), row("b", 3), row(null, 1));

  const names = reconcile(ours, of(row("a", 5, 1, 60, "Alpha"), row("b", 3), row(null, 1)));
  assert.deepEqual([names.equal, codesOf(names), names.causes[0].agents], [true, ["names_differ"], ["a"]]);
  assert.deepEqual(
    names.agents.map(({ agentName, theirName }) => [agentName, theirName]),
    [
      ["Unassigned", undefined],
      ["a", "Alpha"],
      ["b", undefined],
    ].sort((a, b) => (a[0] === "Unassigned" ? 1 : b[0] === "Unassigned" ? -1 : 0)),
  );

  const deleted = reconcile(ours, of(row("a", 5, 1, 60), row("c", 2), row("idle", 0), row(null, 1)));
  assert.deepEqual(Object.fromEntries(deleted.agents.map(({ agentId, side }) => [agentId, side])), {
    a: "both",
    b: "ours",
    c: "theirs",
    idle: "theirs",
    null: "both",
  });
  const named = deleted.causes.map(({ code, certainty, agents }) => [code, certainty, agents]);
  assert.deepEqual(named, [
    ["agents_only_in_ours", "possible", ["b"]],
    ["agents_only_in_theirs", "possible", ["c"]],
  ]);

  const idle = reconcile(ours, of(...ours.data, row("idle", 0)));
  assert.deepEqual([idle.equal, idle.causes, idle.agents.at(-1).side], [true, [], "both"]);

  const moved = reconcile(ours, of(row("a", 5, 1, 60), row(null, 4)));
  assert.deepEqual(codesOf(moved), ["agent_deleted"]);
  const partly = reconcile(ours, of(row("a", 5, 1, 60), row("b", 1), row(null, 3)));
  assert.deepEqual(codesOf(partly), ["unassigned_moved"]);
  assert.deepEqual(partly.causes[0].agents, ["b", null]);
  const swapped = reconcile(ours, of(row("a", 3, 1, 60), row("b", 5), row(null, 1)));
  assert.deepEqual(swapped.causes, []);
});

test("without records, seconds that may be rounded up and sums of the diagnostics are possible causes", () => {
  const { values, records } = made(91);
  const usage = new UsageAggregator(MONTH).push(values);
  const [ours, diagnostics] = [named(usage.report()), usage.diagnostics()];
  usage.free();
  const possible = (mistake, evidence) => {
    const result = reconcile(ours, { ...ours, data: rowsBy(records, MONTH, mistake) }, evidence);
    assert.deepEqual([shownOf(result), result.unexplained], [[], ["totalSeconds"]]);
    return result.causes.filter(({ fields }) => !fields.includes("agentId")).map(({ code, detail }) => [code, detail]);
  };
  assert.deepEqual(possible({ rounded: up(1) }), [["rounded_up_per_call", { seconds: 1 }]]);
  assert.deepEqual(possible({ rounded: up(6) }), [["rounded_up_per_call", { seconds: 6 }]]);
  assert.deepEqual(possible({ rounded: up(60) }), [["rounded_up_per_call", { seconds: 60 }]]);
  assert.deepEqual(possible({ rounded: (seconds) => Math.floor(seconds / 60) * 60 }), []);

  const failed = Object.values(diagnostics.ignored.notCompleted).reduce((sum, count) => sum + count, 0);
  const more = (field, count) => ({
    ...ours,
    data: ours.data.map((row, n) => (n === 0 ? { ...row, [field]: row[field] + count } : row)),
  });
  const codes = (theirs) =>
    reconcile(ours, theirs, { diagnostics }).causes.map(({ code, certainty }) => `${certainty} ${code}`);
  assert.deepEqual(codes(more("messages", diagnostics.ignored.voiceTurns)), ["possible voice_turns_counted"]);
  assert.deepEqual(codes(more("messages", diagnostics.duplicates)), ["possible duplicates_counted"]);
  assert.deepEqual(codes(more("calls", failed)), ["possible failed_calls_counted"]);
  assert.deepEqual(codes(more("calls", diagnostics.ignored.notCompleted.busy)), ["possible failed_calls_counted"]);
});

test("random noise and records of another report have no causes", () => {
  const random = new Random(7, 9);
  const { values } = made(101, { records: 2500 });
  for (const query of [MONTH, WEEK]) {
    const ours = usageByAgent(values, query);
    for (let n = 0; n < 4; n++) {
      const noise = (value) => value + Math.floor(random.unit() * 50) + 1;
      const data = ours.data.map((row) => ({
        ...row,
        ...Object.fromEntries(FIELDS.map((field) => [field, noise(row[field])])),
      }));
      const result = reconcile(ours, { ...ours, data }, { records: values, query });
      assert.deepEqual(shownOf(result), []);
      assertSound(result, ours, { data });
    }
  }
  const ours = usageByAgent(values, MONTH);
  assert.deepEqual(codesOf(reconcile(ours, { ...ours, data: [] }, { records: values, query: MONTH })), []);
  const result = reconcile(ours, { ...ours, data: ours.data.slice(1) }, { records: values.slice(1500), query: MONTH });
  assert.deepEqual(result.causes.map(({ code }) => code).sort(), ["agents_only_in_ours", "evidence_differs"]);
});

test("theirs with dedupe is named if ours is without", () => {
  const { values, records } = made(111);
  const query = { ...MONTH, dedupe: false };
  const ours = named(usageByAgent(values, query));
  const result = reconcile(ours, { ...ours, data: rowsBy(records, MONTH) }, { records: values, query });
  assert.deepEqual(codesOf(result), ["duplicates_not_counted"]);
});

test("an invalid argument is an error that names it", () => {
  const ours = usageByAgent([{ type: "message", receivedAt: MONTH.now, agentId: "a" }], MONTH);
  const bad = (path, message) => ({ code: "invalid_option", path, message });
  for (const not of [undefined, null, 5, "x", [], new Proxy({}, { get: () => assert.fail })]) {
    assert.throws(
      () => reconcile(not, ours),
      ({ code, path }) => code === "invalid_option" && path.startsWith("/ours"),
    );
    assert.throws(
      () => reconcile(ours, not),
      ({ code, path }) => code === "invalid_option" && path.startsWith("/theirs"),
    );
  }
  const twice = { ...ours, data: [...ours.data, ...ours.data] };
  assertThrows(() => reconcile(ours, twice), bad("/theirs/data/1/agentId", /./));
  assertThrows(() => reconcile({ ...ours, data: [{ ...ours.data[0], calls: -1 }] }, ours), bad("/ours/data/0/calls"));
  assertThrows(() => reconcile({ ...ours, periodStart: "soon" }, ours), bad("/ours/periodStart", /./));
  assertThrows(() => reconcile(ours, ours, null), bad("/evidence"));
  const more = { ...ours, data: [{ ...ours.data[0], messages: 2, calls: 1 }] };
  const counts = { duplicates: 0, ignored: { voiceTurns: 0, tests: 0, notCompleted: {}, other: 0 } };
  assert.deepEqual(reconcile(ours, more, { diagnostics: counts }).causes, []);
  const ignoring = (ignored) => ({ ...counts, ignored: { ...counts.ignored, ...ignored } });
  // With and without a difference.
  for (const theirs of [ours, more]) {
    for (const [key, not] of [
      ["records", [].values()],
      ["records", (function* () {})()],
      ["records", 5],
      ["records", null],
      ["records", {}],
      ["records", new Response("[]")],
      ["rollup", {}],
      ["rollup", null],
      ["diagnostics", 5],
      ["diagnostics", null],
      ["diagnostics", { ignored: null }],
      ["diagnostics", { ...counts, duplicates: undefined }],
      ["diagnostics", ignoring({ notCompleted: null })],
      ["diagnostics", ignoring({ notCompleted: { busy: 5n } })],
      ["diagnostics", ignoring({ notCompleted: { busy: "1" } })],
      ["diagnostics", ignoring({ voiceTurns: "1" })],
      ["diagnostics", ignoring({ tests: undefined })],
      ["diagnostics", ignoring({ other: 0.5 })],
      ["query", null],
      ["query", 5],
      ["query", "UTC"],
    ]) {
      assertThrows(() => reconcile(ours, theirs, { [key]: not }), bad(`/evidence/${key}`, /^evidence/), key);
    }
    for (const [key, not] of Object.entries({ weekStart: "someday", dedupe: "yes", naiveTimestamps: 3 })) {
      assertThrows(() => reconcile(ours, theirs, { query: { [key]: not } }), bad(`/evidence/query/${key}`), key);
    }
    for (const tz of [5, "Mars/Olympus", ""]) {
      assertThrows(() => reconcile(ours, theirs, { query: { tz } }), {
        code: "invalid_tz",
        path: "/evidence/query/tz",
      });
    }
  }
  const cyclic = { ...ours };
  cyclic.self = cyclic;
  for (const not of [cyclic, { ...ours, data: [{ ...ours.data[0], calls: 1n }] }]) {
    assertThrows(() => reconcile(ours, not), bad("/theirs", /^theirs is not a JSON value: .*(circular|BigInt)/s));
  }
});

test("sums above 2^53 - 1 are an error", () => {
  const ours = usageByAgent([], MONTH);
  const row = (agentId, calls) => ({
    agentId,
    agentName: agentId,
    messages: 0,
    calls,
    totalSeconds: 0,
    isOrphan: false,
  });
  const most = { ...ours, data: [row("a", Number.MAX_SAFE_INTEGER - 1), row("b", 1)] };
  assert.equal(reconcile(ours, most).totals.calls.delta, Number.MAX_SAFE_INTEGER);
  const more = { ...ours, data: [...most.data, row("c", 1)] };
  assertThrows(() => reconcile(ours, more), { code: "overflow", path: "/theirs/data" });
  assertThrows(() => reconcile(more, ours), { code: "overflow", path: "/ours/data" });
});

test("null options have their defaults", () => {
  const { values, records } = made(112, { records: 1000 });
  const ours = named(usageByAgent(values, MONTH));
  const theirs = { ...ours, data: rowsBy(records, MONTH, { dedupe: false }) };
  const query = { ...MONTH, dedupe: null, naiveTimestamps: null, weekStart: null };
  assert.deepEqual(codesOf(reconcile(ours, theirs, { records: values, query })), ["duplicates_counted"]);
});

test("sums that are too large in milliseconds are not an error", () => {
  const record = { type: "call", agentId: "a", status: "completed", startedAt: MONTH.now, durationSeconds: 9e15 };
  const records = [record, { ...record, id: "b", agentId: "b", durationSeconds: 1.5 }];
  const ours = usageByAgent(records, MONTH);
  const theirs = { ...ours, data: ours.data.map((row) => ({ ...row, totalSeconds: Math.ceil(row.totalSeconds / 2) })) };
  assert.deepEqual(reconcile(ours, theirs, { records, query: MONTH }).causes, []);
});

test("an overflow in another period is not an error", () => {
  const call = (id, startedAt, durationSeconds, more) => {
    return { type: "call", id, agentId: "a", agentName: "a", status: "completed", startedAt, durationSeconds, ...more };
  };
  const july = "2024-07-15T12:00:00Z";
  const records = [
    call("1", MONTH.now, 10),
    call("2", MONTH.now, 0, { status: "busy" }),
    call("3", july, 9e15),
    call("4", july, 9e15),
  ];
  const ours = usageByAgent(records, MONTH);
  const theirs = { ...ours, data: rowsBy(records, MONTH, { failed: any }) };
  assert.deepEqual(codesOf(reconcile(ours, theirs, { records, query: MONTH })), ["failed_calls_counted"]);
});

const NOON = "2024-06-15T12:00:00Z";
const sent = (id, way, more) => {
  return { id, direction: way, agentId: "a", agentName: "a", body: "} {", receivedAt: NOON, ...more };
};
const SOME = ["inbound", "outbound", "inbound", "outbound", "outbound"].map((way, n) => sent(`${n}`, way));

test("messages of one direction are left out of text of any shape", () => {
  const page = (data) => JSON.stringify({ data });
  const texts = SOME.map((record) => JSON.stringify(record));
  const ours = usageByAgent(SOME, MONTH);
  const theirs = { ...ours, data: rowsBy(SOME, MONTH, { leave: "outbound" }) };
  for (const [shape, text] of Object.entries({
    array: JSON.stringify(SOME),
    indented: JSON.stringify(SOME, null, 2),
    lines: texts.join("\n"),
    "lines, one of them broken": `${texts.slice(0, 2).join("\n")}\n{"id": nothing}\n${texts.slice(2).join("\n")}`,
    "values side by side": texts.join(""),
    "values apart": texts.join(" "),
    "indented values": SOME.map((record) => JSON.stringify(record, null, 2)).join("\n"),
    pages: page(SOME.slice(0, 2)) + page([{ data: SOME.slice(2) }]),
    "arrays and values": `${JSON.stringify(SOME.slice(0, 2))}${texts[2]}\n${JSON.stringify(SOME.slice(3))}`,
  })) {
    for (const records of [text, `\ufeff${text}`, new TextEncoder().encode(`\ufeff${text}`)]) {
      const found = codesOf(reconcile(ours, theirs, { records, query: MONTH }));
      assert.deepEqual(found, ["outbound_messages_missing"], shape);
    }
  }
});

test("text that JavaScript can't parse does not count as left out", () => {
  const call = { type: "call", agentId: "a", agentName: "a", status: "completed", startedAt: NOON, durationSeconds: 9 };
  const records = `1 2 ${[...SOME, call].map((record) => JSON.stringify(record)).join("")}`;
  const ours = usageByAgent(records, MONTH);
  assert.equal(ours.data[0].messages, SOME.length);
  const theirs = { ...ours, data: [{ ...ours.data[0], messages: 0 }] };
  assert.deepEqual(reconcile(ours, theirs, { records, query: MONTH }).causes, []);
});

test("nested pages and a page inside itself are counted", () => {
  const endless = { data: [...SOME] };
  endless.data.push(endless);
  let deep = { data: SOME };
  for (let n = 0; n < 20_000; n++) deep = { data: [deep] };
  const listed = Object.assign([...SOME], { data: [1] });
  const ours = usageByAgent(SOME, MONTH);
  const theirs = { ...ours, data: rowsBy(SOME, MONTH, { leave: "inbound" }) };
  const codes = (records) => reconcile(ours, theirs, { records, query: MONTH }).causes.map(({ code }) => code);
  assert.deepEqual(codes(endless), ["inbound_messages_missing"]);
  assert.deepEqual(codes(listed), ["inbound_messages_missing"]);
  assert.deepEqual(codes(deep), ["evidence_differs"]); // its records are nested too deeply to count
});

test("unexplained bounds do not have an impossible zone or week as their cause", () => {
  const ours = usageByAgent([], MONTH);
  const codes = (periodStart, periodEnd, more) => {
    const result = reconcile(ours, { ...ours, periodStart, periodEnd, ...more });
    for (const { deltaSeconds } of [result.periods.start, result.periods.end])
      assert.ok(Number.isInteger(deltaSeconds));
    return result.causes.map(({ code, certainty }) => `${certainty} ${code}`);
  };
  assert.deepEqual(codes("2024-06-01T04:45:00Z", "2024-07-01T04:44:59Z"), ["possible other_zone"]);
  assert.deepEqual(codes("2200-01-01T00:00:00Z", "2200-01-31T23:59:59Z"), []);
  assert.deepEqual(codes(ours.periodStart, "2024-07-01T03:59:60Z"), []); // a leap second
  assert.deepEqual(codes(ours.periodStart, ours.periodEnd, { period: "week" }), ["possible other_period"]);
  const week = usageByAgent([], WEEK);
  const shifted = (days, more = 0) => {
    const by = (time, days) => new Date(Date.parse(time) + days * 86_400_000).toISOString().replace(".000", "");
    const periodEnd = by(week.periodEnd, days + more);
    const { causes } = reconcile(week, { ...week, periodStart: by(week.periodStart, days), periodEnd });
    return causes.map(({ code, with: other, certainty }) => [certainty, code, other]);
  };
  assert.deepEqual(shifted(-1), [["shown", "other_week_start", undefined]]);
  assert.deepEqual(shifted(7), [["shown", "other_period", undefined]]);
  assert.deepEqual(shifted(8), [["shown", "other_week_start", ["other_period"]]]);
  assert.deepEqual(shifted(2, 1), [["possible", "other_week_start", undefined]]); // not weeks
  assert.deepEqual(shifted(0, 7), [["possible", "other_period", undefined]]);
});

test("another zone and another month are both named, with every possible zone", () => {
  const ours = usageByAgent([], MONTH);
  const theirs = usageByAgent([], { ...MONTH, tz: "Asia/Tokyo", offset: 2 });
  const [cause, ...more] = reconcile(ours, theirs).causes;
  assert.deepEqual([cause.code, cause.with, cause.certainty, more], ["other_zone", ["other_period"], "shown", []]);
  for (const zone of ["Asia/Tokyo", "Asia/Seoul"]) assert.ok(cause.detail.zones.includes(zone));
  for (const zone of ["Asia/Kolkata", "UTC"]) assert.ok(!cause.detail.zones.includes(zone));
});

test("columns that no shown cause explains are reported", () => {
  const { values, records } = made(121);
  const ours = named(usageByAgent(values, MONTH));
  const failed = { ...ours, data: rowsBy(records, MONTH, { failed: any }) };
  const odd = { ...failed, data: failed.data.map((row) => ({ ...row, messages: row.messages + 1 })) };
  const open = (theirs, evidence) => reconcile(ours, theirs, evidence).unexplained;
  const evidence = { records: values, query: MONTH };
  assert.deepEqual(open(ours, evidence), []);
  assert.deepEqual(open(failed, evidence), []);
  assert.deepEqual(open(odd, evidence), ["messages"]);
  assert.deepEqual(open(odd), FIELDS);
  const unknown = { ...failed.data[0], agentId: "unknown", messages: 0, totalSeconds: 0 };
  assert.deepEqual(open({ ...failed, data: [...failed.data, unknown] }, evidence), ["calls"]);
});

test("periods before March 1973, whose moments are small numbers, are compared", () => {
  const query = { period: "month", tz: "America/New_York", now: "1971-06-15T12:00:00Z" };
  const records = ["1971-06-10T12:00:00Z", "1971-06-01T01:00:00Z"].map((receivedAt, n) => {
    return { id: `m${n}`, type: "message", receivedAt, agentId: "a" };
  });
  const ours = usageByAgent(records, query);
  assert.ok(reconcile(ours, ours, { records, query }).equal);
  const { causes } = reconcile(ours, usageByAgent(records, { ...query, tz: "UTC" }), { records, query });
  assert.deepEqual([ours.data[0].messages, causes[0].code], [1, "other_zone"]);
});
