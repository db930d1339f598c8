/** The types as a user's compiler finds them: through the exports map, and strictly, the package's own declarations too. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { installed, run, write } from "../support/packed.mjs";

const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
const consumer = readFileSync(new URL("fixtures/consumer.ts", import.meta.url), "utf8");

/** Compiles a file and gives what the compiler says. */
async function compile(source, options) {
  const compilerOptions = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    target: "es2022",
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    types: [],
    ...options,
  };
  const config = JSON.stringify({ compilerOptions, files: ["consumer.ts"] });
  const cwd = write({ "consumer.ts": source, "tsconfig.json": config, "package.json": '{ "type": "module" }' });
  const { status, stdout } = await run(tsc, ["-p", "."], { cwd });
  return { ok: status === 0, said: stdout };
}

const ways = {
  "nodenext, in a browser": { module: "nodenext", lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"] },
  "bundler, in a browser": { module: "esnext", moduleResolution: "bundler", lib: ["esnext", "dom", "dom.iterable"] },
  // Node's own types lack names that the declarations use (WebAssembly, BufferSource).
  "nodenext, in Node": { module: "nodenext", lib: ["esnext"], types: ["node"], skipLibCheck: true },
  "a bundler for Workers": {
    module: "esnext",
    moduleResolution: "bundler",
    customConditions: ["workerd"],
    lib: ["esnext"],
    types: ["@cloudflare/workers-types"],
  },
};

for (const [way, options] of Object.entries(ways)) {
  test(`the whole API: ${way}`, async () => {
    const { ok, said } = await compile(consumer, options);
    assert.ok(ok, said);
  });
}

test("with the libraries of 2022 and no more", async () => {
  const source = `import { usageByAgent, UsageAggregator } from "usage-by-agent";
    export const report = usageByAgent([], { period: "month" });
    export const usage = new UsageAggregator({ period: "month" });`;
  const lib = ["es2022", "dom", "dom.iterable"]; // which have no Disposable
  const { ok, said } = await compile(source, { module: "nodenext", lib, skipLibCheck: true });
  assert.ok(ok, said);
});

test("an error of the user's is one", async () => {
  const source = 'import { periodBounds } from "usage-by-agent";\nperiodBounds({ period: "decade" });';
  const { ok, said } = await compile(source, ways["nodenext, in Node"]);
  assert.equal(ok, false);
  assert.match(said, /consumer\.ts\(2,16\): error TS2322: Type '"decade"' is not assignable/);
});

test("documentation is in the declarations, where editors look for it", () => {
  const counting = ["usage-by-agent", "aggregator", "rollup"].map((name) => `counting/${name}`);
  for (const name of [...counting, "periods", "validate", "bridge/module", "errors", "handler/index"]) {
    assert.match(readFileSync(join(installed, `dist/${name}.d.ts`), "utf8"), /@example/, name);
  }
});
