// The package as its users have it: packed, and installed from the tarball into an empty folder. A file that the exports map,
// the list of files or the build forgets is missing here too.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pkg = join(root, "pkg");
const shelf = join(root, ".generated/packed");
const HOUR = 3_600_000;

/**
 * Runs a command until it ends.
 * @returns {Promise<{status: number | null, stdout: string, stderr: string}>} `status` is null after the time limit
 */
export function run(command, args, { cwd = folder, env = {}, timeout = 180_000, input = "" } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, NODE_OPTIONS: "", ...env }, timeout });
    const [stdout, stderr] = [[], []];
    child.stdout.on("data", (data) => stdout.push(data));
    child.stderr.on("data", (data) => stderr.push(data));
    child.stdin.on("error", () => {}); // the command may end before it reads its input
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** Runs a command as `run` does, and returns its output. If the command fails, throws an error that contains the output. */
export async function runOrThrow(command, args, options) {
  const { status, stdout, stderr } = await run(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

/** Returns a name for the content of the package, so that an unchanged build is not packed again. */
function digest() {
  const hash = createHash("sha256");
  const names = readdirSync(pkg, { recursive: true }).sort();
  for (const name of names) {
    const path = join(pkg, name);
    if (name.includes("node_modules") || !statSync(path).isFile()) continue;
    hash.update(`${name}\0`).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Packs and installs in a temporary folder, and then renames the folder to `place`. So concurrent runs do no harm. */
async function install(place) {
  mkdirSync(shelf, { recursive: true });
  for (const name of readdirSync(shelf)) {
    const old = join(shelf, name);
    // Another run may still use a folder that is younger than an hour.
    if (Date.now() - (statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? 0) > HOUR)
      rmSync(old, { recursive: true, force: true });
  }
  const making = mkdtempSync(join(shelf, "making-"));
  try {
    const packed = await runOrThrow("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", making], {
      cwd: pkg,
    });
    const [{ filename, files }] = JSON.parse(packed);
    writeFileSync(join(making, "files.json"), JSON.stringify(files));
    writeFileSync(join(making, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
    const quiet = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"];
    await runOrThrow("npm", ["install", ...quiet, `./${filename}`], { cwd: making });
    const everything = 'export * from "usage-by-agent";\nexport { default } from "usage-by-agent";\n';
    writeFileSync(join(making, "everything.mjs"), everything);
    renameSync(making, place);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(place)) throw error; // otherwise another run was faster
  }
}

/** The folder in which the package is installed. */
export const folder = join(shelf, digest());
if (!existsSync(folder)) await install(folder);

/** The folder of the installed package in node_modules. */
export const installed = join(folder, "node_modules/usage-by-agent");

/** The files of the tarball, as npm reports them: `{path, size, mode}`. */
export const files = JSON.parse(readFileSync(join(folder, "files.json"), "utf8"));

/** All exports of `usage-by-agent`. A consumer's module imports them through the exports map. */
export const packed = await import(pathToFileURL(join(folder, "everything.mjs")).href);

const workspaces = [];
process.once("exit", () => {
  for (const path of workspaces) rmSync(path, { recursive: true, force: true });
});

/** Makes an empty folder from which code can import the installed package. The folder is removed when the process ends. */
export function workspace() {
  workspaces.push(mkdtempSync(join(folder, "test-")));
  return workspaces.at(-1);
}

/** Writes files, `{name: text or bytes}`, into a folder, by default a new one. Returns the folder's path. */
export function write(contents, path = workspace()) {
  for (const [name, content] of Object.entries(contents)) {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return path;
}

/** Runs a consumer's module in its own Node process. Returns its output. */
export async function runModule(source, { node = [], ...options } = {}) {
  const cwd = write({ "main.mjs": source });
  return runOrThrow(process.execPath, [...node, "main.mjs"], { cwd, ...options });
}
