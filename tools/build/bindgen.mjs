// Builds and runs the crate tools/bindgen, which writes the module's glue.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Missing, quietly, root } from "../setup/run.mjs";
import { lockedVersion } from "../setup/wasm-bindgen.mjs";

const CRATE = join(root, "tools/bindgen");
const MANIFEST = ["--manifest-path", join(CRATE, "Cargo.toml")];
const TARGET_DIR = join(CRATE, "target");
const PLACE = [...MANIFEST, "--target-dir", TARGET_DIR];
const STAMP = join(TARGET_DIR, "sources.stamp");

/** The text of everything that decides which output an input gets. */
export const bindgenSources = () =>
  ["Cargo.toml", "Cargo.lock", "main.rs"].map((name) => readFileSync(join(CRATE, name), "utf8")).join("\n");

/** Whether the crate is built from its present sources. cargo would find that out too, but it waits for another cargo, and says so. */
export const isBindgenBuilt = () => existsSync(STAMP) && readFileSync(STAMP, "utf8") === bindgenSources();

export async function fetchBindgen() {
  checkBindgenVersion(readFileSync(join(CRATE, "Cargo.toml"), "utf8"), lockedVersion());
  if (!isBindgenBuilt()) await quietly("cargo", ["fetch", ...MANIFEST]);
}

export async function buildBindgen() {
  if (isBindgenBuilt()) return;
  rmSync(STAMP, { force: true });
  await quietly("cargo", ["build", ...PLACE]);
  writeFileSync(STAMP, bindgenSources());
}

/** Writes `name`.js, `name`.d.ts, `name`_bg.wasm and its types into a folder. `input` is the path of the module that cargo built. */
export async function bindgen(input, folder, name) {
  await quietly("cargo", ["run", "--quiet", ...PLACE, "--", input, folder, name]);
}

/** The crate and the library wasm-bindgen share a private format, which changes between versions. */
export function checkBindgenVersion(manifest, wanted) {
  const got = /^wasm-bindgen-cli-support = "=([^"]+)"$/m.exec(manifest)?.[1];
  if (got === wanted) return;
  throw new Missing(
    `Cargo.lock has wasm-bindgen ${wanted}, and tools/bindgen/Cargo.toml has wasm-bindgen-cli-support ${got ?? "without an exact version"}. ` +
      `Write \`wasm-bindgen-cli-support = "=${wanted}"\` into tools/bindgen/Cargo.toml, then run this again.`,
  );
}
