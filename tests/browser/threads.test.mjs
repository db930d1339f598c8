/** An app that Vite has built counts a large Blob with several threads, if the policy of its page allows workers. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { UsageAggregator } from "usage-by-agent";
import { build } from "vite";
import { write } from "../support/packed.mjs";
import { launch } from "./support/browser.mjs";
import { serve } from "./support/server.mjs";

const QUERY = { period: "year", tz: "Europe/Paris", now: "2025-06-15T12:00:00Z", onInvalid: "skip" };

const HTML = '<!doctype html><title>app</title><script type="module" src="/app.js"></script>';

/** Counts lines with one thread and with several. Page and test make equal lines. */
const APP = `
  import { UsageAggregator } from "usage-by-agent";
  import { threads } from "usage-by-agent/threads";

  window.counted = async (lines, query, count) => {
    const usage = new UsageAggregator(query);
    await usage.pushStream(new Blob([lines]), { threads: threads(count) });
    return JSON.stringify({ report: usage.report(), diagnostics: usage.diagnostics() });
  };
`;

const linesOf = () => {
  const lines = [];
  for (let n = 0; n < 160_000; n++) {
    const at = new Date(Date.UTC(2025, 0, 1) + (n % 99_999) * 300_000).toISOString();
    const body = "x".repeat(150);
    lines.push(
      JSON.stringify({ id: `m${n % 150_000}`, agentId: `a${n % 13}`, receivedAt: n % 5000 === 0 ? "?" : at, body }),
    );
  }
  return lines.join("\n");
};

const policy = (workers) =>
  `/*\n  Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src ${workers}\n`;

let browser;
let dist;
let wanted;
before(async () => {
  browser = await launch();
  const cwd = write({ "index.html": HTML, "app.js": APP });
  await build({ root: cwd, configFile: false, logLevel: "silent" });
  dist = join(cwd, "dist");
  const usage = new UsageAggregator(QUERY).push(linesOf());
  wanted = JSON.stringify({ report: usage.report(), diagnostics: usage.diagnostics() });
  usage.free();
});
after(() => browser?.close());

test("the bundler makes a script of the worker", () => {
  assert.ok(readdirSync(join(dist, "assets")).some((name) => name.startsWith("part-worker")));
});

for (const [workers, count, started] of [
  ["'self'", 3, 2],
  ["'self'", 1, 0],
  ["'none'", 3, 0],
]) {
  test(`${count} threads, where the policy has worker-src ${workers}`, async () => {
    write({ _headers: policy(workers) }, dist);
    const site = await serve({ "/": dist });
    const page = await browser.newPage();
    try {
      let running = 0;
      page.on("worker", () => running++);
      await page.goto(site.origin);
      await page.waitForFunction(() => "counted" in window);
      const asked = `(${linesOf})()`;
      const got = await page.evaluate(`window.counted(${asked}, ${JSON.stringify(QUERY)}, ${count})`);
      assert.equal(got, wanted);
      assert.equal(running, started);
      for (let looks = 0; page.workers().length > 0 && looks < 600; looks++) await page.waitForTimeout(50); // told later
      assert.equal(page.workers().length, 0, "the threads have ended");
    } finally {
      await page.close();
      site.close();
    }
  });
}
