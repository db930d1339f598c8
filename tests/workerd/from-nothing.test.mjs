/** Builds the Worker of docs/worker.md from that page's files, as `wrangler deploy` does, and runs it in workerd. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Miniflare } from "miniflare";
import { filesOf, pageOf } from "../support/document.mjs";
import { runOrThrow, write } from "../support/packed.mjs";
import { ROOT } from "./support.mjs";

const files = Object.assign({}, ...Object.values(filesOf("worker.md")));

test("the Worker of docs/worker.md builds, and gives the report that the page promises", {
  timeout: 300_000,
}, async () => {
  const cwd = write(files);
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  await runOrThrow(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", "out"], {
    cwd,
    env: { WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(cwd, "log"), CI: "true" },
  });

  const names = readdirSync(join(cwd, "out")).filter((name) => /\.(js|wasm)$/.test(name));
  names.sort((a, b) => (b === "main.js") - (a === "main.js"));
  const worker = new Miniflare({
    modules: names.map((name) => ({
      type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
      path: join(cwd, "out", name),
    })),
    modulesRoot: join(cwd, "out"),
    compatibilityDate: "2026-04-01",
    r2Buckets: { RECORDS: "usage-records" },
    bindings: { TOKEN: "secret" },
  });
  try {
    const years = 2024 - new Date().getUTCFullYear();
    const ask = async (authorization, status) => {
      const url = `http://localhost/v1/usage/by-agent?period=year&offset=${years}`;
      const response = await worker.dispatchFetch(url, { headers: { authorization } });
      assert.equal(response.status, status);
      return response.json();
    };
    await ask("Bearer another", 401);
    assert.deepEqual((await ask("Bearer secret", 200)).data, [], "the bucket is empty");

    const bucket = await worker.getR2Bucket("RECORDS");
    await bucket.put("records.ndjson", files["records.ndjson"]);
    const { data, periodStart } = await ask("Bearer secret", 200);
    assert.equal(periodStart, "2024-01-01T05:00:00Z");
    assert.deepEqual(data, [promised()]);
  } finally {
    await worker.dispose();
  }
});

/** The row that the page shows. */
function promised() {
  const [, row] = /one row:\n\n```json\n(.*)\n```/.exec(pageOf("worker.md"));
  return JSON.parse(row);
}
