/** The page's reports equal those of the package in Node and of the oracle. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { UsageAggregator, usageByAgent } from "usage-by-agent";
import { report as oracle } from "../../tools/oracle.mjs";
import {
  asBuckets,
  asTable,
  bucketsOf,
  choose,
  copiedJson,
  DIST,
  settledAfter,
  start,
  tableOf,
} from "./support/page.mjs";
import { asFile, DAY, NOON, records } from "./support/records.mjs";

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

const HASH = `#period=month&tz=America/New_York&date=${DAY}`;
const QUERY = { period: "month", tz: "America/New_York", now: NOON, onInvalid: "skip" };

/** Asserts that the page shows the package's report in Node of equal bytes. */
async function assertShows(page, bytes, query) {
  const aggregator = new UsageAggregator(query).pushBytes(bytes).finish();
  const report = aggregator.report();
  const diagnostics = aggregator.diagnostics();
  aggregator.free();
  assert.deepEqual(await tableOf(page), asTable(report));
  assert.deepEqual(await bucketsOf(page), asBuckets(diagnostics));
  assert.equal(await copiedJson(page), JSON.stringify(report));
  assert.equal(await page.locator(".checks .holds").count(), 2);
  return { report, diagnostics };
}

test("the sample has the right report in every period and several zones", async () => {
  const bytes = readFileSync(`${DIST}/sample.ndjson`);
  const agents = JSON.parse(readFileSync(`${DIST}/sample-agents.json`, "utf8"));
  const { page, close } = await site.open({ hash: "#tz=UTC" });
  await settledAfter(page, () => page.click("#sample"));
  assert.ok((await tableOf(page)).length > 5, "the sample is not empty");
  assert.equal(await page.inputValue("#date"), DAY);
  assert.equal(await page.locator(".warnings").count(), 0);
  for (const period of ["month", "week", "year"]) {
    for (const tz of ["UTC", "Pacific/Apia", "America/St_Johns"]) {
      const hash = `#period=${period}&tz=${tz}&date=${DAY}&sample=true`;
      if (new URL(page.url()).hash !== hash)
        await settledAfter(page, () => page.evaluate((hash) => (location.hash = hash), hash));
      const query = { ...QUERY, period, tz, agents };
      const { report } = await assertShows(page, bytes, query);
      const second = oracle(bytes.toString(), { ...query, agents: agents.data });
      assert.deepEqual(report, second.report);
    }
  }
  await close();
});

test("a link to the sample shows it at once", async () => {
  const { page, close } = await site.open({ hash: "#period=week&tz=Europe/Vienna&sample=true" });
  await page.locator(".usage").waitFor();
  assert.match(await page.textContent("#period-title"), /16.*22 June 2025/);
  await close();
});

for (const format of ["ndjson", "array", "page", "concatenated"]) {
  test(`a file of ${format} is counted, plain and gzipped`, async () => {
    const { text } = records({ format, records: 3000, invalid: 30 });
    const { page, close } = await site.open({ hash: HASH });
    await choose(page, asFile(`records.${format}`, text));
    const { diagnostics } = await assertShows(page, Buffer.from(text), QUERY);
    assert.equal(await page.locator(".problems tbody tr").count(), Math.min(diagnostics.problems.length, 20));
    // The name has no `.gz`.
    await choose(page, asFile("records.json", gzipSync(text)));
    await assertShows(page, Buffer.from(text), QUERY);
    assert.match(await page.textContent("#status"), /unpacked/);
    await close();
  });
}

test("files may be dropped: agents on their field, records anywhere else", async () => {
  const { text, agents } = records({ records: 500 });
  const { page, close } = await site.open({ hash: HASH });
  const drop = async (selector, name, content) => {
    const dataTransfer = await page.evaluateHandle(
      ([name, content]) => {
        const data = new DataTransfer();
        data.items.add(new File([content], name));
        return data;
      },
      [name, content],
    );
    await page.dispatchEvent(selector, "dragover", { dataTransfer });
    assert.equal(await page.isVisible("#drop-veil"), selector === "body");
    await page.dispatchEvent(selector, "drop", { dataTransfer });
    assert.equal(await page.isVisible("#drop-veil"), false);
  };
  await settledAfter(page, () => drop("body", "dropped.ndjson", text));
  await assertShows(page, Buffer.from(text), QUERY);
  await settledAfter(page, () => drop(".directory", "agents.json", JSON.stringify(agents)));
  await assertShows(page, Buffer.from(text), { ...QUERY, agents });
  assert.equal(await page.textContent("#records-name"), "dropped.ndjson");
  assert.equal(await page.textContent("#agents-name"), "agents.json");
  await close();
});

test("every option changes the query, and the address keeps it", async () => {
  const { text, agents } = records({ records: 2000, invalid: 15 });
  const bytes = Buffer.from(text);
  const { page, close } = await site.open({ hash: `#period=week&tz=Asia/Tokyo&date=${DAY}` });
  await choose(page, asFile("records", text));
  await settledAfter(page, () => page.setInputFiles("#agents-file", asFile("agents.json", JSON.stringify(agents))));
  let query = { ...QUERY, period: "week", tz: "Asia/Tokyo", agents };
  await assertShows(page, bytes, query);
  const steps = [
    [() => page.selectOption("#weekStart", "sunday"), { weekStart: "sunday" }],
    [() => page.selectOption("#boundsAs", "wall-clock"), { boundsAs: "wall-clock" }],
    [() => page.check("#includeIdle"), { includeIdle: true }],
    [() => page.uncheck("#dedupe"), { dedupe: false }],
    [() => page.selectOption("#naiveTimestamps", "utc"), { naiveTimestamps: "utc" }],
    [() => page.click("#previous"), { offset: -1 }],
    [() => page.click("#previous"), { offset: -2 }],
    [() => page.click("#next"), { offset: -1 }],
    [() => page.click("#current"), { offset: 0 }],
    [() => page.fill("#date", "2025-07-10"), { now: Date.parse("2025-07-10T12:00:00Z") }],
  ];
  for (const [action, change] of steps) {
    query = { ...query, ...change };
    await settledAfter(page, action);
    await assertShows(page, bytes, query);
  }
  assert.equal(
    new URL(page.url()).hash,
    "#period=week&tz=Asia/Tokyo&date=2025-07-10&weekStart=sunday&boundsAs=wall-clock&includeIdle=true&dedupe=false&naiveTimestamps=utc",
  );
  // Another tab gets the controls but not the file.
  const hash = new URL(page.url()).hash;
  const other = await site.open({ hash });
  await choose(other.page, asFile("records", text));
  await settledAfter(other.page, () =>
    other.page.setInputFiles("#agents-file", asFile("agents.json", JSON.stringify(agents))),
  );
  await assertShows(other.page, bytes, query);
  await other.close();
  await close();
});

test("the bounds are half-open, local and in UTC, also over a transition", async () => {
  const { page, close } = await site.open({ hash: "#period=week&tz=America/New_York&date=2025-03-09" });
  const cells = () =>
    page
      .locator("#bounds tbody tr")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  await page.getByText("7 days, 1 hour less").waitFor();
  assert.deepEqual(await cells(), [
    ["America/New_York", "2025-03-03 00:00:00 UTC−05:00", "2025-03-10 00:00:00 UTC−04:00"],
    ["UTC", "2025-03-03 05:00:00 UTC", "2025-03-10 04:00:00 UTC"],
    ["In the JSON", "2025-03-03T05:00:00Z", "2025-03-10T03:59:59Z"],
  ]);
  // A date that Samoa skipped, and the end of its year.
  await page.evaluate(() => (location.hash = "period=month&tz=Pacific/Apia&date=2011-12-30"));
  await page.getByText("December 2011").waitFor();
  assert.deepEqual((await cells())[0], [
    "Pacific/Apia",
    "2011-12-01 00:00:00 UTC−10:00",
    "2012-01-01 00:00:00 UTC+14:00",
  ]);
  // The day is a day of the zone, however far it is from UTC.
  for (const tz of ["Pacific/Kiritimati", "Pacific/Niue"]) {
    for (const [date, title] of [
      ["2025-06-01", "June 2025"],
      ["2025-06-30", "June 2025"],
    ]) {
      await page.evaluate((hash) => (location.hash = hash), `period=month&tz=${tz}&date=${date}`);
      await page.locator("#bounds th", { hasText: tz }).waitFor();
      assert.equal(await page.textContent("#period-title"), title);
    }
  }
  await close();
});

test("an empty file has zero records", async () => {
  const { page, close } = await site.open({ hash: HASH });
  await choose(page, asFile("empty.ndjson", ""));
  assert.match(await page.textContent(".nothing"), /0 records/);
  assert.match(await page.textContent("#conservation"), /^✓0 records = 0 counted/);
  assert.equal(await copiedJson(page), JSON.stringify(usageByAgent("", QUERY)));
  await close();
});
