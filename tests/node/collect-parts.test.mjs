/** Parts of collecting by themselves: the set of ids, and times. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import { readTimestamp } from "../../tools/oracle.mjs";
import { importSource } from "../support/source.mjs";

const { IdSet, RECENT } = await importSource("collect/id-set.ts");
const { hashOf } = await importSource("collect/hash.ts");
const { timeOf, written } = await importSource("collect/times.ts");

test("the set remembers the newest 131,072 ids, and its memory is bounded", () => {
  const ids = new IdSet();
  const known = [];
  for (let n = 0; n < 1_000_000; n++) {
    const key = hashOf(`id ${n}`);
    ids.add(key);
    known.push(key);
  }
  for (const key of known.slice(-131_072)) assert.ok(ids.has(key));
  assert.ok(!known.slice(0, 700_000).some((key) => ids.has(key)));
  assert.equal(ids.forgot, true);
  assert.deepEqual(ids.recent(), known.slice(-RECENT));
  assert.deepEqual(new IdSet(ids.recent()).recent(), ids.recent());
});

test("the set equals a Set until it forgets", () => {
  const random = new Random(1, 76);
  const [ids, model] = [new IdSet(), new Set()];
  for (let n = 0; n < 100_000; n++) {
    const key = hashOf(`id ${random.below(50_000)}`);
    assert.equal(ids.has(key), model.has(key));
    ids.add(key);
    model.add(key);
  }
  assert.equal(ids.forgot, false);
  assert.ok(new IdSet([0]).has(0) && new IdSet([0]).has(1), "the key 0 is kept as 1");
});

test("hashes of 300,000 ids differ, and are whole numbers of 53 bits", () => {
  const keys = Array.from({ length: 300_000 }, (_, n) => hashOf(`call_${n}`));
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.ok(Number.isSafeInteger(key) && key >= 0);
});

test("times are read as the oracle reads them", () => {
  const random = new Random(2, 76);
  for (let n = 0; n < 20_000; n++) {
    const ms = Math.floor(random.unit() * 4_000_000_000_000);
    assert.equal(timeOf(written(ms)), ms);
    const minutes = random.below(28 * 60) - 14 * 60;
    const two = (value) => String(value).padStart(2, "0");
    const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
    const micros = String(random.below(1000)).padStart(3, "0");
    const text = `${new Date(ms + minutes * 60_000).toISOString().slice(0, -1)}${micros}${offset}`;
    assert.equal(timeOf(text), ms, text);
    assert.equal(readTimestamp(text), ms);
  }
  for (const wrong of [
    undefined,
    null,
    5,
    "",
    "2025-06-01",
    "2025-06-01T00:00:00",
    "2025-13-01T00:00:00Z",
    "x".repeat(1e6),
  ]) {
    assert.equal(timeOf(wrong), null);
  }
});
