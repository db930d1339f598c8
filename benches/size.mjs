// Bytes that a page loads for an app of one function: the period bounds that contenders/ have, bundled and minified.

import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { pathOf, peers } from "./contenders.mjs";

const here = dirname(fileURLToPath(import.meta.url));

export async function size() {
  const wasm = measured(readFileSync(new URL(import.meta.resolve("usage-by-agent/wasm"))));
  const slim = await bundled(
    `export { default as init } from "usage-by-agent"; export { bounds } from "./contenders/ours.mjs";`,
    { "usage-by-agent": "usage-by-agent/slim" },
  );
  const inline = await bundled(`export { bounds } from "./contenders/ours.mjs";`);
  const ours = sum(wasm, slim);

  const rows = [
    { job: "bytes: the module alone, every zone and every feature in it", ours: shown(wasm) },
    { job: "bytes: `usage-by-agent/slim`, without the module", ours: shown(slim) },
    { job: "bytes: module and `slim`", ours: shown(ours) },
    { job: "bytes: `usage-by-agent/inline`, the module in the script", ours: shown(inline) },
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
