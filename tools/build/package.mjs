// Builds pkg/dist from pkg/src, and writes the module as text for the entries that can't load a file.

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../setup/run.mjs";

export async function buildPackage() {
  const dist = join(root, "pkg/dist");
  rmSync(dist, { recursive: true, force: true }); // files without a source must not be packed
  mkdirSync(join(dist, "entries"), { recursive: true });

  const wasm = readFileSync(join(root, "pkg/wasm/usage_by_agent.wasm"));
  writeFileSync(join(dist, "entries/inline-wasm.js"), `export const wasmBase64 = "${wasm.toString("base64")}";\n`);
  writeFileSync(join(dist, "entries/inline-wasm.d.ts"), "export declare const wasmBase64: string;\n");

  for (const name of ["LICENSE", "CHANGELOG.md"]) copyFileSync(join(root, name), join(root, "pkg", name)); // for the package

  await run(join(root, "node_modules/.bin/tsc"), ["-p", "pkg"]);
}
