// What a page downloads has a budget. A limit here only goes down: what needs more has to save it elsewhere.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const file = (path) => fileURLToPath(new URL(`../../pkg/${path}`, import.meta.url));

function assertWithin(limit, bytes, what) {
  const size = gzipSync(bytes, { level: 9 }).length;
  console.log(`${what}: ${size} bytes gzip, of ${limit}`);
  assert.ok(size <= limit, `${what} is ${size} bytes gzip: wanted ${limit} at most`);
}

// It was 106,000 before four more endpoints were checked and records could be counted with a mistake on purpose.
test("the module is within its budget", () => {
  assertWithin(110_000, readFileSync(file("wasm/usage_by_agent.wasm")), "the module, every zone in it");
});

/** The script of these names of the entry slim, as a page's bundle has it. */
async function scriptOf(names) {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names} } from "./dist/entries/slim.js"`, resolveDir: file("") },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return outputFiles[0].contents;
}

// `reconcile` is left out of bundles that do not name it, and is for those who audit: it has a budget of its own.
test("the script without the module is within its budget", async () => {
  const names = Object.keys(await import(file("dist/entries/slim.js")));
  const [others, all] = await Promise.all([scriptOf(names.filter((name) => name !== "reconcile")), scriptOf(names)]);
  assertWithin(12_000, others, "the script of the entry slim without reconcile");
  assertWithin(16_500, all, "the script of the entry slim with it");
});
