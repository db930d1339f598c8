/** Snapshots and merging: parts that are counted separately give the result of one pass, and bytes that are not a snapshot are refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AT, assertThrows, call, JUNE, message } from "../support/faults.mjs";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, UsageRollup } = packed;

const records = Array.from({ length: 3000 }, (_, i) =>
  (i % 3 ? message : call)({
    id: i % 7 ? `id-${i % 2000}` : null,
    agentId: i % 11 ? `agent-${(i * i) % 23}` : null,
    agentName: i % 5 ? undefined : `Agent ${i % 4}`,
    numberId: `number-${i % 5}`,
    durationSeconds: i % 100,
    receivedAt: Date.parse(AT) + i * 300_000,
    startedAt: Date.parse(AT) + i * 300_000,
  }),
);
records.push({ type: "call", startedAt: AT, status: "__proto__" }, { event: "agent.reaction" }, 7);

const kinds = {
  UsageAggregator: {
    make: (options) => new UsageAggregator({ ...JUNE, onInvalid: "skip", ...options }),
    ask: (usage) => usage.report(),
  },
  UsageRollup: {
    make: (options) => new UsageRollup({ onInvalid: "skip", ...options }),
    ask: (usage) => [
      usage.byAgent(JUNE),
      usage.byNumber(),
      usage.daily({ now: AT }),
      usage.monthly({ now: AT }),
      usage.span(),
      usage.breakdown({ by: ["agent", "channel", "direction", "hour"], step: "day" }),
    ],
  },
};

for (const [name, { make, ask }] of Object.entries(kinds)) {
  const outcome = (usage) => {
    const { problems, ...counts } = usage.diagnostics();
    return { answer: ask(usage), counts };
  };

  test(`${name}: parts merged in any order equal one pass`, () => {
    for (const dedupe of [true, false]) {
      const whole = make({ dedupe }).push(records);
      const parts = Array.from({ length: 7 }, (_, n) => make({ dedupe }).push(records.filter((_, i) => i % 7 === n)));
      const forwards = make({ dedupe });
      for (const part of parts) assert.equal(forwards.merge(part), forwards);
      const backwards = make({ dedupe });
      for (const part of parts.toReversed()) backwards.merge(part.snapshot());
      assert.deepEqual(outcome(forwards), outcome(whole));
      assert.deepEqual(outcome(backwards), outcome(whole));
      assert.equal(whole.diagnostics().duplicates > 0, dedupe);
      assert.deepEqual(Object.entries(whole.diagnostics().ignored.notCompleted), [["__proto__", 1]]);
      for (const usage of [whole, forwards, backwards, ...parts]) usage.free();
    }
  });

  test(`${name}: a restored snapshot gives an equal snapshot, and counting continues`, () => {
    const first = make().push(records.slice(0, 1000));
    const snapshot = first.snapshot();
    assert.ok(snapshot instanceof Uint8Array);
    const restored = make().merge(snapshot);
    assert.deepEqual(restored.snapshot(), snapshot);
    const rest = records.slice(1000);
    assert.deepEqual(outcome(restored.push(rest)), outcome(make().push(records)));
    assert.deepEqual(outcome(first.push(rest)), outcome(restored));
    assert.deepEqual(make().merge(make()).snapshot(), make().snapshot());
  });

  test(`${name}: records with an id count once after merging with itself`, () => {
    const usage = make().push(records);
    const { records: all, counted, duplicates, withoutId } = usage.diagnostics();
    const twice = usage.merge(usage).diagnostics();
    assert.equal(twice.records, 2 * all);
    assert.equal(twice.counted, counted + withoutId);
    assert.equal(twice.duplicates, 2 * duplicates + counted - withoutId);
  });

  test(`${name}: an unfinished text is not in the snapshot, and reading continues`, () => {
    const utf8 = new TextEncoder();
    const text = utf8.encode(`${JSON.stringify(message({ id: "a" }))}\n${JSON.stringify(message({ id: "b" }))}`);
    const usage = make().pushBytes(text.subarray(0, text.length - 9));
    const other = make().merge(usage.snapshot());
    assert.equal(other.diagnostics().counted, 1);
    other.merge(make().push([message({ id: "c" })]));
    usage
      .merge(other)
      .pushBytes(text.subarray(text.length - 9))
      .finish();
    const { counted, duplicates } = usage.diagnostics();
    assert.deepEqual({ counted, duplicates }, { counted: 3, duplicates: 1 });
  });

  test(`${name}: bytes that are not a snapshot of its kind are refused, and nothing changes`, () => {
    const usage = make().push(records);
    const before = usage.snapshot();
    const other = name === "UsageRollup" ? kinds.UsageAggregator : kinds.UsageRollup;
    const flipped = before.slice();
    flipped[before.length >> 1] ^= 4;
    const freed = make();
    freed.free();
    const refused = { code: "invalid_snapshot", path: "" };
    for (const [bad, expected] of [
      [new Uint8Array(0), refused],
      [new Uint8Array(1000), refused],
      [before.subarray(1), refused],
      [before.subarray(0, before.length - 1), { ...refused, message: /damaged, or cut short/ }],
      [flipped, { ...refused, message: /damaged/ }],
      [other.make(), { ...refused, message: /it is an? (rollup|aggregator)'s; wanted an? (rollup|aggregator)'s/ }],
      [make({ dedupe: false }), { ...refused, message: /dedupe was false; wanted true/ }],
      [undefined, { code: "invalid_option", path: "" }],
      [null, { code: "invalid_option", path: "" }],
      ["UBA", { code: "invalid_option", path: "" }],
      [{ snapshot: () => "UBA" }, { code: "invalid_option", path: "" }],
      [freed, { code: "invalid_option", message: new RegExp(`this ${name} has been freed`) }],
    ]) {
      assertThrows(() => usage.merge(bad), expected);
      assert.deepEqual(usage.snapshot(), before);
    }
    assertThrows(() => freed.merge(usage), { code: "invalid_option", message: /freed/ });
    assertThrows(() => freed.snapshot(), { code: "invalid_option", message: /freed/ });
    freed.free();
  });
}

test("an aggregator only merges parts of its own period", () => {
  const june = kinds.UsageAggregator.make();
  const july = kinds.UsageAggregator.make({ offset: 1 });
  assertThrows(() => july.merge(june), {
    code: "invalid_snapshot",
    path: "",
    message:
      /its period is 2024-06-01T00:00:00Z until 2024-07-01T00:00:00Z; wanted 2024-07-01T00:00:00Z until 2024-08-01/,
  });
  july.merge(kinds.UsageAggregator.make({ now: "2024-07-01T00:00:00Z", tz: "Etc/UTC", boundsAs: "wall-clock" }));
});
