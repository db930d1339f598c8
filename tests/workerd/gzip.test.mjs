/** Gzip data of several members is read whole in workerd, or it is damaged. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { compiled } from "../../tools/build/worker.mjs";
import { miniflareOptions } from "../../worker/dev/miniflare-options.mjs";
import { DAMAGED, someMembers, WHOLE } from "../support/gzip-members.mjs";
import { ROOT } from "./support.mjs";

describe("decompressed", () => {
  let worker;
  let out;
  before(async () => {
    out = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
    await build({
      entryPoints: [join(ROOT, "tests/workerd/gzip-worker.mjs")],
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
    worker = new Miniflare({ modules, modulesRoot: out, compatibilityDate, compatibilityFlags });
    await worker.ready;
  });
  after(async () => {
    await worker?.dispose();
    rmSync(out, { recursive: true, force: true });
  });

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
