// wasm-bindgen's command-line tools, in exactly the version of Cargo.lock. The tools and the library share a private format that
// changes between versions. The tests need these tools; the build uses the crate tools/bindgen.

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ask, Failed, Missing, quietly, root, step, which } from "./run.mjs";

const TOOLS = ["wasm-bindgen", "wasm-bindgen-test-runner"];

/** Returns the folder of the tools. Builds them if they are not found. */
export async function wasmBindgen() {
  const version = lockedVersion();
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const home = join(cache, "usage-by-agent", `wasm-bindgen-${version}`);

  const onPath = which(TOOLS[0]);
  for (const folder of [onPath && dirname(onPath), join(home, "bin")]) {
    if (folder && TOOLS.every((tool) => says(join(folder, tool), version))) return folder;
  }
  mkdirSync(home, { recursive: true });
  // Without --locked, because the package's lock file may name versions that a mirror of the registry does not have.
  const install = ["install", "wasm-bindgen-cli", "--version", `=${version}`, "--root", home, "--force"];
  try {
    await step(`wasm-bindgen ${version}: building it, about two minutes on two free cores`, () =>
      quietly("cargo", install, { cwd: home }),
    );
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new Missing(
      `wasm-bindgen ${version} is missing and could not be built. Run \`cargo install wasm-bindgen-cli --version =${version}\`, then run this again.`,
    );
  }
  return join(home, "bin");
}

/** The version of the library wasm-bindgen in Cargo.lock. */
export function lockedVersion() {
  const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
  return /^name = "wasm-bindgen"\nversion = "([^"]+)"$/m.exec(lock)[1];
}

function says(tool, version) {
  return existsSync(tool) && ask(tool, ["--version"]).out.trim().endsWith(` ${version}`);
}
