// The package as its users have it: packed, and installed from the tarball into a folder of its own, where nothing else is.
// Whatever the exports map, the list of files or the build forgets is missing here too.

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
 * Runs a command to its end.
 * @returns {Promise<{status: number | null, stdout: string, stderr: string}>} `status` null: it took too long
 */
export function run(command, args, { cwd = folder, env = {}, timeout = 180_000, input = "" } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, NODE_OPTIONS: "", ...env }, timeout });
    const [stdout, stderr] = [[], []];
    child.stdout.on("data", (data) => stdout.push(data));
    child.stderr.on("data", (data) => stderr.push(data));
    child.stdin.on("error", () => {}); // it may end without reading
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (status) => {
      resolve({ status, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** As `run`; anything but success is an error that shows what was said. */
export async function runOrThrow(command, args, options) {
  const { status, stdout, stderr } = await run(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

/** One name for one content, so that a build that changed nothing packs nothing again. */
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

/** Packs and installs beside the place where it shall be, and moves it there whole: two at a time do no harm. */
async function install(place) {
  mkdirSync(shelf, { recursive: true });
  for (const name of readdirSync(shelf)) {
    const old = join(shelf, name);
    // One that is young may be in use by another run.
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
    if (!existsSync(place)) throw error; // else another run was faster
  }
}

/** Where the package is installed. */
export const folder = join(shelf, digest());
if (!existsSync(folder)) await install(folder);

/** The installed package's own folder. */
export const installed = join(folder, "node_modules/usage-by-agent");

/** What the tarball contains, as npm reports it: `{path, size, mode}`. */
export const files = JSON.parse(readFileSync(join(folder, "files.json"), "utf8"));

/** All that `import … from "usage-by-agent"` gives, found through the exports map by a module of the consumer's. */
export const packed = await import(pathToFileURL(join(folder, "everything.mjs")).href);

const workspaces = [];
process.once("exit", () => {
  for (const path of workspaces) rmSync(path, { recursive: true, force: true });
});

/** A new empty folder from which `usage-by-agent` is the installed package; it goes when the process ends. */
export function workspace() {
  workspaces.push(mkdtempSync(join(folder, "test-")));
  return workspaces.at(-1);
}

/** Writes files, `{name: text or bytes}`, into a new folder (or the one given) and returns the folder's path. */
export function write(contents, path = workspace()) {
  for (const [name, content] of Object.entries(contents)) {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return path;
}

/** Runs a module of the consumer's in a Node of its own; returns what it printed. */
export async function runModule(source, { node = [], ...options } = {}) {
  const cwd = write({ "main.mjs": source });
  return runOrThrow(process.execPath, [...node, "main.mjs"], { cwd, ...options });
}
