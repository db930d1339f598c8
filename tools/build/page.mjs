// Builds www/dist from www.

import { join } from "node:path";
import { root, run } from "../setup/run.mjs";

export async function buildPage() {
  await run(join(root, "node_modules/.bin/vite"), ["build", "www", "--logLevel", "warn"]);
}
