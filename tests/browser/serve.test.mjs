/** The page that `usage-by-agent serve` serves: it shows the served counts, and takes the token from the address. */
import assert from "node:assert/strict";
import { appendFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CLOCK, serve } from "../command/support/serve.mjs";
import { packed, write } from "../support/packed.mjs";
import { launch } from "./support/browser.mjs";
import { asTable, copiedJson, openAt, settled, settledAfter, tableOf } from "./support/page.mjs";
import { records } from "./support/records.mjs";

const { text } = records({ start: "2024-04-01T00:00:00Z", end: "2024-07-01T00:00:00Z", count: 500 });
const QUERY = { tz: "Europe/Vienna", now: CLOCK[1] };

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A server, and its page in a tab. `query` gives the report that the page should show. */
async function open({ options = [], hash, ...more } = {}) {
  const cwd = write({ "log.ndjson": text });
  const server = await serve(["log.ndjson", ...options, ...CLOCK], { cwd });
  const opened = await openAt(browser, server.origin, { hash: hash ?? `#token=${server.token}`, ...more });
  return { ...opened, server, file: join(cwd, "log.ndjson") };
}

function reportOf(content, query) {
  const rollup = new packed.UsageRollup({ onInvalid: "skip" }).push(content);
  const report = rollup.byAgent({ ...QUERY, ...query });
  rollup.free();
  return report;
}

async function assertShows(page, report) {
  assert.deepEqual(await tableOf(page), asTable(report));
  assert.equal(await copiedJson(page), JSON.stringify(report));
  const sum = (field) => report.data.reduce((total, row) => total + row[field], 0).toLocaleString("en");
  const totals = await page.locator(".usage tfoot td").allTextContents();
  assert.deepEqual(totals.slice(0, 2), [sum("messages"), sum("calls")]);
}

test("the page shows the served report of each period, in any zone", async () => {
  const { page, server, close } = await open({ options: ["--week-start", "thursday"] });
  const choosePeriod = (name) =>
    settledAfter(page, () => page.getByRole("radio", { name }).first().check({ force: true }));
  const isTitled = async (title) => assert.equal(await page.textContent("#period-title"), title);
  await settled(page);
  await isTitled("June 2024");
  await assertShows(page, reportOf(text, { period: "month" }));
  await settledAfter(page, () => page.click("#previous"));
  await isTitled("May 2024");
  await assertShows(page, reportOf(text, { period: "month", offset: -1 }));
  // The server's weeks begin on its own day.
  await choosePeriod("Week");
  assert.equal(await page.inputValue("#weekStart"), "thursday");
  const week = { period: "week", weekStart: "thursday", now: "2024-05-01T12:00:00Z" };
  await assertShows(page, reportOf(text, week));
  await settledAfter(page, async () => {
    await page.fill("#zone", "Asia/Kathmandu");
    await page.press("#zone", "Enter");
  });
  await assertShows(page, reportOf(text, { ...week, tz: "Asia/Kathmandu" }));
  // What the chart and an agent's part show comes from the server too.
  await choosePeriod("Year");
  await settledAfter(page, () => page.locator(".usage .name").first().click());
  await page.locator(".agent-part .heat").waitFor();
  assert.equal(await page.getByRole("complementary", { name: "Records" }).count(), 0);
  assert.equal(await page.getByLabel("Count the same id once").count(), 0);
  await close();
  await server.stop();
});

test("the token is removed from the address, and kept nowhere", async () => {
  const { page, server, close, faults } = await open();
  await page.locator(".usage").waitFor();
  const kept = await page.evaluate(async () => [
    location.href,
    document.documentElement.outerHTML,
    JSON.stringify({ ...localStorage, ...sessionStorage }),
    document.cookie,
    JSON.stringify(history.state),
    String((await indexedDB.databases()).length + (await caches.keys()).length),
  ]);
  assert.ok(!kept.join("\n").includes(server.token));
  assert.equal(kept.at(-1), "0");
  await page.reload();
  await page.locator("#failure").getByText("Open the address that usage-by-agent serve printed").first().waitFor();
  assert.equal(await page.locator(".usage:visible").count(), 0);
  // The address is opened in the same tab.
  await page.goto(`${server.origin}/#token=${server.token}`);
  await page.locator(".usage").waitFor();
  assert.ok(!page.url().includes(server.token));
  assert.deepEqual(faults, []);
  await close();
  await server.stop();
});

test("a wrong token, a period without usage and a period that can't be are said", async () => {
  const { page, server, close, faults } = await open({ hash: "#token=wrong" });
  await page.locator("#failure").getByText("invalid_token").waitFor({ state: "attached" });
  await page.goto(`${server.origin}/#token=${server.token}&period=year`);
  await page.locator(".usage").waitFor();
  await settledAfter(page, () => page.click("#previous"));
  await page.getByText("In 2023, there is no usage.").waitFor();
  await settledAfter(page, () => page.evaluate(() => (location.hash = "period=month&date=1970-01-01")));
  await settledAfter(page, () => page.click("#previous"));
  await page.locator("#failure").getByText("out_of_range").waitFor({ state: "attached" });
  // Chromium reports each answer that is an error.
  for (const fault of faults.splice(0)) assert.match(fault, /status of 401/);
  await close();
  await server.stop();
});

test("the page follows the files, and says when the server has ended", async () => {
  const { page, server, file, close, faults } = await open();
  await page.locator(".usage").waitFor();
  const added = '{"id":"added","agentId":"new","agentName":"<b>New</b>","receivedAt":"2024-06-10T12:00:00Z"}\n';
  appendFileSync(file, added);
  await page.locator(".usage .name", { hasText: "<b>New</b>" }).waitFor();
  await assertShows(page, reportOf(text + added, { period: "month" }));
  truncateSync(file, 0);
  await page.getByText("there is no usage.").waitFor();
  await server.stop();
  await page.locator("#failure").getByText("The server does not answer").first().waitFor();
  for (const fault of faults.splice(0)) assert.match(fault, /ERR_CONNECTION_REFUSED/);
  await close();
});
