/** The page's reports equal those of the package in Node, in every period, and so do its files. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { UsageRollup } from "usage-by-agent";
import { rowsOf } from "../command/support/csv.mjs";
import { asTable, choose, copiedJson, DIST, settled, settledAfter, start, tableOf } from "./support/page.mjs";
import { asFile, DAY, NOON, records } from "./support/records.mjs";

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

const HASH = `#period=month&date=${DAY}&tz=America/New_York`;
const QUERY = { period: "month", tz: "America/New_York", now: NOON };

/** Asserts that the page shows a report, and copies it. */
async function assertShows(page, report) {
  assert.deepEqual(await tableOf(page), asTable(report));
  assert.equal(await copiedJson(page), JSON.stringify(report));
}

const go = (page, hash) => settledAfter(page, () => page.evaluate((hash) => (location.hash = hash), hash));

test("the sample is there at once, and has the right report in every period and several zones", async () => {
  const bytes = gunzipSync(readFileSync(`${DIST}/sample.ndjson.gz`));
  const agents = JSON.parse(readFileSync(`${DIST}/sample-agents.json`, "utf8"));
  const rollup = new UsageRollup({ agents, onInvalid: "skip" }).push(bytes);
  const { page, close } = await site.open({ hash: "#tz=Pacific/Kiritimati" });
  await page.getByText("This is a sample").waitFor();
  await settled(page);
  // The newest period is a whole one in every zone.
  assert.equal(await page.textContent("#period-title"), "June 2025");
  await page.getByText("so this period may not be whole").waitFor({ state: "detached" });
  for (const period of ["month", "week", "year"]) {
    for (const tz of ["UTC", "Pacific/Apia", "America/St_Johns"]) {
      await go(page, `period=${period}&date=${DAY}&tz=${tz}`);
      await assertShows(page, rollup.byAgent({ period, tz, now: NOON }));
    }
  }
  rollup.free();
  await close();
});

test("a month of another zone opens, and not the hours of it that reach into the next month", async () => {
  const { page, close } = await site.open({ hash: "#tz=Europe/Vienna" });
  const at = (...times) => asFile("records", JSON.stringify(times.map((receivedAt) => ({ receivedAt }))));
  const shown = async (...times) => {
    await choose(page, at(...times));
    return page.textContent("#period-title");
  };
  assert.equal(await shown("2024-06-01T12:00:00Z", "2024-06-30T23:59:00Z"), "June 2024");
  assert.equal(await shown("2024-06-01T12:00:00Z", "2024-07-02T12:00:00Z"), "July 2024");
  assert.equal(await shown("2024-06-30T23:59:00Z"), "July 2024");
  await close();
});

test("every option changes the query, and another tab gets them from the address", async () => {
  const { text, agents } = records({ records: 2000, invalid: 15 });
  const { page, close } = await site.open({ hash: `#period=week&date=${DAY}&tz=Asia/Tokyo` });
  await choose(page, [asFile("records", text), asFile("agents.json", JSON.stringify(agents))]);
  let query = { ...QUERY, period: "week", tz: "Asia/Tokyo", agents, onInvalid: "skip" };
  const reportOf = ({ dedupe, naiveTimestamps, onInvalid, ...asked }) => {
    const rollup = new UsageRollup({ dedupe, naiveTimestamps, onInvalid }).push(text);
    const report = rollup.byAgent(asked);
    rollup.free();
    return report;
  };
  await assertShows(page, reportOf(query));
  await page.getByText("How records are read").click();
  const steps = [
    [() => page.selectOption("#weekStart", "sunday"), { weekStart: "sunday" }],
    [() => page.selectOption("#boundsAs", "wall-clock"), { boundsAs: "wall-clock" }],
    [() => page.getByLabel("Agents without usage").check(), { includeIdle: true }],
    [() => page.getByLabel("Count the same id once").uncheck(), { dedupe: false }],
    [() => page.getByLabel("Times without an offset").selectOption("utc"), { naiveTimestamps: "utc" }],
    [() => page.getByRole("button", { name: "Previous week" }).click(), { offset: -1 }],
    [() => page.getByRole("button", { name: "Next week" }).click(), { offset: 0 }],
  ];
  for (const [action, change] of steps) {
    query = { ...query, ...change };
    await settledAfter(page, action);
    await assertShows(page, reportOf(query));
  }
  const { hash } = new URL(page.url());
  assert.equal(
    hash,
    "#period=week&date=2025-06-15&tz=Asia/Tokyo&weekStart=sunday&boundsAs=wall-clock&naiveTimestamps=utc&includeIdle=true&dedupe=false",
  );
  const other = await site.open({ hash });
  await choose(other.page, [asFile("records", text), asFile("agents.json", JSON.stringify(agents))]);
  await assertShows(other.page, reportOf(query));
  await other.close();
  await close();
});

test("the bounds are half-open, local and in UTC, also over a transition", async () => {
  const { page, close } = await site.open({ hash: "#period=week&tz=America/New_York&date=2025-03-09" });
  const cells = () =>
    page
      .locator(".exact-bounds tbody tr")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  await settled(page);
  const line = page.locator(".bounds summary");
  assert.match(await line.textContent(), /^3\s–\s9 March 2025, New York, UTC−5, then UTC−4$/);
  await line.click();
  await page.getByText("7 days, 1 hour less").waitFor();
  assert.deepEqual(await cells(), [
    ["America/New_York", "2025-03-03 00:00:00 UTC−05:00", "2025-03-10 00:00:00 UTC−04:00"],
    ["UTC", "2025-03-03 05:00:00 UTC", "2025-03-10 04:00:00 UTC"],
    ["In the JSON", "2025-03-03T05:00:00Z", "2025-03-10T03:59:59Z"],
  ]);
  // A date that Samoa skipped, and the end of its year. The bounds stay open.
  await go(page, "period=month&tz=Pacific/Apia&date=2011-12-30");
  assert.equal(await page.textContent("#period-title"), "December 2011");
  assert.deepEqual((await cells())[0], [
    "Pacific/Apia",
    "2011-12-01 00:00:00 UTC−10:00",
    "2012-01-01 00:00:00 UTC+14:00",
  ]);
  assert.match(await line.textContent(), /Apia, UTC−10, then UTC\+14$/);
  await go(page, "period=month&tz=UTC&date=2025-06-18");
  assert.match(await line.textContent(), /^1\s–\s30 June 2025, UTC$/);
  // The day is a day of the zone, however far it is from UTC.
  for (const tz of ["Pacific/Kiritimati", "Pacific/Niue"]) {
    for (const date of ["2025-06-01", "2025-06-30"]) {
      await go(page, `period=month&tz=${tz}&date=${date}`);
      assert.equal(await page.textContent("#period-title"), "June 2025");
    }
  }
  await close();
});

test("CSV has a mark for Excel, the window and the zone in each line, and no formulas", async () => {
  const HOSTILE = '=HYPERLINK("https://elsewhere.example")';
  const lines = [
    { id: "m1", agentId: "a1", agentName: HOSTILE, receivedAt: "2025-06-03T09:00:00Z" },
    { id: "m2", agentId: "a1", agentName: HOSTILE, receivedAt: "2025-06-04T09:00:00Z" },
    { id: "c1", status: "completed", startedAt: "2025-06-04T10:00:00Z", durationSeconds: 61 },
  ];
  const { page, close } = await site.open({ hash: "#period=month&date=2025-06-01&tz=Europe/Vienna" });
  await choose(page, asFile("few.ndjson", lines.map((line) => JSON.stringify(line)).join("\n")));
  const save = async (name) => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name, exact: true }).click(),
    ]);
    return [download.suggestedFilename(), readFileSync(await download.path(), "utf8")];
  };
  const WINDOW = ["2025-05-31T22:00:00Z", "2025-06-30T22:00:00Z", "Europe/Vienna"];
  const [name, text] = await save("Download CSV");
  assert.equal(name, "usage_2025-06-01_2025-06-30_Europe-Vienna_by-agent.csv");
  assert.ok(text.startsWith("\ufefffrom,to,timeZone,agentId,agentName,messages,calls,totalSeconds\r\n"));
  assert.deepEqual((await rowsOf(text.slice(1))).slice(1), [
    [...WINDOW, "a1", `'${HOSTILE}`, "2", "0", "0"],
    [...WINDOW, "", "Unassigned", "0", "1", "61"],
  ]);
  const [dailyName, daily] = await save("Download CSV by day");
  assert.equal(dailyName, "usage_2025-06-01_2025-06-30_Europe-Vienna_by-day.csv");
  assert.deepEqual(
    (await rowsOf(daily.slice(1))).map((line) => line.slice(3)),
    [
      ["start", "agentId", "agentName", "messages", "calls", "totalSeconds"],
      ["2025-06-03", "a1", `'${HOSTILE}`, "1", "0", "0"],
      ["2025-06-04", "a1", `'${HOSTILE}`, "1", "0", "0"],
      ["2025-06-04", "", "Unassigned", "0", "1", "61"],
    ],
  );
  const [jsonName, json] = await save("Download JSON");
  assert.equal(jsonName, "usage_2025-06-01_2025-06-30_Europe-Vienna_by-agent.json");
  assert.equal(json, await copiedJson(page));
  assert.equal(JSON.parse(json).data[0].agentName, HOSTILE);
  await close();
});

test("an empty file has no usage", async () => {
  const { page, close } = await site.open({ hash: HASH });
  await choose(page, asFile("empty.ndjson", ""));
  await page.getByText("In June 2025, there is no usage.").waitFor();
  const rollup = new UsageRollup();
  assert.equal(await copiedJson(page), JSON.stringify(rollup.byAgent(QUERY)));
  rollup.free();
  await close();
});
