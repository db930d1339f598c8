/**
 * Compiles user code against the package's types. The compiler finds them through the exports map. It is strict, and also
 * checks the package's own declarations.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { installed, run, write } from "../support/packed.mjs";

const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
const fixture = (name) => readFileSync(new URL(`fixtures/${name}.ts`, import.meta.url), "utf8");
const consumer = fixture("consumer");

/** Compiles a file. `said` is the compiler's output. */
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
  test(`the whole API compiles: ${way}`, async () => {
    const { ok, said } = await compile(consumer, options);
    assert.ok(ok, said);
  });
}

for (const [way, options] of Object.entries(ways)) {
  test(`a Worker with the service compiles: ${way}`, async () => {
    const { ok, said } = await compile(fixture("service"), options);
    assert.ok(ok, said);
  });
}

test("the platform's own types accept the service", async () => {
  const { ok, said } = await compile(fixture("service-on-workers"), ways["a bundler for Workers"]);
  assert.ok(ok, said);
});

test("the package compiles with the libraries of ES2022", async () => {
  const source = `import { usageByAgent, UsageAggregator } from "usage-by-agent";
    export const report = usageByAgent([], { period: "month" });
    export const usage = new UsageAggregator({ period: "month" });`;
  const lib = ["es2022", "dom", "dom.iterable"]; // these libraries do not contain Disposable
  const { ok, said } = await compile(source, { module: "nodenext", lib, skipLibCheck: true });
  assert.ok(ok, said);
});

test("the compiler reports a mistake in the user's code", async () => {
  const source = 'import { periodBounds } from "usage-by-agent";\nperiodBounds({ period: "decade" });';
  const { ok, said } = await compile(source, ways["nodenext, in Node"]);
  assert.equal(ok, false);
  assert.match(said, /consumer\.ts\(2,16\): error TS2322: Type '"decade"' is not assignable/);
});

test("the declarations contain the examples, because editors show them", () => {
  const counting = ["usage-by-agent", "aggregator", "rollup"].map((name) => `counting/${name}`);
  for (const name of [
    ...counting,
    "periods",
    "validate",
    "bridge/module",
    "errors",
    "handler/index",
    "collect/index",
    "audit/audit",
    "audit/answer",
    "service/service",
    "service/object",
  ]) {
    assert.match(readFileSync(join(installed, `dist/types/${name}.d.ts`), "utf8"), /@example/, name);
  }
});
