/** The module's memory: it is freed after use and after errors, and does not grow with a stream. */
import "../support/no-finalizers.mjs";
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { JUNE, message } from "../support/faults.mjs";
import { moduleBytes } from "../support/module-memory.mjs";
import { installed, packed, runModule } from "../support/packed.mjs";

const {
  inferConvention,
  periodBounds,
  UsageAggregator,
  UsageRollup,
  usageByAgent,
  usageByAgentStream,
  validateResponse,
} = packed;
const utf8 = new TextEncoder();

periodBounds(JUNE); // the first call loads the module
const size = moduleBytes;
const MEMORY = `import { moduleBytes } from ${JSON.stringify(new URL("../support/module-memory.mjs", import.meta.url).href)};`;

const records = Array.from({ length: 500 }, (_, i) => message({ id: `id-${i}`, agentId: `agent-${i % 50}` }));
const bytes = utf8.encode(records.map((record) => JSON.stringify(record)).join("\n"));
const long = "x".repeat(10_000); // memory that has this text and is not freed shows after a few hundred times
const attempt = (run) => {
  try {
    run();
  } catch {
    // every value is used
  }
};

/** Asserts that memory does not grow after the first few times. */
async function assertSteady(times, run) {
  for (let i = 0; i < 5; i++) await run(i);
  const before = size();
  for (let i = 0; i < times; i++) await run(i);
  assert.equal(size(), before);
}

test("memory that is not freed is found", () => {
  const before = size();
  const kept = Array.from({ length: 200 }, () => new UsageAggregator(JUNE).push(records));
  assert.ok(size() > before + 2_000_000);
  for (const usage of kept) usage.free();
});

test("a thousand aggregators, one after another, free their memory", () =>
  assertSteady(1000, () => {
    const usage = new UsageAggregator({ ...JUNE, agents: [{ id: "a", name: long }] });
    usage.push(records, { agentId: "a", agentName: long });
    usage.push(JSON.stringify(message({ id: long })));
    usage.pushBytes(bytes.subarray(0, 5000));
    attempt(() => usage.finish());
    usage.report();
    usage.diagnostics();
    usage.free();
  }));

test("a thousand rollups, merged and restored, free their memory", () => {
  const part = new UsageRollup().push(records).snapshot();
  return assertSteady(1000, () => {
    const rollup = new UsageRollup({ agents: [{ id: "a", name: long }] }).push(records).merge(part);
    rollup.merge(rollup);
    attempt(() => rollup.merge(part.subarray(1)));
    rollup.byAgent(JUNE);
    rollup.byNumber();
    rollup.breakdown({ by: ["agent", "hour"], step: "day" });
    attempt(() =>
      rollup.breakdown({ by: ["agent"], step: "day", from: "2023-01-01", to: "2025-01-01", tz: "Europe/Dublin" }),
    );
    rollup.daily();
    rollup.usage({ account: { plan: { name: long }, numbers: { used: 0, limit: 0, remaining: 0 } } });
    rollup.free();
  });
});

test("a handler frees its memory after valid and invalid records", async () => {
  const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);
  const source = (request) => {
    const kind = request.headers.get("x-kind");
    if (kind === "objects") return records;
    if (kind === "bad") return [...records, message({ receivedAt: long })];
    return new Response(kind === "stream" ? bytes : bytes.subarray(0, -1)).body;
  };
  const handler = createUsageHandler({ records: (_window, request) => source(request), authorize: () => true });
  await assertSteady(100, async () => {
    for (const path of ["by-agent?period=week", "daily", "monthly", "by-number"]) {
      for (const [kind, status] of Object.entries({ objects: 200, bad: 500, stream: 200, open: 500 })) {
        const headers = { authorization: "Bearer x", "x-kind": kind };
        const response = await handler(new Request(`https://edge.example/v1/usage/${path}`, { headers }));
        assert.equal(response.status, status, `${path} ${kind}`);
      }
    }
  });
});

test("an unfinished text is freed", () =>
  assertSteady(1000, () => {
    const usage = new UsageAggregator(JUNE);
    usage.pushBytes(utf8.encode(`{"id":"${long}`));
    usage.free();
  }));

test("defaults are freed, also invalid ones", () =>
  assertSteady(1000, () => {
    const usage = new UsageAggregator(JUNE);
    usage.push([], { agentId: long, agentName: long });
    attempt(() => usage.push([5], { agentId: long, agentName: long }));
    attempt(() => usage.push("!", { agentId: long, agentName: long }));
    attempt(() => usage.push(5, { agentId: long, agentName: long }));
    usage.free();
  }));

test("functions without free() use no more memory", () =>
  assertSteady(300, () => {
    usageByAgent(records, JUNE);
    usageByAgent(bytes, JUNE);
    periodBounds(JUNE);
    validateResponse("by-agent", { data: records, long });
    inferConvention({ period: "month", periodStart: long, periodEnd: long });
  }));

test("calls that fail free their memory", () =>
  assertSteady(1000, () => {
    attempt(() => new UsageAggregator({ ...JUNE, agents: [{ id: "a", name: long }], tz: "Mars/Olympus" }));
    attempt(() => usageByAgent([...records, 5], JUNE));
    attempt(() => usageByAgent(bytes.subarray(0, 30_001), JUNE));
    attempt(() => usageByAgent([message({ agentId: long, receivedAt: 5 })], JUNE));
    attempt(() => periodBounds({ period: long }));
  }));

test("streams free their memory, also after an abort", () =>
  assertSteady(300, async (i) => {
    const stop = new AbortController();
    const onProgress = () => i % 2 && stop.abort();
    const source = i % 3 ? new Blob([bytes]) : new Blob([bytes, `{"id":"${long}`]);
    await usageByAgentStream(source, { ...JUNE, signal: stop.signal, onProgress }).catch(() => {});
  }));

test("a long stream uses no more memory than a short one", async () => {
  const chunk = utf8.encode(`${JSON.stringify(message({ agentId: "a", body: "x".repeat(2000) }))}\n`.repeat(30));
  const ids = { ...JUNE, dedupe: false };
  const chunks = function* (count) {
    for (let i = 0; i < count; i++) yield chunk;
  };
  await usageByAgentStream(ReadableStream.from(chunks(10)), ids);
  const before = size();
  const { data } = await usageByAgentStream(ReadableStream.from(chunks(1000)), ids);
  assert.equal(data[0].messages, 30_000);
  assert.equal(size(), before);
});

// 293 kB each, before the counters shared their buffers.
test("a thousand live aggregators of 200 records take 16 KiB each, in the module and outside together", async () => {
  for (const form of ["objects", "text", "chunks"]) {
    const output = await runModule(
      `
      import { UsageAggregator } from "usage-by-agent";
      ${MEMORY}
      const records = Array.from({ length: 200 }, (_, i) => ({
        ...{ type: "message", id: "msg_0123456789abcdef" + i, agentId: "agt_" + (i % 5), channel: "sms" },
        receivedAt: ${JSON.stringify(JUNE.now)},
      }));
      const text = JSON.stringify(records);
      const bytes = new TextEncoder().encode(text);
      const push = {
        objects: (usage) => usage.push(records),
        text: (usage) => usage.push(text),
        chunks: (usage) => usage.pushBytes(bytes.subarray(0, 900)).pushBytes(bytes.subarray(900)).finish(),
      }[${JSON.stringify(form)}];
      const make = () => push(new UsageAggregator(${JSON.stringify(JUNE)}));
      make().free();
      const used = async () => {
        for (let i = 0; i < 3; i++) {
          gc();
          await new Promise(setImmediate); // what was collected is given back later
        }
        const { heapUsed, external } = process.memoryUsage(); // the module's memory is external too
        return heapUsed + external;
      };
      const before = await used();
      const kept = Array.from({ length: 1000 }, make);
      const total = (await used()) - before;
      if (kept.some((usage) => usage.diagnostics().counted !== 200)) throw new Error("not counted");
      console.log(total / kept.length, moduleBytes());
      `,
      { node: ["--expose-gc"] },
    );
    const [each] = output.trim().split(" ").map(Number);
    assert.ok(each > 3000, output); // 200 ids take 16 bytes each, so less is a fault of this test
    assert.ok(each <= 16 * 1024, `${form}: ${output}`);
    console.log(`# an aggregator of 200 records as ${form} takes ${Math.round(each)} bytes`);
  }
});

test("garbage collection frees aggregators", async () => {
  const output = await runModule(
    `
    import { setTimeout as after } from "node:timers/promises";
    import { UsageAggregator } from "usage-by-agent";
    ${MEMORY}
    const records = Array.from({ length: 2000 }, (_, i) => {
      return { type: "message", id: "some-long-id-" + i, receivedAt: ${JSON.stringify(JUNE.now)} };
    });
    const round = async () => {
      for (let i = 0; i < 20; i++) new UsageAggregator(${JSON.stringify(JUNE)}).push(records);
      await after(5);
      gc();
      await after(5);
    };
    for (let i = 0; i < 3; i++) await round();
    const before = moduleBytes();
    for (let i = 0; i < 15; i++) await round();
    console.log(before, moduleBytes());
    `,
    { node: ["--expose-gc"] },
  );
  const [before, after] = output.trim().split(" ").map(Number);
  assert.ok(after < before * 1.5, output); // 300 aggregators of about 200 kB would be 60 MB
});
