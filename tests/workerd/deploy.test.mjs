/** Checks what `wrangler deploy` would upload, without uploading it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "./support.mjs";

test("wrangler packs the Worker that was tested", { timeout: 300_000 }, async () => {
  const out = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
  try {
    const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
    const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(out, "log"), CI: "true" };
    const args = [
      "deploy",
      "--dry-run",
      "--config",
      join(ROOT, "worker/wrangler.jsonc"),
      "--outdir",
      join(out, "dist"),
    ];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [wrangler, ...args], { cwd: out, env });
    const said = stdout + stderr;
    assert.match(said, /env\.RECORDS/);
    assert.match(said, /env\.ASSETS/);
    assert.doesNotMatch(said, /warning/i);

    const built = join(ROOT, "worker/dist");
    const packed = readdirSync(join(out, "dist"));
    for (const name of readdirSync(built).filter((file) => /\.(js|wasm)$/.test(file))) {
      assert.ok(packed.includes(name), `${name} is not packed`);
      if (name.endsWith(".wasm")) {
        assert.deepEqual(readFileSync(join(out, "dist", name)), readFileSync(join(built, name)));
      }
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
