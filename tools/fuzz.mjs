// `npm run fuzz -- [MINUTES] [reader|snapshots]`: runs the fuzzer until it finds something or the time is over. `reader` compares the
// byte reader with serde_json and a naive count; `snapshots` merges forged snapshots.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ask, fail, Missing, root, run } from "./setup/run.mjs";

/** The fuzzer's targets: the folder of the seeds, and the engine's arguments for the input. */
const TARGETS = {
  reader: { seeds: "seeds", input: ["-dict=fuzz/words.dict", "-max_len=2048"] },
  snapshots: { seeds: "snapshot-seeds", input: ["-max_len=4096"] },
};

async function main() {
  const minutes = Number(process.argv[2] ?? 30);
  const name = process.argv[3] ?? "reader";
  const target = TARGETS[name];
  if (!(minutes > 0) || target === undefined) {
    throw new Missing(`Usage: npm run fuzz -- [MINUTES] [${Object.keys(TARGETS).join("|")}]`);
  }
  if (!ask("cargo", ["+nightly", "fuzz", "--version"]).ok) {
    throw new Missing("Fuzzing needs: rustup toolchain install nightly; cargo install cargo-fuzz");
  }
  const past = join("fuzz", "corpus", name); // the first folder, to which new inputs are written; it has those of earlier runs
  const seeds = join("fuzz", target.seeds);
  if (!existsSync(join(root, seeds))) throw new Missing(`There is no ${seeds}.`);
  mkdirSync(join(root, past), { recursive: true }); // the fuzzer does not make it
  const engine = [...target.input, `-max_total_time=${Math.round(minutes * 60)}`];
  await run("cargo", ["+nightly", "fuzz", "run", "--sanitizer", "none", name, past, seeds, "--", ...engine]);
}

main().catch(fail);
