/**
 * What the page shows equals a naive count by `Temporal` in Chromium: the chart's table, the heat map, the channels and the agents, in weeks and
 * months in which clocks change.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Random } from "../../tools/generate/random.mjs";
import { choose, settledAfter, start } from "./support/page.mjs";
import { asFile } from "./support/records.mjs";

let site;
before(async () => {
  site = await start();
});
after(() => site.close());

const SEED = Number(process.env.PAGE_SEED ?? 17);

/** Records of random times of a year, with more of them around the changes of clocks. */
function randomRecords() {
  const random = new Random(SEED);
  const year = [Date.UTC(2025, 0, 1), Date.UTC(2026, 0, 1)];
  const weeks = ["2025-03-06", "2025-03-28", "2025-04-03", "2025-10-03", "2025-10-24", "2025-10-30"].map(Date.parse);
  return Array.from({ length: 4000 }, (_, n) => {
    const week = random.pick(weeks);
    const [from, to] = random.chance(0.6) ? [week, week + 6 * 86_400_000] : year;
    const at = from + random.below((to - from) / 1000) * 1000;
    const shared = {
      id: `id-${n}`,
      agentId: random.chance(0.1) ? null : `agent-${Math.floor(12 * random.unit() * random.unit())}`,
      direction: random.pick(["inbound", "outbound"]),
    };
    if (random.chance(0.4)) {
      const seconds = random.below(900);
      return {
        at,
        seconds,
        value: { ...shared, type: "pstn", status: "completed", startedAt: at, durationSeconds: seconds },
      };
    }
    return { at, seconds: null, value: { ...shared, channel: random.pick(["sms", "imessage"]), receivedAt: at } };
  });
}

const CASES = [
  ["period=week&date=2025-03-09&tz=America/New_York", "2025-03-03", "2025-03-10", "hour"],
  ["period=week&date=2025-11-02&tz=America/New_York&measure=totalSeconds", "2025-10-27", "2025-11-03", "hour"],
  ["period=week&date=2025-04-06&tz=Australia/Lord_Howe", "2025-03-31", "2025-04-07", "hour"],
  ["period=week&date=2025-10-05&tz=Australia/Lord_Howe&measure=calls", "2025-09-29", "2025-10-06", "hour"],
  ["period=month&date=2025-03-09&tz=America/Havana", "2025-03-01", "2025-04-01", "day"],
  ["period=month&date=2025-10-26&tz=Europe/Vienna&measure=calls", "2025-10-01", "2025-11-01", "day"],
  ["from=2025-09-25&to=2025-10-07&tz=Pacific/Chatham&step=day", "2025-09-25", "2025-10-07", "day"],
  ["period=year&date=2025-10-26&tz=Europe/Vienna&measure=totalSeconds", "2025-01-01", "2026-01-01", "month"],
];

test(`what is shown equals a count by Temporal (seed ${SEED})`, async () => {
  const all = randomRecords();
  const { page, close } = await site.open({ hash: `#${CASES[0][0]}` });
  await choose(page, asFile("random.ndjson", all.map(({ value }) => JSON.stringify(value)).join("\n")));
  await page.getByText("The chart as a table").first().click();
  for (const [hash, from, to, step] of CASES) {
    if (!page.url().endsWith(`#${hash}`))
      await settledAfter(page, () => page.evaluate((hash) => (location.hash = hash), hash));
    const query = new URLSearchParams(hash);
    const measure = query.get("measure") ?? "messages";
    const want = await page.evaluate(naive, { all, tz: query.get("tz"), from, to, step, measure });
    assert.ok(want.total > 0, `${hash} has usage`);
    assert.deepEqual(await shown(page, measure), want, hash);
  }
  await close();
});

test("of a period that is not over, the days that are over are compared with equally many days before", async () => {
  const line = (id, agentId, receivedAt) => JSON.stringify({ id, agentId, agentName: `Agent ${agentId}`, receivedAt });
  const lines = [
    ...["2025-05-01T12:00", "2025-05-17T23:00", "2025-05-18T12:00", "2025-05-30T12:00"].map((at, n) =>
      line(`a${n}`, "a", `${at}:00-04:00`),
    ),
    ...["2025-06-02T12:00", "2025-06-17T23:59", "2025-06-17T23:59", "2025-06-18T08:00"].map((at, n) =>
      line(`b${n}`, "a", `${at}:00-04:00`),
    ),
    line("new", "new", "2025-06-03T12:00:00-04:00"),
    line("gone", "gone", "2025-05-03T12:00:00-04:00"),
  ];
  const { page, close } = await site.open({ hash: "#period=month&tz=America/New_York" });
  await page.clock.setFixedTime("2025-06-18T15:00:00Z");
  await choose(page, asFile("running.ndjson", lines.join("\n")));
  await page
    .getByText(
      "Changes compare the days that are over, 1 – 17 June 2025, with equally many days of the period before, 1 – 17 May 2025.",
    )
    .waitFor();
  // 4 of June up to the 17th, 3 of May up to the 17th.
  assert.match(
    await page.textContent(".sentence"),
    /^So far in June 2025, 2 agents had 5 messages, with 33\s% more messages on 1\s–\s17 June 2025 than on 1\s–\s17 May 2025\.$/,
  );
  const changes = await page
    .locator(".usage tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) => [
        row.querySelector(".name").textContent,
        row.querySelector(".change").textContent.replaceAll("\u00a0", " "),
      ]),
    );
  assert.deepEqual(changes, [
    ["Agent a", "+50 %"],
    ["Agent new", "new"],
  ]);
  await page.getByText("1 agent had usage in the period before, and has none in this one.").waitFor();
  // The day that is not over says so in the chart and in its table.
  await page.locator(".bars .now").first().waitFor(); // the chart comes after the sentence
  assert.deepEqual(await page.locator(".bars .now").allTextContents(), ["not over"]);
  assert.deepEqual(await page.evaluate(underLabel), [], "the bar of the day before is higher");
  // On the last day the label has no room behind the bar.
  await page.clock.setFixedTime("2025-06-30T15:00:00Z");
  const last = ["2025-06-28", "2025-06-29", "2025-06-29", "2025-06-30"].map((day, n) =>
    line(`c${n}`, "a", `${day}T08:00:00-04:00`),
  );
  await choose(page, asFile("last.ndjson", [...lines, ...last].join("\n")));
  await page.locator(".bars .now").first().waitFor();
  assert.deepEqual(await page.evaluate(underLabel), [], "on the last day");
  await page.clock.setFixedTime("2025-06-18T15:00:00Z");
  await choose(page, asFile("running.ndjson", lines.join("\n")));
  await page.locator(".bars .now").first().waitFor();
  await page.getByText("The chart as a table").first().click();
  await page.getByText("Wednesday 18 June 2025 (not over)").waitFor();
  // A period that is over is compared with the whole of the one before; one before all records with none.
  await settledAfter(page, () => page.getByRole("button", { name: "Previous month" }).click());
  await page.getByText("The records begin in this period, so there is none to compare it with.").waitFor();
  await close();
});

/** The points of the label "not over" that are on a bar. */
function underLabel() {
  const { x, y, width, height } = document.querySelector(".bars .now").getBBox();
  const { width: whole } = document.querySelector(".bars").getBoundingClientRect();
  if (x + width > whole) throw new Error(`the label ends at ${x + width} of ${whole} pixels`);
  const points = [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [0, 0.5, 1].map((line) => [part * width, line * height]));
  const bars = [...document.querySelectorAll(".bars .layer")];
  return points.filter(([right, down]) => bars.some((bar) => bar.isPointInFill(new DOMPoint(x + right, y + down))));
}

/** What the page shows of a measure, as numbers. */
function shown(page, measure) {
  return page.evaluate((measure) => {
    const number = (text) =>
      text
        .replaceAll(",", "")
        .split(":")
        .reduce((sum, part) => sum * 60 + Number(part), 0);
    const series = [...document.querySelectorAll(".series tbody tr")].map((row) => [
      row.cells[0].textContent,
      number(row.cells[row.cells.length - 1].textContent),
    ]);
    const hours = [...document.querySelectorAll(".heat td[data-hour]")].map((cell) => [
      `${cell.dataset.day} ${cell.dataset.hour}`,
      number(cell.textContent),
    ]);
    const agents = [...document.querySelectorAll(".series thead th")].map((head, n) => [
      head.textContent,
      number(document.querySelector(".series tfoot tr").cells[n + 1].textContent),
    ]);
    const counts = (selector, by) =>
      [...document.querySelectorAll(`${selector} tbody tr`)].map((row) => [
        by(row),
        number(row.querySelector(`.${measure}`)?.textContent ?? ""),
      ]);
    const used = (pairs) => Object.fromEntries(pairs.filter(([, value]) => value > 0));
    return {
      steps: series.length,
      series: used(series),
      hours: used(hours),
      total: agents.at(-1)[1],
      unassigned: Object.fromEntries(agents).Unassigned,
      channels:
        measure === "totalSeconds"
          ? {}
          : used(counts("#report .bar-table", (row) => `${row.cells[0].textContent} ${row.cells[1].textContent}`)),
      agents: measure === "totalSeconds" ? {} : used(counts(".usage", (row) => row.querySelector(".name").textContent)),
    };
  }, measure);
}

/** Counts one record after the other, in the page, by its `Temporal`. */
function naive({ all, tz, from, to, step, measure }) {
  const [series, hours, channels, agents] = [{}, {}, {}, {}];
  let [total, unassigned] = [0, 0];
  const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  const [first, last] = [from, to].map((date) => Temporal.PlainDate.from(date));
  const offsetOf = (offset) => {
    const [, sign, h, m] = /^([+-])(\d\d):(\d\d)/.exec(offset);
    return h + m === "0000" ? "UTC" : `UTC${sign === "-" ? "−" : "+"}${Number(h)}${m === "00" ? "" : `:${m}`}`;
  };
  /** The first instant of the hour, or the change of clocks in it. */
  const hourOf = (time) => {
    const floor = time.subtract({ minutes: time.minute, seconds: time.second, milliseconds: time.millisecond });
    const change = time.getTimeZoneTransition("previous");
    return change !== null && Temporal.ZonedDateTime.compare(change, floor) > 0 ? change : floor;
  };
  const label = (time) => {
    const [weekday, month] = [WEEKDAYS[time.dayOfWeek - 1], MONTHS[time.month - 1]];
    if (step === "month") return `${month} ${time.year}`;
    if (step === "day") return `${weekday} ${time.day} ${month} ${time.year}`;
    const at = hourOf(time);
    const clock = at.toPlainTime().toString({ smallestUnit: "minute" });
    return `${WEEKDAYS[at.dayOfWeek - 1]} ${at.day} ${MONTHS[at.month - 1]}, ${clock}, ${offsetOf(at.offset)}`;
  };
  const add = (sums, key, value) => {
    sums[key] = (sums[key] ?? 0) + value;
  };
  for (const { at, seconds, value } of all) {
    const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(tz);
    const date = time.toPlainDate();
    if (Temporal.PlainDate.compare(date, first) < 0 || Temporal.PlainDate.compare(date, last) >= 0) continue;
    const amount = { messages: Number(seconds === null), calls: Number(seconds !== null), totalSeconds: seconds ?? 0 }[
      measure
    ];
    if (amount === 0) continue;
    total += amount;
    if (value.agentId === null) unassigned += amount;
    add(series, label(time), amount);
    add(hours, `${WEEKDAYS[time.dayOfWeek - 1].toLowerCase()} ${time.hour}`, amount);
    if (measure === "totalSeconds") continue;
    const channel = { sms: "SMS", imessage: "iMessage", pstn: "Phone call" }[value.channel ?? value.type];
    add(channels, `${channel} ${value.direction === "inbound" ? "In" : "Out"}`, amount);
    add(agents, value.agentId ?? "Unassigned", amount);
  }
  const starts = new Set();
  const end = last.toZonedDateTime(tz);
  for (
    let at = first.toZonedDateTime(tz);
    Temporal.ZonedDateTime.compare(at, end) < 0;
    at = at.add(step === "hour" ? { minutes: 30 } : { hours: 12 })
  )
    starts.add(label(at));
  return { steps: starts.size, series, hours, total, unassigned, channels, agents };
}
