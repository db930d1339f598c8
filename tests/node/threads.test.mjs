/** A Blob that several threads count gives what one thread gives, to the last byte. */
import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { UsageAggregator, UsageRollup, usageByAgentStream } from "usage-by-agent";
import { threads } from "usage-by-agent/threads";
import { FORMATS, generate, Random, render } from "../../tools/generate.mjs";
import { END, START, textOf } from "../support/odd-lines.mjs";
import { run, write } from "../support/packed.mjs";

const QUERY = { period: "year", tz: "Europe/Paris", now: "2024-06-15T12:00:00Z" };

/** Threads that also take small parts, and how many parts they have counted. */
function small(count, part = 500, ahead = 2) {
  const inner = threads(count, {}, { large: 0, part, firstPart: 1, longestFirstPart: 1 << 20, ahead });
  const own = {
    count,
    merged: 0,
    read: (reading) => {
      const { pushBytes, mergePart } = reading.usage;
      const counted = (given) => {
        const isMerged = mergePart(given);
        own.merged += Number(isMerged);
        return isMerged;
      };
      return inner.read({ ...reading, usage: { pushBytes, mergePart: counted } });
    },
  };
  return own;
}

/** Everything that can be seen of reading a Blob. */
async function outcomeOf(source, make, options = {}) {
  const counts = make();
  const progress = [];
  let error;
  try {
    await counts.pushStream(source, { onProgress: (bytes) => progress.push(bytes), ...options });
  } catch (thrown) {
    const { name, code, message, path, line, byteOffset } = thrown;
    error = { name, code, message, path, line, byteOffset };
  }
  const report = "report" in counts ? counts.report() : counts.breakdown({ by: ["agent", "number", "channel"] });
  const outcome = { error, report, diagnostics: counts.diagnostics(), snapshot: Buffer.from(counts.snapshot()) };
  counts.free();
  assert.deepEqual(
    progress,
    progress.toSorted((a, b) => a - b),
  );
  return { ...outcome, read: error === undefined ? progress.at(-1) : undefined };
}

/** Asserts that threads give the outcome of one thread. Returns how many parts they counted. */
async function compared(source, make, own, options, what) {
  const once = await outcomeOf(source, make, options);
  const together = await outcomeOf(source, make, { ...options, threads: own });
  assert.deepEqual(together, once, what);
  return own.merged;
}

test("odd lines, wherever a part ends, give the outcome of one thread", async () => {
  let merged = 0;
  for (let seed = 0; seed < 24; seed++) {
    const blob = new Blob([textOf(seed)]);
    const random = new Random(seed, 95);
    for (const onInvalid of ["skip", "throw"]) {
      const dedupe = random.chance(0.7);
      const defaults = random.chance(0.5) ? { agentId: "d", agentName: "Default", channel: "sms" } : {};
      const make = random.chance(0.5)
        ? () => new UsageAggregator({ ...QUERY, onInvalid, dedupe })
        : () => new UsageRollup({ onInvalid, dedupe });
      const own = small(2 + random.below(3), 1 + random.below(9000), 1 + random.below(3));
      merged += await compared(blob, make, own, { defaults }, `${seed} ${onInvalid}`);
    }
  }
  assert.ok(merged > 200, `${merged} parts`);
});

test("texts in every format, and gzip data, give the outcome of one thread", async () => {
  const options = { records: 300, invalid: 3, seed: 3, agents: 9, start: START, end: END };
  const values = [...generate({ ...options, multiline: true })];
  const texts = FORMATS.map((format) => [...render(values, { format, seed: 3 })].join(""));
  for (const text of [...texts, "", "\n", "x\n".repeat(900), '{"note":1}\n'.repeat(500)]) {
    for (const onInvalid of ["skip", "throw"]) {
      await compared(new Blob([text]), () => new UsageRollup({ onInvalid }), small(3), {}, text.slice(0, 40));
      const zipped = new Blob([gzipSync(text)]);
      assert.equal(await compared(zipped, () => new UsageRollup({ onInvalid }), small(3), {}, "gzip"), 0);
    }
  }
});

test("limits of memory, of records and of statuses hold as with one thread", async () => {
  const lines = Array.from({ length: 3000 }, (_, n) => {
    const body = n % 500 === 499 ? "x".repeat(3000) : "";
    return JSON.stringify({ id: `m${n}`, agentId: `a${n}`, receivedAt: "2024-06-02T09:00:00Z", body });
  });
  const calls = Array.from({ length: 900 }, (_, n) =>
    JSON.stringify({ id: `c${n}`, status: `status ${n % 40}`, startedAt: "2024-06-02T09:00:00Z" }),
  );
  const blob = new Blob([[...lines, ...calls].join("\n")]);
  for (const limits of [{ maxMemoryBytes: 1 << 17 }, { maxRecordBytes: 1024 }, { maxStatuses: 7 }]) {
    for (const onInvalid of ["skip", "throw"]) {
      const make = () => new UsageAggregator({ ...QUERY, ...limits, onInvalid });
      await compared(blob, make, small(3, 4000), {}, JSON.stringify(limits));
    }
  }
});

test("threads that end at any moment change nothing", async () => {
  const { postMessage } = Worker.prototype;
  const random = new Random(1, 96);
  let ended = 0;
  Worker.prototype.postMessage = function (...given) {
    if (random.chance(0.2)) {
      ended++;
      void this.terminate();
    }
    if (random.chance(0.05)) throw new Error("the thread can't be told by the test");
    return postMessage.apply(this, given);
  };
  try {
    for (let seed = 0; seed < 12; seed++) {
      const own = small(4, 2000, 3);
      await compared(new Blob([textOf(seed)]), () => new UsageRollup({ onInvalid: "skip" }), own, {}, String(seed));
    }
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
  assert.ok(ended > 10);
});

test("a Blob of a file is counted by threads", async () => {
  const path = join(write({ "records.ndjson": textOf(4) }), "records.ndjson");
  const own = small(3);
  const blob = await openAsBlob(path);
  assert.ok((await compared(blob, () => new UsageRollup({ onInvalid: "skip" }), own, {}, "a file")) > 5);
});

test("an aborted reading ends, and the counter can be used", async () => {
  const blob = new Blob([textOf(4), "\n", textOf(8), "\n", textOf(12)]);
  for (let after = 0; after < 12; after++) {
    const controller = new AbortController();
    const rollup = new UsageRollup({ onInvalid: "skip" });
    let chunks = 0;
    const onProgress = () => {
      if (chunks++ === after) controller.abort("the test");
    };
    if (after === 0) setTimeout(() => controller.abort("the test"), 20);
    const reading = rollup.pushStream(blob, { signal: controller.signal, onProgress, threads: small(3, 900) });
    await assert.rejects(reading, { name: "UsageError", code: "aborted", cause: "the test" });
    const { counted } = rollup.diagnostics();
    rollup.push({ id: "after", receivedAt: "2024-06-02T09:00:00Z" });
    assert.equal(rollup.diagnostics().counted, counted + 1);
    rollup.free();
  }
});

test("what onProgress throws comes through", async () => {
  const failure = new Error("of the test");
  const onProgress = () => {
    throw failure;
  };
  const reading = usageByAgentStream(new Blob([textOf(4)]), { ...QUERY, threads: small(3), onProgress });
  await assert.rejects(reading, (error) => error === failure);
});

test("a counter that has begun a text counts a Blob beside it", async () => {
  const rollup = new UsageRollup({ onInvalid: "skip" });
  rollup.pushBytes(Buffer.from('{"id":"open","receivedAt":"2024-06-02T0'));
  await rollup.pushStream(new Blob([textOf(4)]), { threads: small(3) });
  const { counted } = rollup.diagnostics();
  rollup.pushBytes(Buffer.from('9:00:00Z"}')).finish();
  assert.equal(rollup.diagnostics().counted, counted + 1);
  rollup.free();
});

test("a number of threads that can't be is an error", async () => {
  for (const count of [0, 65, 1.5, -1, Number.NaN, "2", "all", null, {}, true]) {
    assert.throws(
      () => threads(count),
      { name: "UsageError", code: "invalid_option", path: "/threads" },
      String(count),
    );
  }
  assert.equal(threads(3).count, 3);
  assert.ok(threads().count >= 1 && threads("auto").count === threads().count);
  for (const wrong of [2, "auto", {}, () => 2]) {
    const reading = usageByAgentStream(new Blob([""]), { ...QUERY, threads: wrong });
    await assert.rejects(reading, { code: "invalid_option", path: "/threads" });
  }
});

test("a program ends by itself after threads have counted, and after an error", async () => {
  const program = (more) => `
    import { usageByAgentStream } from "usage-by-agent";
    import { threads } from "usage-by-agent/threads";
    const line = '{"id":"m1","receivedAt":"2024-06-02T09:00:00Z"}\\n';
    const file = new Blob([line.repeat(800_000), ${more}]);
    const query = { period: "month", now: "2024-06-15T12:00:00Z", threads: threads(3) };
    console.log(await usageByAgentStream(file, query).then(({ data }) => data[0].messages, ({ code }) => code));
  `;
  const commonJs = (text) =>
    text
      .replace(/import (.*) from (.*);/g, "const $1 = require($2);")
      .replace("console.log(await ", "void (")
      .replace(/\);\s*$/, ".then(console.log));");
  const cwd = write({
    "good.mjs": program('""'),
    "bad.mjs": program("'{'"),
    "good.cjs": commonJs(program('""')),
  });
  for (const [name, printed] of Object.entries({ "good.mjs": "1", "bad.mjs": "invalid_json", "good.cjs": "1" })) {
    const { stdout, status } = await run(process.execPath, [name], { cwd, timeout: 120_000 });
    assert.deepEqual({ stdout: stdout.trim(), status }, { stdout: printed, status: 0 });
  }
});
