/** Checks what `wrangler deploy` would upload, without uploading it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { readJsonc } from "../../worker/dev/miniflare-options.mjs";
import { ROOT } from "./support.mjs";

const SERVICE = "wrangler.jsonc";
const RECORDS = "wrangler.records.jsonc";

/** The files that describe the Worker, with what wrangler says of their bindings. */
const CONFIGS = {
  [SERVICE]: { has: [/env\.USAGE \(UsageShard\)/, /env\.ASSETS/], hasNot: /env\.RECORDS/ },
  [RECORDS]: { has: [/env\.RECORDS \(usage-records\)/, /env\.ASSETS/], hasNot: /env\.USAGE/ },
};

for (const [config, { has, hasNot }] of Object.entries(CONFIGS)) {
  test(`wrangler packs the Worker that was tested, by ${config}`, { timeout: 300_000 }, async () => {
    const out = mkdtempSync(join(tmpdir(), "usage-by-agent-"));
    try {
      const said = await deploy(["--config", join(ROOT, "worker", config), "--outdir", join(out, "dist")], out);
      for (const words of has) assert.match(said, words);
      assert.doesNotMatch(said, hasNot);
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
}

/** What a dry run says. */
async function deploy(args, out) {
  const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(out, "log"), CI: "true" };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [wrangler, "deploy", "--dry-run", ...args], {
    cwd: out,
    env,
  });
  return stdout + stderr;
}

test("both files describe one Worker, except for its bindings", () => {
  const [service, records] = [SERVICE, RECORDS].map((name) => readJsonc(join(ROOT, "worker", name)));
  const { durable_objects: _, migrations, ...ofService } = service;
  const { r2_buckets: __, ...ofRecords } = records;
  assert.deepEqual(ofService, ofRecords);
  assert.deepEqual(migrations, [{ tag: "v1", new_sqlite_classes: ["UsageShard"] }]);
});
