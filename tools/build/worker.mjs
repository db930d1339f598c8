// worker/src -> worker/dist: one script and the module beside it, which workerd compiles before the first request.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/run.mjs";

export async function buildWorker() {
  const { build } = await import("esbuild"); // here, so that this file loads before there are npm packages
  const outdir = join(root, "worker/dist");
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [join(root, "worker/src/index.ts")],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    // What wrangler sets. Which of them wins is decided by their order in pkg/package.json: workerd is first there.
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    sourcemap: "linked",
    logLevel: "warning",
  });
}
