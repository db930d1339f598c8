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

test("the module is within its budget", () => {
  assertWithin(106_000, readFileSync(file("wasm/usage_by_agent.wasm")), "the module, every zone in it");
});

test("the script without the module is within its budget", async () => {
  const { outputFiles } = await build({
    entryPoints: [file("dist/entry.slim.js")],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  assertWithin(12_000, outputFiles[0].contents, "the script of the entry slim");
});
