// The page: the time from choosing a file to its report, from a click to another period's report, and the longest time for which the
// main thread is busy.

import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { add, settled, settledAfter, start } from "../tests/browser/support/page.mjs";
import { digits, median, note } from "./measure.mjs";
import { fileOf } from "./records/input.mjs";

const ROUNDS = 5;
const AGENTS = 40_000;
/** The browser reports a task as long from this duration. */
const LONG_MS = 50;

export async function page() {
  const folder = mkdtempSync(join(tmpdir(), "usage-by-agent-page-"));
  const site = await start();
  try {
    const mixed = await fileOf("mixed", "ndjson");
    const rows = [];
    for (const [file, what] of [
      [mixed.file, `${digits(mixed.records)} records`],
      [ofManyAgents(join(folder, "agents.ndjson")), `${digits(AGENTS)} agents, a record each`],
    ]) {
      note(`the page: ${what}`);
      const rounds = [];
      for (let i = 0; i <= ROUNDS; i++) rounds.push(await measured(site, file));
      rounds.shift(); // the browser warms up
      rows.push(row(`the page: ${what}, ${digits(statSync(file).size / 1e6)} MB`, rounds));
    }
    return {
      rows,
      notes: [
        `The page: Chromium, ${ROUNDS} rounds, the median and in brackets the worst. A task of the main thread is seen from ${LONG_MS} ms on; the longest wait is a timer's of 4 ms. Both are the wall's, so others on the machine are in them.`,
      ],
    };
  } finally {
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function row(job, rounds) {
  const shown = (name, unit) => {
    const values = rounds.map((round) => round[name]);
    return `${digits(median(values))} ${unit} (${digits(Math.max(...values))})`;
  };
  const longest = rounds.some(({ task }) => task > 0) ? shown("task", "ms") : `under ${LONG_MS} ms`;
  const ours = `${shown("seconds", "s")}; another period ${shown("move", "ms")}; longest task ${longest}, longest wait ${shown("wait", "ms")}`;
  return { job, ours, against: "", ratio: "", theirs: "" };
}

function ofManyAgents(path) {
  const line = (i) => `{"type":"message","agentId":"agent ${i}","receivedAt":"2024-06-18T00:00:00Z"}\n`;
  writeFileSync(path, Array.from({ length: AGENTS }, (_, i) => line(i)).join(""));
  return path;
}

/** How many other periods are shown, of which the median is taken. */
const MOVES = 9;

/**
 * Opens a file in a new tab. Measures the seconds to the report, the milliseconds to another period's report, the main thread's longest
 * task and a timer's longest wait.
 */
async function measured(site, file) {
  const { page, close } = await site.open({ hash: "#period=year&tz=America%2FNew_York&date=2024-06-15" });
  await settled(page); // the sample
  await page.evaluate(watch);
  const started = performance.now();
  await settledAfter(page, () => add(page, file));
  const seconds = (performance.now() - started) / 1000;
  const moves = [];
  await page.getByRole("radio", { name: "Month", exact: true }).check({ force: true });
  await settled(page);
  for (let i = 0; i < MOVES; i++) moves.push(await page.evaluate(move));
  const seen = await page.evaluate(() => window.seen);
  await close();
  return { seconds, move: median(moves), ...seen };
}

/** Runs in the page: moves to the previous period. Gives the milliseconds until its report is drawn. */
async function move() {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const [title, report] = ["period-title", "report"].map((id) => document.getElementById(id));
  const before = title.textContent;
  const started = performance.now();
  document.getElementById("previous").click();
  while (title.textContent === before || report.getAttribute("aria-busy") === "true") await frame();
  await frame();
  return performance.now() - started;
}

/** Runs in the page. */
async function watch() {
  const seen = { wait: 0, task: 0 };
  window.seen = seen;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.task = Math.max(seen.task, duration);
  }).observe({ type: "longtask" });
  // A long task is made here to prove that the browser reports long tasks.
  setTimeout(() => {
    const until = performance.now() + 120;
    while (performance.now() < until);
  });
  for (let i = 0; seen.task === 0 && i < 200; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  if (seen.task === 0) throw new Error("long tasks are not reported");
  seen.task = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    seen.wait = Math.max(seen.wait, now - last);
    last = now;
  }, 4);
}
