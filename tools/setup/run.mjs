// Running other programs, and saying what happens while they run.
// Only Node's own modules here and in the rest of setup/: it runs before any npm package exists.

import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Something that a person has to put right. Its message is one line: what is missing, and the cure. */
export class Missing extends Error {}

/** A command that ran and said no. Its own output has told why. */
export class Failed extends Error {}

/** Runs a command and returns what it said; never throws, a command that doesn't exist has `ok: false` too. */
export function ask(command, args, { env, cwd = root, input } = {}) {
  const result = spawnSync(command, args, {
    cwd,
    input,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  return { ok: result.status === 0, out: result.stdout ?? "", err: result.stderr ?? String(result.error ?? "") };
}

/** Runs a command with its output in sight; throws `Failed` when it fails. */
export async function run(command, args, { env, cwd = root } = {}) {
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", (error) => reject(new Failed(`${command}: ${error.message}`)));
    child.on("close", (status, signal) => resolve(signal ?? status));
  });
  if (code !== 0) throw new Failed(`\`${[command, ...args].join(" ")}\` failed (${code}).`);
}

/** Runs a command in silence; its output is printed only when it fails. For long installers that say little of use. */
export async function quietly(command, args, { env, cwd = root } = {}) {
  const said = [];
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => said.push(data));
    child.on("error", (error) => reject(new Failed(`${command}: ${error.message}`)));
    child.on("close", (status, signal) => resolve(signal ?? status));
  });
  if (code === 0) return;
  process.stderr.write(Buffer.concat(said));
  throw new Failed(`\`${[command, ...args].join(" ")}\` failed (${code}).`);
}

/** Says what is being done and, at the end, how long it took. */
export async function step(title, work) {
  const start = performance.now();
  console.log(`• ${title} …`);
  const result = await work();
  console.log(`  done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** The full path of a program on PATH (or in `more` folders), or undefined. */
export function which(name, more = []) {
  for (const folder of [...(process.env.PATH ?? "").split(delimiter), ...more]) {
    const path = join(folder || ".", name);
    try {
      accessSync(path, constants.X_OK);
      if (statSync(path).isFile()) return path;
    } catch {
      // not here
    }
  }
  return undefined;
}

export const isRoot = () => process.getuid?.() === 0;

/** Ends a script: what a person can cure, or what a command has told already, gets one line; a bug of ours its trace. */
export function fail(error) {
  if (error instanceof Missing || error instanceof Failed) console.error(`\n${error.message}`);
  else console.error(error);
  process.exit(1);
}
