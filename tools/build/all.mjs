// The whole build. Each step reads only what earlier steps wrote.

import { step } from "../setup/run.mjs";
import { buildPackage } from "./package.mjs";
import { buildPage } from "./page.mjs";
import { buildServedPage } from "./served-page.mjs";
import { buildWasm, fetchCrates, isFirstBuild } from "./wasm.mjs";
import { buildWorker } from "./worker.mjs";
import { buildWorkerPage } from "./worker-page.mjs";

/** `tools` is the result of `setUp(BUILD)`. */
export async function buildAll(tools) {
  await step("Crates: cargo fetch", () => fetchCrates(tools));
  await step(`Rust to pkg/wasm${isFirstBuild() ? ", the first time about a minute on two free cores" : ""}`, () =>
    buildWasm(tools),
  );
  await step("TypeScript to pkg/dist", buildPackage);
  await step("Page to www/dist", buildPage);
  await step("Page of the command to pkg/dist/www", buildServedPage);
  await step("Pages of the Worker to worker/page", buildWorkerPage);
  await step("Worker to worker/dist", buildWorker);
}
