// The bytes that a page loads for an app of one function. The function is the period bounds of contenders/, bundled and minified.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { pathOf, peers } from "./contenders.mjs";

const here = dirname(fileURLToPath(import.meta.url));

const MODULE = fileURLToPath(import.meta.resolve("usage-by-agent/wasm"));

/** The module's exports for the calendar, by the names that wasm-bindgen gives. */
const CALENDAR =
  /^(periodquestion_|__wbg_periodquestion_|inferConvention|isTimeZone|timeZones|versions|__wbindgen|__externref|memory)/;

export async function size() {
  const wasm = measured(readFileSync(MODULE));
  const calendar = measured(onlyCalendar());
  const slim = await bundled(
    `export { default as init } from "usage-by-agent"; export { bounds } from "./contenders/ours.mjs";`,
    { "usage-by-agent": "usage-by-agent/slim" },
  );
  const inline = await bundled(`export { bounds } from "./contenders/ours.mjs";`);
  const ours = sum(wasm, slim);

  const rows = [
    { job: "bytes: the module alone, every zone and every feature in it", ours: shown(wasm) },
    { job: "bytes: of the module what the calendar needs (its code, and all the data)", ours: shown(calendar) },
    { job: "bytes: `usage-by-agent/slim`, without the module", ours: shown(slim) },
    { job: "bytes: module and `slim`", ours: shown(ours) },
    { job: "bytes: `usage-by-agent`, the module in the script", ours: shown(inline) },
  ].map((row) => ({ against: "", ratio: "", theirs: "", ...row }));
  for (const [name, against] of Object.entries(peers)) {
    const theirs = await bundled(`export { bounds } from ${JSON.stringify(fileURLToPath(pathOf(name)))};`);
    const ratio = `${(ours.gzip / theirs.gzip).toFixed(2)} × its gzip`;
    rows.push({ job: "bytes: module and `slim`", against, ratio, ours: shown(ours), theirs: shown(theirs) });
  }
  return {
    rows,
    notes: [
      "Bytes are raw / gzip -9 / brotli 11, of minified bundles by esbuild for browsers. The peers have no zone data of their " +
        "own and take the host's, whatever its age; the module has every zone in it, and all that the package can do.",
    ],
  };
}

/** Returns the module without the functions that only records and responses need. Its data is one block and stays complete. */
function onlyCalendar() {
  const folder = mkdtempSync(join(tmpdir(), "usage-by-agent-size-"));
  const [graph, cut, out] = ["graph.json", "cut.wasm", "out.wasm"].map((name) => join(folder, name));
  const tool = (name, ...args) => execFileSync(join(here, "../node_modules/.bin", name), args, { stdio: "pipe" });
  try {
    const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(MODULE))).map(({ name }) => name);
    const kept = names.filter((name) => CALENDAR.test(name));
    const root = { name: "root", root: true, reaches: kept };
    writeFileSync(graph, JSON.stringify([root, ...kept.map((name) => ({ name, export: name }))]));
    tool("wasm-metadce", MODULE, "-f", graph, "-o", cut, "--all-features");
    tool("wasm-opt", "-O3", cut, "-o", out, "--all-features");
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bundled(contents, alias = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    alias,
    logLevel: "error",
  });
  return measured(outputFiles[0].contents);
}

function measured(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}

const sum = (a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli });

const shown = ({ raw, gzip, brotli }) => [raw, gzip, brotli].map((bytes) => bytes.toLocaleString("en-US")).join(" / ");
