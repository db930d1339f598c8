/** Records are collected in workerd, and in Node through the Worker that passes the lists on. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startCollectServer } from "../support/collect-process.mjs";
import { TOKEN, WINDOW } from "../support/collect-vendor.mjs";
import { collect } from "../support/collected.mjs";
import { startBundled, startWorker } from "./support.mjs";

const SIZES = { calls: 300, conversations: 40, longest: 250 };
const MANNERS = { order: "falls", trouble: 0.03, unfinished: 3 };

describe("collect", () => {
  let vendor;
  before(async () => {
    vendor = await startCollectServer(7, { sizes: SIZES, manners: MANNERS });
  });
  after(() => vendor?.stop());

  test("in workerd", async () => {
    const { worker, stop } = await startBundled("collect-worker.mjs");
    try {
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
      await stop();
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
