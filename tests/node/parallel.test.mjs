/** examples/parallel with worker threads: its parts give the result of one pass. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { agentsPage, generate, Random, render } from "../../tools/generate.mjs";
import { call, JUNE, message } from "../support/faults.mjs";
import { packed, runOrThrow, workspace } from "../support/packed.mjs";

const { UsageAggregator, UsageError } = packed;

const folder = workspace();
cpSync(fileURLToPath(new URL("../../examples/parallel", import.meta.url)), folder, { recursive: true });
const example = (name) => import(pathToFileURL(join(folder, name)).href);
const { countInParallel } = await example("node.mjs");
const { partsOf } = await example("parts.mjs");

/** Every worker thread that was started. */
const started = [];
process.on("worker", (worker) => started.push(worker));

function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function inOnePass(text, query) {
  const usage = new UsageAggregator(query).push(text);
  const answer = { report: usage.report(), diagnostics: usage.diagnostics() };
  usage.free();
  return answer;
}

/** Compares the result of parts with that of one pass. Problems are compared by their code and their place in the file. */
function assertSame(got, expected, what) {
  const place = ({ code, byteOffset, part = 0 }) => ({ code, at: part + byteOffset });
  const outcome = ({ report, diagnostics }) => ({
    report,
    diagnostics: { ...diagnostics, problems: diagnostics.problems.map(place) },
  });
  assert.deepEqual(outcome(got), outcome(expected), what);
}

const options = { records: 50_000, invalid: 40, seed: 11, agents: 30 };
const lines = [...render(generate(options), { format: "ndjson", seed: options.seed })].join("").trimEnd().split("\n");
// Duplicates besides the generator's: the first thousand lines come again in the last part.
const text = [...lines, ...lines.slice(0, 1000)].join("\n");
const path = file("records.ndjson", text);
const query = {
  period: "year",
  tz: "America/New_York",
  now: "2024-06-15T12:00:00Z",
  onInvalid: "skip",
  agents: agentsPage(options).data,
};
const whole = inOnePass(text, query);

for (const workers of [1, 2, 7]) {
  test(`${workers} worker threads count 50,000 records`, async () => {
    const before = started.length;
    assertSame(await countInParallel(path, query, { workers }), whole);
    assert.ok(whole.diagnostics.duplicates > 1000);
    assert.ok(whole.diagnostics.problems.length > 20);
    assert.equal(started.length - before, workers);
    assert.ok(started.every(({ threadId }) => threadId === -1)); // ended
  });
}

test("without dedupe, with agents that can be read once, and with a worker for each core", async () => {
  const once = { ...query, dedupe: false, includeIdle: true };
  const expected = inOnePass(text, once);
  assertSame(await countInParallel(path, { ...once, agents: once.agents.values() }), expected);
});

test("without now, all parts have one current time", async () => {
  const { count } = await example("count.mjs");
  const { answer } = await example("part-worker.mjs");
  const blob = new Blob(["{}\n{}\n{}\n"]);
  const moments = [];
  const before = Date.now();
  const start = (part) => {
    moments.push(part.query.now);
    for (const begun = Date.now(); Date.now() === begun; );
    return { answer: new Promise((resolve) => answer({ postMessage: resolve }, part, () => blob)), end() {} };
  };
  const { diagnostics } = await count(blob, { period: "month" }, 3, start);
  assert.equal(diagnostics.records, 3);
  assert.deepEqual(moments, Array(3).fill(moments[0]));
  assert.ok(before <= moments[0] && moments[0] <= Date.now());
});

test("a cut at the end of each line, also of broken lines, changes nothing", async () => {
  const odd = [
    JSON.stringify(message({ id: "a", body: "\u00fcn\u00ef\u2028c\u00f6d\u00e9" })),
    '{"type":"message",',
    JSON.stringify(message({ id: "a" })),
    '{"id":"an open string',
    "",
    JSON.stringify(call({ id: "b" })),
    JSON.stringify({ data: [message({ id: "a" }), call({ id: "b" })] }),
    "not JSON at all",
    JSON.stringify(message({ id: "c" })),
  ].join("\r\n");
  const skip = { ...JUNE, onInvalid: "skip" };
  const expected = inOnePass(odd, skip);
  assert.equal(expected.diagnostics.counted, 3);
  for (const workers of [2, 3, 4, 5, 8, 40]) {
    const got = await countInParallel(file("odd.ndjson", odd), skip, { workers });
    assertSame(got, expected, `${workers} workers`);
  }
});

test("an empty file starts no worker", async () => {
  const before = started.length;
  assertSame(await countInParallel(file("empty.ndjson", ""), JUNE, { workers: 3 }), inOnePass("", JUNE));
  assert.equal(started.length, before);
});

test("a part that fails rejects with its error, and every worker ends", async () => {
  const before = started.length;
  const good = `${JSON.stringify(message())}\n`;
  const bad = '{"type":"message","receivedAt":7}\n';
  // The last part is short, so that the other parts are not finished.
  const failing = file("failing.ndjson", good.repeat(60_000) + bad + good.repeat(20_000));
  const error = await countInParallel(failing, JUNE, { workers: 4 }).catch((error) => error);
  assert.ok(error instanceof UsageError);
  assert.equal(error.code, "invalid_record");
  assert.match(error.path, /receivedAt$/);
  assert.ok(error.part > 0);
  const place = error.part + error.byteOffset - good.length * 60_000;
  assert.ok(place >= 0 && place < bad.length, `${place} bytes into the record`);
  assert.match(error.message, new RegExp(`line ${error.line}, .*in the part that begins at byte ${error.part}$`));
  assert.equal(started.length - before, 4);
  assert.ok(started.every(({ threadId }) => threadId === -1));
});

test("a wrong query, file or number of workers is an error", async () => {
  const before = started.length;
  await assert.rejects(countInParallel(path, { ...query, tz: "Mars/Olympus" }), { code: "invalid_tz", path: "/tz" });
  await assert.rejects(countInParallel(join(folder, "none.ndjson"), query));
  for (const workers of [0, -1, 1.5, Number.NaN, "two"])
    await assert.rejects(countInParallel(path, query, { workers }), /RangeError: .*workers|RangeError/);
  assert.equal(started.length, before);
});

test("a file that changes meanwhile and a worker that dies are errors", async () => {
  const { count } = await example("count.mjs");
  let ended = 0;
  const end = () => ended++;
  const blob = new Blob(["{}\n{}\n{}\n"]);
  const failing = (part) => ({
    answer: part.start === 0 ? Promise.reject(new Error("died")) : new Promise(() => {}),
    end,
  });
  await assert.rejects(count(blob, JUNE, 3, failing), /died/);
  assert.equal(ended, 3);

  const { answer } = await example("part-worker.mjs");
  const shrunk = (part) => ({
    answer: new Promise((resolve) => answer({ postMessage: resolve }, part, () => new Blob(["{}\n"]))),
    end,
  });
  const error = await count(blob, JUNE, 3, shrunk).catch((error) => error);
  assert.equal(error.name, "RangeError");
  assert.match(error.message, /shrunk to 3 bytes: wanted 6/);
});

test("the README's example for Node runs", async () => {
  const readme = readFileSync(new URL("../../examples/parallel/README.md", import.meta.url), "utf8");
  const code = /^```js\n(.*?)^```/ms.exec(readme)[1];
  file("readme.mjs", code);
  const printed = await runOrThrow(process.execPath, ["readme.mjs"], { cwd: folder });
  assert.ok(printed.trim().endsWith(` ${whole.diagnostics.records}`), printed);
});

/** The texts of the parts, and the number of bytes that were read to find them. */
async function cut(bytes, count) {
  let read = 0;
  const blob = new Blob([bytes]);
  const watched = {
    size: blob.size,
    slice(start, end) {
      const slice = blob.slice(start, end);
      read += slice.size;
      return slice;
    },
  };
  const parts = await partsOf(watched, count);
  let at = 0;
  for (const { start, end } of parts) {
    assert.equal(start, at);
    assert.ok(end > start);
    at = end;
  }
  assert.equal(at, blob.size);
  return { texts: await Promise.all(parts.map(({ start, end }) => blob.slice(start, end).text())), read };
}

test("parts of very short files end at line ends", async () => {
  const texts = async (text, count) => (await cut(text, count)).texts;
  assert.deepEqual(await texts("", 1), []);
  assert.deepEqual(await texts("", 5), []);
  assert.deepEqual(await texts("\n", 2), ["\n"]);
  assert.deepEqual(await texts("a", 3), ["a"]);
  assert.deepEqual(await texts("aaaaaaaa\nb", 4), ["aaaaaaaa\n", "b"]); // a line longer than a part
  assert.deepEqual(await texts("a\nb\nc", 9), ["a\n", "b\n", "c"]); // fewer lines than parts
  assert.deepEqual(await texts("a\nb\nc\nd\n", 2), ["a\nb\n", "c\nd\n"]); // a cut that falls on a line's end
  assert.deepEqual(await texts("aa\r\nbb\r\n", 2), ["aa\r\n", "bb\r\n"]);
  assert.deepEqual(await texts("aaa\r\nbb", 2), ["aaa\r\n", "bb"]); // between CR and LF
  for (const count of [0, -1, 1.5, Number.NaN, Infinity, undefined])
    await assert.rejects(cut("a\nb\n", count), RangeError);
});

test("any text is cut into any number of parts at line ends", async () => {
  const random = new Random(3);
  for (let round = 0; round < 500; round++) {
    const pieces = Array.from({ length: random.below(40) }, () =>
      random.pick(["a", "\u00e9", "\n", "\r\n", "bcdefghij"]),
    );
    const bytes = Buffer.from(pieces.join(""));
    const count = 1 + random.below(12);
    // Each cut is at the first end of a line at or after its share of the file. Equal cuts are one.
    const ends = Array.from({ length: count }, (_, n) => {
      const newline = bytes.indexOf("\n", Math.max(Math.floor((bytes.length * (n + 1)) / count) - 1, 0));
      return newline < 0 ? bytes.length : newline + 1;
    });
    const cuts = [...new Set([0, ...ends])];
    const expected = cuts.slice(1).map((end, n) => bytes.toString("utf8", cuts[n], end));
    assert.deepEqual((await cut(bytes, count)).texts, expected, `${JSON.stringify(pieces.join(""))} in ${count}`);
  }
});

test("finding the parts reads little of any file", async () => {
  const short = `${"x".repeat(99)}\n`.repeat(100_000); // 10 MB
  const { texts, read } = await cut(short, 8);
  assert.deepEqual(
    texts.map(({ length }) => length),
    Array(8).fill(1_250_000),
  );
  assert.ok(read <= 8 * 65_536, `${read}`);

  const long = `${"x".repeat(3_000_000)}\n`;
  const { texts: few, read: more } = await cut(`${long.repeat(3)}y`, 4);
  assert.deepEqual(few, [long, long, long, "y"]);
  assert.ok(more <= 750_000 + 1_500_000 + 2_250_000 + 4 * 65_536, `${more}`); // from each cut to the end of its line
});
