/** The tarball contains every file that users need, and no other file. No file names a folder of the machine that packed it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { files, installed } from "../support/packed.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const names = files.map(({ path }) => path).sort();
const read = (name) => readFileSync(join(installed, name), "utf8");
const manifest = JSON.parse(read("package.json"));

test("the tarball contains only files of the expected kinds", () => {
  const kinds = [
    /^(package\.json|openapi\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
    /^dist\/([a-z.-]+\/)*[a-z.-]+\.(js|d\.ts)(\.map)?$/,
    /^src\/([a-z.-]+\/)*[a-z.-]+\.ts$/,
    /^wasm\/usage_by_agent\.(wasm|js|d\.ts)$/,
  ];
  const strange = names.filter((name) => !kinds.some((kind) => kind.test(name)) || /test|spec|fixture/.test(name));
  assert.deepEqual(strange, []);
  for (const name of ["README.md", "CHANGELOG.md", "LICENSE", "wasm/usage_by_agent.wasm", "dist/entries/node.js"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(files.find(({ path }) => path.endsWith(".wasm")).size > 100_000);
});

test("every built file has a source, and every source has a built file", () => {
  const built = names.filter((name) => /^dist\/.*\.js$/.test(name)).map((name) => name.slice(5, -3));
  const sources = names.filter((name) => /^src\/.*(?<!\.d)\.ts$/.test(name)).map((name) => name.slice(4, -3));
  // entries/inline-wasm is the module as text. The build generates it without a source.
  assert.deepEqual(built.filter((name) => name !== "entries/inline-wasm").sort(), sources.sort());
  for (const name of built) assert.ok(names.includes(`dist/${name}.d.ts`), name);
});

test("every target of the exports map is a file", () => {
  const targets = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(targets));
  for (const target of targets(manifest.exports)) assert.ok(names.includes(target.slice(2)), target);
  const entries = [".", "./slim", "./inline", "./handler", "./wasm", "./openapi.json", "./package.json"];
  assert.deepEqual(Object.keys(manifest.exports), entries);
  const conditions = Object.keys(manifest.exports["."]);
  // The first condition that applies is used. So "types" comes first and "default" last. "workerd" comes before "browser",
  // because bundlers for workerd set both.
  assert.equal(conditions[0], "types");
  assert.equal(conditions.at(-1), "default");
  assert.ok(conditions.indexOf("workerd") < conditions.indexOf("browser"));
});

test("every import in the package leads to a file of the package", () => {
  for (const name of names.filter((name) => /\.(js|d\.ts)$/.test(name))) {
    const text = read(name);
    for (const [, to] of text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
      if (to === manifest.name || to.startsWith("node:")) continue;
      if (/^\s*(\*|\/\/).*$/.test(text.slice(text.lastIndexOf("\n", text.indexOf(to)) + 1).split("\n")[0])) continue; // an example
      assert.ok(to.startsWith("."), `${name} imports ${to}`);
      const target = posix.join(posix.dirname(name), to);
      const isThere = names.includes(target) || names.includes(target.replace(/\.js$/, ".d.ts"));
      assert.ok(isThere, `${name} imports ${to}`);
    }
  }
});

test("source maps lead to sources that the package contains", () => {
  for (const name of names.filter((name) => name.endsWith(".map"))) {
    const { sources, sourceRoot = "" } = JSON.parse(read(name));
    assert.ok(sources.length > 0, name);
    for (const source of sources) {
      const target = posix.join(posix.dirname(name), sourceRoot, source);
      assert.ok(existsSync(join(installed, target)), `${name}: ${source}`);
      assert.ok(!target.startsWith(".."), `${name}: ${source}`);
    }
  }
});

test("no file contains a folder name of the machine that built the package", () => {
  const folders = [root, homedir(), process.env.CARGO_HOME, process.env.RUSTUP_HOME].filter(Boolean);
  const words = [...folders.map((folder) => `${folder.replace(/[/\\]+$/, "")}/`), ".cargo/registry"];
  for (const name of names) {
    const bytes = readFileSync(join(installed, name));
    for (const word of words) {
      assert.ok(!bytes.includes(word), `${name} contains ${word}`);
    }
  }
});

test("the package has no scripts and no dependencies", () => {
  assert.deepEqual(manifest.dependencies ?? {}, {});
  assert.deepEqual(manifest.peerDependencies ?? {}, {});
  assert.deepEqual(Object.keys(manifest.scripts ?? {}), []);
  assert.equal(manifest.type, "module");
  assert.equal(manifest.license, "MIT OR Apache-2.0");
});

test("the package has the project's licence, changelog and version", () => {
  for (const name of ["LICENSE", "CHANGELOG.md"])
    assert.equal(read(name), readFileSync(join(root, name), "utf8"), name);
  assert.match(read("LICENSE"), /MIT/);
  assert.match(read("LICENSE"), /Apache/);
  const [, version] = /^version = "([^"]+)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"));
  assert.equal(manifest.version, version);
});
