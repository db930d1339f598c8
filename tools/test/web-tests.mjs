// The Rust tests that run in a browser: those of Cargo.toml in tests/web.

import { join, sep } from "node:path";
import { ask, Failed, root } from "../setup/run.mjs";

export const TARGET = "wasm32-unknown-unknown";

/** The names of these tests, as arguments of cargo. */
export function webTests() {
  const metadata = ask("cargo", ["metadata", "--no-deps", "--format-version", "1"]);
  if (!metadata.ok) throw new Failed(metadata.err);
  const folder = join(root, "tests", "web") + sep;
  return JSON.parse(metadata.out)
    .packages.flatMap((crate) => crate.targets)
    .filter((target) => target.kind.includes("test") && target.src_path.startsWith(folder))
    .flatMap((target) => ["--test", target.name]);
}
