/** Bundled by esbuild: one script that runs anywhere, with no module file beside it. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { installed, runOrThrow, write } from "../support/packed.mjs";

const QUERY = '{ period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z" }';
const RECORDS = '[{ type: "message", agentId: "a", receivedAt: "2024-06-02T00:00:00Z" }]';
const REPORT = {
  data: [{ agentId: "a", agentName: "a", messages: 1, calls: 0, totalSeconds: 0, isOrphan: false }],
  period: "month",
  periodStart: "2024-06-01T04:00:00Z",
  periodEnd: "2024-07-01T03:59:59Z",
};
const APP = `
  import { usageByAgent, UsageAggregator, UsageError, validateResponse } from "usage-by-agent";
  const report = usageByAgent(${RECORDS}, ${QUERY});
  const usage = new UsageAggregator(${QUERY});
  usage.pushBytes(new TextEncoder().encode(JSON.stringify(${RECORDS}))).finish();
  if (JSON.stringify(usage.report()) !== JSON.stringify(report)) throw new Error("two answers");
  if (!validateResponse("by-agent", report, ${QUERY}).ok) throw new Error("not sound");
  try { usageByAgent([], {}) } catch (error) { if (!(error instanceof UsageError)) throw error }
  console.log(JSON.stringify(report));
`;

async function bundle(source, options) {
  const cwd = write({ "app.js": source });
  const result = await build({
    entryPoints: [join(cwd, "app.js")],
    outdir: join(cwd, "out"),
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
    ...options,
  });
  return { ...result, text: result.outputFiles[0].text };
}

/** Runs a script in a folder where there is nothing else, and gives what it printed. */
async function runAlone(text, name = "app.mjs") {
  const cwd = mkdtempSync(join(tmpdir(), "alone-"));
  try {
    writeFileSync(join(cwd, name), text);
    assert.deepEqual(readdirSync(cwd), [name]);
    return JSON.parse(await runOrThrow(process.execPath, [name], { cwd }));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

test("for browsers", async () => {
  const { text, outputFiles, warnings } = await bundle(APP);
  assert.deepEqual([outputFiles.length, warnings.length], [1, 0]);
  assert.ok(!text.includes("node:"));
  assert.deepEqual(await runAlone(text), REPORT);
});

test("for browsers, small and old", async () => {
  const { text } = await bundle(APP, { minify: true, target: "es2022" });
  assert.deepEqual(await runAlone(text), REPORT);
});

test("as a classic script", async () => {
  const { text } = await bundle(APP, { format: "iife", minify: true });
  assert.deepEqual(await runAlone(text, "app.cjs"), REPORT);
});

test("as CommonJS", async () => {
  const { text } = await bundle(APP, { format: "cjs" });
  assert.deepEqual(await runAlone(text, "app.cjs"), REPORT);
});

test("importing one function keeps the module that it needs", async () => {
  const source = `import { periodBounds } from "usage-by-agent"; console.log(JSON.stringify(periodBounds(${QUERY}).periodStart));`;
  const { text } = await bundle(source, { minify: true, treeShaking: true });
  assert.equal(await runAlone(text), REPORT.periodStart);
});

test("importing a function that is never called costs nothing where nothing else is imported", async () => {
  const slim = `import { periodBounds } from "usage-by-agent/slim"; console.log(JSON.stringify(1));`;
  const { text } = await bundle(slim, { minify: true });
  assert.ok(text.length < 1000, `${text.length} bytes`);
  assert.equal(await runAlone(text), 1);
});

test("the handler", async () => {
  const source = `
    import { createUsageHandler } from "usage-by-agent/handler";
    const handler = createUsageHandler({ records: () => ${RECORDS}, authorize: () => true, now: () => (${QUERY}).now });
    const url = "https://edge.example/v1/usage/by-agent?period=month&tz=America/New_York";
    handler(new Request(url, { headers: { authorization: "Bearer x" } }))
      .then((response) => response.text()).then(console.log);
  `;
  const { text } = await bundle(source, { minify: true });
  assert.deepEqual(await runAlone(text), REPORT);
});

test("for Node", async () => {
  const { text } = await bundle(APP, { platform: "node" });
  assert.deepEqual(await runAlone(text), REPORT);
});

test("for Node, as CommonJS", async () => {
  const { text } = await bundle(APP, { platform: "node", format: "cjs" });
  assert.deepEqual(await runAlone(text, "app.cjs"), REPORT);
});

test("slim, with the module's file as an asset", async () => {
  const cwd = write({
    "app.js": `
      import init, { usageByAgent } from "usage-by-agent/slim";
      import file from "usage-by-agent/wasm";
      import { readFile } from "node:fs/promises";
      await init(readFile(new URL(file, import.meta.url)));
      console.log(JSON.stringify(usageByAgent(${RECORDS}, ${QUERY})));
    `,
  });
  await build({
    entryPoints: [join(cwd, "app.js")],
    outdir: join(cwd, "out"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    external: ["node:*"],
    loader: { ".wasm": "file" },
    logLevel: "silent",
  });
  const built = readdirSync(join(cwd, "out")).sort();
  assert.equal(built.length, 2);
  assert.match(built[1], /^usage_by_agent-\w+\.wasm$/);
  assert.deepEqual(JSON.parse(await runOrThrow(process.execPath, ["out/app.mjs"], { cwd })), REPORT);
});

test("what it bundles is the packed package", async () => {
  const { metafile } = await bundle(APP, { metafile: true, absWorkingDir: installed });
  const inputs = Object.keys(metafile.inputs);
  assert.ok(inputs.includes("dist/entries/inline.js"), inputs.join());
  assert.ok(!inputs.some((name) => /entry\.(node|web|slim|workerd)/.test(name)));
});
