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
 * request to another origin.
 */
export async function openAt(browser, origin, { hash = "", ...options } = {}) {
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
  await page.locator("#zone:enabled, #failure:visible").first().waitFor();
  if (await page.isDisabled("#zone")) assert.fail(`the page did not start: ${await page.textContent("#failure")}`);
  return {
    page,
    faults,
    async close() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** Chooses a file in the page: a path or `{name, mimeType, buffer}`. */
export async function choose(page, file) {
  await settledAfter(page, () => page.setInputFiles("#records-file", file));
}

/** Does something that makes the page count, and waits for the result. */
export async function settledAfter(page, action) {
  // Marks the shown report, so that it is not taken for the new one.
  await page.evaluate(() => {
    for (const id of ["report", "failure"]) document.getElementById(id).firstElementChild?.setAttribute("data-old", "");
  });
  await action();
  await page.waitForFunction(() =>
    ["report", "failure"].some((id) => {
      const element = document.getElementById(id);
      const first = element.firstElementChild;
      return (
        !element.hidden && first !== null && !first.hasAttribute("data-old") && document.getElementById("run").hidden
      );
    }),
  );
}

/** The table's texts, one array for each row. */
export function tableOf(page) {
  return page
    .locator(".usage tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) => [
        row.querySelector(".name").textContent,
        ...[...row.querySelectorAll("td")].map((cell) => cell.firstChild.textContent),
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
    number(item.totalSeconds),
  ]);
}

/** The text that "Copy JSON" puts into the clipboard. */
export async function copiedJson(page) {
  await page.evaluate(() => navigator.clipboard.writeText("nothing was copied"));
  await page.click("#copy-json");
  await page.getByText("Copied.").waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

/** The counts under the report: the five groups and their sum. */
export function bucketsOf(page) {
  return page.evaluate(() => {
    const read = (row) => Number(row.querySelector(".number").textContent.replaceAll(",", ""));
    const entries = [...document.querySelectorAll("[data-bucket]")].map((row) => [row.dataset.bucket, read(row)]);
    return { ...Object.fromEntries(entries), records: read(document.querySelector(".buckets tfoot tr")) };
  });
}

export function asBuckets({ records, counted, outsidePeriod, duplicates, invalid, ignored }) {
  return { counted, outside: outsidePeriod, duplicates, ignored: ignoredIn(ignored), invalid, records };
}
