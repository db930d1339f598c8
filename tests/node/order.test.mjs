/** Neither the order of records nor how they are split changes a count: a property, tried on generated records. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { agentsPage, generate, Random, render } from "../../tools/generate.mjs";
import { report as oracle, Tally } from "../../tools/oracle.mjs";
import { assertPlaced, assertSums } from "../support/conserved.mjs";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, UsageRollup } = packed;
const utf8 = new TextEncoder();

const KINDS = {
  UsageAggregator: {
    make: (query) => new UsageAggregator(query),
    ask: (usage) => usage.report(),
    compare: byPeriod,
  },
  UsageRollup: {
    make: ({ dedupe, onInvalid, agents }) => new UsageRollup({ dedupe, onInvalid, agents }),
    ask: (usage, query) => {
      const { period, tz, now } = query;
      return [
        usage.byAgent({ period, tz, now }),
        usage.byNumber(),
        usage.daily({ tz, now }),
        usage.monthly({ tz, now }),
        usage.breakdown({ by: ["agent", "number", "channel", "direction", "weekday"], step: "month" }),
      ];
    },
    compare: byNumber,
  },
};

/** The results that must not depend on the order. Problems depend on it, so a snapshot with problems is left out. */
function outcome(usage, ask, query) {
  const { problems, ...counts } = usage.diagnostics();
  const isOrdered = problems.some(({ severity }) => severity === "error");
  return { answer: ask(usage, query), counts, snapshot: isOrdered ? null : usage.snapshot() };
}

/** Pushes generated values in one of the ways of users. */
function pushSomehow(usage, generated, random) {
  const text = () => [...render(generated, { format: "ndjson", seed: random.below(1000) })].join("");
  random.pick([
    () => usage.push(generated.map(({ value }) => value)),
    () => usage.push(text()),
    () => {
      const bytes = utf8.encode(text());
      for (let at = 0; at < bytes.length; ) {
        const length = 1 + random.below(5000);
        usage.pushBytes(bytes.subarray(at, at + length));
        at += length;
      }
      usage.finish();
    },
  ])();
}

/** The values in as many parts, some of which may be empty. */
function split(values, parts, random) {
  const lists = Array.from({ length: parts }, () => []);
  for (const value of values) random.pick(lists).push(value);
  return lists;
}

/** The oracle's report of the period, which an aggregator must give. */
function byPeriod({ answer, counts }, values, query) {
  const found = oracle(values, query);
  const { problems: _, ...expected } = found.diagnostics;
  assert.deepEqual(answer, found.report);
  assert.deepEqual(counts, expected);
  assertSums(answer, counts);
}

/** The oracle's counts by phone number, which a rollup must give. All generated records are of one year. */
function byNumber({ answer: [, { data }], counts }, values, query) {
  const tally = new Tally({ ...query, period: "year", tz: "UTC" });
  for (const [index, value] of values.entries()) tally.value(value, `/${index}`);
  const rows = new Map();
  for (const { kind, number } of tally.counted()) {
    const row = rows.get(number ?? "") ?? { messages: 0, calls: 0 };
    rows.set(number ?? "", row);
    row[kind === "message" ? "messages" : "calls"] += 1;
  }
  assert.deepEqual(new Map(data.map(({ numberId, messages, calls }) => [numberId, { messages, calls }])), rows);
  const { problems: _, ...expected } = tally.diagnostics();
  assert.deepEqual(counts, expected);
}

for (const [name, { make, ask, compare }] of Object.entries(KINDS)) {
  for (const [seed, invalid] of [
    [61, 150],
    [62, 0],
    [63, 0],
  ]) {
    for (const dedupe of [true, false]) {
      test(`${name}: seed ${seed}, ${invalid} invalid records, ${dedupe ? "with" : "without"} dedupe`, () => {
        // The pages of a list must stay in their order, so without invalid records there are no pages either.
        const options = { records: 3000, invalid, pages: invalid > 0, seed, transcripts: { share: 0 } };
        const generated = [...generate(options)];
        const agents = agentsPage(options);
        const tz = "Asia/Kolkata";
        const query = { period: "month", tz, now: "2024-06-15T12:00:00Z", dedupe, agents, onInvalid: "skip" };
        const random = new Random(seed, 6);

        const whole = make(query).push(generated.map(({ value }) => value));
        const expected = outcome(whole, ask, query);
        whole.free();
        assertPlaced(expected.counts);
        assert.equal(expected.snapshot === null, invalid > 0);
        compare(
          expected,
          generated.map(({ value }) => value),
          query,
        );

        for (let round = 0; round < 4; round++) {
          const parts = split(random.shuffled(generated), 1 + random.below(7), random).map((part) => {
            const usage = make(query);
            pushSomehow(usage, part, random);
            return usage;
          });
          const merged = make(query);
          for (const part of random.shuffled(parts)) merged.merge(random.chance(0.5) ? part : part.snapshot());
          assert.deepEqual(outcome(merged, ask, query), expected, `round ${round}`);
          for (const usage of [merged, ...parts]) usage.free();
        }
      });
    }
  }
}
