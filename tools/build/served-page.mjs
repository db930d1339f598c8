// Builds pkg/dist/www: the page that `usage-by-agent serve` serves, and the list of its files with their headers.

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { Failed, root, run } from "../setup/run.mjs";

const folder = join(root, "pkg/dist/www");

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** What the page has elsewhere, and not here. */
const LEFT_OUT = ["_headers", "sample.ndjson.gz", "sample-agents.json", "sample-answer.json"];

/** What the page uses of the package, by the path at which it asks for it. `web.js` asks for the others. */
const OF_PACKAGE = ["dist/web.js", "dist/slim.js", "wasm/usage_by_agent.wasm"];

export async function buildServedPage() {
  const vite = join(root, "node_modules/.bin/vite");
  await run(vite, ["build", "www", "--mode", "served", "--outDir", folder, "--emptyOutDir", "--logLevel", "warn"]);
  const rules = headerRules(readFileSync(join(folder, "_headers"), "utf8"));
  for (const name of LEFT_OUT) rmSync(join(folder, name));
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
  const own = names.map((name) => [name === "index.html" ? "/" : `/${name}`, name]);
  const ofPackage = OF_PACKAGE.map((name) => [`/package/${name}`, `../../${name}`]);
  const list = [...own, ...ofPackage].map(([path, file]) => [path, { file, headers: headersOf(path, file, rules) }]);
  writeFileSync(join(folder, "files.json"), `${JSON.stringify(Object.fromEntries(list), null, 1)}\n`);
}

function headersOf(path, file, rules) {
  const type = TYPES[extname(file)];
  if (type === undefined) throw new Failed(`${file} of the page has no known type`);
  const headers = { "content-type": type, "cache-control": "no-cache" };
  for (const { prefix, set } of rules) if (path.startsWith(prefix)) Object.assign(headers, set);
  return headers;
}

/** The rules of `_headers`: a line with the beginning of paths and `*`, and below it the headers, indented. */
function headerRules(text) {
  const rules = [];
  for (const line of text.split("\n").filter((each) => each.trim() !== "" && !each.startsWith("#"))) {
    const [, name, value] = /^\s+([^:]+): (.+)$/.exec(line) ?? [];
    if (name !== undefined) rules.at(-1).set[name.toLowerCase()] = value;
    else if (/^\/[^*]*\*$/.test(line)) rules.push({ prefix: line.slice(0, -1), set: {} });
    else throw new Failed(`www/public/_headers has a line that is not understood: ${line}`);
  }
  return rules;
}
