/** Broken JSON text: errors have line and byte, and every readable record counts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { assertThrows, JUNE, message, skipping } from "../../support/faults.mjs";
import { packed } from "../../support/packed.mjs";

const { UsageAggregator, usageByAgent } = packed;
const utf8 = new TextEncoder();
const line = (i) => JSON.stringify(message({ id: `id-${i}`, body: "“é😀”" }));
const bytesOf = (text) => (typeof text === "string" ? utf8.encode(text) : text);

/** Asserts that a text fails at this place, as a whole and in chunks. */
function assertBroken(text, place, what) {
  const expected = { code: "invalid_json", message: /wanted|ends inside|not JSON/, ...place };
  assertThrows(() => usageByAgent(text, JUNE), expected, what);
  const bytes = bytesOf(text);
  assertThrows(() => usageByAgent(bytes, JUNE), expected, what);
  const step = Math.max(1, Math.ceil(bytes.length / 5000)); // at most 5000 chunks
  const usage = new UsageAggregator(JUNE);
  const pieces = () => {
    for (let at = 0; at < bytes.length; at += step) usage.pushBytes(bytes.subarray(at, at + step));
    usage.finish();
  };
  assertThrows(pieces, expected, what);
  usage.free();
}

test("an empty text has no records", () => {
  for (const text of ["", "\n", " \r\n\t\n", "[]", "[ ]\n", '{"data":[]}', '{"data":[],"hasMore":false}\n', "\ufeff"]) {
    for (const input of [text, utf8.encode(text), utf8.encode(text).buffer]) {
      const { report, diagnostics } = skipping(input);
      assert.deepEqual(report.data, [], JSON.stringify(text));
      assert.deepEqual([diagnostics.records, diagnostics.problems], [0, []], JSON.stringify(text));
      assert.deepEqual(usageByAgent(input, JUNE).periodStart, "2024-06-01T00:00:00Z");
    }
  }
});

test("a byte order mark before the first record is ignored", () => {
  assert.equal(skipping(`\ufeff${line(1)}\n${line(2)}`).diagnostics.counted, 2);
});

test("broken JSON in the middle of a file is one invalid record", () => {
  const faults = [
    "{",
    "}",
    "{]",
    '{"a":}',
    '{"a" 1}',
    '{"a":1,}',
    "{'a':1}",
    "nul",
    "NaN",
    "+1",
    "01",
    "1.",
    "\u0001",
    "\\",
    '"\t"',
  ];
  const lines = [line(0), line(1), "", line(3), line(4)];
  for (const fault of faults) {
    lines[2] = fault;
    const text = lines.join("\n");
    const start = utf8.encode(`${lines[0]}\n${lines[1]}\n`).length;
    let thrown;
    const usage = new UsageAggregator(JUNE);
    try {
      usage.push(text);
    } catch (error) {
      thrown = error;
    }
    assert.equal(thrown?.code, "invalid_json", fault);
    assert.equal(thrown.path, "/2", fault);
    // Some errors are found only at the start of the next line.
    const within = thrown.line === 3 ? fault.length : 1;
    assert.ok(thrown.line === 3 || thrown.line === 4, fault);
    const from = thrown.line === 3 ? start : start + fault.length + 1;
    assert.ok(thrown.byteOffset >= from && thrown.byteOffset <= from + within, `${fault}: ${thrown.message}`);
    assert.match(thrown.message, /wanted/);
    assert.equal(usage.diagnostics().counted, 2); // earlier records count
    usage.free();
    assertBroken(text, { path: "/2", line: thrown.line, byteOffset: thrown.byteOffset }, fault);

    const { diagnostics } = skipping(text);
    assert.equal(diagnostics.counted, 4, `${fault}: the lines after it are counted`);
    assert.deepEqual([diagnostics.records, diagnostics.invalid], [5, 1], fault);
    const [problem] = diagnostics.problems;
    const { code, path, line: at, byteOffset, severity } = problem;
    const named = {
      code: "invalid_json",
      path: "/2",
      line: thrown.line,
      byteOffset: thrown.byteOffset,
      severity: "error",
    };
    assert.deepEqual({ code, path, line: at, byteOffset, severity }, named, fault);
  }
});

test("lines that the recovery skips are reported", () => {
  const text = [line(0), "{broken", "  1", "  2", "[3]", line(5)].join("\n");
  const { diagnostics } = skipping(text);
  assert.deepEqual([diagnostics.records, diagnostics.counted, diagnostics.invalid], [3, 2, 1]);
  const [error, warning] = diagnostics.problems;
  assert.deepEqual([error.severity, error.code, error.line], ["error", "invalid_json", 2]);
  assert.deepEqual([warning.severity, warning.code], ["warning", "invalid_json"]);
  assert.equal(warning.message, "after the broken value in line 2, 3 lines were skipped, up to line 5");
  assert.equal(diagnostics.problems.length, 2);
});

test("a truncated text is an error", () => {
  const whole = [line(0), line(1), line(2)].join("\n");
  const bytes = utf8.encode(whole);
  const before = utf8.encode(`${line(0)}\n${line(1)}\n`).length;
  for (let length = before + 1; length < bytes.length; length++) {
    const cut = bytes.subarray(0, length);
    const usage = new UsageAggregator(JUNE);
    assert.throws(() => usage.push(cut), { code: "invalid_json", path: "/2", line: 3, byteOffset: length });
    assert.equal(usage.diagnostics().counted, 2);
    usage.free();
    const { counted, invalid, records } = skipping(cut).diagnostics;
    assert.deepEqual([records, counted, invalid], [3, 2, 1]);
  }
  for (const text of [
    `[${line(0)}`,
    `[${line(0)},`,
    `{"data":[${line(0)}]`,
    `{"data":[${line(0)}`,
    "[",
    '{"data":[',
    '"text',
    "tru",
    "-",
    "1e",
  ]) {
    const byteOffset = utf8.encode(text).length;
    let path;
    assert.throws(
      () => usageByAgent(text, JUNE),
      (error) => {
        path = error.path;
        return error.code === "invalid_json" && error.line === 1 && error.byteOffset === byteOffset;
      },
      text,
    );
    assertBroken(text, { path, line: 1, byteOffset }, text);
    assert.equal(skipping(text).diagnostics.counted, text.includes(line(0)) ? 1 : 0, text);
  }
});

test("finish throws for an unfinished text, and another text may follow a finished one", () => {
  const usage = new UsageAggregator(JUNE);
  usage
    .pushBytes(utf8.encode(line(0)))
    .finish()
    .finish();
  usage
    .pushBytes(utf8.encode(line(1)))
    .pushBytes(new Uint8Array(0))
    .finish();
  assert.equal(usage.diagnostics().counted, 2);
  usage.pushBytes(utf8.encode('{"type":"mess'));
  assertThrows(() => usage.finish(), { code: "invalid_json", path: "/0", line: 1, byteOffset: 13, message: /ends/ });
  assert.equal(usage.diagnostics().counted, 2);
  usage.free();
});

test("a text that failed stays failed", () => {
  const usage = new UsageAggregator(JUNE);
  usage.pushBytes(utf8.encode(`${line(0)}\n${line(1)}\n`));
  let first;
  assert.throws(
    () => usage.pushBytes(utf8.encode(`${line(2)}\n!\n${line(3)}\n`)),
    (error) => {
      first = error;
      return error.code === "invalid_json" && error.line === 4;
    },
  );
  const same = { code: "invalid_json", path: first.path, line: first.line, byteOffset: first.byteOffset };
  assertThrows(() => usage.pushBytes(utf8.encode(`${line(4)}\n`)), same);
  assertThrows(() => usage.finish(), same);
  assert.equal(usage.report().data[0].messages, 3);
  assert.equal(usage.diagnostics().records, 3);
  usage.push([message({ id: "by another door" })]); // a failed text does not prevent other records
  assert.equal(usage.report().data[0].messages, 4);
  usage.free();
});

test("a text that failed stays failed for an empty chunk too", () => {
  const usage = new UsageAggregator(JUNE);
  assert.throws(() => usage.pushBytes(utf8.encode(`{"a"!`)), { code: "invalid_json" });
  assert.throws(() => usage.pushBytes(new Uint8Array(0)), { code: "invalid_json" });
  usage.free();
});

test("a string of ten megabytes is read", () => {
  const long = "x".repeat(10_000_000);
  assert.equal(skipping(JSON.stringify(message({ body: long }))).diagnostics.counted, 1);
  assert.equal(skipping([message({ body: long })]).diagnostics.counted, 1);
  for (const input of [JSON.stringify(long), [long]]) {
    const { counted, invalid } = skipping(input).diagnostics;
    assert.deepEqual([counted, invalid], [0, 1]);
  }
  // A long id, name or status is valid.
  const { report } = skipping(
    JSON.stringify([message({ id: long, agentId: "a", agentName: long }), message({ id: long })]),
  );
  assert.equal(report.data[0].agentName.length, long.length);
  assertBroken(`"${long}`, { path: "/0", line: 1, byteOffset: long.length + 1, message: /ends/ });
  assertBroken(long, { path: "/0", line: 1, byteOffset: 0 });
  const [problem] = skipping([message({ agentId: "a", receivedAt: long })]).diagnostics.problems;
  assert.ok(problem.message.length < 500, "a message shows the beginning of a long text");
});

test("a record longer than the limit is an error and does not exhaust memory", () => {
  const usage = new UsageAggregator({ ...JUNE, onInvalid: "skip" });
  usage.pushBytes(utf8.encode(`${line(0)}\n{"body":"`));
  const megabyte = new Uint8Array(1 << 20).fill(120);
  for (let i = 0; i < 70; i++) usage.pushBytes(megabyte);
  usage.pushBytes(utf8.encode(`"}\n${line(1)}\n`)).finish();
  const { counted, invalid, problems } = usage.diagnostics();
  assert.deepEqual([counted, invalid], [2, 1]);
  assert.match(problems[0].message, /longer than 67108864 bytes, the limit maxRecordBytes/);
  assert.equal(problems[0].line, 2);
  usage.free();
});

test("ten thousand nested brackets are an error", () => {
  const many = 10_000;
  for (const [open, inside, shut] of [
    ["[", "", "]"],
    ['{"a":', "1", "}"],
    ['{"data":[', "", "]}"],
    ['[{"data":', "1", "}]"],
  ]) {
    const deep = open.repeat(many) + inside + shut.repeat(many);
    for (const text of [deep, open.repeat(many), `{"type":"message","body":${deep}}`]) {
      assert.throws(() => usageByAgent(`${text}\n${line(0)}`, JUNE), { name: "UsageError", line: 1 }, open);
      const { records, invalid, counted } = skipping(`${line(0)}\n${text}`).diagnostics;
      assert.deepEqual([counted, invalid], [1, records - 1], open);
    }
  }
});

test("a value that is nested too deep does not affect the next lines", () => {
  for (const [open, shut] of [
    ["[", "]"],
    ['{"a":[', "]}"],
    ['{"data":[', "]}"],
    ['[{"data":[', "]}]"],
  ]) {
    const text = `${open.repeat(200)}${shut.repeat(200)}\n${line(1)}\n${line(2)}\n${line(3)}`;
    const { records, invalid, counted } = skipping(text).diagnostics;
    assert.deepEqual([records, counted, invalid], [4, 3, 1], open);
  }
});

test("an error inside a page or an array on one line is one invalid record", () => {
  for (const [open, shut] of [
    ['{"data":[', "]}"],
    ["[", "]"],
    ['{"data":[{"data":[', "]}]}"],
  ]) {
    const text = `${line(0)}\n${open}${line(1)},{broken},${line(2)}${shut}\n${line(3)}\n${line(4)}\n${line(5)}\n`;
    const { records, invalid, counted, problems } = skipping(text).diagnostics;
    const errors = problems.filter(({ severity }) => severity === "error");
    assert.deepEqual([records, counted, invalid, errors.length], [6, 5, 1, 1], open);
  }
});

test("an error in an array with a record on each line is one invalid record", () => {
  const text = `[\n${line(1)},\n{broken},\n${line(3)},\n${line(4)}\n]\n${line(6)}\n`;
  const { records, invalid, counted } = skipping(text).diagnostics;
  assert.deepEqual([records, counted, invalid], [5, 4, 1]);
});

test("values are read up to the depth limit and not beyond", () => {
  const record = (depth) =>
    `{"type":"message","receivedAt":"${JUNE.now}","x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  for (const depth of [2, 64, 127]) assert.equal(skipping(record(depth)).diagnostics.counted, 1, `depth ${depth}`);
  for (const depth of [128, 200]) {
    assert.throws(
      () => usageByAgent(record(depth), JUNE),
      { code: "invalid_json", path: "/0", line: 1 },
      `depth ${depth}`,
    );
  }
});

test("a lone surrogate in text is an error", () => {
  const alone = "\ud800";
  for (const field of ["agentId", "body"]) {
    // Unescaped in a string: UTF-8 can't encode it, so the text is not JSON, whatever the field.
    const text = `${line(0)}\n{"type":"message","receivedAt":"${JUNE.now}","${field}":"é${alone}!"}\n${line(2)}`;
    const [before, after] = text.split(alone);
    const place = { path: "/1", line: 2, byteOffset: utf8.encode(before).length };
    // As the invalid bytes that some programs write for it.
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(after)]);
    for (const input of [text, bytes]) {
      assertThrows(() => usageByAgent(input, JUNE), { code: "invalid_json", ...place, message: /UTF-8/ }, field);
      assert.equal(skipping(input).diagnostics.counted, 2);
    }
  }
  // Escaped: the text is JSON, and the string is invalid if its field is read.
  const escaped = (field) => `${line(0)}\n{"type":"message","receivedAt":"${JUNE.now}","${field}":"\\ud83d"}`;
  const expected = { code: "invalid_record", path: "/1/agentId", line: 2, byteOffset: utf8.encode(line(0)).length + 1 };
  assertThrows(() => usageByAgent(escaped("agentId"), JUNE), { ...expected, message: /surrogate/ });
  assert.equal(skipping(escaped("body")).diagnostics.counted, 2);
});

test("bytes that are not UTF-8 are an error", () => {
  const cases = {
    "a lone continuation byte": [0x80],
    "cut short": [0xe2, 0x82],
    overlong: [0xc0, 0xaf],
    "beyond U+10FFFF": [0xf5, 0x80, 0x80, 0x80],
    latin1: [0xe9],
  };
  for (const [what, bad] of Object.entries(cases)) {
    const head = `{"type":"message","receivedAt":"${JUNE.now}","body":"`;
    const text = Buffer.concat([Buffer.from(`${line(0)}\n${head}`), Buffer.from(bad), Buffer.from(`"}\n${line(2)}\n`)]);
    const usage = new UsageAggregator(JUNE);
    assert.throws(() => usage.push(text), { code: "invalid_json", path: "/1", line: 2 }, what);
    assert.equal(usage.diagnostics().counted, 1);
    usage.free();
    assert.equal(skipping(text).diagnostics.counted, 2, what);
  }
});

test("compressed or UTF-16 bytes as text are an error", () => {
  const text = `${line(0)}\n${line(1)}\n`;
  assertBroken(gzipSync(text), { path: "/0", line: 1, byteOffset: 0 });
  assertBroken(Buffer.from(`\ufeff${text}`, "utf16le"), { path: "/0", line: 1, byteOffset: 0 });
  assertBroken(Buffer.from(text, "utf16le"), { path: "/0", line: 1, byteOffset: 1 });
  const zip = Buffer.from("PK\u0003\u0004");
  assertBroken(zip, { path: "/0", line: 1, byteOffset: 0 });
  assertBroken("<!doctype html><title>Sign in</title>", { path: "/0", line: 1, byteOffset: 0 });
  assertBroken("id,agentId,startedAt\n1,a,2024", { path: "/0", line: 1, byteOffset: 0 });
});
