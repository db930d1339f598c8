// Builds pkg/wasm from Rust: usage_by_agent.wasm, the glue usage_by_agent.js and its types.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Failed, quietly, root, run } from "../setup/run.mjs";
import { bindgen, bindgenSources, buildBindgen, fetchBindgen, isBindgenBuilt } from "./bindgen.mjs";
import { factoryOf, factoryTypesOf } from "./glue.mjs";

const TARGET = "wasm32-unknown-unknown";
const NAME = "usage_by_agent";

// -O3 for speed: -Os and -Oz were less than 0.2 % smaller. wasm-opt reads the allowed features (SIMD, …) from the module.
//
// Each growth of the memory asks the imports memory_grow_pre and memory_grow_post. So the package can bound an instance, and knows
// whether memory was missing where a call ended. A further pass removes the imports for loads and stores, which are not instrumented.
//
// A function with one caller stays a function, unless it is small: the module is 1.1 kB smaller, compressed. Two sections say which
// tools and features made the module, which engines do not read.
const WASM_OPT = [
  "-O3",
  "--one-caller-inline-max-function-size=60",
  "--instrument-memory=memory.grow",
  "--remove-unused-module-elements",
  "--strip-producers",
  "--strip-target-features",
];

/** The imports of the module that are not wasm-bindgen's. */
const GROWTH = ["memory_grow_pre", "memory_grow_post"];

const STAMP = join(root, "target", "wasm.stamp");

/** Whether nothing has been built yet, so that every crate must be compiled. */
export const isFirstBuild = () => !(existsSync(STAMP) && isBindgenBuilt());

/** Downloads the crates. Later steps read their paths, and two builds at once would wait for each other's downloads. */
export async function fetchCrates({ wasm: env }) {
  await quietly("cargo", ["fetch", "--target", TARGET], { env });
  await fetchBindgen();
}

export async function buildWasm({ wasm: env }) {
  const place = ["--release", "--lib", "--target", TARGET, "--target-dir", "target"];
  const flags = `target.${TARGET}.rustflags = ${JSON.stringify(remaps())}`;
  // At once, because the module's build ends with whole-program optimisation, which uses one core.
  await Promise.all([run("cargo", ["build", ...place, "--config", flags], { env }), buildBindgen()]);

  const built = join(root, "target", TARGET, "release", `${NAME}.wasm`);
  const out = join(root, "pkg/wasm");
  const raw = join(out, `${NAME}.wasm`);

  // cargo does nothing if nothing has changed. The next two tools are skipped if their input and flags have not changed.
  const input = createHash("sha256")
    .update(readFileSync(built))
    .update(JSON.stringify([bindgenSources(), WASM_OPT, readFileSync(new URL("glue.mjs", import.meta.url), "utf8")]))
    .digest("hex");
  const expected = [`${NAME}.d.ts`, `${NAME}.js`, `${NAME}.wasm`];
  const isFresh =
    existsSync(STAMP) && readFileSync(STAMP, "utf8") === input && expected.every((name) => existsSync(join(out, name)));
  if (!isFresh) {
    rmSync(STAMP, { force: true });
    rmSync(out, { recursive: true, force: true });
    mkdirSync(out, { recursive: true });
    await bindgen(built, out, NAME);
    await quietly(join(root, "node_modules/.bin/wasm-opt"), [...WASM_OPT, join(out, `${NAME}_bg.wasm`), "-o", raw]);
    for (const name of readdirSync(out).filter((name) => !expected.includes(name))) rmSync(join(out, name));
    checkGrowth(readFileSync(raw));
    rewrite(join(out, `${NAME}.js`), factoryOf);
    rewrite(join(out, `${NAME}.d.ts`), factoryTypesOf);
    writeFileSync(STAMP, input);
    printSizes(readFileSync(raw));
  }
}

function rewrite(path, change) {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

/** Makes sure that wasm-opt instrumented the growth of the memory, and nothing else. */
function checkGrowth(bytes) {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  const names = imports.filter(({ module }) => module === "env").map(({ name }) => name);
  if (names.join() !== GROWTH.join()) {
    throw new Failed(
      `wasm-opt made the imports ${names.join(", ") || "of nothing"} in env: wanted ${GROWTH.join(", ")}`,
    );
  }
}

function printSizes(bytes) {
  const [whole, gzip, brotli] = [bytes, gzipSync(bytes, { level: 9 }), brotliCompressSync(bytes)].map(kilobytes);
  console.log(`  ${NAME}.wasm: ${whole}, gzip ${gzip}, brotli ${brotli}`);
}

/** Removes this machine's folders from the paths in panic messages, so that every machine builds an equal module. */
function remaps() {
  const sources = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "registry/src");
  const crates = existsSync(sources) ? readdirSync(sources).sort() : [];
  return [...crates.map((registry) => [join(sources, registry), "crates"]), [root, "."]].map(
    ([from, to]) => `--remap-path-prefix=${from}=${to}`,
  );
}

const kilobytes = ({ length }) => `${(length / 1000).toFixed(1)} kB`;
