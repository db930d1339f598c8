/** Runs the examples of the documents without changes. Each example must print what its comments promise. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { recipeConsumers } from "../consumers/recipes.mjs";
import { TOKEN } from "../support/collect-vendor.mjs";
import { filesOf } from "../support/document.mjs";
import { installed, packed, run, runOrThrow, write } from "../support/packed.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tsc = join(root, "node_modules/.bin/tsc");
const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
const readmes = [
  "README.md",
  "pkg/README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "DESIGN.md",
  "SECURITY.md",
  "llms.txt",
  "worker/README.md",
  "examples/parallel/README.md",
  ...docs.map((name) => `docs/${name}`),
];

/** Documents whose examples need files beside them. `tests/node/parallel.test.mjs` runs these examples. */
const runElsewhere = ["examples/parallel/README.md"];

/** Blocks that are files of a program. tests/consumers/ and tests/workerd/ write these files and run the program. */
const isFile = ({ flags }) => flags.some((flag) => flag.startsWith("file="));

/** Yields the fenced blocks of JavaScript and TypeScript, with the line in which each block begins. */
function* blocksOf(name) {
  const text = readFileSync(join(root, name), "utf8");
  for (const { 1: info, 2: code, index } of text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)) {
    const [language, ...flags] = info.trim().split(/\s+/);
    if (language !== "js" && language !== "ts") continue;
    yield { name, line: text.slice(0, index).split("\n").length + 1, language, flags, code };
  }
}

/** Returns one entry for each call of console.log: the output that its comment promises, or undefined without a comment. */
function claimsOf(code) {
  const logs = [...code.matchAll(/^ *console\.log\(.*\);(?: \/\/ (.*(?:\n *\/\/.*)*))?$/gm)];
  return logs.map(([, claim]) => claim);
}

const plain = (text) => text.replace(/^ *\/\//gm, "").replace(/[\s"'`]/g, "");

function assertClaim(claim, printed) {
  const [claimed, got] = [plain(claim), plain(printed)];
  if (!claimed.includes("…")) return assert.equal(got, claimed);
  const pairs = claimed.match(/[\w-]+:[\w-]+/g); // "…" stands for an omitted part, so only the pairs are compared
  for (const pair of pairs) assert.ok(got.includes(pair), `${pair} in ${got}`);
}

/** Makes each console.log print its complete values on one line. */
const WHOLE = `
  import { inspect } from "node:util";
  console.log = (...values) => {
    const shown = values.map((value) => (typeof value === "string" ? value : inspect(value, { depth: null, breakLength: Infinity })));
    process.stdout.write(shown.join(" ").replaceAll("\\n", " ") + "\\n");
  };
`;

/**
 * The vendor of examples that collect: a small account in the process, which knows the token of the environment. The clock shows a day in
 * July 2025, so that the account has records in the last month.
 */
const VENDOR = `
  const ahead = Date.now() - Date.parse("2025-07-15T12:00:00Z");
  const now = Date.now;
  Date.now = () => now() - ahead;
  import { makeAccount, makeVendor } from ${JSON.stringify(new URL("../support/collect-vendor.mjs", import.meta.url).href)};
  globalThis.fetch = makeVendor(makeAccount(1, { calls: 150, conversations: 20 })).fetch;
`;

async function compiled(code) {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    target: "esnext",
    lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
    types: [],
  };
  const cwd = write({
    "example.ts": code,
    "package.json": '{ "type": "module" }',
    "tsconfig.json": JSON.stringify({ compilerOptions, files: ["example.ts"] }),
  });
  const { status, stdout } = await run(tsc, ["-p", "."], { cwd });
  assert.equal(status, 0, stdout);
  return (await transform(code, { loader: "ts", target: "es2022" })).code;
}

const examples = readmes.filter((name) => !runElsewhere.includes(name)).flatMap((name) => [...blocksOf(name)]);
for (const { name, line, language, flags, code } of examples.filter((example) => !isFile(example))) {
  test(`${name}, line ${line}`, async () => {
    if (flags.includes("no-run")) return void (await transform(code, { loader: language }));
    const script = language === "ts" ? await compiled(code) : code;
    const isCollecting = code.includes('"usage-by-agent/collect"');
    const cwd = write({ "example.mjs": script, "whole.mjs": WHOLE + (isCollecting ? VENDOR : "") });
    const out = await runOrThrow(process.execPath, ["--import", "./whole.mjs", "example.mjs"], {
      cwd,
      env: { AGENTPHONE_API_KEY: TOKEN },
      timeout: 60_000,
    });
    const printed = out.trim() === "" ? [] : out.trim().split("\n");
    const claims = claimsOf(code);
    assert.equal(printed.length, claims.length, out);
    for (const [i, claim] of claims.entries()) if (claim !== undefined) assertClaim(claim, printed[i]);
  });
}

test("the documents contain examples, and some examples promise an output", () => {
  const blocks = readmes.flatMap((name) => [...blocksOf(name)]);
  for (const name of ["README.md", "pkg/README.md"])
    assert.ok(blocks.filter((block) => block.name === name).length >= 2);
  assert.ok(blocks.flatMap(({ code }) => claimsOf(code)).filter((claim) => claim !== undefined).length >= 4);
});

test("every recipe is run by a test, and every page with files is known", () => {
  const headings = Object.keys(filesOf("recipes.md")).filter((heading) => heading !== "Records"); // shared by the others
  assert.deepEqual(recipeConsumers.map(({ recipe }) => recipe).sort(), headings.sort());
  const pages = new Set(examples.filter(isFile).map(({ name }) => name));
  assert.deepEqual([...pages].sort(), ["docs/recipes.md", "docs/worker.md"]); // tests/workerd/from-nothing.test.mjs runs the second
});

test("llms.txt names entries, functions and methods that exist", async () => {
  const text = readFileSync(join(root, "llms.txt"), "utf8");
  const { name, exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const entries = [...text.matchAll(/^- `(usage-by-agent\S*)`/gm)].map(([, entry]) => entry.replace(name, "."));
  assert.ok(entries.length >= 5);
  for (const entry of entries) assert.ok(entry in exports, entry);

  const apart = await Promise.all(
    ["handler", "collect", "audit", "threads"].map((entry) => import(`usage-by-agent/${entry}`)),
  );
  const others = Object.assign({}, ...apart);
  const signatures = [...text.matchAll(/^- `(?:new )?(\w+)\(.*?`(?::|$)/gm)];
  assert.ok(signatures.length >= 8);
  for (const [signature, called] of signatures) {
    assert.ok(called in packed || called in others, signature);
  }
  const [, methods] = /UsageAggregator.*?: counts one period; (.*)/.exec(text);
  for (const [, method] of methods.matchAll(/`(\w+)`/g)) assert.ok(method in packed.UsageAggregator.prototype, method);
  const [, views] = /UsageRollup.*?: counts all time; (.*)/.exec(text);
  for (const [, method] of views.matchAll(/`(\w+)`/g)) assert.ok(method in packed.UsageRollup.prototype, method);
});

test("the rows of a table have a cell for each column", () => {
  for (const name of readmes) {
    let columns;
    for (const [at, line] of readFileSync(join(root, name), "utf8").split("\n").entries()) {
      const isRow = line.startsWith("|");
      const cells = isRow ? line.replace(/`[^`]*`|\\\|/g, "").split("|").length : undefined;
      columns = isRow ? (columns ?? cells) : undefined;
      assert.equal(cells, columns, `${name}:${at + 1}`);
    }
  }
});

test("README.md tells the number of causes and the release of the tz database", () => {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const types = readFileSync(join(root, "pkg/src/reconcile/types.ts"), "utf8");
  const [codes] = /^export type CauseCode =[^;]*;/m.exec(types);
  const causes = codes.match(/"\w+"/g).length;
  assert.ok(text.includes(`knows ${causes} causes`), `${causes} causes`);
  assert.ok(text.includes(`The tz database (${packed.versions().tzdb})`), packed.versions().tzdb);
});

test("links lead to files and headings that exist", () => {
  for (const name of readmes) {
    const text = readFileSync(join(root, name), "utf8");
    for (const [, to, heading] of text.matchAll(/\]\((?!https?:|mailto:)([^)#]*)(?:#([^)]+))?\)/g)) {
      const file = to === "" ? join(root, name) : join(root, dirname(name), to);
      assert.ok(existsSync(file), `${name}: ${to}`);
      if (heading !== undefined) assert.ok(headingsOf(file).includes(heading), `${name}: ${to}#${heading}`);
    }
  }
});

/** Returns the anchors that GitHub makes for a page's headings. */
function headingsOf(file) {
  const headings = readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm);
  return Array.from(headings, ([, text]) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
