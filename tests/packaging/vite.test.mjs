/** Builds small apps with Vite, which many pages use. The tests of the project's page run a Vite build in a browser. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "vite";
import { runOrThrow, write } from "../support/packed.mjs";

const QUERY = '{ period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z" }';
const START = "2024-06-01T04:00:00Z";
const HTML = '<!doctype html><title>app</title><script type="module" src="/app.ts"></script>';

/** Builds an app. Returns its folder and the names of its assets. */
async function app(source, config = {}) {
  const cwd = write({ "index.html": HTML, "app.ts": source });
  await build({ root: cwd, configFile: false, logLevel: "silent", ...config });
  return { cwd, assets: readdirSync(join(cwd, "dist/assets")).sort() };
}

/** Runs a built script in Node. Stand-ins replace the parts of a browser that it needs, and `fetch` reads the build's files. */
async function runBuilt(cwd, script) {
  write(
    {
      "run.mjs": `
        import { readFileSync } from "node:fs";
        globalThis.document ??= { querySelectorAll: () => [], createElement: () => ({ relList: { supports: () => true } }) };
        globalThis.MutationObserver ??= class { observe() {} };
        globalThis.fetch = async (url) => new Response(readFileSync(new URL("dist" + new URL(url, "http://x").pathname, import.meta.url)), {
          headers: { "content-type": "application/wasm" },
        });
        await import("./dist/assets/${script}");
      `,
    },
    cwd,
  );
  return (await runOrThrow(process.execPath, ["run.mjs"], { cwd })).trim();
}

test("without configuration, a build is one script that contains the module", async () => {
  const source = `import { periodBounds, usageByAgent } from "usage-by-agent";
    console.log(periodBounds(${QUERY}).periodStart, usageByAgent([], ${QUERY}).period);`;
  const { cwd, assets } = await app(source);
  assert.equal(assets.length, 1);
  assert.match(assets[0], /\.js$/);
  assert.equal(await runBuilt(cwd, assets[0]), `${START} month`);
});

test("a dynamic import gets its own chunk", async () => {
  const { cwd, assets } = await app(`
    const { periodBounds } = await import("usage-by-agent");
    console.log(periodBounds(${QUERY}).periodStart);
  `);
  const index = assets.find((name) => name.startsWith("index"));
  assert.ok(readFileSync(join(cwd, "dist/assets", index)).length < 10_000);
  assert.equal(await runBuilt(cwd, index), START);
});

test("the entry slim works with the module's URL, as the README shows", async () => {
  const { cwd, assets } = await app(`
    import init, { periodBounds } from "usage-by-agent/slim";
    import url from "usage-by-agent/wasm?url";
    await init(url);
    console.log(periodBounds(${QUERY}).periodStart);
  `);
  assert.equal(assets.length, 2);
  const wasm = assets.find((name) => name.endsWith(".wasm"));
  const script = assets.find((name) => name.endsWith(".js"));
  assert.ok(WebAssembly.validate(readFileSync(join(cwd, "dist/assets", wasm))));
  assert.ok(readFileSync(join(cwd, "dist/assets", script)).length < 100_000);
  assert.equal(await runBuilt(cwd, script), START);
});

/** Builds and runs an app for Node. `noExternal` puts the package into the bundle, for servers without node_modules. */
async function runServer(noExternal) {
  const source = `import { periodBounds } from "usage-by-agent"; console.log(periodBounds(${QUERY}).periodStart);`;
  const cwd = write({ "app.ts": source, "package.json": '{ "type": "module" }' });
  await build({
    root: cwd,
    configFile: false,
    logLevel: "silent",
    ssr: noExternal ? { noExternal } : {},
    build: { ssr: "app.ts", outDir: "out" },
  });
  return (await runOrThrow(process.execPath, ["out/app.js"], { cwd })).trim();
}

test("a build for a server runs", async () => {
  assert.equal(await runServer(false), START);
});

test("a build for a server runs with the package in the bundle", async () => {
  assert.equal(await runServer(true), START);
});
