/** Forged snapshots: their merge takes memory in proportion to their length, and no answer fails afterwards. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forged, number, text } from "../support/forged-snapshot.mjs";
import { packed, runModule } from "../support/packed.mjs";

const { entityTag, UsageRollup } = packed;
const MOST = Number.MAX_SAFE_INTEGER;
const JUNE = { period: "month", now: "2024-06-15T12:00:00Z" };
const MESSAGE = { id: "m1", agentId: "a", receivedAt: JUNE.now };

/** One quarter hour of one timeline: a message. */
const TIMELINE = [0, 0, 0, 0, 1, 1, 0, 0, 0];

const HARMLESS = {
  "records without an id": { counters: [...Array(8).fill(0), ...number(MOST), 0] },
  "missing items": { missing: Array(5).fill(number(MOST)).flat() },
  "a late line": { problems: [1, ...text("/0"), ...text("invalid_record"), ...text("x"), 0, ...number(MOST + 1), 0] },
  "the most seconds": { timelines: [1, 0, 0, 0, 0, 1, 0, 1, ...number(MOST), 0] },
  "the most records": { counters: [...number(MOST), ...Array(9).fill(0)] },
};

for (const [what, parts] of Object.entries(HARMLESS)) {
  test(`a snapshot that says ${what} leaves counts that answer`, () => {
    const snapshot = forged(parts, entityTag);
    const rollup = new UsageRollup().merge(snapshot);
    for (let i = 0; i < 3; i++) {
      try {
        rollup.merge(snapshot);
      } catch (error) {
        assert.equal(error.code, "overflow");
      }
      try {
        rollup.push([
          { receivedAt: JUNE.now },
          MESSAGE,
          { startedAt: JUNE.now, status: "completed", durationSeconds: 9 },
        ]);
      } catch (error) {
        assert.equal(error.code, "overflow");
      }
      const { records, counted, withoutId } = rollup.diagnostics();
      for (const n of [records, counted, withoutId]) assert.ok(Number.isSafeInteger(n), `${n}`);
      rollup.byAgent(JUNE);
      rollup.byNumber();
      rollup.daily(JUNE);
      rollup.checkUnderstood(() => {});
      assert.deepEqual(new UsageRollup().merge(rollup.snapshot()).snapshot(), rollup.snapshot());
    }
    rollup.free();
  });
}

test("numbers beyond 2^53 - 1 are refused", () => {
  for (const parts of [
    { counters: [...Array(8).fill(0), ...number(MOST + 1), 0] },
    { problems: [1, ...text("/0"), ...text("invalid_record"), ...text("x"), 0, ...number(2n ** 60n), 0] },
  ]) {
    assert.throws(() => new UsageRollup().merge(forged(parts, entityTag)), { code: "invalid_snapshot" });
  }
});

/** What takes the most memory for its length: a kind of part, made of many small ones. */
const LARGE = {
  ids: (count) => ({
    timelines: [1, ...TIMELINE],
    // All in one table, and there in one place.
    ids: [
      ...number(count),
      ...Array.from({ length: count }, (_, i) => [
        ...Buffer.from(Uint32Array.of(i).buffer),
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
      ]).flat(),
      ...Array(63).fill(0),
    ],
  }),
  "ids of long calls": (count) => ({
    timelines: [1, ...TIMELINE],
    ids: [
      ...number(count),
      ...Array.from({ length: count }, (_, i) => [
        ...Buffer.from(Uint32Array.of(i).buffer),
        ...[0, 0, 0, 1, 0, 0, 0, 0],
        ...number(1 << 22),
      ]).flat(),
      ...Array(63).fill(0),
    ],
  }),
  agents: (count) => ({
    agents: [...number(count), ...Array.from({ length: count }, (_, i) => [...text(name(i)), 0]).flat()],
  }),
  statuses: (count) => ({
    statuses: [...number(count), ...Array.from({ length: count }, (_, i) => [...text(name(i)), 1]).flat()],
  }),
  timelines: (count) => ({
    agents: [...number(count), ...Array.from({ length: count }, (_, i) => [...text(name(i)), 0]).flat()],
    timelines: [
      ...number(count),
      ...Array.from({ length: count }, (_, i) => [...number(i + 1), 0, 0, 0, 1, 1, 0, 0, 0]).flat(),
    ],
  }),
  "quarter hours": (count) => ({
    // A quarter hour every eleven days in each of many timelines.
    agents: [...number(count), ...Array.from({ length: count }, (_, i) => [...text(name(i)), 0]).flat()],
    timelines: [
      ...number(count),
      ...Array.from({ length: count }, (_, i) => [
        ...[...number(i + 1), 0, 0, 0],
        ...Array.from({ length: 50 }, () => [...number(1024), 1, 0, 0]).flat(),
        0,
      ]).flat(),
    ],
  }),
};

/** Texts in the order of their bytes. */
const name = (i) => String.fromCharCode(33 + ((i >> 12) & 63), 33 + ((i >> 6) & 63), 33 + (i & 63));

/** The most bytes of memory for each byte of a snapshot. docs/snapshot-format.md states it. */
const MOST_MEMORY = 48;

for (const [what, parts] of Object.entries(LARGE)) {
  test(`a snapshot full of ${what} takes memory in proportion to its length`, async () => {
    const each = [];
    for (const length of [300_000, 1_200_000]) {
      const one = forged(parts(50), entityTag).length / 50;
      const snapshot = forged(parts(Math.floor(length / one)), entityTag);
      const output = await runModule(
        `
        import { UsageRollup } from "usage-by-agent";
        import { moduleBytes } from ${JSON.stringify(new URL("../support/module-memory.mjs", import.meta.url).href)};
        const chunks = [];
        for await (const chunk of process.stdin) chunks.push(chunk);
        const snapshot = Buffer.concat(chunks);
        const rollup = new UsageRollup();
        const before = moduleBytes();
        rollup.merge(snapshot);
        console.log(moduleBytes() - before, snapshot.length);
        `,
        { input: snapshot },
      );
      const [taken, got] = output.trim().split(" ").map(Number);
      assert.equal(got, snapshot.length);
      each.push(taken / got);
      assert.ok(taken / got <= MOST_MEMORY, `${taken} bytes of memory for ${got} bytes`);
    }
    console.log(`# ${each.map((n) => n.toFixed(1)).join(" and ")} bytes of memory for a byte`);
  });
}
