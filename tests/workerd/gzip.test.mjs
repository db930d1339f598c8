/** Gzip data of several members is read whole in workerd, or it is damaged. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DAMAGED, someMembers, WHOLE } from "../support/gzip-members.mjs";
import { startBundled } from "./support.mjs";

describe("decompressed", () => {
  let bundled;
  let worker;
  before(async () => {
    bundled = await startBundled("gzip-worker.mjs");
    ({ worker } = bundled);
  });
  after(() => bundled?.stop());

  async function read(zipped, most) {
    const headers = { "x-most": String(most) };
    const body = Uint8Array.from(zipped);
    const response = await worker.dispatchFetch("http://localhost/", { method: "POST", headers, body });
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()).toString("latin1") };
  }

  const random = Array.from({ length: 40 }, (_, n) => ({
    what: `the members of seed ${n + 1}`,
    ...someMembers(n + 1),
  }));
  for (const { what, zipped, text } of [...WHOLE, ...random]) {
    test(`${what} are read whole`, async () => {
      for (const most of [zipped.length > 5000 ? 1000 : 1, 1e6]) {
        assert.deepEqual(await read(zipped, most), { status: 200, body: text }, `chunks of ${most} bytes`);
      }
    });
  }
  for (const { what, zipped } of DAMAGED) {
    test(`${what} is damage`, async () => {
      for (const most of [1, 1e6]) {
        assert.deepEqual(await read(zipped, most), { status: 500, body: "invalid_json" }, `chunks of ${most} bytes`);
      }
    });
  }
});
