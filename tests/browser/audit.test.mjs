/** The audit in the page: the vendor's answer beside the sample. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { usageByAgent } from "usage-by-agent";
import { rowsBy } from "../support/miscount.mjs";
import { DIST, start } from "./support/page.mjs";
import { asFile } from "./support/records.mjs";

const TZ = "America/New_York";
const TOKYO = { period: "month", tz: "Asia/Tokyo", now: "2025-05-20T12:00:00Z", onInvalid: "skip" };
const MAY = { ...TOKYO, tz: TZ };

const records = gunzipSync(readFileSync(join(DIST, "sample.ndjson.gz"))).toString();
const values = records.trimEnd().split("\n").map(JSON.parse);
const agents = JSON.parse(readFileSync(join(DIST, "sample-agents.json"), "utf8"));
/** The names that the sample's report has. */
const names = new Map(
  usageByAgent(values, { ...MAY, agents }).data.map(({ agentId, agentName }) => [agentId, agentName]),
);

/** The vendor's answer, counted by the naive count with mistakes. */
function billOf(query, mistakes = {}) {
  const rows = rowsBy(values, query, mistakes);
  return { ...usageByAgent([], query), data: rows.map((row) => ({ ...row, agentName: names.get(row.agentId) })) };
}

const RIGHT = JSON.stringify(billOf(MAY));
const WRONG = JSON.stringify(billOf(TOKYO, { failed: (status) => status === "failed" }));

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

/** Opens the page with the sample, and the part of it that audits. */
async function opened() {
  const { page, close } = await site.open({ hash: `#tz=${TZ}` });
  const audit = page.getByRole("region", { name: "Is the bill right?" });
  await page.getByText("This is a sample").waitFor();
  return { page, audit, close };
}

const give = (page, name, content) => page.getByLabel("Choose files").setInputFiles(asFile(name, content));

const paste = (page, text) =>
  page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);

const reasonsIn = (audit) =>
  audit
    .locator("section", { has: audit.page().getByRole("heading", { name: "Why", exact: true }) })
    .getByRole("listitem");

test("an answer that counts failed calls and is of another zone: both are named, and nothing else", async () => {
  const { page, audit, close } = await opened();
  await give(page, "bill.json.gz", gzipSync(WRONG));
  await audit.getByText("AgentPhone's numbers and the records differ in messages, calls and call time.").waitFor();
  const reasons = await reasonsIn(audit).allTextContents();
  assert.equal(reasons.length, 2, reasons.join("\n"));
  assert.match(
    reasons[0],
    /^Certain, changes messages, calls and call time: .* another time zone.* that of Asia\/Tokyo/,
  );
  assert.match(reasons[1], /^Certain, changes calls.*: AgentPhone counts calls that were not completed: .*"failed"/);
  await page.getByRole("heading", { name: "May 2025" }).waitFor(); // the view is of the answer's period
  assert.equal(
    await page.getByText("This is a sample").isVisible(),
    true,
    "an answer does not take the sample's place",
  );
  const rows = await audit.getByRole("table", { name: "" }).last().getByRole("row").count();
  assert.equal(rows, names.size + 1);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    audit.getByRole("button", { name: "Save the letter" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "audit.md");
  await audit.getByRole("button", { name: "Copy the letter" }).click();
  await audit.getByText("Copied.").waitFor();
  const letter = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(letter, /^# Audit of the month from 1 May 2025 to 31 May 2025, America\/New\\_York\n/);
  assert.ok(letter.includes(WRONG));

  await audit.getByRole("button", { name: "Compare in Asia/Tokyo" }).click();
  await audit.getByText(/the records differ in calls( and call time)?\./).waitFor();
  assert.match(page.url(), /tz=Asia\/Tokyo/);
  assert.equal(await reasonsIn(audit).count(), 1);
  await audit.getByRole("button", { name: "Close the audit" }).click();
  assert.equal(await audit.getByRole("heading", { name: "Why" }).count(), 0);
  await close();
});

test("a right answer is right, pasted too", async () => {
  const { page, audit, close } = await opened();
  await paste(page, RIGHT);
  await audit.getByText("AgentPhone's numbers and the records agree.").waitFor();
  assert.equal(await audit.getByRole("heading", { name: "Why" }).count(), 0);
  await close();
});

test("saved counts and more records are audited together, with fewer causes", async () => {
  const { page, audit, close } = await opened();
  const half = values.length >> 1;
  const text = (some) => some.map((value) => `${JSON.stringify(value)}\n`).join("");
  const save = page.getByRole("button", { name: "Save counts as a file" });
  await give(page, "first.ndjson", text(values.slice(0, half)));
  const counted = (name, facts) => page.getByRole("listitem").filter({ hasText: name }).getByText(facts).waitFor();
  await counted("first.ndjson", / records · /);
  const [download] = await Promise.all([page.waitForEvent("download"), save.click()]);
  const path = await download.path();
  await page.getByRole("button", { name: "Remove first.ndjson" }).click();
  await page
    .getByLabel("Choose files")
    .setInputFiles({ name: "saved.counts", mimeType: "x", buffer: readFileSync(path) });
  await counted("saved.counts", /^Saved counts of /);
  await give(page, "second.ndjson", `\ufeff${text(values.slice(half))}`);
  await give(page, "agents.json", JSON.stringify(agents));
  await counted("agents.json", /^Names of /);
  await give(page, "bill.json", JSON.stringify(billOf(TOKYO)));
  await audit.getByText("The records explain every difference.").waitFor();
  const reasons = await reasonsIn(audit).allTextContents();
  assert.equal(reasons.length, 1, reasons.join("\n"));
  assert.match(reasons[0], /another time zone.* that of Asia\/Tokyo/);
  await audit.getByText("The records were not counted again with each likely mistake").waitFor();
  await close();
});

describe("what is no report says what it is", () => {
  for (const [what, content, said] of [
    [
      "an answer of another endpoint",
      '{"data":[],"days":0}',
      /answer of GET \/v1\/usage\/daily.*was checked, and not compared/,
    ],
    ["an error body", '{"detail":"Invalid API key"}', /can’t be audited.*is an error body: "Invalid API key"/],
    ["HTML", "<!doctype html><title>Sign in</title>", /can’t be audited.*looks like an HTML page titled "Sign in"/],
    [
      "a report with a broken row",
      '{"data":[{"agentId":"a","messages":1,"calls":0}],"period":"month"}',
      /is not a report of/,
    ],
  ]) {
    test(what, async () => {
      const { audit, close } = await opened();
      await audit.getByLabel("Choose the answer").setInputFiles(asFile("answer.json", content));
      await audit.filter({ hasText: said }).waitFor();
      await close();
    });
  }
});
