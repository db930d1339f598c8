/** Bundles the package with esbuild. The result is one script that runs anywhere, without a module file beside it. */
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
  if (JSON.stringify(usage.report()) !== JSON.stringify(report)) throw new Error("the two reports differ");
  if (!validateResponse("by-agent", report, ${QUERY}).ok) throw new Error("the report is invalid");
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

/** Runs a script in a folder that contains no other file, and returns the JSON that it prints. */
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

test("a bundle for browsers runs", async () => {
  const { text, outputFiles, warnings } = await bundle(APP);
  assert.deepEqual([outputFiles.length, warnings.length], [1, 0]);
  assert.ok(!text.includes("node:"));
  assert.deepEqual(await runAlone(text), REPORT);
});

test("a minified bundle for older browsers runs", async () => {
  const { text } = await bundle(APP, { minify: true, target: "es2022" });
  assert.deepEqual(await runAlone(text), REPORT);
});

test("a bundle as a classic script runs", async () => {
  const { text } = await bundle(APP, { format: "iife", minify: true });
  assert.deepEqual(await runAlone(text, "app.cjs"), REPORT);
});

test("a bundle as CommonJS runs", async () => {
  const { text } = await bundle(APP, { format: "cjs" });
  assert.deepEqual(await runAlone(text, "app.cjs"), REPORT);
});

test("a bundle of one function contains the module", async () => {
  const source = `import { periodBounds } from "usage-by-agent"; console.log(JSON.stringify(periodBounds(${QUERY}).periodStart));`;
  const { text } = await bundle(source, { minify: true, treeShaking: true });
  assert.equal(await runAlone(text), REPORT.periodStart);
});

test("an import that is not used costs nothing", async () => {
  for (const entry of ["usage-by-agent", "usage-by-agent/slim", "usage-by-agent/web"]) {
    const source = `import { periodBounds, UsageAggregator } from "${entry}"; console.log(JSON.stringify(1));`;
    const { text } = await bundle(source, { minify: true });
    assert.ok(text.length < 100, `${entry}: ${text.length} bytes`);
    assert.equal(await runAlone(text), 1);
  }
});

test("a bundle of the handler runs", async () => {
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

test("a bundle for Node runs", async () => {
  const { text } = await bundle(APP, { platform: "node" });
  assert.deepEqual(await runAlone(text), REPORT);
});

test("a bundle for no platform runs", async () => {
  const { text } = await bundle(APP, { platform: "neutral" });
  assert.deepEqual(await runAlone(text), REPORT);
});

test("a bundle for Node as CommonJS runs", async () => {
  const { text } = await bundle(APP, { platform: "node", format: "cjs" });
  assert.deepEqual(await runAlone(text, "app.cjs"), REPORT);
});

test("a bundle of the entry slim runs with the module's file as an asset", async () => {
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

test("esbuild bundles the packed package with the module as text, once", async () => {
  for (const platform of ["browser", "node", "neutral"]) {
    const { metafile } = await bundle(APP, { metafile: true, absWorkingDir: installed, platform });
    const inputs = Object.keys(metafile.inputs).filter((name) => name.startsWith("dist/"));
    const wanted = ["dist/index.js", "dist/module/inline.js", "dist/module/wasm-text.js", "dist/slim.js"];
    assert.deepEqual(inputs.sort(), wanted, platform);
  }
});
