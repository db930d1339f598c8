// `npm run fuzz -- [MINUTES]`: compares the byte reader with serde_json and a naive count, until they differ or the time is over.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ask, fail, Missing, root, run } from "./setup/run.mjs";

async function main() {
  const minutes = Number(process.argv[2] ?? 30);
  if (!(minutes > 0)) throw new Missing("Usage: npm run fuzz -- [MINUTES]");
  if (!ask("cargo", ["+nightly", "fuzz", "--version"]).ok) {
    throw new Missing("Fuzzing needs: rustup toolchain install nightly; cargo install cargo-fuzz");
  }
  const past = join("fuzz", "corpus", "reader"); // the first folder, to which new inputs are written; it has those of earlier runs
  const engine = ["-dict=fuzz/words.dict", "-max_len=2048", `-max_total_time=${Math.round(minutes * 60)}`];
  const seeds = join("fuzz", "seeds");
  if (!existsSync(join(root, seeds))) throw new Missing(`There is no ${seeds}.`);
  mkdirSync(join(root, past), { recursive: true }); // the fuzzer does not make it
  await run("cargo", ["+nightly", "fuzz", "run", "--sanitizer", "none", "reader", past, seeds, "--", ...engine]);
}

main().catch(fail);
