// The crate tools/bindgen has the version of the library wasm-bindgen, because they share a private format.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkBindgenVersion } from "../../tools/build/bindgen.mjs";
import { root } from "../../tools/setup/run.mjs";
import { lockedVersion } from "../../tools/setup/wasm-bindgen.mjs";

const manifest = (version) => `[dependencies]\nwasm-bindgen-cli-support = "${version}"\n`;

test("both lock files have one version", () => {
  const lock = readFileSync(join(root, "tools/bindgen/Cargo.lock"), "utf8");
  for (const name of ["wasm-bindgen-cli-support", "wasm-bindgen-shared"]) {
    assert.equal(new RegExp(`^name = "${name}"\nversion = "([^"]+)"$`, "m").exec(lock)?.[1], lockedVersion(), name);
  }
});

test("the lock file names crates.io for every crate", () => {
  const lock = readFileSync(join(root, "tools/bindgen/Cargo.lock"), "utf8");
  const sources = new Set([...lock.matchAll(/^source = "(.*)"$/gm)].map(([, source]) => source));
  assert.deepEqual([...sources], ["registry+https://github.com/rust-lang/crates.io-index"]);
});

test("the build refuses another version, and says what to write", () => {
  checkBindgenVersion(manifest("=1.2.3"), "1.2.3");
  for (const [version, got] of [
    ["=1.2.4", /support 1\.2\.4/],
    ["1.2.3", /without an exact version/],
  ]) {
    assert.throws(() => checkBindgenVersion(manifest(version), "1.2.3"), got);
    assert.throws(
      () => checkBindgenVersion(manifest(version), "1.2.3"),
      /Write `wasm-bindgen-cli-support = "=1\.2\.3"`/,
    );
  }
});
