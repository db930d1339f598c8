/**
 * A large file: the page leaves the work to its worker, shows the progress, can be cancelled, and is right. `npm run bench -- page`
 * measures how long its main thread is busy.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { add, asBuckets, asTable, bucketsOf, choose, settled, settledAfter, start, tableOf } from "./support/page.mjs";

const RECORDS = 500_000;
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

test("half a million records are counted", async (t) => {
  const { page, close } = await site.open({ hash: "#period=month&tz=UTC&date=2025-06-18" });
  await settled(page);
  await watch(page);
  await choose(page, path);
  const seen = await page.evaluate(() => window.seen);
  assert.deepEqual(await tableOf(page), asTable(expected.report));
  assert.deepEqual(await bucketsOf(page), asBuckets(expected.diagnostics));
  t.diagnostic(`${await page.locator(".counting .status").textContent()} ${seen.progress.length} steps of progress`);
  assert.deepEqual(seen.heavy, [], "work that is the worker's");
  assert.ok(seen.progress.length >= 3, `progress: ${seen.progress}`);
  assert.deepEqual(
    seen.progress,
    seen.progress.toSorted((a, b) => a - b),
  );

  // Another period is asked of the counts, and the file is not read again.
  seen.progress.length = 0;
  await settledAfter(page, () => page.click("#previous"));
  assert.equal(await page.textContent("#period-title"), "May 2025");
  assert.deepEqual(await page.evaluate(() => [window.seen.heavy, document.querySelector(".run").hidden]), [[], true]);

  // Fast moves end at the last one.
  await page.evaluate(() => {
    for (let i = 0; i < 5; i++) document.getElementById("next").click();
    for (let i = 0; i < 4; i++) document.getElementById("previous").click();
  });
  await page.getByRole("heading", { name: "June 2025" }).waitFor();
  await settled(page);
  assert.deepEqual(await tableOf(page), asTable(expected.report));
  await close();
});

test("a stopped count can go on", async () => {
  const { page, close } = await site.open({ hash: "#period=month&tz=UTC&date=2025-06-18" });
  await settled(page);
  await add(page, path);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const poll = () => {
          const stop = [...document.querySelectorAll(".run button")].find(({ textContent }) => textContent === "Stop");
          const progress = document.querySelector(".run progress");
          // What the sample has left there does not count.
          if (progress.max > 5e7 && progress.value > 1e6) resolve(stop.click());
          else setTimeout(poll, 1);
        };
        poll();
      }),
  );
  await page.getByText("Stopped: not counted").waitFor();
  await page.locator(".run").waitFor({ state: "hidden" });
  assert.equal(await page.isVisible("#report"), false);
  await settledAfter(page, () => page.getByRole("button", { name: "Count what was stopped" }).click());
  assert.equal((await bucketsOf(page)).records, RECORDS);
  await close();
});

test("tens of thousands of agents are shown in batches", async () => {
  const lines = Array.from(
    { length: 40_000 },
    (_, i) => `{"type":"message","agentId":"agent ${i}","receivedAt":"2025-06-18T00:00:00Z"}`,
  );
  const { page, close } = await site.open({ hash: "#period=month&tz=UTC&date=2025-06-18" });
  const path = join(folder, "agents.ndjson");
  writeFileSync(path, lines.join("\n"));
  await watch(page);
  await choose(page, path);
  assert.deepEqual(await page.evaluate(() => window.seen.heavy), []);
  assert.equal(await page.locator(".usage tbody tr").count(), 200);
  await page.getByText("Show 200 more of 39,800").click();
  assert.equal(await page.locator(".usage tbody tr").count(), 400);
  assert.match(await page.textContent(".usage tfoot"), /40,000 rows/);
  const elements = await page.locator("*").count();
  assert.ok(elements < 10_000, `${elements} elements`);
  await close();
});

/** Writes the file, and counts its records by plain sums. */
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
    ignored: { voiceTurns: 0, reactions: 0, events: 0, tests: 0, notCompleted: { failed: 0 }, other: 0 },
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
      else diagnostics.counted += 1;
      if (!failed && inside) {
        agent.calls += 1;
        agent.totalSeconds += i % 600;
      }
    } else {
      text += `{"event":"agent.message","channel":"sms","timestamp":"${when}","agentId":"${agent.agentId}","agentName":"${agent.agentName}","data":{"messageId":"msg_${i}","conversationId":"conv_4","from":"+15551230000","to":"+15559870000","message":"Is the table for four still free on Friday?","direction":"inbound","receivedAt":"${when}"}}\n`;
      diagnostics.counted += 1;
      if (inside) agent.messages += 1;
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

/**
 * Records in the page the values of the progress bar, and whether the main thread opens the file or compiles a module, which only
 * the worker should do.
 */
async function watch(page) {
  await page.evaluate(async () => {
    const seen = { heavy: [], progress: [] };
    window.seen = seen;
    const guard = (owner, ...names) => {
      for (const name of names) {
        const real = owner[name];
        owner[name] = new Proxy(real, {
          apply: (target, self, args) => {
            seen.heavy.push(name);
            return Reflect.apply(target, self, args);
          },
          construct: (target, args) => {
            seen.heavy.push(name);
            return Reflect.construct(target, args);
          },
        });
      }
    };
    guard(Blob.prototype, "stream", "text", "arrayBuffer", "slice");
    guard(window, "FileReader", "Response");
    guard(WebAssembly, "compile", "compileStreaming", "instantiate", "instantiateStreaming", "Module", "Instance");
    // Shows that the recording works.
    await new Blob(["x"]).text();
    new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    if (seen.heavy.join() !== "text,Module") throw new Error(`seen: ${seen.heavy}`);
    seen.heavy.length = 0;

    // The bar's value is also an attribute, so no step is missed on a busy machine.
    const bar = document.querySelector(".run progress");
    bar.value = 0; // the sample was counted before
    new MutationObserver((changes) => {
      for (const { oldValue } of changes) if (Number(oldValue) > 0) seen.progress.push(Number(oldValue));
    }).observe(bar, { attributeFilter: ["value"], attributeOldValue: true });
  });
}
