/** SECURITY.md names a test for each promise, and the tests exist. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../tools/setup/run.mjs";

test("each promise has a test that exists", () => {
  const text = readFileSync(join(root, "SECURITY.md"), "utf8");
  const [, table] = /\n\| promise \| test \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(text);
  const promises = table.trimEnd().split("\n");
  assert.ok(promises.length > 12);
  for (const promise of promises) {
    const held = promise.split(" | ").at(-1);
    const files = [...held.matchAll(/`((?:tests|tools|fuzz)\/[^`]+|deny\.toml)`/g)].map(([, path]) => path);
    assert.ok(files.length > 0 || /`npm run \w+/.test(held), promise);
    for (const file of files) assert.ok(existsSync(join(root, file)), `${file} does not exist`);
  }
});
