/**
 * Runs each entry of the package in its own Node process. The tests check what works at once, and which entries need the
 * location of the module.
 */
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { installed, run, runModule, runOrThrow, workspace, write } from "../support/packed.mjs";

const JUNE = '{ period: "month", tz: "America/New_York", now: "2024-06-15T12:00:00Z" }';
const BOUNDS = "2024-06-01T04:00:00Z";
const web = pathToFileURL(join(installed, "dist/web.js")).href;

/** Helpers for the modules below. `code(run)` returns the code of the UsageError that a call throws. */
const PRELUDE = `
  import { readFileSync } from "node:fs";
  const file = new URL(import.meta.resolve("usage-by-agent/wasm"));
  const bytes = () => readFileSync(file);
  const code = async (run) => {
    try {
      await run();
      return "fine";
    } catch (error) {
      return error.name === "UsageError" ? error.code : String(error.stack);
    }
  };
`;

/** Returns the JSON in the last line that a module prints. */
async function outputOf(source, options) {
  const out = await runModule(PRELUDE + source, options);
  return JSON.parse(out.trim().split("\n").at(-1));
}

test("usage-by-agent works without init", async () => {
  const result = await outputOf(`
    import init, * as all from "usage-by-agent";
    import { usageByAgent } from "usage-by-agent";
    const report = usageByAgent([{ type: "message", receivedAt: "2024-06-02T00:00:00Z" }], ${JUNE});
    await init();
    await init("https://nowhere.example/never-asked.wasm");
    console.log(JSON.stringify({ report, names: Object.keys(all).sort(), same: init === all.init }));
  `);
  assert.equal(result.report.periodStart, BOUNDS);
  assert.equal(result.report.data[0].messages, 1);
  assert.equal(result.same, true);
  assert.deepEqual(result.names, [
    "UsageAggregator",
    "UsageError",
    "UsageRollup",
    "configure",
    "decompressed",
    "default",
    "entityTag",
    "inferConvention",
    "init",
    "initSync",
    "isTimeZone",
    "lookOf",
    "parseErrorResponse",
    "periodBounds",
    "reconcile",
    "recordsWindow",
    "timeZones",
    "trimRecords",
    "trimRecordsStream",
    "usageByAgent",
    "usageByAgentStream",
    "validateResponse",
    "versions",
    "zoneHint",
  ]);
});

test("every function of usage-by-agent/slim reports not_initialised before init", async () => {
  const codes = await outputOf(`
    import init, * as all from "usage-by-agent/slim";
    const page = { data: [], period: "month", periodStart: "", periodEnd: "" };
    const calls = [
      () => all.periodBounds(${JUNE}),
      () => all.timeZones(),
      () => all.versions(),
      () => all.usageByAgent([], ${JUNE}),
      () => all.usageByAgentStream(new Blob([]), ${JUNE}),
      () => new all.UsageAggregator(${JUNE}),
      () => new all.UsageRollup(),
      () => all.validateResponse("by-agent", page),
      () => all.inferConvention(page),
      () => init(),
    ];
    console.log(JSON.stringify(await Promise.all(calls.map(code))));
  `);
  assert.deepEqual(codes, Array(10).fill("not_initialised"));
  const message = await outputOf(`
    import { periodBounds } from "usage-by-agent/slim";
    try { periodBounds(${JUNE}) } catch (error) { console.log(JSON.stringify(error.message)) }
  `);
  assert.match(message, /await init\(\)/);
});

for (const [what, source] of Object.entries({
  "a Buffer": "bytes()",
  "an ArrayBuffer": "new Uint8Array(bytes()).buffer",
  "a WebAssembly.Module": "new WebAssembly.Module(bytes())",
  "a Response": 'new Response(bytes(), { headers: { "content-type": "application/wasm" } })',
  "a Response without the type application/wasm": "new Response(bytes())",
  "a promise of bytes": "Promise.resolve(bytes())",
  "a URL": 'new URL("data:application/wasm;base64," + bytes().toString("base64"))',
  "a URL as a string": '"data:application/wasm;base64," + bytes().toString("base64")',
})) {
  test(`init of usage-by-agent/slim accepts ${what}`, async () => {
    const start = await outputOf(`
      import init, { periodBounds } from "usage-by-agent/slim";
      await init(${source});
      console.log(JSON.stringify(periodBounds(${JUNE}).periodStart));
    `);
    assert.equal(start, BOUNDS);
  });
}

test("concurrent and repeated calls of init compile the module once", async () => {
  const result = await outputOf(`
    import init, { periodBounds } from "usage-by-agent/slim";
    let compiled = 0;
    for (const name of ["compile", "instantiate"]) {
      const original = WebAssembly[name];
      WebAssembly[name] = (source, ...more) => {
        if (source.byteLength > 100_000) compiled++; // Node also compiles small internal modules
        return original.call(WebAssembly, source, ...more);
      };
    }
    const all = [init(bytes()), init(bytes()), init(Promise.resolve(bytes()))];
    const before = await code(() => periodBounds(${JUNE}));
    await Promise.all(all);
    await init(bytes());
    await init();
    console.log(JSON.stringify([before, compiled, periodBounds(${JUNE}).periodStart]));
  `);
  assert.deepEqual(result, ["not_initialised", 1, BOUNDS]);
});

test("a failed init reports an error, and a later init works", async () => {
  const codes = await outputOf(`
    import init, { periodBounds } from "usage-by-agent/slim";
    const bad = [
      new Uint8Array([0, 97, 115, 109]), new Uint8Array(0), new TextEncoder().encode("<!doctype html>"), 5, {}, null,
      new Response("not found", { status: 404 }), "data:text/plain,hello",
    ];
    const codes = [];
    for (const source of bad) codes.push(await code(() => init(source)));
    codes.push(await code(() => init(Promise.reject(new Error("offline")))));
    codes.push(await code(() => periodBounds(${JUNE})));
    await init(bytes());
    console.log(JSON.stringify([...codes, periodBounds(${JUNE}).periodStart]));
  `);
  assert.deepEqual(codes, [...Array(10).fill("not_initialised"), BOUNDS]);
});

test("init refuses a module that is not the package's, and accepts the package's module afterwards", async () => {
  const codes = await outputOf(`
    import init, { periodBounds } from "usage-by-agent/slim";
    const other = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); // for example the module of another version
    const codes = [await code(() => init(other)), await code(() => periodBounds(${JUNE}))];
    await init(bytes());
    console.log(JSON.stringify([...codes, await code(() => periodBounds(${JUNE}))]));
  `);
  assert.deepEqual(codes, ["not_initialised", "not_initialised", "fine"]);
});

test("the entry for pages without a bundler reports not_initialised before init, and works after it", async () => {
  const result = await outputOf(`
    const { default: init, periodBounds } = await import(${JSON.stringify(web)});
    const before = await code(() => periodBounds(${JUNE}));
    await init(bytes());
    console.log(JSON.stringify([before, periodBounds(${JUNE}).periodStart]));
  `);
  assert.deepEqual(result, ["not_initialised", BOUNDS]);
});

test("the entry for pages without a bundler fetches the package's module file once", async () => {
  const result = await outputOf(`
    const asked = [];
    globalThis.fetch = async (url) => {
      asked.push(String(url));
      return new Response(bytes(), { headers: { "content-type": "application/wasm" } });
    };
    const { default: init, periodBounds } = await import(${JSON.stringify(web)});
    await Promise.all([init(), init()]);
    await init();
    console.log(JSON.stringify([asked, periodBounds(${JUNE}).periodStart, String(file)]));
  `);
  assert.deepEqual(result, [[result[2]], BOUNDS, result[2]]);
});

test("a handler that is made before init checks its query when a request comes", async () => {
  const place = workspace();
  const own = join(place, "node_modules/usage-by-agent");
  cpSync(installed, own, { recursive: true });
  // A page's import map does the same: it maps the package's name to the entry that waits for init.
  const manifest = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
  manifest.exports["."] = "./dist/web.js";
  writeFileSync(join(own, "package.json"), JSON.stringify(manifest));
  const main = `${PRELUDE}
    import init from "usage-by-agent";
    import { createUsageHandler } from "usage-by-agent/handler";
    const options = { records: () => [], authorize: () => true, now: () => "2024-06-15T12:00:00Z" };
    const make = (query) => createUsageHandler({ ...options, query });
    const handlers = [make({ weekStart: "sunday" }), make({ weekStart: "someday" })];
    await init(bytes());
    const asked = { headers: { authorization: "Bearer x" } };
    const statuses = handlers.map(async (handler) => {
      return (await handler(new Request("https://edge.example/v1/usage/by-agent?period=week", asked))).status;
    });
    console.log(JSON.stringify([...(await Promise.all(statuses)), await code(() => make({ weekStart: "someday" }))]));
  `;
  const out = await runOrThrow(process.execPath, ["main.mjs"], { cwd: write({ "main.mjs": main }, place) });
  assert.deepEqual(JSON.parse(out), [200, 500, "invalid_option"]);
});

test("usage-by-agent/wasm is the module's file", async () => {
  const [magic, valid] = await outputOf(
    "console.log(JSON.stringify([[...bytes().subarray(0, 4)], WebAssembly.validate(bytes())]));",
  );
  assert.deepEqual(magic, [0, 97, 115, 109]);
  assert.equal(valid, true);
});

test("usage-by-agent/handler works without init, and throws the UsageError of usage-by-agent", async () => {
  const result = await outputOf(`
    import { createUsageHandler } from "usage-by-agent/handler";
    import { UsageError } from "usage-by-agent";
    const handler = createUsageHandler({
      records: () => [{ type: "message", receivedAt: "2024-06-02T00:00:00Z" }],
      authorize: (token) => token === "secret",
      now: () => "2024-06-15T12:00:00Z",
    });
    const ask = (query, token = "secret") =>
      handler(new Request("https://edge.example/v1/usage/by-agent?" + query, { headers: { authorization: "Bearer " + token } }));
    const [fine, bad, denied] = await Promise.all([ask("period=month"), ask("period=decade"), ask("period=month", "other")]);
    let isOurs;
    try { createUsageHandler({}) } catch (error) { isOurs = error instanceof UsageError }
    console.log(JSON.stringify([fine.status, (await fine.json()).data, bad.status, denied.status, isOurs]));
  `);
  const row = { agentId: null, agentName: "Unassigned", messages: 1, calls: 0, totalSeconds: 0, isOrphan: true };
  assert.deepEqual(result, [200, [row], 422, 401, true]);
});

test("CommonJS and ES modules share one instance", async () => {
  const result = await outputOf(`
    import { createRequire } from "node:module";
    import * as all from "usage-by-agent";
    import { createUsageHandler } from "usage-by-agent/handler";
    const require = createRequire(import.meta.url);
    const common = require("usage-by-agent");
    const { createUsageHandler: createCommon } = require("usage-by-agent/handler");
    const usage = new all.UsageAggregator(${JUNE}).push([{ type: "message", receivedAt: "2024-06-02T00:00:00Z" }]);
    const merged = new common.UsageAggregator(${JUNE}).merge(usage).report().data[0].messages;
    const errors = [createUsageHandler, createCommon].map((create) => {
      try { create({}) } catch (error) { return error instanceof all.UsageError && error instanceof common.UsageError }
    });
    const same = Object.keys(all).filter((name) => name !== "default" && all[name] !== common[name]);
    console.log(JSON.stringify([same, all.default === common.default, merged, usage instanceof common.UsageAggregator, errors]));
  `);
  assert.deepEqual(result, [[], true, 1, true, [true, true]]);
});

test("counters of two copies of the package can be merged", async () => {
  const result = await outputOf(`
    import { UsageAggregator, UsageRollup } from "usage-by-agent";
    import * as slim from "usage-by-agent/slim";
    slim.initSync(bytes());
    const [ours, theirs] = [UsageAggregator, slim.UsageAggregator].map((Aggregator, at) =>
      new Aggregator(${JUNE}).push([{ id: "m" + at, type: "message", receivedAt: "2024-06-02T00:00:00Z" }]));
    const merged = ours.merge(theirs).report().data[0].messages;
    theirs.free();
    const odd = [{ snapshot: () => 5 }, { snapshot: 5 }, new Proxy(ours, {}), { snapshot() { throw new Error("x"); } }];
    const codes = await Promise.all([theirs, ...odd, new slim.UsageRollup()].map((other) => code(() => ours.merge(other))));
    console.log(JSON.stringify([UsageAggregator === slim.UsageAggregator, merged, codes]));
  `);
  assert.deepEqual(result, [false, 2, [...Array(5).fill("invalid_option"), "invalid_snapshot"]]);
});

test("the module is not loaded while the package is imported, and a host that forbids compiling gets an error", async () => {
  const result = await outputOf(`
    let calls = 0;
    for (const name of ["Module", "Instance"]) WebAssembly[name] = class { constructor() { calls++; throw new Error("forbidden here"); } };
    const all = await import("usage-by-agent");
    const before = calls;
    let said;
    try { all.periodBounds(${JUNE}) } catch ({ code, message, cause }) { said = [code, message, cause.message] }
    console.log(JSON.stringify([before, said]));
  `);
  const message = "the WebAssembly module could not be loaded: forbidden here";
  assert.deepEqual(result, [0, ["not_initialised", message, "forbidden here"]]);
});

test("a module of another realm is taken", async () => {
  const result = await outputOf(`
    import { runInNewContext } from "node:vm";
    import * as slim from "usage-by-agent/slim";
    const module = runInNewContext("new WebAssembly.Module(bytes)", { bytes: bytes() });
    if (module instanceof WebAssembly.Module) throw new Error("it is of this realm");
    slim.initSync(module);
    console.log(JSON.stringify(slim.periodBounds(${JUNE}).periodStart));
  `);
  assert.equal(result, BOUNDS);
});

test("CommonJS loads the package by import()", async () => {
  const cwd = write({
    "main.cjs": `import("usage-by-agent").then(({ periodBounds }) => console.log(periodBounds(${JUNE}).periodStart));`,
  });
  const { stdout, stderr, status } = await run(process.execPath, ["main.cjs"], { cwd });
  assert.deepEqual([status, stdout.trim()], [0, BOUNDS], stderr);
});

test("the package works in worker threads, each with its own module", async () => {
  const result = await outputOf(`
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    import { periodBounds } from "usage-by-agent";
    const source = 'import { parentPort } from "node:worker_threads"; import { periodBounds } from "usage-by-agent";' +
      'parentPort.postMessage(periodBounds(${JUNE}).periodStart);';
    import { writeFileSync } from "node:fs";
    writeFileSync(new URL("thread.mjs", import.meta.url), source);
    const threads = [1, 2].map(() => once(new Worker(new URL("thread.mjs", import.meta.url)), "message"));
    console.log(JSON.stringify([...(await Promise.all(threads)).flat(), periodBounds(${JUNE}).periodStart]));
  `);
  assert.deepEqual(result, [BOUNDS, BOUNDS, BOUNDS]);
});

test("internal files cannot be imported", async () => {
  const codes = await outputOf(`
    const inner = ["dist/index.js", "dist/commonjs/index.js", "dist/module/inline.js", "wasm/usage_by_agent.wasm", "src/index.ts", "nothing"];
    const codes = [];
    for (const name of inner) await import("usage-by-agent/" + name).catch((error) => codes.push(error.code));
    console.log(JSON.stringify(codes));
  `);
  assert.deepEqual(codes, Array(6).fill("ERR_PACKAGE_PATH_NOT_EXPORTED"));
});
