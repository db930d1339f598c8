/** Long computations let other requests of the program pass. The tests assert the order of events, and never a time. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, mock, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { message } from "../support/faults.mjs";
import { installed, packed } from "../support/packed.mjs";

const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);

const NOW = "2024-06-15T12:00:00Z";
const open = { authorize: () => true, now: () => NOW, account: { numbers: { used: 1, limit: 2, remaining: 1 } } };
const LARGE = "/v1/usage";
const SMALL = "/v1/usage/by-agent?period=week";

function ask(handler, path) {
  return handler(new Request(`https://edge.example${path}`, { headers: { authorization: "Bearer good" } }));
}

const lines = (count) =>
  Array.from({ length: count }, (_, i) => JSON.stringify({ id: `m${i}`, agentId: "a", receivedAt: NOW })).join("\n");

const TEXT = lines(60_000); // 4 MB
const BYTES = new TextEncoder().encode(TEXT);

/** The long inputs. Those of them that are one chunk or one value are divided by the package. */
const INPUTS = {
  text: () => TEXT,
  bytes: () => BYTES,
  "a stream of one chunk": () => new Blob([BYTES]),
  "an async iterable of one chunk": () => ({
    async *[Symbol.asyncIterator]() {
      yield BYTES;
    },
  }),
  "gzip data": () => new Blob([ZIPPED]).stream(),
  "an array of objects": () => OBJECTS,
  "a page of objects": () => ({ data: OBJECTS, hasMore: false, total: OBJECTS.length }),
  "an array of pages": () => PAGES,
};
const ZIPPED = gzipSync(BYTES);
const OBJECTS = Array.from({ length: 60_000 }, (_, i) => message({ id: `m${i}`, agentId: "a", receivedAt: NOW }));
const PAGES = [0, 1, 2].map((at) => ({
  data: OBJECTS.slice(at * 20_000, (at + 1) * 20_000),
  hasMore: at < 2,
  total: OBJECTS.length,
}));

describe("a long computation lets others pass", () => {
  for (const [what, records] of Object.entries(INPUTS)) {
    for (const path of [LARGE, "/v1/usage/by-agent?period=month"]) {
      test(`${what}, ${path}`, async () => {
        // As in Workers, the clock stands still during a computation.
        mock.method(performance, "now", () => 0);
        try {
          const handler = createUsageHandler({ ...open, records });
          let [rounds, isOver] = [0, false];
          const tick = () => {
            rounds++;
            if (!isOver) setImmediate(tick);
          };
          const answer = ask(handler, path);
          setImmediate(tick);
          const response = await answer;
          isOver = true;
          const value = await response.json();
          assert.equal(path === LARGE ? value.stats.totalMessages : value.data[0].messages, 60_000);
          assert.ok(rounds >= 6, `${rounds} rounds of the event loop`);
        } finally {
          mock.restoreAll();
        }
      });
    }
  }

  test("an array that changes meanwhile is counted as it was", async () => {
    const records = [...OBJECTS];
    const handler = createUsageHandler({ ...open, records: () => records });
    const answer = ask(handler, LARGE);
    await new Promise((resolve) => setImmediate(resolve));
    records.splice(0, 30_000);
    assert.equal((await (await answer).json()).stats.totalMessages, 60_000);
  });

  test("an iterator of another kind is read without a pause", async () => {
    let isBusy = false;
    const handler = createUsageHandler({
      ...open,
      *records() {
        isBusy = true;
        yield* OBJECTS;
        isBusy = false;
      },
    });
    const answers = [ask(handler, LARGE), ask(handler, LARGE)];
    const seen = [];
    for (let i = 0; i < 50; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(isBusy);
    }
    assert.ok(seen.every((busy) => !busy));
    for (const answer of answers) assert.equal((await (await answer).json()).stats.totalMessages, 60_000);
  });

  test("a client that leaves ends the computation between two parts", async () => {
    const leaving = new AbortController();
    const handler = createUsageHandler({ ...open, records: () => OBJECTS });
    const init = { headers: { authorization: "Bearer good" }, signal: leaving.signal };
    const answer = handler(new Request(`https://edge.example${LARGE}`, init));
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    assert.equal((await answer).status, 499);
  });
});

test("beside twenty large questions, small ones are answered before the large ones are", async () => {
  const handler = createUsageHandler({
    ...open,
    records: (_window, request) => (request.url.endsWith(SMALL) ? "" : new Blob([BYTES]).stream()),
  });
  const answered = [];
  const asked = async (name, path) => {
    const answer = await ask(handler, path);
    assert.equal(answer.status, 200);
    await answer.text();
    answered.push(name);
  };
  const all = [];
  for (let i = 0; i < 20; i++) {
    all.push(asked(`large ${i}`, LARGE));
    if (i === 9) all.push(asked("small", SMALL));
  }
  // The large ones are computed from here on.
  await new Promise((resolve) => setImmediate(resolve));
  all.push(asked("openapi", "/openapi.json"), asked("refused", "/openapi.json"));
  await Promise.all(all);
  assert.equal(answered.length, 23);
  assert.ok(answered.indexOf("openapi") < 2, answered.join()); // before all but one of the large ones
  // The small question waits for its turn behind ten large ones, and not behind all.
  assert.ok(answered.indexOf("small") <= 16, answered.join());
});

test("a request that needs no computation overtakes those that have arrived before it", async () => {
  const blocked = new Int32Array(new SharedArrayBuffer(4));
  const rollup = () => ({
    byAgent: () => {
      Atomics.wait(blocked, 0, 0, 20); // nothing else of the process goes on
      return {};
    },
  });
  const handler = createUsageHandler({ ...open, rollup });
  const server = createServer(async (request, response) => {
    const answer = await ask(handler, request.url);
    response.writeHead(answer.status).end(await answer.text());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const paths = [...Array(15).fill(SMALL), "/openapi.json"];
  const sockets = paths.map(() => connect(server.address().port, "127.0.0.1"));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  const answered = [];
  const answers = sockets.map(async (socket, at) => {
    await once(socket, "data");
    answered.push(paths[at]);
    socket.destroy();
  });
  // All of them can be read at once, the computed ones first.
  for (const [at, path] of paths.entries()) sockets[at].write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await Promise.all(answers);
  server.close();
  assert.equal(answered.length, 16);
  assert.ok(answered.indexOf("/openapi.json") < 8, String(answered));
});

test("a rollup that is shared gives each of many requests its own answer", async () => {
  const rollup = new packed.UsageRollup().push(OBJECTS.slice(0, 100));
  const handler = createUsageHandler({ ...open, rollup });
  const paths = Array.from({ length: 60 }, (_, i) => `/v1/usage/daily?days=${1 + (i % 30)}`);
  const answers = await Promise.all(paths.map(async (path) => (await ask(handler, path)).json()));
  answers.forEach(({ days }, i) => {
    assert.equal(days, 1 + (i % 30));
  });
  rollup.free();
});
