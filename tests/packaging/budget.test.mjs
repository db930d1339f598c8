// A page's downloads have size limits. A limit goes up only with a reason, which its comment gives.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const file = (path) => fileURLToPath(new URL(`../../pkg/${path}`, import.meta.url));

const document = (name) => readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), "utf8");

const sizeOf = (bytes) => gzipSync(bytes, { level: 9 }).length;

function assertWithin(limit, bytes, what) {
  const size = sizeOf(bytes);
  console.log(`${what}: ${size} bytes gzip, of ${limit}`);
  assert.ok(size <= limit, `${what} is ${size} bytes gzip: the limit is ${limit}`);
}

// 139.5 KiB. The limit was 110,000. Then the core began to read conversations, envelopes and second spellings, to know deliveries by
// their ids, and to count by channel and direction. Then it was 114,688, until the core began to compute breakdowns: their windows and
// steps, rows by six dimensions, and sums of days that do not read every quarter hour. It also takes parts of a text that threads have
// counted, and bounds what forged snapshots cost. It was 134,300 before every table and text grew through a budget, which took 4.7 kB
// after 1.4 kB were won in wasm-opt. Where an id has several times takes 0.4 kB. It was
// 138,100 before records were trimmed and settled for databases that keep ids, which took 3.7 kB. It was 141,900 before frequent texts of
// objects crossed once for each batch, and ids were compared with recent ones first: objects take a quarter less time. Names of zones are found by bisection.
// It was 142,800 before strings with escapes or other characters than ASCII were checked sixteen bytes at once, which takes 0.4 kB: text with
// many of them is read in a sixth less time.
test("the module is within its budget", () => {
  assertWithin(144_800, readFileSync(file("wasm/usage_by_agent.wasm")), "the module with every zone");
});

// What the page of the command `serve` adds to the tarball: its own scripts, styles and list. The scripts and the module of the package
// are not packed again; the module alone would be more than 110,000. Importers download these files, and never load them. The limit was
// 17,000, until the page became a dashboard. Of it, the parts of D3 are 3,000, and the cities, countries and abbreviations of zones 7,000.
test("the page of the command is within its budget", () => {
  const folder = file("dist/www");
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  assertWithin(49_100, Buffer.concat(bytes), "the page of the command");
});

/** Bundles an app of one function, with the module in the script. */
async function appOfOneFunction() {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { periodBounds } from "usage-by-agent"; console.log(periodBounds({ period: "month" }).startMs);`,
      resolveDir: file(""),
    },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return outputFiles[0].contents;
}

// What an app of one function downloads. It was 156,200 before the module's strings with escapes, which take 0.6 kB as text.
test("the bundle of one function is within its budget", async () => {
  assertWithin(158_300, await appOfOneFunction(), "the bundle of one function");
});

// The documents told sizes of an older release for a while, which were a fifth too small.
test("the documents tell the sizes", async () => {
  const module = sizeOf(readFileSync(file("wasm/usage_by_agent.wasm")));
  const app = sizeOf(await appOfOneFunction());
  const told = (name, words) => {
    const [, number] = words.exec(document(name)) ?? assert.fail(`${name} does not say ${words}`);
    return Number(number.replaceAll(",", ""));
  };
  const isAbout = (claimed, size, what) =>
    assert.ok(Math.abs(claimed / size - 1) < 0.01, `${what}: ${claimed} for ${size}`);
  isAbout(told("README.md", /The module is ([\d.]+) kB after gzip/) * 1000, module, "README.md, the module");
  isAbout(told("README.md", /app of one function is\s+([\d.]+) kB after gzip/) * 1000, app, "README.md, the app");
  isAbout(
    told("docs/benchmarks.md", /([\d,]+) with every zone, reports and checks/),
    app,
    "docs/benchmarks.md, the app",
  );
});

// A page that shows audits downloads this besides the main entry. Whoever does not import it downloads nothing of it.
test("the script of audits is within its budget", () => {
  assertWithin(10_800, readFileSync(file("dist/audit.js")), "the script of audits");
});

/** Bundles these exports of the entry slim into a script, as a page does. */
async function scriptOf(names) {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names} } from "./dist/slim.js"`, resolveDir: file("") },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  return outputFiles[0].contents;
}

// The limits were 12,000 and 16,500. Then the script began to say what input looks like that is not understood, to read gzip data of
// several members, to find unknown options, and to explain wrong names of zones. They were 23,100 and 29,200 before every entry shared
// this script, which made the module in the script 35,000 bytes smaller. They were 23,200 and 29,300 before breakdowns, and
// 25,300 and 31,900 before `lookOf` said in a program's words what input is that can't be records. They were 25,500 and 32,100, until
// counts had limits, and long input was counted with pauses. They were 25,800 and 32,400 before records were trimmed for databases. They
// were 26,500 and 33,100 before objects of few layouts were read by names in the code, and 27,600 and 34,200 before threads could count parts of
// a Blob.
//
// Few pages need `reconcile`, and bundles without it do not contain its code. So it has a separate budget.
test("the script without the module is within its budget", async () => {
  const names = Object.keys(await import(file("dist/slim.js")));
  const [others, all] = await Promise.all([scriptOf(names.filter((name) => name !== "reconcile")), scriptOf(names)]);
  assertWithin(28_400, others, "the script of the entry slim without reconcile");
  assertWithin(35_000, all, "the script of the entry slim with reconcile");
});
