// The kinds of suites. Each kind counts its results: { passed, failed, skipped, note? }.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../setup/run.mjs";
import { capture } from "./capture.mjs";

/** Commands, each of which passes or fails as a whole. */
export async function checks(commands) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [command, args, options] of commands) {
    const { ok } = await capture(command, args, options);
    counts[ok ? "passed" : "failed"] += 1;
  }
  return counts;
}

/**
 * `cargo test`: the sum of its test programs. Each program ends with a line "test result: …".
 * `proof` is text that the output has to contain.
 */
export async function cargoTest(args, env, proof = "") {
  const { ok, out } = await capture("cargo", ["test", "--no-fail-fast", ...args], { env });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of out.matchAll(
    /^test result: .*?(\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.skipped += Number(ignored);
  }
  if (!out.includes(proof)) return { ...counts, failed: counts.failed + 1, note: `did not print "${proof}"` };
  return judge(counts, ok);
}

/** Node's test runner, for every *.test.mjs below a folder of tests/. */
export async function nodeTest(folder, env) {
  const files = testFiles(folder);
  if (files.length === 0) return { passed: 0, failed: 1, skipped: 0, note: `no *.test.mjs in tests/${folder} yet` };
  // People read the spec report. The TAP report is counted, because a standard defines its last lines.
  const notes = mkdtempSync(join(tmpdir(), "tap-"));
  const tap = join(notes, "tap.txt");
  try {
    const reporters = [
      ["spec", "stdout"],
      ["tap", tap],
    ].flatMap(([reporter, destination]) => [
      `--test-reporter=${reporter}`,
      `--test-reporter-destination=${destination}`,
    ]);
    const { ok } = await capture(process.execPath, ["--test", ...atOnce(folder), ...reporters, ...files], { env });
    const text = existsSync(tap) ? readFileSync(tap, "utf8") : "";
    // The last line of each name counts. Lines that tests print are in the report too, but before it.
    const count = (name) => Number([...text.matchAll(new RegExp(`^# ${name} (\\d+)$`, "gm"))].at(-1)?.[1] ?? 0);
    const failed = count("fail") + count("cancelled");
    return judge({ passed: count("pass"), failed, skipped: count("skipped") + count("todo") }, ok);
  } finally {
    rmSync(notes, { recursive: true, force: true });
  }
}

/**
 * How many files run at once. Most tests wait for other processes, so one file more than there are cores keeps the cores busy. A browser
 * has many processes of its own. Node before 20.10 does not know the option.
 */
function atOnce(folder) {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const files = availableParallelism() + (folder === "browser" ? 0 : 1);
  return major > 20 || minor >= 10 ? [`--test-concurrency=${files}`] : [];
}

/** The test files below a folder of tests/, as paths from the root. They are listed one by one, because Node 22 does not accept folders. */
export function testFiles(folder) {
  const path = join(root, "tests", folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith(".test.mjs") && !name.includes("node_modules"))
    .sort()
    .map((name) => join("tests", folder, name));
}

/** A command also fails if it exits with an error without a failed test, or if it runs no tests. */
function judge(counts, ok) {
  if (!ok && counts.failed === 0) return { ...counts, failed: 1, note: "failed outside of a test" };
  if (counts.passed + counts.failed === 0) return { ...counts, failed: 1, note: "ran no test" };
  return counts;
}
