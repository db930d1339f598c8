// One try of the fuzzer of records as objects. Objects of every kind count as their text does. Objects whose code throws, calls the
// package or changes what is being read lose no record, and leave a module that works.

import assert from "node:assert/strict";
import { Random } from "../../../tools/generate/random.mjs";
import { assertPlaced, assertSums } from "../conserved.mjs";
import { assertWorks, JUNE, message } from "../faults.mjs";
import { packed } from "../packed.mjs";
import { known, outcome, randomRecord } from "../records.mjs";

const { UsageAggregator, UsageError, UsageRollup } = packed;

/** The records of one try. All problems of so few records are kept. */
const MOST = 90;

/** Checks records by seed, as objects that behave and as objects that do not. */
export function tryObjects(seed) {
  const random = new Random(seed, 82);
  const lot = Array.from({ length: 1 + random.below(MOST) }, () => randomRecord(random));
  const formed = lot.map((record) => {
    const { data } = record;
    const form = random.pick(FORMS);
    return form(isObject(data) ? { ...record, data: random.pick(FORMS)(data, random) } : record, random);
  });
  assert.deepEqual(known(outcome(contained(formed, random))), known(outcome(JSON.stringify(lot))), `seed ${seed}`);
  hostile(lot, random, seed);
}

const isObject = (value) => typeof value === "object" && value !== null;

/** Objects that give the fields of plain ones. */
const FORMS = [
  (fields) => fields,
  (fields) => Object.assign(Object.create(null), fields),
  (fields) => Object.create(fields),
  (fields) => Object.freeze({ ...fields }),
  (fields) => new Proxy(fields, {}),
  // The mark of a test has to be enumerable.
  (fields) => new Proxy({ id: "mine", test: "mine" }, { get: (_, name) => fields[name] }),
  (fields) => Object.assign(new Map([["type", "call"]]), fields),
  (fields) => Object.assign(new Error("x"), fields),
  (fields, random) => Object.fromEntries(shuffled(Object.entries(fields), random)),
  (fields, random) => ({ [`extra${random.below(75_000)}`]: random.below(9), ...fields }),
  (fields) => {
    const made = {};
    for (const [name, value] of Object.entries(fields))
      Object.defineProperty(made, name, { get: () => value, enumerable: true });
    return made;
  },
];

/** The records in something that can be counted. */
function contained(records, random) {
  return random.pick([
    () => records,
    () => new Set(records),
    () => records.values(),
    () =>
      (function* () {
        yield* records;
      })(),
    () => Object.freeze([...records]),
    () => new Proxy(records, {}),
  ])();
}

function shuffled(values, random) {
  const keyed = values.map((value) => ({ value, key: random.unit() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

/** Counts the records with objects among them that do harm. */
function hostile(lot, random, seed) {
  const isRollup = random.chance(0.5);
  const counts = isRollup
    ? new UsageRollup({ onInvalid: "skip" })
    : new UsageAggregator({ ...JUNE, onInvalid: random.chance(0.8) ? "skip" : "throw" });
  const mine = new Set();
  let isFreed = false;
  const deeds = [
    () => {
      throw random.pick([
        new Error("mine"),
        undefined,
        null,
        7,
        Symbol("x"),
        { toString: null },
        Object.create(null),
        "x".repeat(1e5),
      ]);
    },
    () => counts.push([message({ id: `pushed${random.below(9)}` })]),
    () => counts.push(JSON.stringify(lot.slice(0, 3))),
    () => counts.diagnostics(),
    () => counts.snapshot(),
    () => (isRollup ? counts.byAgent(JUNE) : counts.report()),
    () => counts.merge(counts.snapshot()),
    () => packed.usageByAgent(lot, { ...JUNE, onInvalid: "skip" }),
    () => deep(),
    () => {
      lot.length = random.below(lot.length + 1);
    },
    () => lot.push(message({}), 7),
    () => {
      isFreed ||= random.chance(0.1);
      if (isFreed) counts.free();
    },
  ];
  const deed = () => {
    try {
      const done = random.pick(deeds)();
      return random.chance(0.5) ? done : random.pick(VALUES);
    } catch (error) {
      mine.add(error);
      throw error;
    }
  };
  const spoilt = lot.flatMap((record) =>
    random.chance(0.8) || !isObject(record) ? [record] : [spoil(record, deed, random), random.pick(VALUES)],
  );
  try {
    counts.push(random.chance(0.5) ? spoilt : contained(spoilt, random));
  } catch (error) {
    assert.ok(mine.has(error) || error instanceof UsageError, `seed ${seed}: ${String(error?.stack ?? typeof error)}`);
    assert.ok(!["terminated", "out_of_memory"].includes(error?.code), `seed ${seed}: ${error?.message}`);
  }
  if (!isFreed) {
    const diagnostics = counts.diagnostics();
    assertPlaced(diagnostics, `seed ${seed}`);
    assertSums(
      isRollup ? { data: counts.breakdown({ by: ["agent"] }).rows } : counts.report(),
      diagnostics,
      `seed ${seed}`,
    );
    counts.push([message({ id: "the last" })]);
  }
  counts.free();
  assertWorks(`seed ${seed}`);
}

/** Values that no record has. */
const VALUES = [
  ...[undefined, null, Number.NaN, -0, 1n, Symbol("x"), "\ud800", "\0", [], {}, () => {}, new Date(Number.NaN), 1e308],
  ...[{ [Symbol.toStringTag]: "Date" }, new Uint8Array(3), "x".repeat(70_000), Object.create(Date.prototype)],
  { toString: null, valueOf: null, toJSON: null, [Symbol.toPrimitive]: null },
];

/** A record of which some fields run code. */
function spoil(record, deed, random) {
  const name = random.pick([...Object.keys(record), "id", "type", "event", "data", "messages", "startedAt"]);
  const getter = { get: deed, enumerable: true, configurable: true };
  return random.pick([
    () => Object.defineProperty({ ...record }, name, getter),
    () => ({ ...record, data: Object.defineProperty({}, random.pick(["callId", "receivedAt", "agentId"]), getter) }),
    () => ({ ...record, [name]: random.pick(VALUES) }),
    () => new Proxy(record, { get: (target, key) => (key === name ? deed() : target[key]) }),
    () => new Proxy(record, { ownKeys: deed, has: deed, getOwnPropertyDescriptor: deed, getPrototypeOf: deed }),
    () => {
      const { proxy, revoke } = Proxy.revocable(record, {});
      revoke();
      return proxy;
    },
    () => ({ ...record, [name]: { toString: deed, valueOf: deed, [Symbol.toPrimitive]: deed } }),
    () => ({ data: { [Symbol.iterator]: () => ({ next: deed }), length: 3 } }), // not an array
    () => {
      // What an array's own iterator throws is not the package's.
      const get = (list, key) => (/^\d+$/.test(String(key)) && random.chance(0.2) ? deed() : list[key]);
      return { data: new Proxy([record, record], { get }) };
    },
  ])();
}

/** Ends for lack of stack. */
function deep() {
  return deep() + 1;
}
