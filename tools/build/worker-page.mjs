// Builds worker/page from www and www/dist: the pages that the Worker serves. `index.html` counts files, and `service.html` shows what
// the service has counted. Both are at the root, so that they share their assets.

import { cpSync, renameSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../setup/run.mjs";

const folder = join(root, "worker/page");

/** Runs after `buildPage`. */
export async function buildWorkerPage() {
  const vite = join(root, "node_modules/.bin/vite");
  await run(vite, ["build", "www", "--mode", "service", "--outDir", folder, "--emptyOutDir", "--logLevel", "warn"]);
  renameSync(join(folder, "index.html"), join(folder, "service.html"));
  cpSync(join(root, "www/dist"), folder, { recursive: true });
}
