/** A page collects through the Worker that passes the lists on, because the vendor does not allow the page's origin. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { serveVendor } from "../support/collect-http.mjs";
import { startCollectServer } from "../support/collect-process.mjs";
import { makeAccount, makeVendor, recordsOf, TOKEN, WINDOW } from "../support/collect-vendor.mjs";
import { ROOT, startWorker } from "../workerd/support.mjs";
import { launch } from "./support/browser.mjs";
import { DIST, openAt } from "./support/page.mjs";
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

describe("the dialog of the page, which the Worker serves", () => {
  /** A vendor in this process, whose answers can be held back. `passing` gives another answer in place of the vendor's. */
  async function openPage(t, { passing, manners, sizes = { calls: 90, conversations: 12 } } = {}) {
    const account = makeAccount(4, sizes);
    const made = makeVendor(account, manners);
    const { calls, messages } = recordsOf(account, made.calls);
    const own = await serveVendor(made, passing);
    const site = await startWorker({ vars: { UPSTREAM_BASE_URL: own.url, PASS_LISTS: "true" } });
    t.after(async () => {
      await site.stop();
      await own.stop();
    });
    const { page, faults, close } = await openAt(browser, site.base.origin, { hash: "#tz=UTC" });
    await page.getByRole("button", { name: "Collect with an API key" }).click();
    await page.getByLabel("First day").fill("2025-06-01");
    await page.getByLabel("Last day").fill("2025-06-30");
    return {
      page,
      records: calls.size + messages.size,
      say: page.getByRole("dialog").getByRole("status"),
      async collect(token = TOKEN) {
        await page.getByLabel("API key").fill(token);
        await page.getByLabel("API key").press("Enter");
      },
      /** The page's probe without a token is answered with 401, which Chromium reports. */
      async close() {
        assert.ok(faults.splice(0).every((fault) => /status of 40[13]/.test(fault)));
        await close();
      },
    };
  }

  /** All that the page could keep or show. */
  const traces = (page) =>
    page.evaluate(async () =>
      [
        location.href,
        document.documentElement.outerHTML,
        [...document.querySelectorAll("input, textarea")].map(({ value }) => value).join(),
        JSON.stringify({ ...localStorage, ...sessionStorage, state: history.state }),
        document.cookie,
        JSON.stringify(await indexedDB.databases()),
      ].join("\n"),
    );

  test("collects the chosen days, says that they are complete, and forgets the key", async (t) => {
    const { page, records, collect, close } = await openPage(t);
    assert.equal(await page.getByLabel("API key").getAttribute("type"), "password");
    assert.equal(await page.getByLabel("API key").getAttribute("autocomplete"), "off");
    await collect();
    await page.getByText("The collection is complete").waitFor();
    await page
      .getByRole("status")
      .filter({ hasText: new RegExp(`^${records} records in `) })
      .waitFor();
    const names = await page.getByRole("list", { name: "Sources" }).locator(".source-name").allTextContents();
    assert.deepEqual(names, ["AgentPhone, 1 – 30 June 2025, UTC", "AgentPhone’s agents", "AgentPhone’s numbers"]);
    assert.ok(!(await traces(page)).includes(TOKEN));
    await close();
  });

  test("goes on after it was stopped, and loses nothing", async (t) => {
    let hold;
    const held = new Promise((resolve) => {
      hold = resolve;
    });
    let asked = 0;
    const isHeld = () => asked++ === 6;
    const { page, records, say, collect, close } = await openPage(t, {
      async passing() {
        if (isHeld()) await held;
      },
    });
    await collect();
    await say.getByText("request").waitFor();
    while (asked <= 6) await page.waitForTimeout(5);
    await page.getByRole("button", { name: "Stop" }).click();
    await say.getByText("Stopped.").waitFor();
    hold();
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("The collection is complete").waitFor();
    // The page that was used last may come again, with equal ids.
    const said = await page
      .getByRole("list", { name: "Sources" })
      .locator("li", { hasText: /AgentPhone, .* records · / })
      .textContent();
    const got = Number(/([\d,]+) records · /.exec(said)[1].replace(",", ""));
    assert.ok(got >= records && got <= records + 200, `${got} of ${records} records`);
    await close();
  });

  test("says what is wrong with a key, and what is missing in a collection", async (t) => {
    const refused = await openPage(t);
    await refused.collect("wrong");
    await refused.say.getByText("The API key was refused.").waitFor();
    await refused.close();

    const short = await openPage(t, { manners: { withheld: { list: "calls", how: "ends", some: 7 } } });
    await short.collect();
    await short.page.getByText(/^The collection is not complete, so counts may be too low: .*calls/).waitFor();
    await short.page.getByText("(not complete)").first().waitFor();
    await short.close();
  });

  test("shows the command where the page's server passes nothing on", async (t) => {
    const static_ = await serve({ "/": DIST });
    t.after(() => static_.close());
    const { page, faults, close } = await openAt(browser, static_.origin, {
      hash: "#tz=Asia/Tokyo&period=month&date=2025-06-01",
    });
    await page.getByRole("button", { name: "Collect with an API key" }).click();
    await page.getByText("npx usage-by-agent collect --out records.ndjson --from ").waitFor();
    assert.equal(await page.getByLabel("API key").isVisible(), false);
    assert.match(
      await page.locator(".command").textContent(),
      /--from \d{4}-\d\d-01 --to \d{4}-\d\d-01 --tz Asia\/Tokyo$/,
    );
    assert.ok(faults.splice(0).every((fault) => /status of 404/.test(fault)));
    await close();
  });
});
