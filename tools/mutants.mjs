// `npm run mutants -- [COUNT] [SEED]`: changes the core in COUNT places, one at a time, and names the changes that no native test
// notices. The places are a sample by SEED of all that cargo-mutants finds outside of src/wasm/, which only WebAssembly has.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "./generate/random.mjs";
import { ask, fail, Missing, root, run } from "./setup/run.mjs";

/** What is not the core, or does not run in a native test. */
const OUTSIDE = ["src/wasm/**", "build.rs", "tools/**", "fuzz/**", "src/**/tests.rs"];

const INSIDE = OUTSIDE.flatMap((glob) => ["--exclude", glob]);

async function main() {
  const [count = 150, seed = 1] = process.argv.slice(2).map(Number);
  if (!(count > 0 && Number.isInteger(seed))) throw new Missing("Usage: npm run mutants -- [COUNT] [SEED]");
  if (!ask("cargo", ["mutants", "--version"]).ok) {
    throw new Missing("Mutation testing needs: cargo install cargo-mutants --locked");
  }
  const listed = ask("cargo", ["mutants", "--list", "--json", ...INSIDE]);
  if (!listed.ok) throw new Missing(listed.err);
  const names = JSON.parse(listed.out).map(({ name }) => name);
  const chosen = sample(names, count, new Random(seed, 1));
  console.log(`${chosen.length} of ${names.length} changes, seed ${seed}`);

  const tried = await attempt(chosen, [...QUICK, "--", "--", ...SLOW.flatMap((name) => ["--skip", name])]);
  const again = tried.missed.length > 0 ? await attempt(tried.missed, [...QUICK]) : tried;
  for (const name of again.missed) console.log(`missed: ${name}`);
  const { total, unviable } = tried;
  const ended = tried.timeout + (again === tried ? 0 : again.timeout);
  const noticed = total - unviable - ended - again.missed.length;
  console.log(
    `${total} changes: ${noticed} noticed, ${ended} without an end, ${unviable} do not compile, ${again.missed.length} missed`,
  );
}

/** Only what is tested is built. */
const QUICK = ["--cargo-arg=--lib", "--cargo-arg=--test=core"];

/** Most of the tests' time. They run for the changes that all other tests miss. */
const SLOW = ["zones::", "generated::"];

/** Tries changes, and gives how many there were, and which of them no test noticed. */
async function attempt(names, options) {
  const output = join(root, "target");
  mkdirSync(output, { recursive: true });
  const filters = names.flatMap((name) => ["--re", `^${escaped(name)}$`]);
  const all = ["mutants", "--output", output, "--timeout", "600", ...INSIDE, ...filters, ...options];
  // The compiler takes most of the time. The status is not 0 if a change was missed, which is a result.
  await run("cargo", all, { env: { CARGO_PROFILE_DEV_DEBUG: "0" } }).catch(() => {});
  const report = JSON.parse(readFileSync(join(output, "mutants.out/outcomes.json"), "utf8"));
  const missed = report.outcomes.filter(({ summary }) => summary === "MissedMutant");
  const { total_mutants: total, timeout, unviable } = report;
  return { total, timeout, unviable, missed: missed.map(({ scenario }) => scenario.Mutant.name) };
}

/** Some of the values, in their order. Equal seeds give equal samples. */
function sample(values, count, random) {
  const keyed = values.map((value, at) => ({ value, at, key: random.unit() }));
  const chosen = keyed.sort((a, b) => a.key - b.key).slice(0, count);
  return chosen.sort((a, b) => a.at - b.at).map(({ value }) => value);
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

main().catch(fail);
