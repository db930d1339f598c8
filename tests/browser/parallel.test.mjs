/** examples/parallel in a built page: Web Workers in Chromium give the result of one pass in Node. */
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { packed, workspace, write } from "../support/packed.mjs";
import { launch } from "./support/browser.mjs";
import { NOON, records } from "./support/records.mjs";
import { serve } from "./support/server.mjs";

const { UsageAggregator } = packed;

const { text: generated, agents } = records({ records: 50_000, invalid: 40 });
const lines = generated.trimEnd().split("\n");
// Duplicates besides the generator's: the first thousand lines come again in the last part.
const text = [...lines, ...lines.slice(0, 1000)].join("\n");
const query = { period: "month", tz: "Asia/Kathmandu", now: NOON, onInvalid: "skip", agents: agents.data };
const usage = new UsageAggregator(query).push(text);
const whole = { report: usage.report(), diagnostics: usage.diagnostics() };
usage.free();

const APP = `
  import { countInParallel } from "./parallel/web.mjs";
  const input = document.querySelector("input");
  window.count = (query, options) => countInParallel(input.files[0], query, options);
`;

const folder = workspace();
let server;
let browser;
let page;
let started = 0;
before(async () => {
  const head = "<!doctype html><title>Parallel</title><link rel=icon href=data:,>";
  write(
    { "index.html": `${head}<input type="file"><script type="module" src="/app.mjs"></script>`, "app.mjs": APP },
    folder,
  );
  const example = fileURLToPath(new URL("../../examples/parallel", import.meta.url));
  cpSync(example, join(folder, "parallel"), { recursive: true });
  await build({ root: folder, configFile: false, logLevel: "silent" });
  server = await serve({ "/": join(folder, "dist") });
  browser = await launch();
  page = await browser.newPage();
  page.on("worker", () => started++);
  await page.goto(`${server.origin}/`);
  await page.waitForFunction(() => "count" in window);
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** Counts a text in the page. Gives the result or the error, and the number of workers that were started. */
async function count(text, query, options) {
  write({ "records.ndjson": text }, folder);
  await page.setInputFiles("input", join(folder, "records.ndjson"));
  const before = started;
  // Passed as text, so that an id such as "__proto__" stays a key.
  const outcome = await page.evaluate(
    ([query, options]) =>
      window.count(query, options).then(
        (answer) => JSON.stringify({ answer }),
        (error) => JSON.stringify({ error: { ...error, isError: error instanceof Error, message: error.message } }),
      ),
    [query, options],
  );
  // The end of a worker is reported a little later. A worker that does not end would stay.
  for (const deadline = Date.now() + 60_000; page.workers().length > 0; await setTimeout(20))
    assert.ok(Date.now() < deadline, `${page.workers().length} workers are left`);
  return { ...JSON.parse(outcome), workers: started - before };
}

/**
 * The diagnostics, with problems by their place in the file. Of warnings only the codes are equal: lists are judged in each part, and
 * a snapshot does not have the first record of an unknown kind.
 */
function placed({ problems, ...counts }) {
  const isWarning = ({ severity }) => severity === "warning";
  const warnings = problems.filter(isWarning).map(({ code }) => code);
  const places = problems
    .filter((problem) => !isWarning(problem))
    .map(({ code, message, byteOffset, part = 0 }) => ({ code, message, at: part + byteOffset }));
  return { ...counts, warnings, problems: places };
}

for (const wanted of [1, 2, 7]) {
  test(`${wanted} Web Workers count 50,000 records`, async () => {
    const { answer, workers } = await count(text, query, { workers: wanted });
    assert.deepEqual(answer.report, whole.report);
    assert.deepEqual(placed(answer.diagnostics), placed(JSON.parse(JSON.stringify(whole.diagnostics))));
    assert.ok(answer.diagnostics.duplicates > 100, `${answer.diagnostics.duplicates} duplicates`);
    assert.equal(workers, wanted);
  });
}

test("the default is a worker for each core", async () => {
  const { answer, workers } = await count(text, query);
  assert.deepEqual(answer.report, whole.report);
  assert.equal(workers, await page.evaluate(() => navigator.hardwareConcurrency));
});

test("an empty file starts no worker", async () => {
  const { answer, workers } = await count("", query);
  assert.equal(answer.diagnostics.records, 0);
  assert.equal(workers, 0);
});

test("a part that fails rejects with its error, and every worker ends", async () => {
  const good = '{"type":"message","receivedAt":"2025-06-18T12:00:00Z"}\n'.repeat(60_000);
  const text = `${good}{"type":"message","receivedAt":7}\n`;
  const { error, workers } = await count(text, { ...query, onInvalid: "throw" }, { workers: 3 });
  assert.equal(error.isError, true);
  assert.equal(error.name, "UsageError");
  assert.equal(error.code, "invalid_record");
  assert.ok(error.part > 0);
  assert.ok(error.part + error.byteOffset >= good.length && error.part + error.byteOffset < text.length);
  assert.equal(workers, 3);
});

test("a worker whose script does not load is an error", async () => {
  await page.route("**/*worker*.js", (route) => route.abort());
  const { error } = await count(text, query, { workers: 2 });
  await page.unroute("**/*worker*.js");
  assert.match(error.message, /a worker failed/);
});
