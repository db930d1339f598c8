/** The package in Chromium gives the oracle's result for 100,000 generated records. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { report as oracle } from "../../tools/oracle.mjs";
import { launch } from "./support/browser.mjs";
import { PKG } from "./support/page.mjs";
import { NOON, records } from "./support/records.mjs";
import { serve } from "./support/server.mjs";

const folder = mkdtempSync(join(tmpdir(), "usage-core-"));
let server;
let browser;
before(async () => {
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Core</title><link rel=icon href=data:,>");
  server = await serve({ "/": folder, "/pkg/": PKG });
  browser = await launch();
});
after(async () => {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the report and the diagnostics of 100,000 records equal the oracle's", async () => {
  const { text, agents } = records({ records: 100_000, invalid: 90 });
  writeFileSync(join(folder, "records.ndjson"), text);
  const page = await browser.newPage();
  await page.goto(`${server.origin}/`);
  const queries = [
    { period: "week", tz: "UTC" },
    { period: "month", tz: "America/New_York" },
    { period: "year", tz: "Asia/Kathmandu", includeIdle: true, naiveTimestamps: "utc", dedupe: false },
  ].map((query) => ({ ...query, now: NOON, onInvalid: "skip", agents: agents.data }));
  const answers = await page.evaluate(async (queries) => {
    const { default: init, UsageAggregator, usageByAgentStream } = await import("/pkg/dist/web.js");
    await init();
    const bytes = new Uint8Array(await (await fetch("records.ndjson")).arrayBuffer());
    const answers = [];
    for (const query of queries) {
      const aggregator = new UsageAggregator(query);
      // Chunks of any length, so that they cut records, strings and code points.
      for (let from = 0, size = 1; from < bytes.length; from += size, size = (size * 7 + 13) % 65_537)
        aggregator.pushBytes(bytes.subarray(from, from + size));
      aggregator.finish();
      const streamed = await usageByAgentStream(await fetch("records.ndjson"), query);
      answers.push({ report: aggregator.report(), diagnostics: aggregator.diagnostics(), streamed });
      aggregator.free();
    }
    // Passed as text, so that an id such as "__proto__" stays a key.
    return JSON.stringify(answers);
  }, queries);
  const read = JSON.parse(answers);
  for (const [index, query] of queries.entries()) {
    const { report, diagnostics, streamed } = read[index];
    const expected = oracle(text, query);
    assert.deepEqual(report, expected.report);
    assert.deepEqual(streamed, expected.report);
    // The oracle has no warnings about the whole input.
    const errors = diagnostics.problems.filter(({ severity }) => severity === "error");
    const problems = errors.map(({ path, code }) => ({ path, code }));
    assert.deepEqual({ ...diagnostics, problems }, JSON.parse(JSON.stringify(expected.diagnostics)));
  }
  await page.close();
});
