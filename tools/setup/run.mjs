// Runs other programs and reports their progress.
// Files in setup/ use only Node's built-in modules, because they run before npm packages are installed.

import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Something that the user has to fix. The message is one line: what is missing, and how to get it. */
export class Missing extends Error {}

/** A command that failed. Its output contains the reason. */
export class Failed extends Error {}

/** Runs a command and returns its output. Never throws; a missing command gives `ok: false`. */
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

/** Runs a command and shows its output. Throws `Failed` if it fails. */
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

/** Runs a command and prints its output only if it fails, for installers with long output. */
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

/** Prints what is being done, and at the end how long it took. */
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
      // not in this folder
    }
  }
  return undefined;
}

export const isRoot = () => process.getuid?.() === 0;

/** Ends a script. An error that the user can fix, or that a command has printed, gets one line. Any other error gets its trace. */
export function fail(error) {
  if (error instanceof Missing || error instanceof Failed) console.error(`\n${error.message}`);
  else console.error(error);
  process.exit(1);
}
