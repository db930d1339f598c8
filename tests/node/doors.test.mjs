/** The same records give the same answer through every door, and it is the oracle's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { agentsPage, FORMATS, generate, invalidKinds, Random, render } from "../../tools/generate.mjs";
import { report as oracle } from "../../tools/oracle.mjs";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, usageByAgent, usageByAgentStream } = packed;
const utf8 = new TextEncoder();

/** Records in every form, and what the oracle makes of them. */
function prepare(options, query) {
  const generated = [...generate(options)];
  const values = generated.map(({ value }) => value);
  const question = { agents: agentsPage(options), onInvalid: "skip", ...query };
  const text = Object.fromEntries(FORMATS.map((format) => [format, [...render(generated, { format })].join("")]));
  return { values, text, query: question, expected: oracle(values, question) };
}

const large = prepare(
  { records: 100_000, invalid: 90, seed: 11, transcripts: { share: 0.001 } },
  { period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z", includeIdle: true },
);
const small = prepare(
  { records: 1500, invalid: 90, seed: 12, transcripts: { share: 0 }, multiline: true },
  { period: "year", tz: "Asia/Kolkata", now: "2024-06-15T12:00:00Z", boundsAs: "wall-clock" },
);

/** A pointer into a text of some format, as the same pointer into the list of its values. */
function pathInValues(format, path) {
  if (format === "page") return path.replace(/^\/data/, "");
  // An array is no record; as a value of its own it stands for its items, of which the generator gives it one.
  if (format === "ndjson" || format === "concatenated") return path.replace(/^(\/\d+)\/0$/, "$1");
  return path;
}

/** What a door gives is what the oracle gives, to the order of the keys. */
function assertExpected(report, { expected }) {
  assert.equal(JSON.stringify(report), JSON.stringify(expected.report));
}

function assertDiagnosed(told, { expected }, format) {
  const { problems, ...counts } = told;
  const { problems: expectedProblems, ...expectedCounts } = expected.diagnostics;
  assert.deepEqual(counts, expectedCounts);
  const places = problems.map(({ path, code }) => ({ path: pathInValues(format, path), code }));
  assert.deepEqual(places, expectedProblems);
  for (const { severity, message, line, byteOffset } of problems) {
    assert.equal(severity, "error");
    assert.match(message, /wanted/);
    assert.equal(typeof line, format === "values" ? "undefined" : "number");
    assert.equal(typeof byteOffset, format === "values" ? "undefined" : "number");
  }
}

/** Every record is in one place, and every row's numbers are in the totals. */
function assertConserved(diagnostics, { data }) {
  const { voiceTurns, reactions, other, notCompleted } = diagnostics.ignored;
  const open = Object.values(notCompleted).reduce((sum, count) => sum + count, 0);
  const { records, counted, outsidePeriod, duplicates, invalid, totals } = diagnostics;
  assert.equal(records, counted + outsidePeriod + duplicates + voiceTurns + reactions + other + open + invalid);
  for (const field of ["messages", "calls", "totalSeconds"]) {
    assert.equal(
      totals[field],
      data.reduce((sum, row) => sum + row[field], 0),
    );
  }
  assert.equal(counted, totals.messages + totals.calls);
}

/** What feeding an aggregator gives. */
function assertCounts(set, format, feed) {
  const usage = new UsageAggregator(set.query);
  try {
    feed(usage);
    const report = usage.report();
    assertExpected(report, set);
    const diagnostics = usage.diagnostics();
    assertDiagnosed(diagnostics, set, format);
    assertConserved(diagnostics, report);
  } finally {
    usage.free();
  }
}

/** The bytes in pieces of any length, none too. */
function* cut(bytes, seed, most) {
  const random = new Random(seed);
  for (let at = 0; at < bytes.length; ) {
    const length = random.below(random.chance(0.5) ? most : 16);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

test("the set has something of everything", () => {
  for (const { expected } of [large, small]) {
    const { counted, outsidePeriod, duplicates, invalid, ignored, problems } = expected.diagnostics;
    for (const count of [counted, outsidePeriod, duplicates, ignored.voiceTurns, ignored.reactions, ignored.other]) {
      assert.ok(count > 0);
    }
    assert.equal(invalid, 90);
    assert.equal(problems.length, 90);
    assert.ok(expected.report.data.length > 20);
    assertConserved(expected.diagnostics, expected.report);
  }
});

for (const [name, set] of [
  ["100,000 records", large],
  ["1,500 records on lines of any number", small],
]) {
  test(`${name} as objects`, () => {
    assertCounts(set, "values", (usage) => usage.push(set.values));
    assertExpected(usageByAgent(set.values, set.query), set);
    assertExpected(usageByAgent(new Set(set.values).values(), set.query), {
      expected: oracle(new Set(set.values), set.query),
    });
  });

  for (const format of FORMATS) {
    test(`${name} as text, ${format}`, () => {
      const text = set.text[format];
      const bytes = utf8.encode(text);
      assertCounts(set, format, (usage) => usage.push(text));
      assertCounts(set, format, (usage) => usage.push(bytes));
      assertExpected(usageByAgent(bytes.buffer, set.query), set);
      if (set === large) return; // each takes most of a second
      assertExpected(usageByAgent(text, set.query), set);
      assertExpected(usageByAgent(bytes, set.query), set);
    });

    test(`${name} in pieces, ${format}`, () => {
      const bytes = utf8.encode(set.text[format]);
      for (const [seed, most] of set === large
        ? [[1, 400_000]]
        : [
            [1, 40],
            [2, 3000],
            [3, 2],
          ]) {
        assertCounts(set, format, (usage) => {
          for (const piece of cut(bytes, seed, most)) usage.pushBytes(piece);
          usage.finish();
        });
      }
    });

    test(`${name} as streams, ${format}`, async () => {
      const bytes = utf8.encode(set.text[format]);
      const pieces = () => cut(bytes, 4, set === large ? 200_000 : 2000);
      const iterable = {
        [Symbol.asyncIterator]: async function* () {
          yield* pieces();
        },
      };
      const sources = {
        ReadableStream: () => ReadableStream.from(pieces()),
        Response: () => new Response(bytes),
        Blob: () => new Blob([bytes]),
        "async iterable": () => iterable,
        "async generator": () => iterable[Symbol.asyncIterator](),
      };
      const kinds = Object.keys(sources);
      for (const kind of set === large ? [kinds[FORMATS.indexOf(format)]] : kinds) {
        const report = await usageByAgentStream(sources[kind](), set.query);
        assert.equal(JSON.stringify(report), JSON.stringify(set.expected.report), kind);
      }
    });
  }
}

test("a byte at a time", () => {
  for (const format of FORMATS) {
    const bytes = utf8.encode(small.text[format]);
    assertCounts(small, format, (usage) => {
      for (let at = 0; at < bytes.length; at++) usage.pushBytes(bytes.subarray(at, at + 1));
      usage.finish();
    });
  }
});

test("a stream reports its progress", async () => {
  const bytes = utf8.encode(small.text.ndjson);
  const told = [];
  const onProgress = (read) => told.push(read);
  await usageByAgentStream(ReadableStream.from(cut(bytes, 5, 5000)), { ...small.query, onProgress });
  assert.ok(told.length > 10);
  assert.deepEqual(
    told,
    [...told].sort((a, b) => a - b),
  );
  assert.equal(told.at(-1), bytes.length);
});

test("parts pushed through different doors add up", () => {
  const half = small.values.length >> 1;
  const usage = new UsageAggregator(small.query);
  usage.push(small.values.slice(0, half));
  usage.push(JSON.stringify(small.values.slice(half)));
  assertExpected(usage.report(), small);
  const { problems, ...counts } = usage.diagnostics();
  const { problems: expected, ...expectedCounts } = small.expected.diagnostics;
  assert.deepEqual(counts, expectedCounts);
  assert.equal(problems.length, expected.length);
  usage.free();
});

test("the same records in another order give the same report", () => {
  const random = new Random(6);
  const shuffled = [...small.values];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  // Of two records with one id the first counts; the generator's copies differ in their status only.
  assertExpected(usageByAgent(shuffled, small.query), { expected: oracle(shuffled, small.query) });
});

test("line and byte of a problem are where its record is", () => {
  for (const format of FORMATS) {
    const bytes = Buffer.from(small.text[format]);
    const usage = new UsageAggregator(small.query);
    usage.push(bytes);
    for (const { path, line, byteOffset } of usage.diagnostics().problems) {
      const index = Number(pathInValues(format, path).split("/")[1]);
      const value = small.values[index];
      assert.equal(line, bytes.subarray(0, byteOffset).toString().split("\n").length, path);
      // The text at the offset is the record: it is as long as the shortest start of it that parses to it.
      const rest = bytes.subarray(byteOffset, byteOffset + 4000).toString();
      const ends = [...rest.matchAll(/[}\]"0-9el]/g)].map(({ index }) => index + 1);
      const inner = Array.isArray(value) && format !== "array" && format !== "page" ? value[0] : value;
      const found = ends.some((end) => parsesTo(rest.slice(0, end), inner));
      assert.ok(found, `${format} ${path}: ${rest.slice(0, 80)}`);
    }
    usage.free();
  }
});

function parsesTo(text, value) {
  try {
    assert.deepEqual(JSON.parse(text), value);
    return true;
  } catch {
    return false;
  }
}

test("every kind of invalid record is one through every door, at the same place", () => {
  const query = { period: "year", now: "2024-06-15T12:00:00Z", onInvalid: "skip" };
  const time = "2024-06-15T12:00:00Z";
  const fine = { type: "message", receivedAt: time };
  for (const [kind, make] of invalidKinds) {
    const values = [fine, make("id", time), fine];
    const expected = oracle(values, query).diagnostics.problems;
    const isJson = !kind.endsWith("infinite"); // which JSON can't say
    const doors = [
      ["values", values],
      ["page", { data: values }],
    ];
    if (isJson) {
      const texts = values.map((value) => JSON.stringify(value));
      doors.push(["array", JSON.stringify(values)], ["page", JSON.stringify({ data: values })]);
      doors.push(["ndjson", texts.join("\n")], ["concatenated", texts.join(" ")]);
    }
    for (const [format, records] of doors) {
      const usage = new UsageAggregator(query).push(records);
      const { invalid, counted, problems } = usage.diagnostics();
      usage.free();
      assert.deepEqual([invalid, counted], [1, 2], `${kind}, ${format}`);
      const places = problems.map(({ path, code }) => ({ path: pathInValues(format, path), code }));
      assert.deepEqual(places, expected, `${kind}, ${format}`);
    }
  }
});
