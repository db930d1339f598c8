// The command with other limits for long files, so that short files are cut into many parts. Only `parts/limits.ts` is replaced.

import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { installed, workspace, write } from "../../support/packed.mjs";

const source = (name) => fileURLToPath(new URL(`../../../pkg/src/command/${name}.ts`, import.meta.url));

/** Takes the limits from the variable LIMITS, and later from `globalThis.setLimits`. */
const LIMITS = `
export let LARGE, limits, threads;
globalThis.setLimits = ({ part, count, first = part, ahead = 2 }) => {
  const sizes = { part, firstPart: first, longestFirstPart: 1 << 20, ahead };
  [LARGE, limits, threads] = [1, () => sizes, () => count];
};
if (process.env.LIMITS) globalThis.setLimits(JSON.parse(process.env.LIMITS));
`;

/**
 * The threads' script. It notes each answer in the file ANSWERS. After as many answers as FAILS says it ends, in place of the next one.
 * With BUSY, which names a pipe, it opens the pipe in place of the first answer, and is busy from then on.
 */
const WORKER = `
import { appendFileSync, openSync } from "node:fs";
import { parentPort } from "node:worker_threads";
const { ANSWERS, FAILS, BUSY } = process.env;
const post = parentPort.postMessage;
let answered = 0;
parentPort.postMessage = function (answer, memory) {
  if (BUSY) for (openSync(BUSY, "r"); ; );
  if (answered++ === Number(FAILS)) process.exit(1);
  if (ANSWERS) appendFileSync(ANSWERS, answer === undefined ? "nothing\\n" : "a part\\n");
  post.call(this, answer, memory);
};
await import("./counting-worker.js");
`;

const replaced = {
  name: "limits",
  setup: ({ onLoad }) => onLoad({ filter: /parts[/\\]limits\.ts$/ }, () => ({ contents: LIMITS, loader: "js" })),
};

const folder = workspace();
await build({
  entryPoints: { command: source("main"), counting: source("counting"), input: source("input") },
  outdir: folder,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  external: ["usage-by-agent", "usage-by-agent/*"],
  plugins: [replaced],
  logLevel: "warning",
});
copyFileSync(join(installed, "dist/command-worker.js"), join(folder, "counting-worker.js"));
write({ "command-worker.js": WORKER }, folder);

/** The script of the command. */
export const script = join(folder, "command.js");

const imported = (name) => import(pathToFileURL(join(folder, `${name}.js`)).href);
const { countInputs } = await imported("counting");
const { inputsOf } = await imported("input");

/** A breakdown by what a rollup knows, over time. */
const EVERYTHING = { by: ["agent", "number", "channel", "direction"], step: "week", tz: "Europe/Paris" };

/**
 * Counts files as the command does, in this process.
 *
 * @param query with a period the counts are those of the period, and without one those of all time
 * @param limits the least size of a part, and the number of threads
 * @returns all that a user sees: the report, the diagnostics, what was written to standard error, and the error
 */
export async function outcomeOf(paths, query, limits) {
  globalThis.setLimits(limits);
  const written = [];
  const { write: writeError } = process.stderr;
  process.stderr.write = (text, done) => {
    written.push(text);
    done?.();
    return true;
  };
  try {
    const usage = await countInputs(await inputsOf(paths), query);
    const report = query.period === undefined ? usage.breakdown(EVERYTHING) : usage.report();
    const outcome = { report, diagnostics: usage.diagnostics(), snapshot: usage.snapshot() };
    usage.free();
    return { ...outcome, written };
  } catch ({ message, code, exit, line, path }) {
    return { error: { message, code, exit, line, path }, written };
  } finally {
    process.stderr.write = writeError;
  }
}

/** How many answers of the threads were noted in a file, and how many of these had counted a part. */
export function answersIn(path) {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  return { parts: lines.filter((line) => line === "a part").length, all: lines.length };
}
