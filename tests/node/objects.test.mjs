/** A record as an object counts as its JSON text does, for any values and any kind of object. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../tools/generate.mjs";
import { AT, JUNE, message, skipping } from "../support/faults.mjs";
import { packed } from "../support/packed.mjs";
import { FIELDS, known, outcome, randomRecord } from "../support/records.mjs";

const { UsageAggregator } = packed;

function* records(seed, count) {
  const random = new Random(seed);
  for (let i = 0; i < count; i++) yield randomRecord(random);
}

/** The number of records whose problems are all kept. */
function* lots(seed) {
  const all = [...records(seed, 20_000)];
  for (let at = 0; at < all.length; at += 100) yield all.slice(at, at + 100);
}

test("objects and their text give equal reports and equal problems", () => {
  const seen = { counted: 0, invalid: 0, other: 0 };
  for (const lot of lots(1)) {
    const asObjects = outcome(lot);
    // Messages without line and byte, which objects do not have.
    assert.deepEqual(asObjects, outcome(JSON.stringify(lot)));
    seen.counted += asObjects.diagnostics.counted;
    seen.invalid += asObjects.diagnostics.invalid;
    seen.other += asObjects.diagnostics.ignored.other;
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 1000, `${what}: only ${count}`);
});

test("a field counts wherever the object has it from", () => {
  class Base {}
  const forms = {
    "no prototype": (fields) => Object.assign(Object.create(null), fields),
    inherited: (fields) => Object.create(fields),
    "getters of a class": (fields) => {
      const Sub = class extends Base {};
      for (const [name, value] of Object.entries(fields))
        Object.defineProperty(Sub.prototype, name, { get: () => value });
      return new Sub();
    },
    "not enumerable": (fields) =>
      Object.defineProperties(
        {},
        // The mark of a test must be enumerable, as it is in everything that JSON text can make.
        Object.fromEntries(
          Object.entries(fields).map(([name, value]) => [name, { value, enumerable: name === "test" }]),
        ),
      ),
    frozen: (fields) => Object.freeze({ ...fields }),
    "a Proxy": (fields) => new Proxy(fields, {}),
    "a Proxy that only answers": (fields) =>
      new Proxy({ id: "mine", test: "mine" }, { get: (_, name) => fields[name] }),
    "a Map with properties": (fields) => Object.assign(new Map([["type", "call"]]), fields),
    "a function's object": (fields) => Object.assign(new Error("x"), fields),
  };
  for (const [name, form] of Object.entries(forms)) {
    for (const lot of [...lots(2)].slice(0, 20)) {
      const formed = lot.map(({ data, ...fields }) => {
        const isObject = typeof data === "object" && data !== null;
        return form(data === undefined ? fields : { ...fields, data: isObject ? form(data) : data });
      });
      assert.deepEqual(known(outcome(formed)), known(outcome(lot)), name);
    }
  }
});

test("no field of a record that is understood is read twice, unless a field throws an error", () => {
  const boom = () => {
    throw new Error("boom");
  };
  for (const failing of [undefined, ...FIELDS, "data"]) {
    for (const record of records(3, 300)) {
      const asked = [];
      const spied = (fields, path) =>
        new Proxy(fields, {
          get(_, name) {
            if (typeof name === "symbol") return;
            asked.push(path + name);
            return path === "" && name === failing ? boom() : fields[name];
          },
        });
      const { data } = record;
      const isObject = typeof data === "object" && data !== null;
      const usage = new UsageAggregator({ ...JUNE, onInvalid: "skip" });
      usage.push([spied(isObject ? { ...record, data: spied(data, "data/") } : record, "")]);
      const { other } = usage.diagnostics().ignored;
      usage.free();
      if (other > 0) continue; // such a record is looked at again for the message
      const most = asked.includes(failing) ? 2 : 1;
      for (const path of new Set(asked)) {
        const times = asked.filter((other) => other === path).length;
        assert.ok(times <= most, `${JSON.stringify(record)}: ${path} of ${asked}`);
      }
    }
  }
});

test("records of very many layouts count as they do beside records of few layouts", () => {
  const few = Array.from({ length: 2000 }, (_, n) => message({ id: `few${n}` }));
  const random = new Random(6);
  for (const lot of [...lots(5)].slice(0, 60)) {
    const shaped = lot.map((record) => ({ [`x${random.bits()}${"y".repeat(random.below(30))}`]: 1, ...record }));
    skipping(few);
    const beside = known(outcome(shaped));
    skipping(
      Array.from({ length: 2000 }, (_, n) => ({ [`${"z".repeat(n % 61)}${n}`]: n, ...message({ id: `${n}` }) })),
    );
    assert.deepEqual(known(outcome(shaped)), beside);
  }
});

test("a Date counts as its instant", () => {
  for (const lot of [...lots(4)].slice(0, 50)) {
    const [dates, numbers] = [(ms) => new Date(ms), (ms) => ms].map((made) =>
      lot.map((record) => {
        const timed = (fields) =>
          Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, v === AT ? made(Date.parse(AT)) : v]));
        return typeof record.data === "object" && record.data !== null
          ? { ...timed(record), data: timed(record.data) }
          : timed(record);
      }),
    );
    const [{ report, diagnostics }, expected] = [outcome(dates), outcome(numbers)];
    assert.deepEqual(report, expected.report);
    const { problems, ...counts } = diagnostics;
    const { problems: expectedProblems, ...expectedCounts } = expected.diagnostics;
    assert.deepEqual(counts, expectedCounts);
    const paths = (list) => list.map(({ path }) => path);
    assert.deepEqual(paths(problems), paths(expectedProblems));
  }
});

test("lone surrogates in adjacent texts are not joined", () => {
  const [high, low] = ["\ud83d", "\ude00"];
  for (const [first, second] of [
    [high, low],
    [low, high],
    [`a${high}`, `${low}b`],
    [high, "b"],
    ["a", low],
  ]) {
    const halves = [first, second].filter((text) => text !== "a" && text !== "b");
    // In one record and in two, beside valid texts.
    const fine = message({ id: "é😀", agentId: "x", agentName: "名" });
    for (const bad of [
      [message({ id: first, agentId: second })],
      [message({ agentId: first }), message({ id: second })].filter((_, i) => halves.includes([first, second][i])),
    ]) {
      const { diagnostics, report } = skipping([fine, ...bad, { ...fine, id: "2" }]);
      assert.deepEqual([diagnostics.counted, diagnostics.invalid], [2, bad.length], JSON.stringify(bad));
      for (const { message } of diagnostics.problems) assert.match(message, /lone surrogate/);
      assert.equal(report.data[0].agentName, "名");
    }
  }
  // An error's message may have lone surrogates too. It is shown, and other texts are unchanged.
  const throwing = Object.defineProperty(message({}), "id", {
    get() {
      throw new Error(`boom ${high}`);
    },
  });
  const { problems, counted } = skipping([throwing, message({ id: `${low}` }), message({ id: "é" })]).diagnostics;
  assert.equal(counted, 1);
  assert.match(problems[0].message, /boom \ufffd/);
  assert.match(problems[1].message, /lone surrogate/);
});

test("a plain record whose type or event can't be read is invalid", () => {
  const call = { id: "c", startedAt: AT, status: "completed", durationSeconds: 1 };
  for (const record of [message({ id: "m" }), { ...call, type: "call" }, call]) {
    for (const name of ["type", "event"]) {
      const get = () => {
        throw new Error("boom");
      };
      const { problems, counted } = skipping([record, Object.defineProperty({ ...record }, name, { get })]).diagnostics;
      assert.deepEqual([counted, problems.map(({ path }) => path)], [1, [`/1/${name}`]]);
    }
  }
});

test("a lone surrogate is found behind plain records and before them, with their ids and without", () => {
  const texts = ["x", "é", "😀", "名前", "\ud83d", "\ude00", "a\ud83d", "\ude00b", ""];
  const random = new Random(1, 17);
  const any = () => `${random.pick(texts)}${random.pick(texts)}`;
  for (let n = 0; n < 300; n++) {
    const records = Array.from({ length: 12 }, (_, i) => {
      const fields = {
        id: `${i}${any()}`,
        agentId: random.chance(0.7) ? "名" : any(),
        agentName: random.chance(0.8) ? "n" : any(),
      };
      return random.chance(0.5)
        ? message({ ...fields, receivedAt: random.chance(0.9) ? "2024-06-02T00:00:00Z" : any() })
        : {
            ...fields,
            startedAt: "2024-06-02T00:00:00Z",
            status: random.pick(["completed", any()]),
            durationSeconds: 1,
          };
    });
    for (const dedupe of [true, false]) {
      assert.deepEqual(
        outcome(records, { dedupe }),
        outcome(JSON.stringify(records), { dedupe }),
        JSON.stringify(records),
      );
    }
  }
});

test("a text longer than a batch is handed over at once and unchanged", () => {
  const long = `${"é".repeat(300_000)}x`;
  const records = [long, `${long}y`, long].map((id) => message({ id, agentId: id, agentName: "n" }));
  const { report, diagnostics } = skipping(records, JUNE);
  assert.deepEqual([diagnostics.counted, diagnostics.duplicates], [2, 1]);
  assert.deepEqual(new Set(report.data.map(({ agentId }) => agentId)), new Set([long, `${long}y`]));
});

test("a Map has no fields: as a record its kind is unknown, and as a list its entries are arrays", () => {
  const map = new Map(Object.entries(message({})));
  const { other, ...ignored } = skipping([map, new Set([1]), new Date(), /x/]).diagnostics.ignored;
  assert.deepEqual([other, ignored.voiceTurns, ignored.reactions], [4, 0, 0]);
  const { problems } = skipping(map).diagnostics;
  assert.deepEqual(
    problems.map(({ path, severity }) => `${severity} ${path}`),
    ["warning ", "error /0", "error /1"],
  );
});
