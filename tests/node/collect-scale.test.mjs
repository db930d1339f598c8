/** A large account: how many requests a collection makes, and that it fits into little memory. The vendor is another process. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { startCollectServer } from "../support/collect-process.mjs";
import { TOKEN, WINDOW } from "../support/collect-vendor.mjs";
import { installed, run } from "../support/packed.mjs";

const collect = pathToFileURL(join(installed, "dist/collect.js")).href;

/**
 * The program that collects. Its old generation has 32 MiB, with all of Node's own, and it must not run out of it. The memory that
 * is in use after a collection of garbage is measured too.
 */
const PROGRAM = `
  const { collect } = await import(${JSON.stringify(collect)});
  const used = () => (gc(), process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers);
  const [, , baseUrl] = process.argv;
  const before = used();
  let [most, pages] = [0, 0];
  const counts = { calls: 0, messages: 0 };
  const collection = collect({ token: ${JSON.stringify(TOKEN)}, window: ${JSON.stringify(WINDOW)}, baseUrl, retries: 20 });
  for await (const { kind, records } of collection) {
    counts[kind] += records.length;
    if (pages++ % 50 === 0) most = Math.max(most, used() - before);
  }
  console.log(JSON.stringify({ counts, most, state: collection.state().length, ...collection.completeness() }));
`;

for (const [seed, manners] of [
  [1, { order: "falls", arrivals: 100, trouble: 0.02, unfinished: 40 }],
  [2, { order: "mixed", arrivals: 100, trouble: 0.02, unfinished: 40, undated: true }],
]) {
  test(`50,000 calls and 100,000 messages: ${manners.order}`, async () => {
    const sizes = { calls: 50_000, conversations: 3_000, longest: 260, coarse: 1000 };
    const vendor = await startCollectServer(seed, { sizes, manners });
    try {
      const flags = [
        "--expose-gc",
        "--max-old-space-size=32",
        "--input-type=module",
        "-e",
        PROGRAM,
        "program",
        vendor.url,
      ];
      const { status, stdout, stderr } = await run(process.execPath, flags, { timeout: 300_000 });
      assert.equal(status, 0, stderr);
      const { counts, most, state, complete, shortfalls } = JSON.parse(stdout);
      const there = await vendor.counts();
      console.log(
        `${there.requests} requests, ${there.failures} of them failed, for ${there.needed} pages; ${most} bytes; state ${state}`,
      );
      assert.equal(complete, true, JSON.stringify(shortfalls));
      assert.equal(counts.messages, there.messages);
      // Of a list without an order, calls that arrive meanwhile may be there or not.
      assert.ok(
        counts.calls <= there.calls && counts.calls >= there.calls - (manners.order === "mixed" ? manners.arrivals : 0),
      );
      assert.ok(there.requests - there.failures <= 1.3 * there.needed, `${there.requests} for ${there.needed}`);
      assert.ok(most < 32 * 1024 * 1024, `${most} bytes`);
      assert.ok(state < 512 * 1024);
    } finally {
      await vendor.stop();
    }
  });
}
