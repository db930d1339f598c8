/** Many requests at once: how many are computed, the queue, equal questions, time limits, and one consistent state. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { message } from "../support/faults.mjs";
import { installed, packed } from "../support/packed.mjs";

const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);

const NOW = "2024-06-15T12:00:00Z";
const PATH = "/v1/usage/by-agent?period=month";
const open = { authorize: () => true, now: () => NOW };
const RECORDS = [message({ id: "m1", agentId: "a", receivedAt: "2024-06-02T00:00:00Z" })];

/** A promise that the test settles. */
function later() {
  let settle;
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return Object.assign(promise, settle);
}

/** Lets everything run that needs no further event. */
async function settled() {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

function ask(handler, path = PATH, { signal, headers = {} } = {}) {
  const init = { headers: { authorization: "Bearer good", ...headers }, ...(signal && { signal }) };
  return handler(new Request(`https://edge.example${path}`, init));
}

const codeOf = async (response) => [response.status, (await response.json()).error?.code];

/** A handler whose `records` wait for the test. `asked` has a promise for each call, and the name that the request has. */
function waiting(options) {
  const asked = [];
  const errors = [];
  const handler = createUsageHandler({
    ...open,
    records: (_window, request) => {
      const given = later();
      asked.push(Object.assign(given, { request, name: request.headers.get("x-name") }));
      return given;
    },
    onError: (error) => errors.push(error),
    ...options,
  });
  const named = (name, more) => ask(handler, PATH, { headers: { "x-name": name }, ...more });
  return { handler, asked, errors, named };
}

describe("turns", () => {
  test("only some questions are computed at once, and the others in the order in which they came", async () => {
    const { asked, named } = waiting({ limits: { computing: 2 } });
    const names = ["a", "b", "c", "d", "e"];
    const answers = names.map((name) => named(name));
    await settled();
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["a", "b"],
    );
    asked[1].resolve(RECORDS);
    await settled();
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["a", "b", "c"],
    );
    asked[0].reject(new Error("no database")); // a failure ends a turn too
    asked[2].resolve(RECORDS);
    await settled();
    assert.deepEqual(
      asked.map(({ name }) => name),
      names,
    );
    for (const given of asked) given.resolve(RECORDS);
    const statuses = await Promise.all(answers.map(async (answer) => (await answer).status));
    assert.deepEqual(statuses, [500, 200, 200, 200, 200]);
  });

  test("a full queue is a 503 with Retry-After, and the rest is answered", async () => {
    const { asked, errors, named } = waiting({ limits: { computing: 1, waiting: 1, waitMs: 2500 } });
    const [first, second, third] = ["a", "b", "c"].map((name) => named(name));
    const refused = await third;
    assert.equal(refused.headers.get("retry-after"), "3");
    assert.equal(refused.headers.get("cache-control"), "private, no-store");
    assert.deepEqual(await codeOf(refused), [503, "busy"]);
    assert.equal(errors.length, 1);
    for (const answer of [first, second]) {
      await settled();
      asked.at(-1).resolve(RECORDS);
      assert.equal((await answer).status, 200);
    }
  });

  test("a wait that is too long is a 503, and leaves the queue", async () => {
    const { asked, named } = waiting({ limits: { computing: 1, waiting: 1, waitMs: 1 } });
    const first = named("a");
    assert.deepEqual(await codeOf(await named("b")), [503, "busy"]);
    assert.deepEqual(await codeOf(await named("c")), [503, "busy"]); // there was room in the queue again
    asked[0].resolve(RECORDS);
    assert.equal((await first).status, 200);
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["a"],
    );
  });

  test("a client that leaves frees its place in the queue", async () => {
    const { asked, errors, named } = waiting({ limits: { computing: 1, waiting: 1 } });
    const first = named("a");
    const leaving = new AbortController();
    const second = named("b", { signal: leaving.signal });
    await settled();
    leaving.abort();
    assert.equal((await second).status, 499);
    const third = named("c");
    await settled();
    asked[0].resolve(RECORDS);
    await first;
    await settled();
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["a", "c"],
    );
    asked[1].resolve(RECORDS);
    assert.equal((await third).status, 200);
    assert.deepEqual(errors, []);
  });

  test("a client that leaves while its question is computed ends its turn", async () => {
    const { asked, named } = waiting({ limits: { computing: 1 } });
    const leaving = new AbortController();
    const first = named("a", { signal: leaving.signal });
    const second = named("b");
    await settled();
    leaving.abort();
    assert.equal((await first).status, 499);
    await settled();
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["a", "b"],
    );
    asked[1].resolve(RECORDS);
    assert.equal((await second).status, 200);
  });

  test("requests that need no computation do not wait", async () => {
    const { handler, asked, named } = waiting({ limits: { computing: 1, waiting: 0 } });
    const first = named("a");
    await settled();
    assert.equal((await ask(handler, "/openapi.json")).status, 200);
    assert.equal((await ask(handler, "/nothing")).status, 404);
    assert.equal((await ask(handler, "/v1/usage/by-agent?period=decade")).status, 422);
    asked[0].resolve(RECORDS);
    assert.equal((await first).status, 200);
  });

  test("between two computations the event loop goes round", async () => {
    let rounds = 0;
    let isOver = false;
    const tick = () => {
      rounds++;
      if (!isOver) setImmediate(tick);
    };
    setImmediate(tick);
    const during = [];
    const rollup = () => ({
      byAgent: () => {
        during.push(rounds);
        return {};
      },
    });
    const handler = createUsageHandler({ ...open, rollup, limits: { computing: 4 } });
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(handler)));
    isOver = true;
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(12).fill(200),
    );
    assert.equal(during.length, 12);
    // The first one is computed at once, before the others have come.
    assert.equal(new Set(during).size, during.length, String(during));
  });

  test("wrong limits are thrown when the handler is made", () => {
    for (const [limits, path] of [
      [{ computing: 0 }, "/limits/computing"],
      [{ computing: 1.5 }, "/limits/computing"],
      [{ waiting: -1 }, "/limits/waiting"],
      [{ waitMs: 0 }, "/limits/waitMs"],
      [{ timeoutMs: 3_600_001 }, "/limits/timeoutMs"],
      [{ timeout: 5 }, "/limits/timeout"],
      [[], "/limits"],
    ]) {
      assert.throws(() => createUsageHandler({ ...open, records: () => [], limits }), { code: "invalid_option", path });
    }
    assert.throws(() => createUsageHandler({ ...open, records: () => [], version: "1" }), { path: "/version" });
  });
});

describe("equal questions", () => {
  /** A rollup that counts how often it is asked. */
  function counting() {
    const asked = [];
    const answer = (name) => (query) => {
      asked.push(name);
      return { data: [], name, tz: query?.tz };
    };
    const rollup = Object.fromEntries(
      ["byAgent", "usage", "daily", "monthly", "byNumber"].map((name) => [name, answer(name)]),
    );
    return { rollup, asked };
  }

  test("over one rollup are computed once", async () => {
    const { rollup, asked } = counting();
    const handler = createUsageHandler({ ...open, rollup, limits: { computing: 1 } });
    const paths = [
      PATH,
      PATH,
      `${PATH}&tz=Europe/Paris`,
      PATH,
      `${PATH}&offset=-1`,
      "/v1/usage/daily",
      "/v1/usage/daily?days=30",
      PATH,
    ];
    const texts = await Promise.all(paths.map(async (path) => (await ask(handler, path)).text()));
    assert.deepEqual(asked, ["byAgent", "byAgent", "byAgent", "daily"]);
    assert.equal(new Set([0, 1, 3, 7].map((at) => texts[at])).size, 1);
    assert.match(texts[2], /Europe\/Paris/);
    await ask(handler);
    assert.equal(asked.length, 5); // later it is computed anew, because the rollup may have counted more
  });

  test("are computed for each request where functions of the request give the records", async () => {
    for (const option of [{ query: () => ({}) }, { account: () => ({}) }, {}]) {
      const { rollup, asked } = counting();
      const given = "query" in option || "account" in option ? rollup : () => rollup;
      const handler = createUsageHandler({ ...open, rollup: given, ...option });
      await Promise.all([ask(handler), ask(handler)]);
      assert.equal(asked.length, 2);
    }
    const { asked, named } = waiting({});
    const answers = [named("a"), named("b")];
    await settled();
    assert.equal(asked.length, 2);
    for (const given of asked) given.resolve(RECORDS);
    for (const answer of answers) assert.equal((await answer).status, 200);
  });

  test("of one version are computed once, and of two versions twice", async () => {
    const version = (request) => request.headers.get("x-name");
    const { asked, named } = waiting({ version });
    const answers = ["1", "1", "2", "1"].map((name) => named(name));
    await settled();
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["1", "2"],
    );
    asked[0].resolve(RECORDS);
    asked[1].resolve([]);
    const found = await Promise.all(answers.map(async (answer) => (await (await answer).json()).data.length));
    assert.deepEqual(found, [1, 1, 0, 1]);
  });

  test("are answered when the client that came first leaves", async () => {
    const { asked, named } = waiting({ version: () => "1" });
    const leaving = new AbortController();
    const first = named("a", { signal: leaving.signal });
    const others = [named("b"), named("c")];
    await settled();
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["a"],
    );
    leaving.abort();
    assert.equal((await first).status, 499);
    await settled();
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["a", "b"],
    );
    asked[1].resolve(RECORDS);
    for (const answer of others) assert.equal((await answer).status, 200);
  });

  test("get one error", async () => {
    const { asked, errors, named } = waiting({ version: () => "1" });
    const answers = [named("a"), named("b")];
    await settled();
    asked[0].reject(new Error("no database"));
    for (const answer of answers) assert.deepEqual(await codeOf(await answer), [500, "records_unavailable"]);
    assert.equal(asked.length, 1);
    assert.equal(errors.length, 2); // one for each response
  });
});

describe("time limits", () => {
  const never = () => new Promise(() => {});
  const STALLED = {
    records: { records: never },
    "a stream": { records: () => new ReadableStream({ pull: never }) },
    "an async iterable": { records: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }) },
    rollup: { rollup: never },
    query: { records: () => RECORDS, query: never },
    version: { records: () => RECORDS, version: never },
  };
  for (const [what, source] of Object.entries(STALLED)) {
    test(`a stalled source is a 504: ${what}`, async () => {
      const errors = [];
      const limits = { timeoutMs: 30, computing: 2, waitMs: 300_000 };
      const handler = createUsageHandler({ ...open, ...source, limits, onError: (error) => errors.push(error) });
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(handler)));
      for (const answer of answers) assert.deepEqual(await codeOf(answer), [504, "records_timeout"]);
      assert.equal(errors.length, 20);
    });
  }

  test("a stalled account is a 504", async () => {
    const handler = createUsageHandler({ ...open, records: () => [], account: never, limits: { timeoutMs: 20 } });
    assert.deepEqual(await codeOf(await ask(handler, "/v1/usage/daily")), [504, "records_timeout"]);
  });

  test("a stream is cancelled at the time limit, also one that comes after it", async () => {
    const cancelled = [];
    const stalled = (name) => new ReadableStream({ pull: never, cancel: () => cancelled.push(name) });
    const late = later();
    const handler = createUsageHandler({
      ...open,
      records: (_window, request) => (request.headers.has("x-late") ? late : stalled("in time")),
      limits: { timeoutMs: 20 },
    });
    assert.equal((await ask(handler)).status, 504);
    assert.equal((await ask(handler, PATH, { headers: { "x-late": "1" } })).status, 504);
    late.resolve(stalled("too late"));
    await settled();
    assert.deepEqual(cancelled, ["in time", "too late"]);
  });

  test("after the limit the handler goes on", async () => {
    let isStalled = true;
    const records = () => (isStalled ? never() : RECORDS);
    const handler = createUsageHandler({ ...open, records, limits: { timeoutMs: 20, computing: 1 } });
    assert.equal((await ask(handler)).status, 504);
    isStalled = false;
    assert.equal((await ask(handler)).status, 200);
  });
});

describe("one consistent state", () => {
  /** Records, agents and an account of a version, which changes during the first readings. */
  function changing(changes) {
    let version = 1;
    let reads = 0;
    const handler = createUsageHandler({
      ...open,
      version: () => String(version),
      query: async () => ({ agents: [{ id: "a", name: `Agent ${version}` }] }),
      account: async () => ({ numbers: { used: version, limit: 9, remaining: 9 - version } }),
      records: async () => {
        reads++;
        const rows = Array.from({ length: version }, (_, i) => message({ id: `m${i}`, agentId: "a", receivedAt: NOW }));
        if (changes-- > 0) version++;
        return rows;
      },
    });
    return { handler, reads: () => reads, version: () => version };
  }

  test("what has changed during the reading is read again", async () => {
    for (const changes of [0, 1, 2]) {
      const { handler, reads, version } = changing(changes);
      const { data } = await (await ask(handler)).json();
      assert.equal(version(), changes + 1);
      assert.equal(reads(), changes + 1);
      assert.deepEqual([data[0].messages, data[0].agentName], [version(), `Agent ${version()}`]);
      const other = changing(changes);
      const usage = await (await ask(other.handler, "/v1/usage")).json();
      assert.deepEqual([usage.numbers.used, usage.stats.totalMessages], [changes + 1, changes + 1]);
    }
  });

  test("what changes all the time is a 503 with Retry-After", async () => {
    const { handler, reads } = changing(100);
    const answer = await ask(handler);
    assert.equal(answer.headers.get("retry-after"), "1");
    assert.deepEqual(await codeOf(answer), [503, "records_changed"]);
    assert.equal(reads(), 3);
  });

  test("a version that is not text is a 500", async () => {
    const handler = createUsageHandler({ ...open, records: () => RECORDS, version: () => 7 });
    assert.deepEqual(await codeOf(await ask(handler)), [500, "invalid_option"]);
  });
});

test("the rollup of a real count is shared by equal questions", async () => {
  const rollup = new packed.UsageRollup().push(RECORDS);
  const handler = createUsageHandler({ ...open, rollup });
  const texts = await Promise.all(Array.from({ length: 9 }, async () => (await ask(handler)).text()));
  assert.equal(new Set(texts).size, 1);
  assert.equal(JSON.parse(texts[0]).data[0].messages, 1);
  rollup.free();
});
