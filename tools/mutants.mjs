// `npm run mutants -- [COUNT] [SEED]`: changes the core in COUNT places, one at a time, and names the changes that no native test
// notices. The places are a sample by SEED of all that cargo-mutants finds outside of src/wasm/, which only WebAssembly has.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "./generate/random.mjs";
import { ask, fail, Missing, root, run } from "./setup/run.mjs";

/** What is not the core, or does not run in a native test. */
const OUTSIDE = ["src/wasm/**", "build.rs", "tools/**", "fuzz/**", "src/**/tests.rs"];

async function main() {
  const [count = 150, seed = 1] = process.argv.slice(2).map(Number);
  if (!(count > 0 && Number.isInteger(seed))) throw new Missing("Usage: npm run mutants -- [COUNT] [SEED]");
  if (!ask("cargo", ["mutants", "--version"]).ok) {
    throw new Missing("Mutation testing needs: cargo install cargo-mutants --locked");
  }
  const inside = OUTSIDE.flatMap((glob) => ["--exclude", glob]);
  const listed = ask("cargo", ["mutants", "--list", "--json", ...inside]);
  if (!listed.ok) throw new Missing(listed.err);
  const names = JSON.parse(listed.out).map(({ name }) => name);
  const chosen = sample(names, count, new Random(seed, 1));
  console.log(`${chosen.length} of ${names.length} changes, seed ${seed}`);

  const output = join(root, "target");
  mkdirSync(output, { recursive: true });
  const filters = chosen.flatMap((name) => ["--re", `^${escaped(name)}$`]);
  // Only what is tested is built, and without debug information: most of the time is the compiler's.
  const built = ["--cargo-arg=--lib", "--cargo-arg=--test=core"];
  const options = ["--output", output, "--timeout", "600", ...built, ...inside, ...filters];
  // The status is not 0 if a change was missed. What was missed is the result.
  await run("cargo", ["mutants", ...options], { env: { CARGO_PROFILE_DEV_DEBUG: "0" } }).catch(() => {});
  const outcomes = join(output, "mutants.out/outcomes.json");
  const { total_mutants: total, caught, missed, timeout, unviable } = JSON.parse(readFileSync(outcomes, "utf8"));
  console.log(
    `${total} changes: ${caught} noticed, ${timeout} without an end, ${unviable} do not compile, ${missed} missed`,
  );
}

/** Some of the values, in their order. Equal seeds give equal samples. */
function sample(values, count, random) {
  const keyed = values.map((value, at) => ({ value, at, key: random.unit() }));
  const chosen = keyed.sort((a, b) => a.key - b.key).slice(0, count);
  return chosen.sort((a, b) => a.at - b.at).map(({ value }) => value);
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

main().catch(fail);
