/** Long files are counted by several cores. Every answer, every problem with its place and every warning is that of one pass in Node. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { UsageRollup } from "usage-by-agent";
import { records } from "./support/records.mjs";
import { startUsage } from "./support/usage-page.mjs";

const READING = { dedupe: true, onInvalid: "skip", naiveTimestamps: "reject" };
const BREAKDOWN = { by: ["agent", "number", "channel", "direction"], tz: "Asia/Kathmandu" };

let site;
before(async () => {
  site = await startUsage({ "navigator.hardwareConcurrency": "4" });
});
after(() => site.close());

const { text } = records({ records: 38_000, invalid: 40 });
const lines = text.trimEnd().split("\n");
const page = (ids, hasMore) =>
  JSON.stringify({ data: ids.map((id) => ({ id, receivedAt: "2025-06-01T00:00:00Z" })), hasMore, total: 9 });
/** A list of pages that goes over parts, records of an unknown kind, and the first records again. */
const mixed = [page(["p1"], true), ...lines, '{"plan":1}', page(["p2"], false), ...lines.slice(0, 2000)].join("\n");
const calls = Array.from({ length: 68_000 }, (_, n) => {
  const startedAt = new Date(Date.UTC(2025, 5, 1) + n * 20_000).toISOString();
  return {
    id: `c${n}`,
    agentId: `a${n % 7}`,
    startedAt,
    status: "completed",
    durationSeconds: n % 90,
    note: "x".repeat(150),
  };
});

for (const [what, content] of [
  ["lines", mixed],
  ["an array on one line", JSON.stringify(calls)],
  ["an array of many lines", JSON.stringify(calls, null, 1)],
]) {
  test(`${what}`, async (t) => {
    assert.ok(content.length > 16_000_000, `${content.length} bytes`);
    site.write("long", content);
    const tab = await site.open();
    let workers = 0;
    tab.on("worker", () => workers++);
    const got = await tab.evaluate(async (breakdown) => {
      const blob = await (await fetch("long")).blob();
      const { diagnostics, sources } = await after((usage) => usage.add([{ name: "long", blob }]));
      const [{ textBytes, items }] = sources;
      return JSON.stringify({ diagnostics, textBytes, items, breakdown: await usage.breakdown(breakdown) });
    }, BREAKDOWN);
    const rollup = new UsageRollup(READING).push(content);
    const diagnostics = rollup.diagnostics();
    const wanted = { textBytes: Buffer.byteLength(content), items: diagnostics.records };
    assert.deepEqual(
      JSON.parse(got),
      JSON.parse(JSON.stringify({ diagnostics, ...wanted, breakdown: rollup.breakdown(BREAKDOWN) })),
    );
    rollup.free();
    t.diagnostic(`${workers} workers`);
    if (what === "lines") assert.ok(workers >= 2, `${workers} workers`);
    await tab.close();
  });
}

test("a worker that does not start only costs time", async () => {
  site.write("long", mixed);
  const tab = await site.open();
  await tab.evaluate(() => usage.about()); // the worker has been loaded
  const script = readdirSync(`${site.folder}/assets`).find((name) => name.startsWith("worker"));
  rmSync(`${site.folder}/assets/${script}`);
  const failed = [];
  tab.on("response", (response) => response.ok() || failed.push(response.url()));
  const counted = await tab.evaluate(async () => {
    const blob = await (await fetch("long")).blob();
    return (await after((usage) => usage.add([{ name: "long", blob }]))).diagnostics.counted;
  });
  const rollup = new UsageRollup(READING).push(mixed);
  assert.equal(failed.length, 2, "workers did not start");
  assert.equal(counted, rollup.diagnostics().counted);
  rollup.free();
  await tab.close();
});
