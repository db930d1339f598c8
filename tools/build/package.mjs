// Builds pkg/dist from pkg/src: one script for each entry, and the types.
//
// esbuild makes the scripts. They have no comments: the comments are in the types, which editors show. Apart from that they are not
// minified, so that users can read them and step through them.

import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failed, root, run } from "../setup/run.mjs";
import { notices } from "./notices.mjs";

const pkg = join(root, "pkg");
const dist = join(pkg, "dist");

/** The files that the package has too. */
const COPIED = ["LICENSE-MIT", "LICENSE-APACHE", "CHANGELOG.md", "llms.txt"];

export async function buildPackage() {
  rmSync(dist, { recursive: true, force: true }); // files without a source must not be packed
  for (const name of COPIED) copyFileSync(join(root, name), join(pkg, name));
  await run(join(root, "node_modules/.bin/tsc"), ["-p", "pkg"]);
  const bundled = await bundleEntries();
  writeFileSync(join(pkg, "THIRD-PARTY.md"), notices({ command: bundled, page: await packagesOfPage() }));
  chmodSync(join(dist, "command.js"), 0o755);
  await writeModuleAsText();
  await writeTypes(ENTRIES);
}

/** The entries that CommonJS has too: the name of the script, and the source of the types. */
const ENTRIES = {
  index: "index",
  handler: "handler/index",
  collect: "collect/index",
  audit: "audit/index",
  threads: "threads/index",
};

/** Entries beside the main one import its class of errors, so that `instanceof` knows them. */
const SHARED = {
  name: "shared",
  setup: ({ onResolve }) => onResolve({ filter: /\/errors\.js$/ }, () => ({ path: "usage-by-agent", external: true })),
};

/**
 * Each entry, and the command, as a script.
 *
 * @returns the folders of the npm packages that are in the command's script. The other scripts contain none.
 */
async function bundleEntries() {
  const { build, transform } = await import("esbuild"); // imported here, so that this file loads without npm packages
  const entry = async (name, from, options = {}) => {
    const { outputFiles, metafile } = await build({
      entryPoints: [{ in: join(pkg, "src", `${from}.ts`), out: name }],
      outdir: dist,
      bundle: true,
      format: "esm",
      target: "es2022",
      charset: "ascii",
      logLevel: "warning",
      plugins: from.endsWith("/index") ? [SHARED] : [],
      external: [
        "usage-by-agent",
        "cloudflare:*",
        "./slim.js",
        "./module/file.js",
        "./wasm-text.js",
        "*.wasm?module",
        "node:*",
      ],
      minifyWhitespace: true, // drops the comments
      write: false,
      metafile: true,
      absWorkingDir: root,
      ...options,
    });
    const { code } = await transform(outputFiles[0].text, { charset: "ascii" });
    mkdirSync(dirname(outputFiles[0].path), { recursive: true });
    writeFileSync(outputFiles[0].path, code);
    return Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  };
  const commonJs = { format: "cjs", platform: "node" };
  const [inCommand, ...inOthers] = await Promise.all([
    entry("command", "command/main", { platform: "node" }),
    entry("command-worker", "command/parts/worker", { platform: "node" }),
    ...["slim", "web", "edge", "module/inline", "module/compiled"].map((name) => entry(name, name)),
    ...["handler", "collect", "audit"].map((name) => entry(name, ENTRIES[name])),
    entry("service", "service/index"),
    entry("threads", "threads/index"),
    entry("threads-node", "threads/node/index"),
    ...["part-worker", "part-worker-node"].map((name) => entry(name, name)),
    ...["handler", "collect", "audit"].map((name) => entry(`commonjs/${name}`, ENTRIES[name], commonJs)),
    entry("commonjs/threads", "threads/commonjs/index", commonJs),
    entry("commonjs/module/file", "module/file", commonJs), // apart, because ncc can't read the syntax of the others
    entry("commonjs/index", "commonjs", { ...commonJs, inject: [join(pkg, "src/module/node-globals.ts")] }),
  ]);
  // Not the extension .cjs, because ncc does not look for files in scripts of that name.
  writeFileSync(join(dist, "commonjs/package.json"), '{ "type": "commonjs" }\n');
  const names = (await namesOf("slim")).filter((name) => !["provide", "PartCounter"].includes(name));
  writeFileSync(join(dist, "index.js"), mainEntry(names));
  writeFileSync(join(dist, "node.js"), nodeEntry(names));
  if (inOthers.flat().length > 0)
    throw new Failed(`an entry contains ${inOthers.flat().join(", ")}: only the command may`);
  return [...new Set(inCommand)].sort();
}

/** The folders of the npm packages whose code is in the page of the command. */
async function packagesOfPage() {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    entryPoints: [join(root, "www/src/main.ts")],
    bundle: true,
    format: "esm",
    define: { SERVED: "true", SERVICE: "false" },
    external: ["usage-by-agent", "usage-by-agent/*"],
    minifySyntax: true, // leaves out what only the other page has
    write: false,
    metafile: true,
    absWorkingDir: root,
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  const used = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return [...new Set(used.flatMap(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []))].sort();
}

/** The main entry. `imports` in package.json chooses the module for the runtime. */
function mainEntry(names) {
  const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ loaded(slim.${name});\n`);
  return `import { embedded } from "#module";
import * as slim from "./slim.js";

const loaded = /* @__PURE__ */ slim.provide(embedded);

${exported.join("")}export { init as default };
`;
}

/** The entry of Node. Both kinds of modules share one instance there, that of CommonJS: old versions can't `require` the other kind. */
function nodeEntry(names) {
  return `import all from "./commonjs/index.js";\n\nexport const { ${names.join(", ")} } = all;\nexport { init as default };\n`;
}

/** The names of the values that an entry exports, without `default`. */
async function namesOf(entry) {
  const { build } = await import("esbuild");
  const options = {
    entryPoints: [join(dist, `${entry}.js`)],
    bundle: true,
    write: false,
    format: "esm",
    metafile: true,
  };
  const external = ["#module", "usage-by-agent", "*.wasm?module"];
  const { metafile } = await build({ ...options, external, outfile: "names.js" });
  return metafile.outputs["names.js"].exports.filter((name) => name !== "default").sort();
}

/** Writes the module as text. The code that makes the text is beside the code that reads it. */
async function writeModuleAsText() {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(pkg, "src/module/text.ts")],
    bundle: true,
    write: false,
    format: "esm",
  });
  const { encode } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
  );
  const text = encode(readFileSync(join(pkg, "wasm/usage_by_agent.wasm")));
  writeFileSync(join(dist, "module/wasm-text.js"), `export const text = "${text}";\n`);
}

const types = join(dist, "types");

/** Writes the types of CommonJS, and removes those that no entry needs. */
async function writeTypes(entries) {
  for (const [name, from] of Object.entries(entries)) {
    writeFileSync(join(types, `${from}.d.cts`), typesForCommonJs(await namesOf(name), `./${basename(from)}.js`));
  }
  writeFileSync(join(types, "wasm.d.ts"), WASM_TYPES);
  const needed = new Set();
  const entry = [...Object.values(entries), "service/index", "part-worker", "slim", "web", "edge", "wasm"];
  for (const name of entry) reach(join(types, `${name}.d.ts`), needed);
  for (const name of readdirSync(types, { recursive: true })) {
    const path = join(types, name);
    if (path.endsWith(".d.ts") && !needed.has(path)) rmSync(path);
  }
}

const WASM_TYPES = `import type { ModuleSource } from "./index.js";
/** The module, in the form that the bundler or the runtime gives: its URL, its bytes, or compiled. Pass it to \`init\`. */
declare const module: ModuleSource;
export default module;
`;

/**
 * The types of an entry for CommonJS. They are those of the other kind of modules, so that values of one are values of the other.
 */
function typesForCommonJs(names, from) {
  const source = `import("${from}", { with: { "resolution-mode": "import" } })`;
  const value = (name) => `declare const ${name}: typeof ${source}.${name};\n`;
  const isClass = (name) => /^[A-Z]/.test(name);
  const type = (name) => (isClass(name) ? `type ${name} = ${source}.${name};\n` : "");
  const main = names.includes("init") ? "export { init as default };\n" : "";
  const all = `export type * from "${from}" with { "resolution-mode": "import" };\n`;
  return `${all}${names.map((name) => value(name) + type(name)).join("")}export { ${names.join(", ")} };\n${main}`;
}

/** Adds the file, and all the files that its declarations import. */
function reach(path, needed) {
  if (needed.has(path)) return;
  needed.add(path);
  const text = readFileSync(path, "utf8").replaceAll(/^\s*\*.*$/gm, ""); // without the examples in comments
  for (const [, to] of text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
    reach(join(dirname(path), to.replace(/\.js$/, ".d.ts")), needed);
  }
}
