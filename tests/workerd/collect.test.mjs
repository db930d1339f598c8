/** Records are collected in workerd, and in Node through the Worker that passes the lists on. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { compiled } from "../../tools/build/worker.mjs";
import { miniflareOptions } from "../../worker/dev/miniflare-options.mjs";
import { startCollectServer } from "../support/collect-process.mjs";
import { TOKEN, WINDOW } from "../support/collect-vendor.mjs";
import { collect } from "../support/collected.mjs";
import { ROOT, startWorker } from "./support.mjs";

const SIZES = { calls: 300, conversations: 40, longest: 250 };
const MANNERS = { order: "falls", trouble: 0.03, unfinished: 3 };

describe("collect", () => {
  let vendor;
  before(async () => {
    vendor = await startCollectServer(7, { sizes: SIZES, manners: MANNERS });
  });
  after(() => vendor?.stop());

  test("in workerd", async () => {
    const out = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
    await build({
      entryPoints: [join(ROOT, "tests/workerd/collect-worker.mjs")],
      outdir: out,
      bundle: true,
      format: "esm",
      platform: "browser",
      conditions: ["workerd", "worker", "browser"],
      plugins: [compiled],
      loader: { ".wasm": "copy" },
      logLevel: "warning",
    });
    const { compatibilityDate, compatibilityFlags } = miniflareOptions({ root: ROOT });
    const modules = readdirSync(out)
      .sort((a, b) => a.endsWith(".wasm") - b.endsWith(".wasm"))
      .map((name) => ({ type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: join(out, name) }));
    const worker = new Miniflare({ modules, modulesRoot: out, compatibilityDate, compatibilityFlags });
    try {
      await worker.ready;
      const ask = async (options) => {
        const body = JSON.stringify({ token: TOKEN, baseUrl: vendor.url, window: WINDOW, retries: 20, ...options });
        return (await worker.dispatchFetch("http://localhost/", { method: "POST", body })).json();
      };
      const { ids, complete, state, ...rest } = await ask({});
      assert.deepEqual(rest, {});
      const there = await vendor.counts();
      assert.deepEqual([ids.length, complete], [there.calls + there.messages, true]);
      assert.deepEqual((await ask({ resume: state })).ids, []);
      assert.equal((await ask({ token: "wrong" })).code, "unauthorized");
    } finally {
      await worker.dispose();
      rmSync(out, { recursive: true, force: true });
    }
  });

  test("through the Worker that passes the lists on", async () => {
    const worker = await startWorker({ vars: { UPSTREAM_BASE_URL: vendor.url, PASS_LISTS: "true" } });
    try {
      const options = { token: TOKEN, baseUrl: worker.base.href, window: WINDOW, retries: 20 };
      const collection = collect(options);
      let records = 0;
      for await (const page of collection) records += page.records.length;
      const there = await vendor.counts();
      assert.deepEqual([records, collection.completeness().complete], [there.calls + there.messages, true]);
      assert.ok(!worker.logs().includes(TOKEN));
    } finally {
      await worker.stop();
    }
  });
});
