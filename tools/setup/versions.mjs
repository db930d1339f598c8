// Checks the versions of Node and Rust, which the user has to install.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ask, Missing, root } from "./run.mjs";

const NODE = 20; // the oldest supported version: `engines` in package.json

export function checkVersions() {
  if (Number.parseInt(process.versions.node, 10) < NODE) {
    throw new Missing(
      `Node ${NODE} or newer is needed, this is ${process.versions.node}. Install it from https://nodejs.org, then run this again.`,
    );
  }
  for (const tool of ["rustc", "cargo"]) {
    const { ok, out, err } = ask(tool, ["--version"]);
    if (!ok && err.includes("ENOENT")) {
      throw new Missing(`${tool} not found. Install Rust from https://rustup.rs, then run this again.`);
    }
    if (!ok)
      throw new Missing(`${tool} does not run (${err.trim().split("\n")[0]}). \`rustup default stable\` may cure it.`);

    const [got, wanted] = [out, /^rust-version = .*/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[0]].map(
      minor,
    );
    if (got < wanted)
      throw new Missing(
        `Rust 1.${wanted} or newer is needed, ${tool} is 1.${got}. Run \`rustup update stable\`, then run this again.`,
      );
  }
}

const minor = (text) => Number(/\b1\.(\d+)/.exec(text)?.[1]);
