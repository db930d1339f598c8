/** The tarball contains every file that users need, and no other file. No file names a folder of the machine that packed it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { files, installed } from "../support/packed.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const names = files.map(({ path }) => path).sort();
const read = (name) => readFileSync(join(installed, name), "utf8");
const manifest = JSON.parse(read("package.json"));

test("the tarball contains only files of the expected kinds", () => {
  const kinds = [
    /^(package\.json|openapi\.json|README\.md|CHANGELOG\.md|LICENSE-(MIT|APACHE)|THIRD-PARTY\.md|llms\.txt)$/,
    /^dist\/(commonjs\/)?(module\/)?[a-z-]+\.js$/,
    /^dist\/commonjs\/package\.json$/,
    /^dist\/types\/([a-z.-]+\/)*[a-z.-]+\.d\.(ts|cts)$/,
    /^wasm\/usage_by_agent\.wasm$/,
    /^dist\/www\/(index\.html|files\.json|favicon\.svg|assets\/[\w-]+\.(js|css))$/,
  ];
  const strange = names.filter((name) => !kinds.some((kind) => kind.test(name)) || /test|spec|fixture/.test(name));
  assert.deepEqual(strange, []);
  for (const name of ["README.md", "CHANGELOG.md", "THIRD-PARTY.md", "wasm/usage_by_agent.wasm", "dist/node.js"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(files.find(({ path }) => path.endsWith(".wasm")).size > 100_000);
});

test("every target of the exports map is a file", () => {
  const targets = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(targets));
  const fields = ["main", "module", "types", "unpkg", "jsdelivr"].map((name) => manifest[name]);
  fields.push(manifest.bin["usage-by-agent"]);
  for (const target of [...targets(manifest.exports), ...targets(manifest.imports), ...fields]) {
    assert.ok(names.includes(target.slice(2)), target);
  }
  for (const [entry, conditions] of Object.entries(manifest.exports)) {
    if (typeof conditions === "string") continue;
    // The first condition that applies is used. So "types" comes first and "default" last.
    const order = Object.keys(conditions);
    assert.deepEqual([order[0], order.at(-1)], ["types", "default"], entry);
  }
  // Bundlers for Node set the condition "module" too, and get the module in the script.
  const order = Object.keys(manifest.exports["."]);
  for (const first of ["workerd", "edge-light", "bun", "deno", "module"]) {
    assert.ok(order.indexOf(first) < order.indexOf("node"), first);
  }
});

test("every import in the package leads to a file of the package", () => {
  for (const name of names.filter((name) => /\.(c?js|d\.c?ts)$/.test(name))) {
    const text = read(name);
    for (const [, to] of text.matchAll(/(?<!["/\w])(?:from|import)\s*\(?\s*"([\w@#./:-]+)"/g)) {
      if ([manifest.name, "#module"].includes(to) || /^(node|cloudflare):/.test(to)) continue;
      if (to.startsWith("/package/")) {
        assert.ok(names.includes(to.slice("/package/".length)), `${name} imports ${to}`); // the page of the command
        continue;
      }
      if (to.startsWith(`${manifest.name}/`)) {
        assert.ok(`.${to.slice(manifest.name.length)}` in manifest.exports, `${name} imports ${to}`);
        continue;
      }
      if (/^\s*(\*|\/\/).*$/.test(text.slice(text.lastIndexOf("\n", text.indexOf(to)) + 1).split("\n")[0])) continue; // an example
      assert.ok(to.startsWith("."), `${name} imports ${to}`);
      const target = posix.join(posix.dirname(name), to.replace("?module", ""));
      const isThere = names.includes(target) || names.includes(target.replace(/\.js$/, ".d.ts"));
      assert.ok(isThere, `${name} imports ${to}`);
    }
  }
});

test("the page of the command is listed, and does not contain the module or the sample", () => {
  const list = JSON.parse(read("dist/www/files.json"));
  const listed = Object.values(list).map(({ file }) => posix.join("dist/www", file));
  const own = names.filter((name) => name.startsWith("dist/www/") && name !== "dist/www/files.json");
  assert.deepEqual(listed.filter((name) => name.startsWith("dist/www/")).sort(), own);
  for (const name of listed) assert.ok(names.includes(name), name);
  for (const name of own) assert.ok(files.find(({ path }) => path === name).size < 120_000, name);
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

test("the package has the project's licences, changelog, summary and version", () => {
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md", "llms.txt"])
    assert.equal(read(name), readFileSync(join(root, name), "utf8"), name);
  assert.match(read("LICENSE-MIT"), /^MIT License/);
  assert.match(read("LICENSE-APACHE"), /Apache License\s+Version 2.0/);
  const [, version] = /^version = "([^"]+)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"));
  assert.equal(manifest.version, version);
});

test("the licence of each crate in the module, and of each npm package in the command and its page, is in the package", async () => {
  const { stdout } = spawnSync(
    "cargo",
    ["tree", "-e", "normal,no-proc-macro", "--target", "wasm32-unknown-unknown", "--prefix", "none"],
    { cwd: root, encoding: "utf8" },
  );
  const crates = [...stdout.matchAll(/^(\S+) v(\S+)/gm)].map(([, name, version]) => `${name} ${version}`);
  const linked = new Set(crates.filter((crate) => !crate.startsWith("usage-by-agent ")));
  const parts = read("THIRD-PARTY.md").split(/^## /m).slice(1);
  const named = parts.map((part) => part.split("\n")[0]).filter((name) => !name.startsWith("The "));
  const ofCrates = named.filter((name) => !name.includes("(npm"));
  assert.ok(linked.size > 5);
  assert.deepEqual(ofCrates.sort(), [...linked].sort());
  const bundled = async (entry, options) => {
    const { metafile } = await build({
      entryPoints: [join(root, entry)],
      bundle: true,
      format: "esm",
      external: ["usage-by-agent", "usage-by-agent/*"],
      write: false,
      metafile: true,
      ...options,
    });
    const names = [
      ...Object.keys(metafile.inputs)
        .join("\n")
        .matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g),
    ];
    return [...new Set(names.map(([, name]) => name))].sort();
  };
  const namedIn = (place) =>
    named.filter((name) => name.endsWith(`(npm, in the ${place})`)).map((name) => name.split(" ")[0]);
  const inCommand = await bundled("pkg/src/command/main.ts", { platform: "node" });
  assert.ok(inCommand.length > 0);
  assert.deepEqual(namedIn("command").sort(), inCommand);
  // esbuild lists modules of which nothing is used, too.
  const inPage = await bundled("www/src/main.ts", { define: { SERVED: "true" } });
  assert.ok(namedIn("page").includes("d3-shape"));
  for (const name of namedIn("page")) assert.ok(inPage.includes(name), name);
  for (const part of parts.slice(2))
    assert.match(
      part,
      /Permission is hereby granted|Permission to use, copy, modify|Apache License|without warranty/i,
      part.slice(0, 60),
    );
});
