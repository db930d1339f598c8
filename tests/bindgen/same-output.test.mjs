// The crate tools/bindgen writes what the command wasm-bindgen writes, which wasm-pack and other projects use.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { bindgen } from "../../tools/build/bindgen.mjs";
import { factoryOf, factoryTypesOf } from "../../tools/build/glue.mjs";
import { root } from "../../tools/setup/run.mjs";

const NAME = "usage_by_agent";
const MODULE = join(root, "target/wasm32-unknown-unknown/release", `${NAME}.wasm`);

const folder = mkdtempSync(join(tmpdir(), "bindgen-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("the glue, its types and the module are equal byte for byte", async () => {
  const [ours, theirs] = ["ours", "theirs"].map((name) => join(folder, name));
  await bindgen(MODULE, ours, NAME);
  const options = ["--target", "web", "--omit-default-module-path", "--out-name", NAME, "--out-dir", theirs];
  execFileSync(process.env.WASM_BINDGEN, [MODULE, ...options]);

  const names = readdirSync(theirs).sort();
  assert.deepEqual(names, [".d.ts", ".js", "_bg.wasm", "_bg.wasm.d.ts"].map((ending) => NAME + ending).sort());
  assert.deepEqual(readdirSync(ours).sort(), names);
  for (const name of names) {
    const [got, wanted] = [ours, theirs].map((path) => readFileSync(join(path, name)));
    assert.ok(got.equals(wanted), `${name} differs: ${got.length} bytes, and ${wanted.length} from the command`);
  }
});

test("the built package has a factory of this glue", async () => {
  const again = join(folder, "again");
  await bindgen(MODULE, again, NAME);
  for (const [name, made] of [
    [`${NAME}.js`, factoryOf],
    [`${NAME}.d.ts`, factoryTypesOf],
  ]) {
    const built = readFileSync(join(root, "pkg/wasm", name), "utf8");
    assert.equal(built, made(readFileSync(join(again, name), "utf8")), name);
  }
});
