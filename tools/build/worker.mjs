// Builds worker/dist from worker/src: one script, and beside it the module, which workerd compiles before the first request.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../setup/run.mjs";

export async function buildWorker() {
  const { build } = await import("esbuild"); // imported here, so that this file loads without npm packages
  const outdir = join(root, "worker/dist");
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [join(root, "worker/src/index.ts")],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    // As wrangler sets them. The order in pkg/package.json decides which one is used; workerd is first there.
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    plugins: [compiled],
    external: ["cloudflare:*", "node:*"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    sourcemap: "linked",
    logLevel: "warning",
  });
}

/** `?module` asks for the compiled module, which is what an import of the file is in workerd. wrangler drops these words too. */
export const compiled = {
  name: "compiled",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.split("?")[0]),
    })),
};
