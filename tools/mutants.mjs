// `npm run mutants -- [COUNT] [SEED] [continue]`: changes the core in COUNT places, one at a time, and names the changes that no native
// test notices. The places are a sample by SEED of all that cargo-mutants finds outside of src/wasm/, which only WebAssembly has.
// With `continue`, changes that an earlier run found to be noticed, or not to compile, are not tried again.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "./generate/random.mjs";
import { ask, fail, Missing, root, run } from "./setup/run.mjs";

/** What is not the core, or does not run in a native test. */
const OUTSIDE = ["src/wasm/**", "build.rs", "tools/**", "fuzz/**", "src/**/tests.rs"];

const INSIDE = OUTSIDE.flatMap((glob) => ["--exclude", glob]);

const usage = "Usage: npm run mutants -- [COUNT] [SEED] [continue]";

async function main() {
  const [count = "150", seed = "1", word] = process.argv.slice(2);
  const isKnown = Number(count) > 0 && Number.isInteger(Number(seed)) && [undefined, "continue"].includes(word);
  if (!isKnown) throw new Missing(usage);
  if (!ask("cargo", ["mutants", "--version"]).ok) {
    throw new Missing("Mutation testing needs: cargo install cargo-mutants --locked");
  }
  const listed = ask("cargo", ["mutants", "--list", "--json", ...INSIDE]);
  if (!listed.ok) throw new Missing(listed.err);
  const names = JSON.parse(listed.out).map(({ name }) => name);
  const chosen = sample(names, Number(count), new Random(Number(seed), 1));
  console.log(`${chosen.length} of ${names.length} changes, seed ${seed}`);

  if (word !== "continue") for (const path of [REPORT, RESULTS]) rmSync(path, { force: true });
  const results = { ...read(RESULTS), ...reported() };
  const left = chosen.filter((name) => !["CaughtMutant", "Unviable"].includes(results[name]));
  await attempt(left, results, ["--timeout", "200", "--", "--", ...SLOW.flatMap((name) => ["--skip", name])]);
  const missed = () => chosen.filter((name) => results[name] === "MissedMutant");
  await attempt(missed(), results, ["--timeout", "600"]);

  const untried = chosen.filter((name) => !(name in results));
  if (untried.length > 0) throw new Missing(`${untried.length} changes were not tried, because cargo-mutants failed.`);
  for (const name of missed()) console.log(`missed: ${name}`);
  const counted = (summary) => chosen.filter((name) => results[name] === summary).length;
  console.log(
    `${chosen.length} changes: ${counted("CaughtMutant")} noticed, ${counted("Timeout")} without an end, ` +
      `${counted("Unviable")} do not compile, ${missed().length} missed`,
  );
}

/** What the runs write: cargo-mutants its report, and this script all results by the names of changes. */
const OUTPUT = join(root, "target/mutants");

const RESULTS = join(OUTPUT, "results.json");
const REPORT = join(OUTPUT, "mutants.out/outcomes.json");

/** The tests that take more than half a second. They run for the changes that all other tests miss. */
const SLOW = [
  "zones::",
  "generated::",
  "breakdown::a_breakdown_equals",
  "breakdown::merged_parts",
  "forged_snapshots::changed",
  "forged_snapshots::most",
  "forged_snapshots::snapshots_that_lie",
  "fuzzed::changed",
  "limits::counts_never",
  "reader::records_with_bytes",
  "timestamps::every_day",
  "timestamps::timestamps",
  "contract::check::tests::the_fast_path",
  "decimal::tests::a_tie",
  "decimal::tests::any_number",
  "keyed_hash::tests::pairs",
  "seen_ids::tests::an_id_takes",
  "seen_ids::tests::crowded",
  "seen_ids::tests::hashes",
];

/** Only what is tested is built. */
const TESTED = ["--cargo-arg=--lib", "--cargo-arg=--test=core"];

/** The compiler takes most of the rest. A failed test need not look for a smaller input. */
const QUICK = {
  CARGO_INCREMENTAL: "1",
  CARGO_PROFILE_DEV_DEBUG: "0",
  CARGO_PROFILE_DEV_LTO: "off",
  CARGO_TARGET_DIR: join(OUTPUT, "build"),
  PROPTEST_MAX_SHRINK_ITERS: "0",
};

/** Tries changes, and adds to the results what became of each. */
async function attempt(names, results, options) {
  if (names.length === 0) return;
  const filters = names.flatMap((name) => ["--re", `^${escaped(name)}$`]);
  // The filter by name does not leave out changes that remove a field; that by file leaves out most of them.
  const files = [...new Set(names.map((name) => name.split(":")[0]))].flatMap((file) => ["--file", file]);
  const all = ["mutants", "--output", OUTPUT, ...INSIDE, ...files, ...filters, ...TESTED, ...options];
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(RESULTS, JSON.stringify(results));
  // The status is not 0 if a change was missed, which is a result.
  await run("cargo", all, { env: QUICK }).catch(() => {});
  Object.assign(results, reported());
  writeFileSync(RESULTS, JSON.stringify(results));
}

/** The results of the last run of cargo-mutants, by name. A run that was ended has reported those before its end. */
function reported() {
  const changes = (read(REPORT).outcomes ?? []).filter(({ scenario }) => scenario.Mutant);
  return Object.fromEntries(changes.map(({ scenario, summary }) => [scenario.Mutant.name, summary]));
}

const read = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});

/** Some of the values, in their order. Equal seeds give equal samples. */
function sample(values, count, random) {
  const keyed = values.map((value, at) => ({ value, at, key: random.unit() }));
  const chosen = keyed.sort((a, b) => a.key - b.key).slice(0, count);
  return chosen.sort((a, b) => a.at - b.at).map(({ value }) => value);
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

main().catch(fail);
