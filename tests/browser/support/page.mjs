/** Opens the built page in a tab, and watches for everything that must not happen. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ignoredIn } from "../../support/conserved.mjs";
import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";

const folder = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export const DIST = folder("www/dist");
export const PKG = folder("pkg");

/** A server and a browser for a file of tests. `open` gives each test its own tab. */
export async function start() {
  assert.ok(existsSync(`${DIST}/index.html`), "the page is not built: npm run build");
  const server = await serve({ "/": DIST });
  const browser = await launch();
  return {
    origin: server.origin,
    open: (options) => openAt(browser, server.origin, options),
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/**
 * Opens the page. `close` fails if there was an error or a warning in the console, a violation of the policy, a dialog, or a
 * request to another origin. `isReady` is what shows that the page has started.
 */
export async function openAt(browser, origin, { hash = "", isReady = "#zone:enabled", ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: "Europe/Vienna",
    ...options,
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const faults = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).origin !== origin)
      faults.push(`request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.goto(`${origin}/${hash}`);
  await page
    .locator(isReady)
    .first()
    .waitFor()
    .catch(async () => assert.fail(`the page did not start: ${await page.textContent("#failure")}`));
  return {
    page,
    faults,
    async close() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** Chooses a file in place of all that was chosen: a path or `{name, mimeType, buffer}`. */
export async function choose(page, file) {
  await settled(page);
  await settledAfter(page, async () => {
    if ((await page.locator("[data-source]").count()) > 0 && !(await isSample(page))) {
      const all = page.getByRole("button", { name: "Remove all" });
      await ((await all.isVisible()) ? all : page.locator("[data-source] button").first()).click();
      await page.locator("[data-source]").first().waitFor({ state: "detached" });
    }
    await add(page, file);
  });
}

/** Adds files to what was chosen. The sample goes. */
export function add(page, files) {
  return page.locator("#records input[type=file]").first().setInputFiles(files);
}

const isSample = (page) => page.locator(".notice.sample").isVisible();

/** Waits until the report is of all that was counted and asked for. */
export function settled(page) {
  return page.locator("#report[aria-busy=false]").waitFor({ state: "attached" });
}

/** Does something that changes the report, and waits for the changed one. */
export async function settledAfter(page, action) {
  // Marks what is shown, so that it is not taken for the new.
  await page.evaluate(() => {
    for (const shown of document.querySelectorAll("#report .sentence, #failure > :first-child")) shown.dataset.old = "";
  });
  await action();
  await page.waitForFunction(() => {
    const [report, failure] = ["report", "failure"].map((id) => document.getElementById(id));
    if (report.getAttribute("aria-busy") === "true") return false;
    const isNew = (part, first) => !part.hidden && first !== null && first.dataset.old === undefined;
    return isNew(report, report.querySelector(".sentence")) || isNew(failure, failure.firstElementChild);
  });
}

/** The table's texts, one array for each row: name, messages, calls and the exact call time. */
export async function tableOf(page) {
  await page.getByLabel("Exact times").check();
  return page
    .locator(".usage tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) => [
        row.querySelector(".name").textContent,
        ...[...row.querySelectorAll("td")].slice(0, 3).map((cell) => cell.textContent),
      ]),
    );
}

/** A report as the table should show it. */
export function asTable(report) {
  const number = (value) => value.toLocaleString("en");
  // The table cuts long names.
  const name = (text) => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
  return report.data.map((item) => [
    name(item.agentName),
    number(item.messages),
    number(item.calls),
    exactTime(item.totalSeconds),
  ]);
}

/** Seconds as `3:25:07`. */
export function exactTime(seconds) {
  const two = (value) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600).toLocaleString("en")}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The text that "Copy JSON" puts into the clipboard. */
export async function copiedJson(page) {
  await page.evaluate(() => navigator.clipboard.writeText("nothing was copied"));
  await page.click("#copy-json");
  await page.getByText("Copied.").waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

/** The account of every record: the five groups and their sum. */
export function bucketsOf(page) {
  return page.evaluate(() => {
    const read = (row) => Number(row.querySelector(".number").textContent.replaceAll(",", ""));
    const entries = [...document.querySelectorAll("[data-bucket]")].map((row) => [row.dataset.bucket, read(row)]);
    // The group of records outside the period is left out where it is empty.
    return { outside: 0, ...Object.fromEntries(entries), records: read(document.querySelector(".buckets tfoot tr")) };
  });
}

export function asBuckets({ records, counted, outsidePeriod, duplicates, invalid, ignored }) {
  return { counted, outside: outsidePeriod, duplicates, ignored: ignoredIn(ignored), invalid, records };
}
