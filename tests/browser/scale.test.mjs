/** A large file: the page stays responsive, shows how far it is, can be stopped, and is right. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { asBuckets, asTable, bucketsOf, choose, settledAfter, start, tableOf } from "./support/page.mjs";

const RECORDS = 500_000;
/** The longest that a task of the page may take, and that a timer may be late. People notice from about 100 ms. */
const TASK_MS = 200;
const GAP_MS = 800;
/** On a machine with much else to do everything takes longer: then this share of the whole. Without a worker it would be nearly all. */
const SHARE = 0.2;

const folder = mkdtempSync(join(tmpdir(), "usage-scale-"));
const path = join(folder, "large.ndjson");
let site;
let expected;
before(async () => {
  site = await start();
  expected = await writeLarge(path);
});
after(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

test("half a million records", async (t) => {
  const { page, close } = await site.open({ hash: "#period=month&tz=UTC&date=2025-06-18" });
  await watch(page);
  const started = performance.now();
  await choose(page, path);
  const seconds = (performance.now() - started) / 1000;
  const seen = await watched(page);
  assert.deepEqual(await tableOf(page), asTable(expected.report));
  assert.deepEqual(await bucketsOf(page), asBuckets(expected.diagnostics));
  t.diagnostic(
    `${(statSync(path).size / 1e6).toFixed(0)} MB in ${seconds.toFixed(2)} s (${await page.textContent("#status")}); ` +
      `longest gap ${seen.gap.toFixed(0)} ms, longest task ${seen.task.toFixed(0)} ms, ` +
      `${seen.progress.length} steps of progress`,
  );
  assertResponsive(seen, seconds);
  assert.ok(seen.progress.length >= 3, `progress: ${seen.progress}`);
  assert.deepEqual(
    seen.progress,
    seen.progress.toSorted((a, b) => a - b),
  );

  // Another question of the same file.
  await settledAfter(page, () => page.click("#previous"));
  assert.equal((await bucketsOf(page)).records, RECORDS);
  assert.equal(await page.textContent("#period-title"), "May 2025");

  // A newer question ends the one under way, and the latest answer is the one on show.
  await page.evaluate(() => {
    for (let i = 0; i < 5; i++) document.getElementById("next").click();
    for (let i = 0; i < 4; i++) document.getElementById("previous").click();
  });
  await page.waitForFunction(() => document.getElementById("run").hidden);
  assert.deepEqual(await tableOf(page), asTable(expected.report));
  await close();
});

test("cancelling, and counting again", async () => {
  const { page, close } = await site.open({ hash: "#period=month&tz=UTC&date=2025-06-18" });
  await page.setInputFiles("#records-file", path);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const poll = () =>
          document.getElementById("progress").value > 0
            ? resolve(document.getElementById("cancel").click())
            : setTimeout(poll, 1);
        poll();
      }),
  );
  assert.match(await page.textContent("#status"), /^Cancelled/);
  await page.waitForTimeout(500);
  assert.equal(await page.isVisible("#report"), false);
  assert.equal(await page.isVisible("#run"), false);
  await settledAfter(page, () => page.uncheck("#dedupe"));
  assert.equal((await bucketsOf(page)).records, RECORDS);
  await close();
});

test("tens of thousands of agents: shown a part at a time", async () => {
  const lines = Array.from(
    { length: 40_000 },
    (_, i) => `{"type":"message","agentId":"agent ${i}","receivedAt":"2025-06-18T00:00:00Z"}`,
  );
  const { page, close } = await site.open({ hash: "#period=month&tz=UTC&date=2025-06-18" });
  const path = join(folder, "agents.ndjson");
  writeFileSync(path, lines.join("\n"));
  await watch(page);
  const started = performance.now();
  await choose(page, path);
  const seconds = (performance.now() - started) / 1000;
  assert.equal(await page.locator(".usage tbody tr").count(), 200);
  await page.getByText("Show 200 more of 39,800").click();
  assert.equal(await page.locator(".usage tbody tr").count(), 400);
  assert.match(await page.textContent(".usage tfoot"), /40,000 rows/);
  assertResponsive(await watched(page), seconds);
  await close();
});

/** Writes the file and counts it on the way, by plain sums. */
async function writeLarge(file) {
  const agents = Array.from({ length: 20 }, (_, i) => ({
    agentId: `agt_${i}`,
    agentName: `Agent ${i}`,
    messages: 0,
    calls: 0,
    totalSeconds: 0,
    isOrphan: false,
  }));
  const diagnostics = {
    records: RECORDS,
    counted: 0,
    outsidePeriod: 0,
    duplicates: 0,
    invalid: 0,
    ignored: { voiceTurns: 0, reactions: 0, other: 0, notCompleted: { failed: 0 } },
  };
  const start = Date.UTC(2025, 4, 1);
  const [from, to] = [Date.UTC(2025, 5, 1), Date.UTC(2025, 6, 1)];
  const step = (91 * 86_400_000) / RECORDS;
  const out = createWriteStream(file);
  let text = "";
  for (let i = 0; i < RECORDS; i++) {
    const at = Math.floor(start + i * step);
    const when = new Date(at).toISOString();
    const agent = agents[(i * i + 3 * i) % 20];
    const inside = at >= from && at < to;
    if (i % 3 === 0) {
      const failed = i % 21 === 0;
      text += `{"id":"call_${i}","agentId":"${agent.agentId}","agentName":"${agent.agentName}","phoneNumberId":"num_17","fromNumber":"+15551230000","toNumber":"+15559870000","status":"${failed ? "failed" : "completed"}","startedAt":"${when}","endedAt":null,"durationSeconds":${i % 600},"lastTranscriptSnippet":"Thanks, that is all I needed."}\n`;
      if (failed) diagnostics.ignored.notCompleted.failed += 1;
      else if (!inside) diagnostics.outsidePeriod += 1;
      else {
        diagnostics.counted += 1;
        agent.calls += 1;
        agent.totalSeconds += i % 600;
      }
    } else {
      text += `{"event":"agent.message","channel":"sms","timestamp":"${when}","agentId":"${agent.agentId}","agentName":"${agent.agentName}","data":{"messageId":"msg_${i}","conversationId":"conv_4","from":"+15551230000","to":"+15559870000","message":"Is the table for four still free on Friday?","direction":"inbound","receivedAt":"${when}"}}\n`;
      if (!inside) diagnostics.outsidePeriod += 1;
      else {
        diagnostics.counted += 1;
        agent.messages += 1;
      }
    }
    if (text.length > 1 << 20) {
      if (!out.write(text)) await once(out, "drain");
      text = "";
    }
  }
  out.end(text);
  await once(out, "close");
  const data = agents
    .filter(({ messages, calls }) => messages + calls > 0)
    .sort(
      (a, b) =>
        b.messages - a.messages ||
        b.calls - a.calls ||
        b.totalSeconds - a.totalSeconds ||
        (a.agentName < b.agentName ? -1 : 1),
    );
  return { report: { data }, diagnostics };
}

/** Measures, in the page, how long its main thread was ever busy, and what the progress bar went through. */
async function watch(page) {
  await page.evaluate(async () => {
    const seen = { gap: 0, task: 0, progress: [] };
    window.seen = seen;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.task = Math.max(seen.task, duration);
    }).observe({ type: "longtask" });
    // Proof that long tasks are seen at all: one is made.
    setTimeout(() => {
      const until = performance.now() + 120;
      while (performance.now() < until);
    });
    for (let i = 0; seen.task === 0 && i < 200; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    if (seen.task === 0) throw new Error("long tasks are not reported");
    seen.task = 0;

    const bar = document.getElementById("progress");
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      seen.gap = Math.max(seen.gap, now - last);
      last = now;
      if (bar.value > 0 && bar.value !== seen.progress.at(-1)) seen.progress.push(bar.value);
    }, 4);
  });
}

function assertResponsive({ task, gap }, seconds) {
  const share = SHARE * seconds * 1000;
  assert.ok(task < Math.max(TASK_MS, share), `of ${seconds} s a task took ${task} ms`);
  assert.ok(gap < Math.max(GAP_MS, share), `of ${seconds} s the main thread stood still for ${gap} ms`);
}

const watched = (page) => page.evaluate(() => window.seen);
