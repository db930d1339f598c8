/** A page collects through the Worker that passes the lists on, because the vendor does not allow the page's origin. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { startCollectServer } from "../support/collect-process.mjs";
import { TOKEN, WINDOW } from "../support/collect-vendor.mjs";
import { ROOT, startWorker } from "../workerd/support.mjs";
import { launch } from "./support/browser.mjs";
import { serve } from "./support/server.mjs";

const folder = mkdtempSync(join(tmpdir(), "usage-collect-"));
let server;
let vendor;
let worker;
let browser;
before(async () => {
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Collect</title><link rel=icon href=data:,>");
  await build({
    stdin: { contents: 'export * from "usage-by-agent/collect"', resolveDir: ROOT },
    outfile: join(folder, "collect.js"),
    bundle: true,
    format: "esm",
    conditions: ["browser"],
  });
  server = await serve({ "/": folder });
  vendor = await startCollectServer(9, { sizes: { calls: 300, conversations: 40 }, manners: { trouble: 0.02 } });
  worker = await startWorker({
    vars: { UPSTREAM_BASE_URL: vendor.url, PASS_LISTS: "true", CORS_ORIGINS: server.origin },
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await worker?.stop();
  await vendor?.stop();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Collects in a page, and returns the number of records and whether they are complete, or the code of the error. */
async function inPage(options) {
  const page = await browser.newPage();
  try {
    await page.goto(`${server.origin}/`);
    return await page.evaluate(async (given) => {
      const { collect } = await import("/collect.js");
      try {
        const collection = collect(given);
        let records = 0;
        for await (const step of collection) records += step.records.length;
        return [records, collection.completeness().complete];
      } catch ({ code }) {
        return code;
      }
    }, options);
  } finally {
    await page.close();
  }
}

test("a page collects through the Worker, and not from the vendor", async () => {
  const options = { token: TOKEN, window: WINDOW, retries: 20 };
  const got = await inPage({ ...options, baseUrl: worker.base.href });
  const there = await vendor.counts();
  assert.deepEqual(got, [there.calls + there.messages, true]);
  assert.equal(await inPage({ ...options, retries: 0, baseUrl: vendor.url }), "upstream_unreachable");
  assert.equal(await inPage({ ...options, token: "wrong", baseUrl: worker.base.href }), "unauthorized");
});

test("a page does not follow a redirect", async () => {
  const allow = { "access-control-allow-origin": "*", "access-control-allow-headers": "authorization" };
  const asked = [];
  const redirecting = createServer((request, response) => {
    asked.push(request.url);
    if (request.method === "OPTIONS") return response.writeHead(204, allow).end();
    return response.writeHead(302, { ...allow, location: "/elsewhere" }).end();
  }).listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => redirecting.once("listening", resolve));
    const baseUrl = `http://127.0.0.1:${redirecting.address().port}`;
    assert.equal(await inPage({ token: TOKEN, window: WINDOW, baseUrl }), "upstream_invalid");
    assert.ok(!asked.includes("/elsewhere"));
  } finally {
    redirecting.closeAllConnections();
    redirecting.close();
  }
});
