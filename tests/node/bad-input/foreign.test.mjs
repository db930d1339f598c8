/** Values of other implementations, bytes that are detached or of another type, and revoked Proxies. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import vm from "node:vm";
import { gzipSync } from "node:zlib";
import { JSDOM } from "jsdom";
import { Request as UndiciRequest, Response as UndiciResponse, fetch as undiciFetch } from "undici";
import { assertRejects, assertThrows, assertWorks, JUNE, message } from "../../support/faults.mjs";
import { packed, runModule } from "../../support/packed.mjs";

const {
  decompressed,
  entityTag,
  inferConvention,
  parseErrorResponse,
  periodBounds,
  reconcile,
  recordsWindow,
  UsageAggregator,
  UsageRollup,
  usageByAgent,
  usageByAgentStream,
  validateResponse,
} = packed;
const text = `${JSON.stringify(message({ id: "a" }))}\n${JSON.stringify(message({ id: "b" }))}\n`;
const bytes = new TextEncoder().encode(text);
const want = usageByAgent(text, JUNE);
const jsdom = () => new JSDOM("", { runScripts: "outside-only" }).window;

test("responses of npm's undici are read", async () => {
  assert.ok(!(new UndiciResponse(text) instanceof Response));
  for (const body of [text, gzipSync(text)]) {
    assert.deepEqual(await usageByAgentStream(new UndiciResponse(body), JUNE), want);
  }
  const failed = new UndiciResponse(text, { status: 404 });
  await assertRejects(() => usageByAgentStream(failed, JUNE), { code: "invalid_option", path: "", message: /404/ });
  const read = new UndiciResponse(text);
  await read.text();
  await assertRejects(() => usageByAgentStream(read, JUNE), { code: "invalid_option", path: "", message: /read/ });
  const server = createServer((_, response) => response.end(text)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const response = await undiciFetch(`http://127.0.0.1:${server.address().port}`);
  assert.deepEqual(await usageByAgentStream(response, JUNE), want);
  server.close();
});

test("the response of a polyfill without a body is read", async () => {
  const response = { ok: true, status: 200, bodyUsed: false, arrayBuffer: async () => Uint8Array.from(bytes).buffer };
  assert.deepEqual(await usageByAgentStream(response, JUNE), want);
  assert.deepEqual(await usageByAgentStream({ ...response, body: null, status: 204 }, JUNE), usageByAgent([], JUNE));
  async function* body() {
    yield Buffer.from(text); // node-fetch 2 gives a stream of Node
  }
  assert.deepEqual(await usageByAgentStream({ ...response, body: body() }, JUNE), want);
});

test("Blobs without stream and without arrayBuffer are read", async () => {
  const long = text.repeat(20_000);
  const whole = new Blob([long]);
  const blob = (first, end) => ({
    size: end - first,
    slice: (from, to) => blob(first + from, Math.min(end, first + to)),
    arrayBuffer: () => whole.slice(first, end).arrayBuffer(),
  });
  const expected = usageByAgent(long, JUNE);
  assert.ok(long.length > 2 * 2 ** 20);
  assert.deepEqual(await usageByAgentStream(blob(0, long.length), JUNE), expected);

  const window = jsdom();
  const old = new window.Blob([text]);
  assert.equal(old.stream, undefined, "this Blob lacks the method");
  assert.equal(old.arrayBuffer, undefined, "this Blob lacks the method");
  assert.ok(!(old instanceof Blob));
  await assertRejects(() => usageByAgentStream(old, JUNE), {
    code: "invalid_option",
    path: "",
    message: /neither stream\(\) nor arrayBuffer\(\).*FileReader: wanted/,
  });
  globalThis.FileReader = window.FileReader;
  try {
    assert.deepEqual(await usageByAgentStream(old, JUNE), want);
    assert.deepEqual(await usageByAgentStream(new window.File([gzipSync(text)], "a.gz"), JUNE), want);
  } finally {
    delete globalThis.FileReader;
  }
});

test("the error names a value that is not a source", async () => {
  const none = [
    [Promise.resolve(), /a Promise/],
    [new Map(), /a Map/],
    [new DataView(bytes.buffer), /a DataView/],
    [bytes, /an? Uint8Array/],
    [new Request("http://localhost"), /a Request/],
    [7, /a number/],
  ];
  for (const [source, got] of none) {
    const expected = { code: "invalid_option", path: "", message: got };
    await assertRejects(() => usageByAgentStream(source, JUNE), expected, String(got));
    assertThrows(() => decompressed(source), expected, String(got));
  }
});

test("a body that must be awaited or read is a problem that says how", () => {
  const carriers = [
    [Promise.resolve(new Response("{}")), "the body is a Promise: await it first"],
    // biome-ignore lint/suspicious/noThenProperty: the test needs a value that can be awaited and is not a Promise
    [{ then() {} }, "the body is an object: await it first"],
    [new Response("{}"), "the body is a Response: pass `await response.text()`"],
    [new UndiciResponse("{}"), "the body is a Response: pass `await response.text()`"],
    [new Request("http://localhost"), "the body is a Request: pass `await request.text()`"],
    [new UndiciRequest("http://localhost"), "the body is a Request: pass `await request.text()`"],
    [new Blob(["{}"]), "the body is a Blob: pass `await blob.text()`"],
    [new (jsdom().Blob)(["{}"]), "the body is a Blob: pass `await blob.text()`"],
    [new Blob(["{}"]).stream(), "the body is a ReadableStream: pass `await new Response(stream).text()`"],
    [(async function* () {})(), "the body is an AsyncGenerator: read it to its end and pass the text"],
    [new DataView(bytes.buffer), "the body is a DataView: wanted a Uint8Array of the text"],
    [new Float64Array(2), "the body is a Float64Array: wanted a Uint8Array of the text"],
  ];
  for (const [body, said] of carriers) {
    const { ok, problems } = validateResponse("by-agent", body);
    assert.equal(ok, false);
    assert.deepEqual(problems, [{ path: "", code: "invalid_json", message: said, severity: "error" }]);
    const message = `${said.replace("the body", "theirs")} (at /theirs)`;
    assert.throws(() => reconcile(want, body), { code: "invalid_option", path: "/theirs", message });
  }
  assertThrows(() => usageByAgent(Promise.resolve([]), JUNE), {
    code: "invalid_option",
    path: "",
    message: /await it/,
  });
  for (const source of [new Response("[]"), new Blob(["[]"]), new Blob(["[]"]).stream()]) {
    const expected = { code: "invalid_option", path: "", message: /usageByAgentStream takes it/ };
    assertThrows(() => usageByAgent(source, JUNE), expected);
  }
});

/** Every function that takes bytes. */
const DOORS = {
  push: (given) => new UsageAggregator(JUNE).push(given),
  usageByAgent: (given) => usageByAgent(given, JUNE),
  pushBytes: (given) => new UsageAggregator(JUNE).pushBytes(given),
  merge: (given) => new UsageRollup().merge(given),
  entityTag: (given) => entityTag(given),
};
const STREAMS = {
  ReadableStream: (given) => ReadableStream.from([given]),
  "async iterable": async function* (given) {
    yield given;
  },
};

test("detached bytes are an error, not an empty text", async () => {
  const detached = () => {
    const lost = Uint8Array.from(bytes);
    structuredClone(lost.buffer, { transfer: [lost.buffer] });
    return lost;
  };
  const shrunk = () => {
    const buffer = new ArrayBuffer(100, { maxByteLength: 100 });
    const view = new Uint8Array(buffer, 50, 20);
    buffer.resize(60);
    return view;
  };
  const expected = { code: "invalid_option", path: "", message: /^the bytes are detached.*wanted/ };
  for (const lost of [detached, shrunk]) {
    for (const [name, door] of Object.entries(DOORS)) assertThrows(() => door(lost()), expected, name);
    for (const [name, source] of Object.entries(STREAMS)) {
      await assertRejects(() => usageByAgentStream(source(lost()), JUNE), expected, name);
    }
    const { ok, problems } = validateResponse("by-agent", lost());
    assert.equal(ok, false);
    assert.match(problems[0].message, /detached/);
    assert.equal(parseErrorResponse(500, lost()).message, "The response's status is 500.");
  }
  assertThrows(() => usageByAgent(detached().buffer, JUNE), expected, "an ArrayBuffer");
  assertThrows(() => usageByAgent(new Uint8Array(0), { period: "x" }), { code: "invalid_period", path: "/period" });
  assert.deepEqual(usageByAgent(new Uint8Array(0), JUNE).data, []);
});

test("a subclass that lies about its length is read as what it is", async () => {
  class Liar extends Uint8Array {
    static claim = 3;
    static get [Symbol.species]() {
      return Array;
    }
    get length() {
      return Liar.claim;
    }
    get byteLength() {
      return Liar.claim;
    }
    get byteOffset() {
      return 9;
    }
    get buffer() {
      return new ArrayBuffer(1);
    }
    get [Symbol.toStringTag]() {
      return "Float64Array";
    }
    subarray() {
      return [1, 2, 3];
    }
    slice() {
      return "text";
    }
  }
  for (Liar.claim of [0, 3, 1e9, -1, Number.NaN]) {
    const liar = new Liar(bytes);
    assert.deepEqual(usageByAgent(liar, JUNE), want);
    const usage = new UsageAggregator(JUNE).pushBytes(liar).finish();
    assert.deepEqual(usage.report(), want);
    const snapshot = new Liar(usage.snapshot());
    assert.deepEqual(new UsageAggregator(JUNE).merge(snapshot).report(), want);
    usage.free();
    for (const source of Object.values(STREAMS)) assert.deepEqual(await usageByAgentStream(source(liar), JUNE), want);
    const zipped = new Liar(gzipSync(text));
    for (const source of Object.values(STREAMS)) assert.deepEqual(await usageByAgentStream(source(zipped), JUNE), want);
    assert.equal(entityTag(liar), entityTag(text));
    const body = new TextEncoder().encode(JSON.stringify(want));
    assert.deepEqual(validateResponse("by-agent", new Liar(body)).value, want);
    assert.equal(parseErrorResponse(500, new Liar(new TextEncoder().encode('{"message":"no"}'))).message, "no");
    assertWorks();
  }
});

test("shared and resizable memory, Buffers and bytes of another realm are read", async () => {
  const copied = (buffer) => {
    const view = new Uint8Array(buffer, 8, bytes.length);
    view.set(bytes);
    return view;
  };
  const foreign = vm.runInNewContext("(bytes) => Uint8Array.from(bytes)")(bytes);
  const views = {
    shared: copied(new SharedArrayBuffer(bytes.length + 20)),
    growable: copied(new SharedArrayBuffer(bytes.length + 20, { maxByteLength: 1000 })),
    resizable: copied(new ArrayBuffer(bytes.length + 20, { maxByteLength: 1000 })),
    Buffer: Buffer.from(bytes),
    foreign,
  };
  for (const [name, view] of Object.entries(views)) {
    assert.deepEqual(usageByAgent(view, JUNE), want, name);
    const usage = new UsageAggregator(JUNE).pushBytes(view).finish();
    assert.deepEqual(usage.report(), want, name);
    usage.free();
    assert.deepEqual(await usageByAgentStream(ReadableStream.from([view]), JUNE), want, name);
    assert.equal(entityTag(view), entityTag(text), name);
  }
  const zipped = new Uint8Array(new SharedArrayBuffer(gzipSync(text).length));
  zipped.set(gzipSync(text));
  assert.deepEqual(await usageByAgentStream(ReadableStream.from([zipped]), JUNE), want);
});

test("other views than of bytes are named", () => {
  const views = [
    [new DataView(bytes.buffer), /a DataView/],
    [new Float64Array(2), /a Float64Array/],
    [new Uint8ClampedArray(2), /an? Uint8ClampedArray/],
    [new SharedArrayBuffer(2), /a SharedArrayBuffer/],
  ];
  for (const [view, got] of views) {
    for (const [name, door] of Object.entries(DOORS)) {
      assertThrows(() => door(view), { code: "invalid_option", path: "", message: got }, name);
    }
  }
});

test("a revoked Proxy is an error of this package in every place", async () => {
  const revoked = (target = {}) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  const at = (path, code = "invalid_option") => ({ code, path });
  for (const gone of [revoked(), revoked([]), revoked(() => {}), revoked(new Uint8Array(4))]) {
    const usage = new UsageAggregator(JUNE);
    const rollup = new UsageRollup();
    const bare = { account: { plan: { name: "p" }, numbers: { used: 0, limit: 0, remaining: 0 } }, now: JUNE.now };
    const calls = [
      [() => usage.push(gone), at("")],
      [() => usage.push([gone]), at("/0", "invalid_record")],
      [() => usage.push({ data: [gone] }), at("/data/0", "invalid_record")],
      [() => usage.push([], gone), at("")],
      [() => usage.push([], { agentId: gone }), at("/agentId")],
      [() => usage.pushBytes(gone), at("")],
      [() => usage.merge(gone), at("")],
      [() => new UsageAggregator(gone), at("")],
      [() => new UsageAggregator({ ...JUNE, tz: gone }), at("/tz", "invalid_tz")],
      [() => new UsageAggregator({ ...JUNE, now: gone }), at("/now", "invalid_now")],
      [() => new UsageAggregator({ ...JUNE, agents: gone }), at("/agents")],
      [() => new UsageAggregator({ ...JUNE, agents: [gone] }), at("/agents/0")],
      [() => new UsageAggregator({ ...JUNE, agents: { data: gone } }), at("/agents")],
      [() => new UsageRollup(gone), at("")],
      [() => rollup.byAgent(gone), at("")],
      [() => rollup.byNumber(gone), at("")],
      [() => rollup.breakdown(gone), at("")],
      [() => rollup.breakdown({ by: gone }), at("/by")],
      [() => rollup.breakdown({ from: gone, to: gone }), at("/from")],
      [() => rollup.daily(gone), at("")],
      [() => rollup.monthly(gone), at("")],
      [() => rollup.usage(gone), at("")],
      [() => rollup.usage({ ...bare, account: gone }), at("/account")],
      [() => rollup.usage({ ...bare, account: { ...bare.account, stats: gone } }), at("/account/stats")],
      [() => usageByAgent(gone, JUNE), at("")],
      [() => usageByAgent([], gone), at("")],
      [() => periodBounds(gone), at("")],
      [() => recordsWindow(gone, JUNE), at("/endpoint")],
      [() => recordsWindow("daily", gone), at("")],
      [() => inferConvention(gone), at("")],
      [() => inferConvention({ period: "month", periodStart: "", periodEnd: "" }, gone), at("")],
      [() => validateResponse(gone, "{}"), at("/endpoint")],
      [() => validateResponse("daily", "{}", gone), at("")],
      [() => entityTag(gone), at("")],
      [() => reconcile(gone, want), at("/ours")],
      [() => reconcile(want, gone), at("/theirs")],
      [() => reconcile(want, want, gone), at("/evidence")],
      ...["records", "rollup", "diagnostics", "query"].map((key) => [
        () => reconcile(want, want, { [key]: gone }),
        at(`/evidence/${key}`),
      ]),
    ];
    for (const [run, expected] of calls) assertThrows(run, { ...expected, message: /./ }, String(run));
    const readings = [
      [() => usageByAgentStream(gone, JUNE), at("")],
      [() => usageByAgentStream(new Blob([]), gone), at("")],
      [() => usage.pushStream(gone), at("")],
      [() => usage.pushStream(new Blob([]), gone), at("")],
      [() => usage.pushStream(new Blob([]), { signal: gone }), at("/signal")],
      [() => usage.pushStream(new Blob([]), { defaults: gone }), at("/defaults")],
      [() => usage.pushStream(new ReadableStream({ start: (controller) => controller.enqueue(gone) })), at("")],
      [() => usage.pushStream({ [Symbol.asyncIterator]: () => ({ next: async () => ({ value: gone }) }) }), at("")],
    ];
    for (const [run, expected] of readings) await assertRejects(run, { ...expected, message: /./ }, String(run));
    const body = validateResponse("daily", gone);
    assert.deepEqual([body.ok, body.problems[0].code, body.problems[0].path], [false, "invalid_json", ""]);
    assert.equal(parseErrorResponse(gone, gone).status, 0);
    for (const counter of [usage, rollup]) counter.free();
  }
});

test("init takes bytes that lie, and refuses detached bytes and a revoked Proxy", async () => {
  const printed = await runModule(`
    import { readFileSync } from "node:fs";
    import { createRequire } from "node:module";
    import init, { versions } from "usage-by-agent/slim";
    const file = readFileSync(createRequire(import.meta.url).resolve("usage-by-agent/wasm"));
    class Liar extends Uint8Array {
      get length() { return 3; }
      get byteLength() { return 3; }
    }
    const lost = Uint8Array.from(file);
    structuredClone(lost.buffer, { transfer: [lost.buffer] });
    const gone = Proxy.revocable({}, {});
    gone.revoke();
    const said = [];
    for (const source of [lost, gone.proxy, new Response(file, { status: 404 })]) {
      await init(source).catch(({ code, message }) => said.push(code + " " + message));
    }
    await init(new Liar(file));
    console.log(JSON.stringify([...said, typeof versions().tzdb]));
  `);
  const [lost, gone, missing, tzdb] = JSON.parse(printed);
  assert.match(lost, /^not_initialised .*the bytes are detached/);
  assert.match(gone, /^not_initialised /);
  assert.match(missing, /^not_initialised .*404/);
  assert.equal(tzdb, "string");
});
