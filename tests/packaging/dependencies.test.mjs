/** What lint finds in npm's lock file without the network. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../tools/setup/run.mjs";
import { wrongPackages } from "../../tools/test/npm-lock.mjs";

const good = { version: "1.0.0", integrity: "sha512-eA==", license: "MIT" };
const wrong = (entry, path = "node_modules/x") => wrongPackages({ packages: { [path]: { ...good, ...entry } } });

test("the project's lock file has nothing wrong", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  assert.ok(Object.keys(lock.packages).length > 100);
  assert.deepEqual(wrongPackages(lock), []);
});

test("a package from elsewhere, without a hash or with another licence is found", () => {
  for (const [entry, count] of [
    [{}, 0],
    [{ resolved: "https://registry.npmjs.org/x/-/x-1.0.0.tgz" }, 0],
    [{ license: "(MIT OR GPL-3.0)" }, 0],
    [{ license: "Apache-2.0 AND MIT" }, 0],
    [{ resolved: "git+ssh://git@example.com/x.git#1" }, 1],
    [{ resolved: "https://registry.npmjs.org.example/x.tgz" }, 1],
    [{ resolved: "http://registry.npmjs.org/x.tgz" }, 1],
    [{ integrity: undefined }, 1],
    [{ integrity: "sha1-eA==" }, 1],
    [{ license: "MIT AND GPL-3.0" }, 1],
    [{ license: undefined }, 1],
    [{ license: "UNLICENSED", integrity: "" }, 2],
  ]) {
    assert.equal(wrong(entry).length, count, JSON.stringify(entry));
  }
  assert.deepEqual(wrong({ link: true, integrity: undefined }), []);
  assert.deepEqual(wrong({ integrity: undefined }, "pkg"), []); // a workspace
});
