/** The module in workerd has a maximum of memory. Calls that need more say so, and the calls after them give what they should. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { withMaximum } from "../support/limits/maximum.mjs";
import { startBundled } from "./support.mjs";

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
