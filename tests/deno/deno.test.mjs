/** Runs the packed package in Deno. Deno has the permission to read, and no other. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { agentsPage, generate, render } from "../../tools/generate.mjs";
import { report as oracle } from "../../tools/oracle.mjs";
import { startCollectServer } from "../support/collect-process.mjs";
import { TOKEN, WINDOW } from "../support/collect-vendor.mjs";
import { DAMAGED, someMembers, WHOLE } from "../support/gzip-members.mjs";
import { folder, runModule, runOrThrow, write } from "../support/packed.mjs";

// npm may have skipped Deno's install script. This call runs it.
const deno = createRequire(import.meta.url)("deno/install_api.cjs").runInstall();

/** Runs a consumer's module in Deno, and returns the JSON that it prints. */
async function outputOf(source, contents = {}, more = []) {
  const cwd = write({ "main.ts": source, ...contents });
  const flags = ["run", "--no-prompt", `--allow-read=${folder}`, "--no-remote", "--no-lock", "--quiet", ...more];
  const env = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  return JSON.parse(await runOrThrow(deno, [...flags, "main.ts"], { cwd, env }));
}

test("text, objects and streams give the vendor's example report", async () => {
  const page = readFileSync(new URL("../core/vendor_example.json", import.meta.url), "utf8");
  const reports = await outputOf(
    `
    import { usageByAgent, usageByAgentStream, validateResponse } from "usage-by-agent";
    const page = JSON.parse(Deno.readTextFileSync(new URL("page.json", import.meta.url)));
    const query = { period: "month" as const, now: "2024-06-15T12:00:00Z" };
    const records: unknown[] = [];
    for (const { agentId, agentName, messages, calls, totalSeconds } of page.data) {
      for (let i = 0; i < messages; i++) records.push({ agentId, agentName, receivedAt: "2024-06-01T00:00:00Z" });
      for (let i = 0; i < calls; i++) {
        const durationSeconds = i > 0 ? 0 : totalSeconds;
        records.push({ agentId, agentName, status: "completed", startedAt: "2024-06-30T23:59:59Z", durationSeconds });
      }
    }
    const text = records.map((record) => JSON.stringify(record)).join("\\n");
    if (!validateResponse("by-agent", page, { tz: "UTC" }).ok) throw new Error("the vendor's example is invalid");
    console.log(JSON.stringify([
      usageByAgent(records, query),
      usageByAgent(text, query),
      await usageByAgentStream(new Response(text), query),
      await usageByAgentStream(new Blob([text]).stream(), query),
    ]));
    `,
    { "page.json": page },
  );
  for (const report of reports) assert.equal(JSON.stringify(report), JSON.stringify(JSON.parse(page)));
  assert.equal(reports.length, 4);
});

test("the report of 5,000 records equals the oracle's report", async () => {
  const options = { records: 5000, invalid: 90, seed: 21, transcripts: { share: 0 } };
  const generated = [...generate(options)];
  const query = {
    period: "year",
    tz: "America/St_Johns",
    now: "2024-06-15T12:00:00Z",
    agents: agentsPage(options),
    onInvalid: "skip",
  };
  const expected = oracle(
    generated.map(({ value }) => value),
    query,
  );
  const [report, diagnostics] = await outputOf(
    `
    import { UsageAggregator } from "usage-by-agent";
    const query = JSON.parse(Deno.readTextFileSync(new URL("query.json", import.meta.url)));
    const usage = new UsageAggregator(query);
    usage.push(Deno.readFileSync(new URL("records.ndjson", import.meta.url)));
    console.log(JSON.stringify([usage.report(), usage.diagnostics()]));
    `,
    { "records.ndjson": [...render(generated, {})].join(""), "query.json": JSON.stringify(query) },
  );
  assert.equal(JSON.stringify(report), JSON.stringify(expected.report));
  const { problems, ...counts } = diagnostics;
  const { problems: expectedProblems, ...expectedCounts } = JSON.parse(JSON.stringify(expected.diagnostics));
  assert.deepEqual(counts, expectedCounts);
  assert.equal(problems.filter(({ severity }) => severity === "error").length, expectedProblems.length);
});

test("gzip, merged parts and a rollup give the same results as in Node", async () => {
  const text = [...render(generate({ records: 3000, seed: 22, transcripts: { share: 0 } }), {})].join("");
  const program = (read) => `
    import { UsageAggregator, UsageRollup, usageByAgentStream } from "usage-by-agent";
    const text = ${read};
    const query = { period: "year", tz: "Asia/Kathmandu", now: "2024-06-15T12:00:00Z" } as const;
    const lines = text.split("\\n");
    const part = (n: number) => new UsageAggregator(query).push(lines.filter((_, i) => i % 3 === n).join("\\n"));
    const usage = part(0).merge(part(1)).merge(part(2).snapshot());
    const rollup = new UsageRollup().push(text);
    const snapshot = new UsageRollup().merge(rollup.snapshot()).snapshot();
    const zipped = new Response(text).body!.pipeThrough(new CompressionStream("gzip"));
    const source = new Response(zipped, { headers: { "content-type": "application/gzip" } });
    const reports = [usage.report(), await usageByAgentStream(source, query), rollup.byAgent(query), rollup.byNumber()];
    const days = rollup.breakdown({ by: ["agent", "weekday"], step: "day", ...query });
    console.log(JSON.stringify([...reports, days, rollup.span(), rollup.daily({ days: 9, ...query }), snapshot.reduce((h, b) => (h * 31 + b) | 0, 7)]));
  `;
  const inDeno = await outputOf(program(`Deno.readTextFileSync(new URL("r.ndjson", import.meta.url))`), {
    "r.ndjson": text,
  });
  const plain = program(JSON.stringify(text))
    .replaceAll(": number", "")
    .replaceAll(" as const", "")
    .replace("body!", "body");
  assert.deepEqual(inDeno, JSON.parse(await runModule(plain)));
  const [parts, zipped, rollup] = inDeno;
  assert.ok(parts.data.length > 3);
  assert.deepEqual(zipped, parts);
  assert.deepEqual(rollup, parts);
});

test("gzip data of several members is read whole, however it is cut, and damaged data is an error", async () => {
  const random = Array.from({ length: 40 }, (_, n) => ({ what: `seed ${n + 1}`, ...someMembers(n + 1) }));
  const cases = [...WHOLE, ...random, ...DAMAGED];
  const files = Object.fromEntries(cases.map(({ zipped }, n) => [`${n}.gz`, zipped]));
  const got = await outputOf(
    `
    import { decompressed } from "usage-by-agent";
    async function read(bytes: Uint8Array, most: number): Promise<string> {
      const chunks = async function* () {
        for (let at = 0; at < bytes.length; at += most) yield bytes.subarray(at, at + most);
      };
      let text = "";
      try {
        for await (const chunk of decompressed(chunks())) for (const byte of chunk) text += String.fromCharCode(byte);
        return text;
      } catch (error) {
        return (error as { code: string }).code;
      }
    }
    const results = [];
    for (let n = 0; n < ${cases.length}; n++) {
      const bytes = Deno.readFileSync(new URL(n + ".gz", import.meta.url));
      for (const most of [bytes.length > 5000 ? 1000 : 1, 1e6]) results.push(await read(bytes, most));
    }
    console.log(JSON.stringify(results));
  `,
    files,
  );
  for (const [n, { what, text = "invalid_json" }] of cases.entries()) {
    assert.equal(got[2 * n], text, `${what}, in small chunks`);
    assert.equal(got[2 * n + 1], text, what);
  }
});

test("the main entry and the handler work", async () => {
  const result = await outputOf(`
    import { createUsageHandler } from "usage-by-agent/handler";
    import { periodBounds, UsageError } from "usage-by-agent";
    const now = "2024-06-15T12:00:00Z";
    const handler = createUsageHandler({ records: () => [{ receivedAt: now }], authorize: () => true, now: () => now });
    const url = "https://edge.example/v1/usage/by-agent?period=month";
    const response = await handler(new Request(url, { headers: { authorization: "Bearer x" } }));
    let code;
    try {
      periodBounds({ period: "month", tz: "Mars/Olympus" });
    } catch (error) {
      code = error instanceof UsageError && error.code;
    }
    console.log(JSON.stringify([response.status, (await response.json()).data.length, code]));
  `);
  assert.deepEqual(result, [200, 1, "invalid_tz"]);
});

test("records are collected", async () => {
  const vendor = await startCollectServer(7, { sizes: { calls: 300, conversations: 40 }, manners: { trouble: 0.03 } });
  try {
    const options = { token: TOKEN, window: WINDOW, baseUrl: vendor.url, retries: 20 };
    const result = await outputOf(
      `
      import { collect } from "usage-by-agent/collect";
      const collection = collect(${JSON.stringify(options)});
      let count = 0;
      for await (const { records } of collection) count += records.length;
      const again = collect({ ...${JSON.stringify(options)}, resume: collection.state() });
      for await (const { records } of again) count += records.length;
      console.log(JSON.stringify([count, collection.completeness().complete]));
      `,
      {},
      [`--allow-net=${new URL(vendor.url).host}`],
    );
    const there = await vendor.counts();
    assert.deepEqual(result, [there.calls + there.messages, true]);
  } finally {
    await vendor.stop();
  }
});

test("the entry slim works after init with the module's file", async () => {
  const result = await outputOf(`
    import init, { periodBounds } from "usage-by-agent/slim";
    const bounds = () => periodBounds({ period: "month", now: new Date(0) }).startMs;
    let code;
    try {
      bounds();
    } catch (error) {
      code = (error as { code: string }).code;
    }
    await init(Deno.readFileSync(new URL(import.meta.resolve("usage-by-agent/wasm"))));
    console.log(JSON.stringify([code, bounds()]));
  `);
  assert.deepEqual(result, ["not_initialised", 0]);
});

test("calls go on after the end of memory and of the stack, in each entry", async () => {
  for (const entry of ["usage-by-agent", "usage-by-agent/slim"]) {
    const result = await outputOf(`
      import init, { configure, periodBounds, UsageRollup, usageByAgent } from "${entry}";
      await init(Deno.readFileSync(new URL(import.meta.resolve("usage-by-agent/wasm"))));
      const query = { period: "month" as const, now: new Date(0) };
      const records = Array.from({ length: 200 }, (_, n) => {
        return { id: "m" + n, agentId: "agent-" + n, agentName: "x".repeat(100_000), receivedAt: new Date(0) };
      });
      const kept = new UsageRollup().push(records.slice(0, 5));
      const codes: unknown[] = [];
      const attempt = (run: () => unknown) => {
        try {
          codes.push(run());
        } catch (error) {
          codes.push((error as { code?: string }).code);
        }
      };
      configure({ maxModuleBytes: 8 << 20 });
      attempt(() => usageByAgent(records, query).data.length);
      attempt(() => kept.diagnostics().counted);
      attempt(() => kept.push(records).diagnostics().counted);
      attempt(() => kept.diagnostics().counted);
      kept.free();
      configure({ maxModuleBytes: 2 ** 32 });
      attempt(() => usageByAgent(records, query).data.length);
      attempt(() => new UsageRollup().push(records).diagnostics().counted);
      const dive = (): unknown => {
        try {
          return dive();
        } catch {
          return attempt(() => periodBounds(query).startMs);
        }
      };
      for (let i = 0; i < 20; i++) dive();
      console.log(JSON.stringify([codes.slice(0, 6), periodBounds(query).startMs]));
    `);
    const [codes, startMs] = result;
    // What was counted before the lack of memory stays.
    const [left] = codes.splice(3, 1);
    assert.ok(left >= 5 && left < 200, `${entry}: ${left}`);
    assert.deepEqual([codes, startMs], [["out_of_memory", 5, "out_of_memory", 200, 200], 0], entry);
  }
});

test("Deno's type check accepts the package", async () => {
  const cwd = write({
    "main.ts": `import { periodBounds, type PeriodBounds } from "usage-by-agent";
      const bounds: PeriodBounds = periodBounds({ period: "week" });
      // @ts-expect-error "decade" is not a period
      periodBounds({ period: "decade" });
      console.log(bounds.startMs);`,
  });
  await runOrThrow(deno, ["check", "--no-remote", "--no-lock", "--quiet", "main.ts"], { cwd, env: { NO_COLOR: "1" } });
});

test("threads count a large Blob as one thread does", async () => {
  const [once, together, started] = await outputOf(`
    import { UsageRollup } from "usage-by-agent";
    import { threads } from "usage-by-agent/threads";

    let started = 0;
    const { Worker: Real } = globalThis;
    globalThis.Worker = class extends Real {
      constructor(url: URL | string, options?: WorkerOptions) {
        super(url, options);
        started++;
      }
    };
    const line = (n: number) => JSON.stringify({ id: "m" + n, agentId: "a" + (n % 7), receivedAt: n % 900 === 0 ? "?" : 1.75e12 + n * 1e5 });
    const lines = Array.from({ length: 30_000 }, (_, n) => line(n)).join("\\n") + "\\n";
    const blob = new Blob(Array.from({ length: 20 }, () => lines));
    const outcome = async (count: number) => {
      const rollup = new UsageRollup({ onInvalid: "skip" });
      await rollup.pushStream(blob, { threads: threads(count) });
      return JSON.stringify([rollup.diagnostics(), rollup.breakdown({ by: ["agent"], step: "month" }), [...rollup.snapshot()].length]);
    };
    console.log(JSON.stringify([await outcome(1), await outcome(3), started]));
  `);
  assert.equal(together, once);
  assert.equal(started, 2);
});
