/** Random mistakes in random records: `reconcile` names each, and each cause that it shows gives the numbers of theirs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tools/generate.mjs";
import {
  afterSum,
  assertSound,
  canJoin,
  doorsOf,
  FIELDS,
  MONTH,
  made,
  mistakesOf,
  named,
  nearest,
  rowsBy,
  shownOf,
  up,
  WEEK,
} from "../support/miscount.mjs";
import { packed } from "../support/packed.mjs";

const { reconcile, usageByAgent } = packed;

const PERIODS = ["other_zone", "other_week_start", "other_period"];

/** The mistakes that a cause names, for the naive count: one of these. */
function wrongCountsOf(code, { agents, detail = {} }) {
  switch (code) {
    case "failed_calls_counted":
      return [{ failed: (status) => detail.statuses.includes(status) }];
    case "duplicates_counted":
      return [{ dedupe: false }];
    case "redeliveries_counted":
      return [{ redeliveries: true }];
    case "tests_counted":
      return [{ tests: true }];
    case "voice_turns_counted":
      return [{ voice: true }];
    case "outbound_messages_missing":
      return [{ leave: "outbound" }];
    case "inbound_messages_missing":
      return [{ leave: "inbound" }];
    case "span_billed":
      return [{ span: true }];
    case "rounded_up_per_call":
      return [{ rounded: up(detail.seconds) }];
    case "rounded_to_nearest":
      return [{ rounded: nearest }];
    case "rounded_after_sum":
      return [Math.floor, Math.round, Math.ceil].map(afterSum);
    case "agent_deleted":
      return [{ deleted: agents }];
    default:
      assert.ok(PERIODS.includes(code), code);
      return [{}];
  }
}

/** Asserts that the naive count with the mistakes of a cause gives the columns that it explains. */
function assertGives(cause, values, query, theirs) {
  const { tz = query.tz, weekStart = query.weekStart, periodStart = query.now } = cause.detail ?? {};
  const isOfPeriod = PERIODS.includes(cause.code);
  const asked = isOfPeriod ? { ...query, tz, weekStart: weekStart ?? "monday", now: periodStart } : query;
  const options = [cause.code, ...(cause.with ?? [])].reduce(
    (made, code) => made.flatMap((one) => wrongCountsOf(code, cause).map((other) => ({ ...one, ...other }))),
    [{}],
  );
  const column = (rows, field) => new Map(rows.filter((row) => row[field] > 0).map((row) => [row.agentId, row[field]]));
  const fields = cause.fields.filter((field) => FIELDS.includes(field));
  const isGiven = options.some((mistakes) => {
    const rows = rowsBy(values, asked, mistakes);
    return fields.every((field) => {
      const [got, want] = [column(rows, field), column(theirs, field)];
      return got.size === want.size && [...got].every(([id, count]) => want.get(id) === count);
    });
  });
  assert.ok(isGiven, JSON.stringify(cause));
}

/** One, two or three mistakes that can be made together. */
function someMistakes(random, ids) {
  const pool = [
    ...mistakesOf(random, ids),
    ["failed_calls_counted", { failed: (status) => status === "failed" }],
    ["other_zone", { change: { tz: random.pick(["Asia/Kolkata", "Pacific/Auckland"]) } }],
    ["other_period", { change: { offset: random.pick([-1, 1]) } }],
  ];
  const count = 1 + random.below(3);
  const made = [];
  for (const mistake of random.shuffled(pool)) {
    if (made.length < count && canJoin(mistake, made)) made.push(mistake);
  }
  return made;
}

for (let seed = 1; seed <= 60; seed++) {
  test(`random mistakes ${seed}`, () => {
    const random = new Random(seed, 77);
    const query = random.pick([MONTH, WEEK, { ...MONTH, tz: "Asia/Kathmandu" }]);
    const { values } = made(1000 + seed, {
      records: 300 + random.below(1200),
      agents: 3 + random.below(12),
      forms: true,
    });
    const [door, records] = random.pick(Object.entries(doorsOf(values)));
    const ours = named(usageByAgent(records, query));
    assert.deepEqual(new Set(ours.data), new Set(rowsBy(values, query)), door);
    const ids = ours.data.flatMap(({ agentId }) => agentId ?? []);
    const mistakes = someMistakes(random, ids);
    const codes = mistakes.map(([code]) => code);
    const { change, ...wrong } = Object.assign({}, ...mistakes.map(([, made]) => made));
    const asked = { ...query, ...change };
    // The bounds of theirs tell the period. Without them, the numbers tell it, if no other mistake changes them.
    const isStated = mistakes.length > 1 || random.chance(0.5);
    const stated = isStated ? usageByAgent([], asked) : ours;
    const theirs = { ...stated, data: rowsBy(values, asked, wrong) };
    const what = `${seed}: ${codes.join(" and ")}, ${door}`;
    const result = reconcile(ours, theirs, { records, query });
    assertSound(result, ours, theirs);
    const shown = shownOf(result);
    for (const cause of shown) assertGives(cause, values, query, theirs.data);
    assert.deepEqual(result.unexplained, [], `${what} ${JSON.stringify(result.causes)}`);

    // Every column that differs has a cause that names a mistake that was made, and no other than these.
    const differing = FIELDS.filter((field) => result.agents.some((row) => row[field].delta !== 0));
    for (const field of differing) {
      const found = shown.filter(({ fields }) => fields.includes(field));
      const isNamed = found.some((cause) => [cause.code, ...(cause.with ?? [])].every((code) => codes.includes(code)));
      assert.ok(isNamed, `${what} ${field} ${JSON.stringify(found)}`);
    }
  });
}

test("numbers that no mistake gives have no shown cause", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = new Random(seed, 78);
    const { values } = made(2000 + seed, { records: 600, forms: true });
    const ours = named(usageByAgent(values, MONTH));
    const noise = (row) => ({
      ...row,
      ...Object.fromEntries(FIELDS.map((field) => [field, row[field] + 1 + random.below(50)])),
    });
    const theirs = { ...ours, data: ours.data.filter((_, n) => n !== seed % ours.data.length).map(noise) };
    const result = reconcile(ours, theirs, { records: values, query: MONTH });
    assert.deepEqual([shownOf(result), result.unexplained], [[], FIELDS], JSON.stringify(result.causes));
  }
});

test("records are read two hundred times at most, and not more often than docs/auditing.md says", () => {
  const { values } = made(5, { records: 2000, forms: true });
  const ours = named(usageByAgent(values, MONTH));
  const readsFor = (theirs) => {
    let reads = 0;
    const records = {
      *[Symbol.iterator]() {
        reads += 1;
        yield* values;
      },
    };
    reconcile(ours, theirs, { records, query: MONTH });
    return reads;
  };
  const tokyo = { ...MONTH, tz: "Asia/Tokyo" };
  const more = (rows) =>
    rows.map((row) => ({ ...row, messages: row.messages + 3, calls: row.calls + 1, totalSeconds: 7 }));
  assert.equal(readsFor(ours), 0);
  const most = readsFor({ ...usageByAgent([], tokyo), data: more(rowsBy(values, tokyo)) });
  assert.ok(most > 60 && most <= 200, `${most}`);
  const one = readsFor({ ...ours, data: rowsBy(values, MONTH, { voice: true }) });
  assert.ok(one < 20, `${one}`);
});
