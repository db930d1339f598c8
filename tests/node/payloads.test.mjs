/** Real output of the vendor and its clients, counted through every door. tests/payloads/expected.json was worked out by hand. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Random } from "../../tools/generate.mjs";
import { report as oracle } from "../../tools/oracle.mjs";
import { assertPlaced } from "../support/conserved.mjs";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, usageByAgent, usageByAgentStream, UsageRollup } = packed;

const folder = new URL("../payloads/", import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), "utf8");
const EXPECTED = JSON.parse(read("expected.json"));
const JUNE = { period: "month", now: "2025-06-15T12:00:00Z" };
const utf8 = new TextEncoder();

/** The report and the diagnostics that a file must give. The table leaves out zeros and sums. */
function wanted({ agents, ignored, ...counts }) {
  const [messages, calls, totalSeconds] = [2, 3, 4].map((n) => agents.reduce((sum, row) => sum + row[n], 0));
  const data = agents.map(([agentId, agentName, messages, calls, totalSeconds]) => {
    return { agentId, agentName, messages, calls, totalSeconds, isOrphan: agentId === null };
  });
  return {
    report: { data, period: "month", periodStart: "2025-06-01T00:00:00Z", periodEnd: "2025-06-30T23:59:59Z" },
    counts: {
      records: 0,
      counted: 0,
      outsidePeriod: 0,
      duplicates: 0,
      invalid: 0,
      withoutId: 0,
      withoutDuration: 0,
      ...counts,
      ignored: { voiceTurns: 0, reactions: 0, events: 0, tests: 0, notCompleted: {}, other: 0, ...ignored },
      totals: { messages, calls, totalSeconds },
    },
  };
}

const withoutProblems = ({ problems: _, ...counts }) => counts;

/** The value as the record of a list, and as it is, if it stands for several records. */
function* objects(value) {
  yield Array.isArray(value) ? value : [value];
  if (Array.isArray(value.data) || Array.isArray(value.messages)) yield value;
}

/** Pieces of bytes, of one byte each or of any length. */
function* cut(bytes, seed) {
  const random = new Random(seed);
  for (let at = 0; at < bytes.length; ) {
    const length = seed === 0 ? 1 : random.below(random.chance(0.5) ? 300 : 8);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** Every way to push a file. */
function* doors(text, value) {
  const bytes = utf8.encode(text);
  for (const records of objects(value)) yield ["objects", (usage) => usage.push(records)];
  yield ["text", (usage) => usage.push(text)];
  yield ["bytes", (usage) => usage.push(bytes)];
  for (const seed of [0, 1, 2]) {
    yield [
      `pieces ${seed}`,
      (usage) => {
        for (const piece of cut(bytes, seed)) usage.pushBytes(piece);
        usage.finish();
      },
    ];
  }
}

function outcome(usage, push, ask) {
  try {
    push(usage);
    return { report: ask(usage), diagnostics: usage.diagnostics() };
  } finally {
    usage.free();
  }
}

test("every file is expected, and is there", () => {
  const made = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "expected.json");
  assert.deepEqual(made.sort(), Object.keys(EXPECTED).sort());
});

for (const [name, row] of Object.entries(EXPECTED)) {
  const text = read(name);
  const value = JSON.parse(text);
  const { report, counts } = wanted(row);
  const skip = { onInvalid: "skip" };

  test(`${name}: the oracle counts what is expected`, () => {
    for (const records of objects(value)) {
      const found = oracle(records, { ...JUNE, ...skip });
      assert.deepEqual(found.report, report);
      assert.deepEqual(withoutProblems(found.diagnostics), counts);
    }
  });

  test(`${name}: an aggregator counts it through every door`, () => {
    let first;
    for (const [door, push] of doors(text, value)) {
      const found = outcome(new UsageAggregator({ ...JUNE, ...skip }), push, (usage) => usage.report());
      assert.deepEqual(found.report, report, door);
      assert.deepEqual(withoutProblems(found.diagnostics), counts, door);
      assertPlaced(found.diagnostics, door);
      const { problems } = found.diagnostics;
      assert.equal(problems.filter(({ severity }) => severity === "error").length, counts.invalid, door);
      if (door === "objects") continue; // they have no lines and byte offsets
      first ??= problems;
      assert.deepEqual(problems, first, door);
    }
  });

  test(`${name}: a rollup counts it through every door`, () => {
    // A rollup has no period, so what is outside of June counts too.
    const { outsidePeriod, counted, totals: _, ...rest } = counts;
    for (const [door, push] of doors(text, value)) {
      const found = outcome(new UsageRollup(skip), push, (usage) => usage.byAgent(JUNE));
      assert.deepEqual(found.report, report, door);
      const { totals, ...all } = withoutProblems(found.diagnostics);
      assert.deepEqual(all, { ...rest, counted: counted + outsidePeriod, outsidePeriod: 0 }, door);
      assert.equal(totals.messages + totals.calls, counted + outsidePeriod, door);
    }
  });

  if (row.counted > 0) {
    test(`${name}: one call gives its report`, async () => {
      const bytes = utf8.encode(text);
      for (const records of [...objects(value), text, bytes]) assert.deepEqual(usageByAgent(records, JUNE), report);
      const sources = [0, 1, 2].map((seed) => ReadableStream.from(cut(bytes, seed)));
      for (const source of [new Blob([bytes]), new Response(text), ...sources]) {
        assert.deepEqual(await usageByAgentStream(source, JUNE), report);
      }
    });
  }
}

test("all files together count what they count alone, in any order", () => {
  const random = new Random(3);
  // Some files contain one event in different forms, so only the files of one source are counted together.
  const names = Object.keys(EXPECTED).filter((name) => name.startsWith("webhook-"));
  const whole = oracle(
    names.map((name) => JSON.parse(read(name))),
    JUNE,
  ).report;
  for (let round = 0; round < 5; round++) {
    const usage = new UsageAggregator(JUNE);
    for (const name of random.shuffled(names)) usage.push([JSON.parse(read(name))]);
    assert.deepEqual(usage.report(), whole);
    const { counted, records, ignored, withoutId } = usage.diagnostics();
    usage.free();
    assert.equal(records, names.length);
    assert.equal(
      counted,
      names.reduce((sum, name) => sum + (EXPECTED[name].counted ?? 0), 0),
    );
    assert.deepEqual(ignored, {
      voiceTurns: 1,
      reactions: 1,
      events: 1,
      tests: 2,
      notCompleted: { failed: 1 },
      other: 1,
    });
    assert.equal(withoutId, 5);
  }
});
