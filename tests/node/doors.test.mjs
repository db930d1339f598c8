/** Records give the oracle's report through every function and in every form. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { agentsPage, FORMATS, generate, invalidKinds, Random, render } from "../../tools/generate.mjs";
import { report as oracle } from "../../tools/oracle.mjs";
import { assertPlaced, assertSums } from "../support/conserved.mjs";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, usageByAgent, usageByAgentStream } = packed;
const utf8 = new TextEncoder();

/** Records in every form, with the oracle's report. */
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

/** Turns a pointer into a text of some format into a pointer into the list of its values. */
function pathInValues(format, path) {
  if (format === "page") return path.replace(/^\/data/, "");
  // A top-level array counts as its items. The generator's arrays have one item.
  if (format === "ndjson" || format === "concatenated") return path.replace(/^(\/\d+)\/0$/, "$1");
  return path;
}

/** Asserts that a report equals the oracle's, including the order of keys. */
function assertExpected(report, { expected }) {
  assert.equal(JSON.stringify(report), JSON.stringify(expected.report));
}

/** What is wrong with records. Warnings stand before it. */
const errorsOf = ({ problems }) => problems.filter(({ severity }) => severity === "error");

function assertDiagnosed(reported, { expected }, format) {
  const { problems: _, ...counts } = reported;
  const problems = errorsOf(reported);
  const { problems: expectedProblems, ...expectedCounts } = expected.diagnostics;
  assert.deepEqual(counts, expectedCounts);
  const places = problems.map(({ path, code }) => ({ path: pathInValues(format, path), code }));
  assert.deepEqual(places, expectedProblems);
  for (const { message, line, byteOffset } of problems) {
    assert.match(message, /wanted/);
    assert.equal(typeof line, format === "values" ? "undefined" : "number");
    assert.equal(typeof byteOffset, format === "values" ? "undefined" : "number");
  }
}

/** Asserts that every record is counted once, and that the totals are the sums of the rows. */
function assertConserved(diagnostics, report) {
  assertPlaced(diagnostics);
  assertSums(report, diagnostics);
}

/** The report and the diagnostics of an aggregator after `feed`. */
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

/** The bytes in chunks of any length, also of length 0. */
function* cut(bytes, seed, most) {
  const random = new Random(seed);
  for (let at = 0; at < bytes.length; ) {
    const length = random.below(random.chance(0.5) ? most : 16);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

test("the test data has every kind of record", () => {
  for (const { expected } of [large, small]) {
    const { counted, outsidePeriod, duplicates, invalid, ignored, problems } = expected.diagnostics;
    const { notCompleted, ...others } = ignored;
    for (const count of [counted, outsidePeriod, duplicates, ...Object.values(others)]) assert.ok(count > 0);
    assert.ok(Object.keys(notCompleted).length > 5);
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
  test(`${name} give the oracle's report as objects`, () => {
    assertCounts(set, "values", (usage) => usage.push(set.values));
    assertExpected(usageByAgent(set.values, set.query), set);
    assertExpected(usageByAgent(new Set(set.values).values(), set.query), {
      expected: oracle(new Set(set.values), set.query),
    });
  });

  for (const format of FORMATS) {
    test(`${name} give the oracle's report as ${format} text`, () => {
      const text = set.text[format];
      const bytes = utf8.encode(text);
      assertCounts(set, format, (usage) => usage.push(text));
      assertCounts(set, format, (usage) => usage.push(bytes));
      assertExpected(usageByAgent(bytes.buffer, set.query), set);
      if (set === large) return; // each format takes nearly a second
      assertExpected(usageByAgent(text, set.query), set);
      assertExpected(usageByAgent(bytes, set.query), set);
    });

    test(`${name} give the oracle's report as ${format} in chunks`, () => {
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

    test(`${name} give the oracle's report as ${format} streams`, async () => {
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

test("single bytes give the report of the whole text", () => {
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
  const reported = [];
  const onProgress = (read) => reported.push(read);
  await usageByAgentStream(ReadableStream.from(cut(bytes, 5, 5000)), { ...small.query, onProgress });
  assert.ok(reported.length > 10);
  assert.deepEqual(
    reported,
    [...reported].sort((a, b) => a - b),
  );
  assert.equal(reported.at(-1), bytes.length);
});

test("parts pushed in different forms add up", () => {
  const half = small.values.length >> 1;
  const usage = new UsageAggregator(small.query);
  usage.push(small.values.slice(0, half));
  usage.push(JSON.stringify(small.values.slice(half)));
  assertExpected(usage.report(), small);
  const diagnostics = usage.diagnostics();
  const { problems: _, ...counts } = diagnostics;
  const { problems: expected, ...expectedCounts } = small.expected.diagnostics;
  assert.deepEqual(counts, expectedCounts);
  assert.equal(errorsOf(diagnostics).length, expected.length);
  usage.free();
});

test("the order of records does not change the report", () => {
  const random = new Random(6);
  const shuffled = [...small.values];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  // One of two records with one id counts. The generator's copies differ only in their status.
  assertExpected(usageByAgent(shuffled, small.query), { expected: oracle(shuffled, small.query) });
});

test("the line and the byte of a problem are those of its record", () => {
  for (const format of FORMATS) {
    const bytes = Buffer.from(small.text[format]);
    const usage = new UsageAggregator(small.query);
    usage.push(bytes);
    for (const { path, line, byteOffset } of errorsOf(usage.diagnostics())) {
      const index = Number(pathInValues(format, path).split("/")[1]);
      const value = small.values[index];
      assert.equal(line, bytes.subarray(0, byteOffset).toString().split("\n").length, path);
      // The record begins at the offset and ends at the first place where its text parses.
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

test("every kind of invalid record is invalid in every form, at one place", () => {
  const query = { period: "year", now: "2024-06-15T12:00:00Z", onInvalid: "skip" };
  const time = "2024-06-15T12:00:00Z";
  const fine = { type: "message", receivedAt: time };
  for (const [kind, make] of invalidKinds) {
    const values = [fine, make("id", time), fine];
    const expected = oracle(values, query).diagnostics.problems;
    const isJson = !kind.endsWith("infinite"); // JSON has no infinity
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
