// Checks the sources' format and warnings.

import { join } from "node:path";
import { root } from "../setup/run.mjs";
import { TARGET } from "../setup/wasm-target.mjs";

/** `wasm` is the environment in which cargo builds for WebAssembly; `fix` fixes what the programs can fix. */
export function lintCommands({ wasm, fix = false }) {
  const bindgen = ["--manifest-path", join(root, "tools/bindgen/Cargo.toml")]; // a workspace of its own
  const clippy = ["clippy", ...(fix ? ["--fix", "--allow-dirty", "--allow-staged"] : [])];
  return [
    ["cargo", ["fmt", "--all", ...(fix ? [] : ["--check"])]],
    ["cargo", ["fmt", ...bindgen, ...(fix ? [] : ["--check"])]],
    ["cargo", [...clippy, "--workspace", "--all-targets", "--", "-D", "warnings"]],
    // A second time for the code that only exists on that target.
    ["cargo", [...clippy, "--all-targets", "--target", TARGET, "--", "-D", "warnings"], { env: wasm }],
    ["cargo", [...clippy, ...bindgen, "--", "-D", "warnings"]],
    ["cargo", ["doc", "--workspace", "--no-deps"], { env: { RUSTDOCFLAGS: "-D warnings" } }],
    [process.execPath, [join(root, "tools/test/imports.mjs")]],
    [process.execPath, [join(root, "tools/test/dependencies.mjs")]],
    [join(root, "node_modules/.bin/biome"), ["check", "--error-on-warnings", ...(fix ? ["--write"] : [])]],
  ];
}
