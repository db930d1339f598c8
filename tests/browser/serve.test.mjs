/** The page that `usage-by-agent serve` serves: it shows the served counts, and takes the token from the address. */
import assert from "node:assert/strict";
import { appendFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { CLOCK, serve } from "../command/support/serve.mjs";
import { packed, write } from "../support/packed.mjs";
import { launch } from "./support/browser.mjs";
import { asTable, copiedJson, openAt, settledAfter, tableOf } from "./support/page.mjs";
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
  const totals = await page.locator(".totals dd").allTextContents();
  assert.deepEqual(totals.slice(0, 2), [sum("messages"), sum("calls")]);
}

test("the page shows the served report of each period, in any zone", async () => {
  const { page, server, close } = await open({ options: ["--week-start", "thursday"] });
  await page.locator(".usage").waitFor();
  await assertShows(page, reportOf(text, { period: "month" }));
  await page.getByText("June 2024").first().waitFor();
  await settledAfter(page, () => page.click("#previous"));
  await assertShows(page, reportOf(text, { period: "month", offset: -1 }));
  await page.getByText("May 2024").first().waitFor();
  await settledAfter(page, () => page.locator("input[value=week]").check({ force: true }));
  const week = reportOf(text, { period: "week", weekStart: "thursday" });
  await assertShows(page, week);
  await page.locator("#bounds", { hasText: week.periodStart }).waitFor();
  await settledAfter(page, async () => {
    await page.fill("#zone", "Asia/Kathmandu");
    await page.press("#zone", "Enter");
  });
  const inKathmandu = reportOf(text, { period: "week", weekStart: "thursday", tz: "Asia/Kathmandu" });
  await assertShows(page, inKathmandu);
  await page.locator("#bounds", { hasText: inKathmandu.periodStart }).waitFor();
  for (const id of ["#records-file", "#date", "#weekStart", "#dedupe"])
    assert.equal(await page.isVisible(id), false, id);
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
  await page.locator("#failure").getByText("Open the address that usage-by-agent serve printed").waitFor();
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
  await page.locator("#failure").getByText("invalid_token").waitFor();
  await page.goto(`${server.origin}/#token=${server.token}&period=year`);
  await page.locator(".usage").waitFor();
  await settledAfter(page, () => page.click("#previous"));
  await page.getByText("No usage in this period.").waitFor();
  await settledAfter(page, () => page.click("#current"));
  await settledAfter(page, () => page.click("#next"));
  await page.locator("#failure").getByText("less than or equal to 0").waitFor();
  // Chromium reports each answer that is an error.
  for (const fault of faults.splice(0)) assert.match(fault, /status of 4(01|22)/);
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
  await page.getByText("No usage in this period.").waitFor();
  await server.stop();
  await page.locator("#failure").getByText("The server does not answer").waitFor();
  for (const fault of faults.splice(0)) assert.match(fault, /ERR_CONNECTION_REFUSED/);
  await close();
});
