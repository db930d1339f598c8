// The shards of an account, in workerd with SQLite: their counts together are those of one pass over all distinct events.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { trimRecords, UsageRollup } from "usage-by-agent";
import { Random } from "../../tools/generate/random.mjs";
import { generate } from "../../tools/generate/records.mjs";
import { startBundled } from "./support.mjs";

const SHARDS = 4;

let worker;
before(async () => {
  const durableObjects = { USAGE: { className: "TestShard", useSQLite: true } };
  worker = await startBundled("shard-worker.mjs", undefined, (own) => ({ ...own, durableObjects }));
});
after(() => worker?.stop());

const NOTHING = { deliveries: 0, counted: 0, duplicates: 0, notCounted: 0 };

/** One account of the Worker. */
function shardsOf(account) {
  const ask = async (path, query, body) => {
    const url = new URL(`${path}?${new URLSearchParams({ account, ...query })}`, worker.base);
    const response = await fetch(url, { method: "POST", ...(body && { body: JSON.stringify(body) }) });
    return { ok: response.ok, text: await response.text() };
  };
  return {
    async add(shard, arrivals, source = 0) {
      const body = arrivals.map(({ key, record }) => ({ key: key && [...key], record }));
      const { ok, text } = await ask("/add", { shard, source }, body);
      return ok ? JSON.parse(text) : text;
    },
    takeBack: async (shard, source) => JSON.parse((await ask("/take-back", { shard, source })).text),
    failOnce: (shard) => ask("/fail-once", { shard }),
    evict: (shard) => ask("/evict", { shard }),
    stored: async (shard) => JSON.parse((await ask("/stored", { shard })).text),
    tally: async (shard) => JSON.parse((await ask("/tally", { shard })).text),
    memory: async () => JSON.parse((await ask("/memory", {})).text),
    answers: async () => JSON.parse((await ask("/answers", { shards: SHARDS })).text),
  };
}

/** What one pass over the records answers, as the Worker writes it. */
function expected(values) {
  const rollup = new UsageRollup({ onInvalid: "skip" });
  rollup.push(values.map((value) => JSON.stringify(value)).join("\n"));
  const by = ["agent", "number", "channel", "direction"];
  const { rows, totals } = rollup.breakdown({ by, from: "2024-01-01", to: "2025-01-01", step: "day" });
  const series = rows.map(({ series: { messages, calls, totalSeconds }, ...row }) => ({
    ...row,
    series: [...messages, ...calls, ...totalSeconds],
  }));
  const { counted } = rollup.diagnostics();
  const found = { series, totals, numbers: rollup.byNumber(), counted, span: rollup.span() };
  rollup.free();
  return JSON.parse(JSON.stringify(found));
}

const trimmed = (value) => trimRecords(JSON.stringify(value)).records;
const shardOf = (key) => (key?.[0] ?? 0) >> (6 - Math.log2(SHARDS));

/** Records of all shapes, with repetitions of their ids. */
function valuesOf(seed, records) {
  const options = { records, seed, start: "2024-05-01T00:00:00Z", end: "2024-06-30T00:00:00Z", agents: 9 };
  return [...generate({ ...options, pages: false })]
    .map(({ value }) => value)
    .filter((value) => trimmed(value).length > 0);
}

/** The arrivals of records, each with an id several times, in any order, in batches of one shard. */
function* batches(values, random, times) {
  const arrivals = values
    .flatMap(trimmed)
    .flatMap((arrival) => Array(arrival.key ? 1 + random.below(times) : 1).fill(arrival));
  for (let i = arrivals.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [arrivals[i], arrivals[j]] = [arrivals[j], arrivals[i]];
  }
  while (arrivals.length > 0) {
    const batch = arrivals.splice(0, 1 + random.below(40));
    for (let shard = 0; shard < SHARDS; shard++) {
      const own = batch.filter(({ key }) => shardOf(key) === shard);
      if (own.length > 0) yield { shard, own };
    }
  }
}

/** `SEEDS=1,2,3,4` makes longer runs. */
const SEEDS = (process.env.SEEDS ?? "1").split(",").map(Number);

for (const seed of SEEDS) {
  test(`repeated and reordered records in shards that fail and are evicted count once, seed ${seed}`, async () => {
    const random = new Random(seed, 7);
    const account = shardsOf(`order-${seed}`);
    const values = valuesOf(seed, 1500);
    let failures = 0;
    for (const { shard, own } of batches(values, random, 6)) {
      if (random.chance(0.05)) await account.evict(shard);
      if (random.chance(0.1)) {
        await account.failOnce(shard);
        const failed = await account.add(shard, own);
        assert.match(failed, /failed by the test/);
        failures++;
      }
      const { counted, duplicates, notCounted } = await account.add(shard, own);
      assert.equal(counted + duplicates + notCounted, own.length);
      if (random.chance(0.05)) await account.answers(); // so that counts are kept, and only changes are added later
    }
    assert.ok(failures > 5);
    const want = expected(values);
    assert.ok(want.counted > 500);
    assert.deepEqual(await account.answers(), want);
    for (let shard = 0; shard < SHARDS; shard++) await account.evict(shard);
    assert.deepEqual(await account.answers(), want);
    // Another isolate has no counts yet, and gets snapshots or changes.
    assert.deepEqual(await account.answers(), want);
  });

  test(`a source that is taken back leaves what the others told, seed ${seed}`, async () => {
    const random = new Random(seed, 8);
    const account = shardsOf(`back-${seed}`);
    const values = valuesOf(seed, 600);
    // Each record comes from some of three sources; 0 are deliveries.
    const sources = values.map(() => [0, 1, 2].filter(() => random.chance(0.5)));
    const arriving = values.flatMap((value, at) => sources[at].map((source) => ({ value, source })));
    for (let i = arriving.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [arriving[i], arriving[j]] = [arriving[j], arriving[i]];
    }
    for (const { value, source } of arriving) {
      for (const arrival of trimmed(value)) await account.add(shardOf(arrival.key), [arrival], source);
    }
    const from = (wanted) => arriving.filter(({ source }) => wanted.includes(source)).map(({ value }) => value);
    assert.deepEqual((await account.answers()).totals, expected(from([0, 1, 2])).totals);
    for (const [source, left] of [
      [1, [0, 2]],
      [2, [0]],
      [0, []],
    ]) {
      for (let shard = 0; shard < SHARDS; shard++) {
        while ((await account.takeBack(shard, source)) > 0) if (random.chance(0.1)) await account.evict(shard);
      }
      const [got, want] = [await account.answers(), expected(from(left))];
      // Names that only a source told which was taken back stay.
      assert.deepEqual(
        [got.totals, got.counted, got.span],
        [want.totals, want.counted, want.span],
        `without ${source}`,
      );
    }
  });
}

test("a shard with many changes writes a snapshot, and counts as before", async () => {
  const account = shardsOf("long");
  const values = valuesOf(9, 9000);
  const random = new Random(9, 7);
  const all = [...batches(values, random, 1)];
  for (const [at, { shard, own }] of all.entries()) {
    await account.add(shard, own);
    if (at === all.length >> 1) await account.answers();
  }
  const want = expected(values);
  assert.deepEqual(await account.answers(), want);
  for (let shard = 0; shard < SHARDS; shard++) await account.evict(shard);
  assert.deepEqual(await shardsOf("long").answers(), want);
});

test("a new record takes two rows, a repetition one, and the log stays short", async () => {
  const account = shardsOf("rows");
  const record = (n) => ({ event: "agent.message", data: { messageId: `m${n}`, receivedAt: 1.71e12 + n * 1000 } });
  const arrivals = Array.from({ length: 9000 }, (_, n) => trimmed({ ...record(n), agentId: `a${n % 20}` })[0]);
  const before = await account.stored(0);
  for (const arrival of arrivals) await account.add(0, [arrival]);
  const after = await account.stored(0);
  assert.equal(after.n, 9000);
  const snapshots = (after.rows - before.rows) / 9000 - 2;
  assert.ok(snapshots >= 0 && snapshots < 0.01, `${snapshots} rows beyond two`);
  assert.ok(after.changes <= 5000, `${after.changes} changes`);
  await account.add(0, [arrivals[0]]);
  assert.equal((await account.stored(0)).rows, after.rows + 1);
  await account.evict(0);
  assert.deepEqual(await account.tally(0), { deliveries: 9001, counted: 9000, duplicates: 1 });
});

for (const seed of [1, 2, 3]) {
  test(`the tally is that of all transactions that did not fail, seed ${seed}`, async () => {
    const account = shardsOf(`tally${seed}`);
    const random = new Random(seed, 11);
    const arrivals = valuesOf(seed, 3000).flatMap(trimmed);
    const sum = { deliveries: 0, counted: 0, duplicates: 0, notCounted: 0 };
    for (let n = 0; n < 600; n++) {
      const own = Array.from({ length: random.pick([1, 1, 1, 3]) }, () => random.pick(arrivals));
      if (random.chance(0.05)) await account.failOnce(0);
      const added = await account.add(0, own, random.pick([0, 0, 1]));
      if (typeof added === "object") {
        for (const [name, value] of Object.entries({ ...added, deliveries: own.length })) sum[name] += value;
      }
      if (random.chance(0.02)) await account.takeBack(0, 1);
      if (random.chance(0.05)) await account.evict(0);
      if (n % 100 === 0) assert.deepEqual({ ...NOTHING, ...(await account.tally(0)) }, sum);
    }
    await account.evict(0);
    assert.deepEqual({ ...NOTHING, ...(await account.tally(0)) }, sum);
  });
}

test("the counts of evicted shards take no memory", async () => {
  const account = shardsOf("evicted");
  const arrivals = valuesOf(10, 3000)
    .flatMap(trimmed)
    .filter(({ key }) => key !== null);
  await account.add(0, arrivals);
  const sizes = [];
  for (const arrival of arrivals.slice(0, 40)) {
    await account.evict(0);
    await account.add(0, [arrival]);
    sizes.push(await account.memory());
  }
  assert.equal(sizes.at(-1), sizes[9]);
});
