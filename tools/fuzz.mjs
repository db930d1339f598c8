// `npm run fuzz -- [MINUTES] [TARGET] [SEED]`: runs a fuzzer until it finds something or the time is over. CONTRIBUTING.md describes the
// targets.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ask, fail, Missing, root, run } from "./setup/run.mjs";

/** The targets of libFuzzer: the folder of the seeds, and the engine's arguments for the input. */
const CORE = {
  reader: { seeds: "seeds", input: ["-dict=fuzz/words.dict", "-max_len=2048"] },
  snapshots: { seeds: "snapshot-seeds", input: ["-max_len=4096"] },
  texts: { seeds: "text-seeds", input: ["-max_len=64"] },
};

/** The targets in JavaScript: the module in tests/support/fuzz/, and its function for one try by seed. */
const PACKAGE = {
  answers: { module: "answers.mjs", name: "tryAnswers" },
  objects: { module: "objects.mjs", name: "tryObjects" },
};

async function main() {
  const [, , time = "30", name = "reader", first] = process.argv;
  const [minutes, seed] = [Number(time), Number(first ?? 1)];
  const isKnown = name in CORE || name in PACKAGE;
  if (!(minutes > 0) || !Number.isInteger(seed) || !isKnown) {
    const names = [...Object.keys(CORE), ...Object.keys(PACKAGE)].join("|");
    throw new Missing(`Usage: npm run fuzz -- [MINUTES] [${names}] [SEED]`);
  }
  if (name in CORE) await fuzzCore(name, minutes, first);
  else await fuzzPackage(name, minutes, seed);
}

/** Without a seed, the engine takes another one each time, and prints it. */
async function fuzzCore(name, minutes, seed) {
  if (!ask("cargo", ["+nightly", "fuzz", "--version"]).ok) {
    throw new Missing("Fuzzing needs: rustup toolchain install nightly; cargo install cargo-fuzz");
  }
  const { seeds: folder, input } = CORE[name];
  const past = join("fuzz", "corpus", name); // the first folder, to which new inputs are written; it has those of earlier runs
  const seeds = join("fuzz", folder);
  if (!existsSync(join(root, seeds))) throw new Missing(`There is no ${seeds}.`);
  mkdirSync(join(root, past), { recursive: true }); // the fuzzer does not make it
  const engine = [...input, `-max_total_time=${Math.round(minutes * 60)}`];
  if (seed !== undefined) engine.push(`-seed=${seed}`);
  await run("cargo", ["+nightly", "fuzz", "run", "--sanitizer", "none", name, past, seeds, "--", ...engine]);
}

/** Tries one seed after the other. A difference is thrown, with its seed. */
async function fuzzPackage(name, minutes, first) {
  const { module, name: exported } = PACKAGE[name];
  const address = pathToFileURL(join(root, "tests/support/fuzz", module));
  const attempt = (await import(address))[exported];
  const end = performance.now() + minutes * 60_000;
  let seed = first;
  for (; performance.now() < end; seed++) {
    try {
      attempt(seed);
    } catch (error) {
      throw new Error(`${name}, seed ${seed}: ${error.message}`, { cause: error });
    }
  }
  console.log(`${name}: ${seed - first} tries, seeds ${first} to ${seed - 1}, nothing found`);
}

main().catch(fail);
