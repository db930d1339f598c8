/**
 * The module in workerd has a maximum of memory. Calls that need more say so, and the calls after them give what they should. The
 * Worker's settings limit what a request may take.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { withMaximum } from "../support/limits/maximum.mjs";
import { startBundled, startWorker, TOKEN } from "./support.mjs";

for (const mebibytes of [20, 40, 80, 125]) {
  test(`the module may have ${mebibytes} MiB`, async () => {
    const most = mebibytes << 20;
    const { worker, stop } = await startBundled("limits-worker.mjs", (module) => withMaximum(module, most));
    try {
      for (let request = 1; request <= 2; request++) {
        const response = await worker.dispatchFetch("http://localhost/", { headers: { "x-most": String(most) } });
        assert.equal(await response.text(), "fine", `request ${request}`);
      }
    } finally {
      await stop();
    }
  });
}

test("the limits of a request are settings", async () => {
  const NOW = "2024-06-15T12:00:00Z";
  const line = (n, more) => JSON.stringify({ id: `m${n}`, agentId: "a", receivedAt: NOW, ...more });
  const lines = (length) => Array.from({ length }, (_, n) => line(n)).join("\n");
  const vars = { API_TOKENS: TOKEN, NOW, MAX_MEMORY_BYTES: "262144", MAX_RECORD_BYTES: "2048", MAX_STATUSES: "5" };
  const worker = await startWorker({ vars, objects: { "records.ndjson": lines(5000) } });
  const ask = async (path) => {
    const { status, json } = await worker.request("?period=month", { path: `/v1/usage/${path}` });
    return [status, json().error?.code];
  };
  try {
    for (const path of ["by-agent", "daily"]) assert.deepEqual(await ask(path), [200, undefined], path);
    await worker.put("records.ndjson", lines(50_000));
    for (const path of ["by-agent", "daily"]) assert.deepEqual(await ask(path), [503, "out_of_memory"], path);
    await worker.put("records.ndjson", `${lines(5)}\n${line(9, { body: "x".repeat(3000) })}`);
    for (const path of ["by-agent", "daily"]) assert.deepEqual(await ask(path), [500, "invalid_record"], path);
  } finally {
    await worker.stop();
  }
});

for (const [setting, value] of [
  ["MAX_MEMORY_BYTES", "65535"],
  ["MAX_RECORD_BYTES", "8 MiB"],
  ["MAX_STATUSES", "0"],
]) {
  test(`${setting} may not be ${value}`, async () => {
    const worker = await startWorker({ vars: { API_TOKENS: TOKEN, [setting]: value } });
    try {
      const { status, text } = await worker.request();
      assert.equal(status, 503);
      assert.match(text, new RegExp(`${setting} can't be used: .*wanted a whole number from`));
    } finally {
      await worker.stop();
    }
  });
}
