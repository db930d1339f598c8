/** The views of the page: links and history, colours, sorting, what is shown where usage is missing, and how they look to the browser. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { violationsIn } from "./support/axe.mjs";
import { choose, settled, settledAfter, start } from "./support/page.mjs";
import { asFile } from "./support/records.mjs";

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

const MARCH = "#period=month&date=2025-03-01&tz=America/New_York";

const record = (id, more) => JSON.stringify({ id, agentId: "a", receivedAt: "2025-03-03T12:00:00Z", ...more });
const title = (page) => page.textContent("#period-title");
const button = (page, name) => page.getByRole("button", { name, exact: true });

test("Back and Forward move between periods and agents, and changes of the view stay in their place", async () => {
  const { page, close } = await site.open({ hash: MARCH });
  await settled(page);
  await settledAfter(page, () => button(page, "Previous month").click());
  await settledAfter(page, () => page.getByRole("radio", { name: "Calls" }).check({ force: true }));
  await settledAfter(page, () => page.getByRole("radio", { name: "Weeks" }).check({ force: true }));
  assert.match(page.url(), /#period=month&date=2025-02-01&tz=America\/New_York&measure=calls&step=week$/);
  await settledAfter(page, () => page.locator(".usage .name", { hasText: "Front desk" }).click());
  assert.match(page.url(), /agent=agt_005a17/);
  await settledAfter(page, () => page.goBack());
  assert.equal(await page.locator(".agent-part:visible").count(), 0);
  assert.match(page.url(), /measure=calls&step=week$/);
  await settledAfter(page, () => page.goBack());
  assert.equal(await title(page), "March 2025");
  await settledAfter(page, () => page.goForward());
  await settledAfter(page, () => page.goForward());
  await page.getByRole("region", { name: "Front desk", exact: true }).waitFor();
  // The address alone gives the same view in another tab.
  const other = await site.open({ hash: new URL(page.url()).hash });
  await settled(other.page);
  await other.page.getByText("This is a sample").waitFor();
  await settled(other.page);
  assert.equal(await other.page.textContent("#report .sentence"), await page.textContent("#report .sentence"));
  await other.page.getByRole("region", { name: "Front desk", exact: true }).waitFor();
  await other.close();

  // Days of one's own move by their number.
  await settledAfter(page, () => page.getByRole("radio", { name: "Dates" }).check({ force: true }));
  await settledAfter(page, () => page.getByLabel("to", { exact: true }).fill("2025-02-10"));
  assert.match(page.url(), /#from=2025-02-01&to=2025-02-11&/);
  assert.match(await title(page), /^1\s–\s10 February 2025$/);
  await settledAfter(page, () => button(page, "Next days").click());
  assert.match(await title(page), /^11\s–\s20 February 2025$/);
  await page.getByText("Changes compare with the whole of 1 – 10 February 2025.").waitFor();
  await settledAfter(page, () => button(page, "Newest month that has usage").click());
  assert.equal(await title(page), "June 2025");
  await close();
});

test("a bad link says what is wrong, and shows the nearest sensible thing", async () => {
  const { page, close } = await site.open({
    hash: "#period=decade&date=2025-02-30&tz=Mars/Olympus&measure=words&step=day&sort=name&what=<b>",
  });
  await settled(page);
  const alert = page.locator(".notice.faults");
  assert.deepEqual(await alert.locator("li").allTextContents(), [
    "The link’s tz is “Mars/Olympus”; wanted a time zone, such as America/New_York; this is Europe/Vienna.",
    "The link’s period is “decade”; wanted week, month, or year.",
    "The link’s date is “2025-02-30”; wanted a date from 1970 to 2099, such as 2025-06-01.",
    "The link’s measure is “words”; wanted messages, calls, or totalSeconds.",
    "The link’s sort is “name”; wanted agent, messages, calls, totalSeconds, average, or change, after a minus for descending.",
    "The link has “what”, which this page does not know.",
  ]);
  assert.equal(await title(page), "June 2025");
  await alert.getByRole("button", { name: "Close" }).click();
  assert.equal(await alert.isVisible(), false);
  await settledAfter(page, () => page.evaluate(() => (location.hash = "from=2025-03-09&to=2025-03-01&tz=UTC")));
  await page.getByText("The link’s to is “2025-03-01”; wanted a date after 2025-03-09").waitFor();
  assert.equal(await title(page), "March 2025");
  // A period without usage is shown as such.
  await settledAfter(page, () => page.evaluate(() => (location.hash = "period=month&date=2019-01-01&tz=UTC")));
  await page.getByText("In January 2019, there is no usage.").waitFor();
  await page.getByText("There is usage from 1 January 2025 to 30 June 2025.").waitFor();
  await close();
});

test("an agent keeps its colour, and usage without an agent is explained", async () => {
  const { page, close } = await site.open({ hash: MARCH });
  await settled(page);
  const colours = (selector) =>
    page.locator(selector).evaluateAll((items) =>
      items.flatMap((item) => {
        const colour = /of-(\w+)/.exec(item.querySelector(".swatch").className)[1];
        return /\d/.test(colour) ? [[item.querySelector("a").textContent, colour]] : [];
      }),
    );
  let before = Object.fromEntries(await colours(".legend li"));
  assert.equal(new Set(Object.values(before)).size, 8);
  assert.deepEqual(Object.fromEntries(await colours(".usage tbody tr")), before);
  for (const change of [
    () => button(page, "Next month").click(),
    () => page.getByRole("radio", { name: "Call time" }).check({ force: true }),
    () => page.getByRole("radio", { name: "Week" }).first().check({ force: true }),
  ]) {
    await settledAfter(page, change);
    const now = Object.fromEntries(await colours(".legend li"));
    const kept = Object.keys(now).filter((agent) => before[agent] !== undefined);
    assert.ok(kept.length > 4);
    for (const agent of kept) assert.equal(now[agent], before[agent], agent);
    before = now;
  }
  await settledAfter(page, () => page.locator(".usage .name", { hasText: "Bookings" }).click());
  const [own] = await page
    .locator(".agent-part .layer")
    .evaluateAll((paths) => paths.map((path) => path.getAttribute("class")));
  assert.equal(own, `layer of-${before.Bookings}`);
  await settledAfter(page, () => page.locator(".usage .name", { hasText: "Unassigned" }).click());
  await page.getByRole("region", { name: "Unassigned" }).getByText("records name no agent").waitFor();
  await close();
});

test("the table is sorted, and shows thousands of agents in batches", async () => {
  const { page, close } = await site.open({ hash: MARCH });
  const lines = Array.from({ length: 3000 }, (_, n) => {
    const agent = { agentId: `id-${n % 1500}`, agentName: `Agent ${n % 1500}` };
    if (n < 1500) return record(`m${n}`, agent);
    return JSON.stringify({
      id: `c${n}`,
      ...agent,
      status: "completed",
      startedAt: "2025-03-04T12:00:00Z",
      durationSeconds: n % 1500,
    });
  });
  await choose(page, asFile("many.ndjson", lines.join("\n")));
  const rows = page.locator(".usage tbody tr");
  assert.equal(await rows.count(), 200);
  await button(page, "Show 200 more of 1,300").click();
  assert.equal(await rows.count(), 400);
  const sortBy = (name) => settledAfter(page, () => page.getByRole("button", { name, exact: true }).click());
  const first = () => rows.first().locator(".name").textContent();
  await sortBy("Average call");
  assert.equal(await first(), "Agent 1499");
  await sortBy("Average call");
  assert.equal(await first(), "Agent 0");
  assert.match(page.url(), /sort=average$/);
  await sortBy("Average call");
  assert.doesNotMatch(page.url(), /sort/);
  await sortBy("Agent");
  await sortBy("Agent");
  assert.equal(await first(), "Agent 1499");
  await page.getByLabel("Find an agent").fill("ID-7");
  await page.getByText(/^\d+ agents found$/).waitFor();
  assert.ok((await rows.locator(".id").allTextContents()).every((id) => id.includes("id-7")));
  // The chart has the largest eight and the rest.
  assert.deepEqual((await page.locator(".legend li").allTextContents()).at(-1), "1,492 other agents");
  await close();
});

test("the chart is that of the report, although no observer says that its place has been shown", async () => {
  const { page, close } = await site.open({ hash: MARCH });
  // An observer says nothing of a place that is hidden and shown again within one frame.
  await page.addInitScript(() => {
    window.ResizeObserver = class {
      observe() {}
    };
  });
  await page.reload();
  const bars = () =>
    page.locator("#report .chart .layer").evaluateAll((all) => all.map((bar) => bar.getAttribute("d")));
  await page.getByText("This is a sample").waitFor();
  await settled(page);
  await page.locator("#report .chart .layer").first().waitFor();
  const before = await bars();
  await choose(page, asFile("one.ndjson", record("1")));
  const after = await bars();
  assert.ok(before.length > 1, `${before.length} agents`);
  assert.equal(after.length, 1);
  assert.match(after[0], /^M[^M]*$/, "one bar");
  await settledAfter(page, () => page.locator(".usage .name").first().click());
  assert.equal(await page.locator(".agent-part .chart .layer").count(), 1);
  await close();
});

test("a file of calls alone shows calls, and hostile names stay text", async () => {
  const { page, close } = await site.open({ hash: MARCH });
  const NAME = "<img src=x onerror=alert(1)>\u202egnp";
  const call = { status: "completed", startedAt: "2025-03-03T12:00:00Z", receivedAt: undefined, durationSeconds: 75 };
  const lines = [
    record("1", { ...call, agentName: NAME, phoneNumberId: "n", phoneNumber: NAME, type: "pstn" }),
    record("2", { ...call, agentId: "b", agentName: NAME.repeat(500) }),
  ];
  await choose(page, asFile("calls.ndjson", lines.join("\n")));
  assert.match(
    await page.textContent("#report .sentence"),
    /^In March 2025, 2 agents had 2 calls of 2\smin 30\ss in total\.$/,
  );
  await page.getByRole("slider", { name: "Calls by day: read one by one" }).waitFor();
  assert.deepEqual(await page.locator(".usage .share").allTextContents(), [
    "Share of calls",
    "50\u00a0%",
    "50\u00a0%",
    "",
  ]);
  await settledAfter(page, () => page.locator(".usage .name").first().click());
  assert.equal(await page.textContent("#agent-title"), NAME);
  assert.equal(await page.locator("img").count(), 0);
  await close();
});

test("axe finds nothing in an agent's part, and it fits: in dark, in High Contrast, and on a phone", async () => {
  const { page, close } = await site.open({ hash: `${MARCH}&agent=agt_005a17`, reducedMotion: "reduce" });
  await page.getByText("This is a sample").waitFor();
  await settled(page);
  await page.getByText("The chart as a table").first().click();
  for (const media of [
    { colorScheme: "dark" },
    { colorScheme: "light", forcedColors: "active" },
    { forcedColors: "none" },
  ]) {
    await page.emulateMedia(media);
    if (media.forcedColors === "none") await page.setViewportSize({ width: 360, height: 740 });
    assert.deepEqual(await violationsIn(page), [], JSON.stringify(media));
    const excess = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(excess, 0, JSON.stringify(media));
  }
  await close();
});

test("the page does not move while the sample comes, and the chosen of several stays visible in High Contrast", async () => {
  const { page, close } = await site.open({
    hash: "#tz=America/New_York",
    viewport: { width: 390, height: 844 },
    forcedColors: "active",
  });
  await page.getByText("This is a sample").waitFor();
  await settled(page);
  const shift = await page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) =>
          resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0)),
        ).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(0), 500);
      }),
  );
  assert.ok(shift < 0.02, `the layout shift is ${shift}`);
  const grounds = await page
    .locator("#period-kinds label")
    .evaluateAll((labels) => labels.map((label) => getComputedStyle(label).backgroundColor));
  assert.equal(grounds.filter((ground) => ground === grounds[1]).length, 1, grounds.join());
  await close();
});

test("the report is printed on one page, without controls", async () => {
  const { page, close } = await site.open({ hash: MARCH });
  await page.getByText("This is a sample").waitFor();
  await settled(page);
  const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1);
  await page.emulateMedia({ media: "print" });
  for (const role of ["button", "radio", "combobox", "searchbox", "checkbox"]) {
    const found = await page.getByRole(role).evaluateAll((all) => all.map(({ outerHTML }) => outerHTML.slice(0, 80)));
    // The heads of columns are headings too.
    assert.deepEqual(
      found.filter((html) => !html.includes('class="sort"')),
      [],
      role,
    );
  }
  await close();
});

test("the zone and the period are shown before the worker has started", async () => {
  const { page, close } = await site.open({ hash: "#period=week&date=2025-03-05&tz=Asia/Kathmandu" });
  // The worker's script never comes.
  await page.route("**/worker-*.js", () => {});
  await page.reload({ waitUntil: "domcontentloaded" });
  await page.locator("#period-kinds label").first().waitFor();
  assert.equal(await page.inputValue("#zone"), "Asia/Kathmandu");
  assert.equal(await page.getByRole("radio", { name: "Week" }).isChecked(), true);
  assert.equal(await page.getByLabel("Weeks start on").inputValue(), "monday");
  await close();
});
