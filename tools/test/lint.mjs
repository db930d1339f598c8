// What is asked of the sources beside working: one format, and no warning.

import { join } from "node:path";
import { root } from "../setup/run.mjs";
import { TARGET, webTests } from "./web-tests.mjs";

/** `wasm`: the environment for cargo to build for WebAssembly; `fix`: put right what can be put right by a program. */
export function lintCommands({ wasm, fix = false }) {
  const clippy = ["clippy", ...(fix ? ["--fix", "--allow-dirty", "--allow-staged"] : [])];
  return [
    ["cargo", ["fmt", "--all", ...(fix ? [] : ["--check"])]],
    ["cargo", [...clippy, "--workspace", "--all-targets", "--", "-D", "warnings"]],
    // Once more for what only exists on that target.
    ["cargo", [...clippy, "--lib", ...webTests(), "--target", TARGET, "--", "-D", "warnings"], { env: wasm }],
    ["cargo", ["doc", "--workspace", "--no-deps"], { env: { RUSTDOCFLAGS: "-D warnings" } }],
    [join(root, "node_modules/.bin/biome"), ["check", "--error-on-warnings", ...(fix ? ["--write"] : [])]],
  ];
}
