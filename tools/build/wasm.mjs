// Builds pkg/wasm from Rust: usage_by_agent.wasm, the glue usage_by_agent.js and its types.

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { quietly, root, run } from "../setup/run.mjs";
import { bindgen, bindgenSources, buildBindgen, fetchBindgen, isBindgenBuilt } from "./bindgen.mjs";

const TARGET = "wasm32-unknown-unknown";
const NAME = "usage_by_agent";

// -O3 for speed: -Os and -Oz were less than 0.2 % smaller. wasm-opt reads the allowed features (SIMD, …) from the module.
const WASM_OPT = ["-O3"];

// The glue's own functions take only a module of this realm, and decide by themselves how to get it. The package instantiates the
// module by itself, so it needs what they are made of.
const EXPORTS = {
  [`${NAME}.js`]: "\nexport { __wbg_get_imports as imports, __wbg_finalize_init as finalize };\n",
  [`${NAME}.d.ts`]: `
export function imports(): WebAssembly.Imports;
export function finalize(instance: WebAssembly.Instance, module: WebAssembly.Module): InitOutput;
`,
};

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
    .update(JSON.stringify([bindgenSources(), WASM_OPT, EXPORTS]))
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
    for (const [name, text] of Object.entries(EXPORTS)) appendFileSync(join(out, name), text);
    writeFileSync(STAMP, input);
    printSizes(readFileSync(raw));
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
