/** Many requests at once: how many are computed, the queue, equal questions, time limits, and one consistent state. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { later, mortal, pass, settled, stopClock } from "../support/clock.mjs";
import { message } from "../support/faults.mjs";
import { installed, packed } from "../support/packed.mjs";

const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);

const NOW = "2024-06-15T12:00:00Z";
const PATH = "/v1/usage/by-agent?period=month";
const open = { authorize: () => true, now: () => NOW };
const RECORDS = [message({ id: "m1", agentId: "a", receivedAt: "2024-06-02T00:00:00Z" })];

/** How long it takes at most until it is known that a request is dead, and another one has looked. */
const DEAD = 2500;

let goOn;
before(() => {
  goOn = stopClock();
});
after(() => goOn());

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
  return { handler, asked, errors, named, names: () => asked.map(({ name }) => name).join("") };
}

describe("turns", () => {
  test("only some questions are computed at once, and the others in the order in which they came", async () => {
    const { asked, named, names } = waiting({ limits: { computing: 2 } });
    const answers = [..."abcdefgh"].map((name) => named(name));
    await pass(200);
    assert.equal(names(), "ab");
    asked[1].resolve(RECORDS);
    await pass(200);
    assert.equal(names(), "abc");
    asked[0].reject(new Error("no database")); // a failure ends a turn too
    asked[2].resolve(RECORDS);
    for (const want of ["abcde", "abcdef", "abcdefg", "abcdefgh"]) {
      await pass(200);
      assert.equal(names(), want);
      asked[want.length - 1].resolve(RECORDS);
    }
    for (const given of asked) given.resolve(RECORDS);
    await pass(200);
    const statuses = await Promise.all(answers.map(async (answer) => (await answer).status));
    assert.deepEqual(statuses, [500, ...Array(7).fill(200)]);
  });

  test("a question that comes later does not overtake, however often the others look", async () => {
    const { asked, named, names } = waiting({ limits: { computing: 1 } });
    const answers = [..."abcdefghijklmnopqrst"].map((name) => named(name));
    for (let at = 0; at < answers.length; at++) {
      await pass(3); // some have looked, others have not
      if (at === 5) answers.push(named("z"));
      await pass(60);
      asked[at].resolve(RECORDS);
    }
    await pass(60);
    assert.equal(names(), "abcdefghijklmnopqrstz");
    asked.at(-1).resolve(RECORDS);
    await pass(1);
    for (const answer of answers) assert.equal((await answer).status, 200);
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
      await pass(5);
      asked.at(-1).resolve(RECORDS);
      await settled();
      assert.equal((await answer).status, 200);
    }
  });

  test("a wait that is too long is a 503, and leaves the queue", async () => {
    const { asked, named, names } = waiting({ limits: { computing: 1, waiting: 1, waitMs: 100 } });
    const first = named("a");
    for (const name of ["b", "c"]) {
      const refused = named(name); // there is room in the queue again
      await pass(101);
      assert.deepEqual(await codeOf(await refused), [503, "busy"]);
    }
    asked[0].resolve(RECORDS);
    assert.equal((await first).status, 200);
    assert.equal(names(), "a");
  });

  test("a client that leaves frees its place in the queue", async () => {
    const { asked, errors, named, names } = waiting({ limits: { computing: 1, waiting: 1 } });
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
    await pass(5);
    assert.equal(names(), "ac");
    asked[1].resolve(RECORDS);
    assert.equal((await third).status, 200);
    assert.deepEqual(errors, []);
  });

  test("a client that leaves while its question is computed ends its turn", async () => {
    const { asked, named, names } = waiting({ limits: { computing: 1 } });
    const leaving = new AbortController();
    const first = named("a", { signal: leaving.signal });
    const second = named("b");
    await settled();
    leaving.abort();
    assert.equal((await first).status, 499);
    await pass(5);
    assert.equal(names(), "ab");
    asked[1].resolve(RECORDS);
    assert.equal((await second).status, 200);
  });

  test("a request that ends without a word loses its turn and its place in the queue", async () => {
    const { asked, named, names } = waiting({ limits: { computing: 1 } });
    const dying = ["a", "b"].map((name) => mortal(() => named(name)));
    const third = named("c");
    await pass(300);
    assert.equal(names(), "a");
    for (const request of dying) request.die();
    await pass(1000, 10);
    assert.equal(names(), "a"); // it may be alive
    await pass(2 * DEAD, 10);
    assert.equal(names(), "ac");
    asked[1].resolve(RECORDS);
    assert.equal((await third).status, 200);
  });

  test("a living request keeps its turn, also after a computation during which no timer ran", async () => {
    const { asked, named, names } = waiting({ limits: { computing: 1, waitMs: 300_000, timeoutMs: 3_600_000 } });
    const answers = [named("a"), named("b")];
    await pass(10_000, 10);
    await pass(30_000, 5000); // all timers are late
    assert.equal(names(), "a");
    asked[0].resolve(RECORDS);
    await pass(100);
    assert.equal(names(), "ab");
    asked[1].resolve(RECORDS);
    for (const answer of answers) assert.equal((await answer).status, 200);
  });

  test("a full queue forgets those that are dead", async () => {
    const { asked, named, names } = waiting({ limits: { computing: 1, waiting: 2, waitMs: 300_000 } });
    const first = named("a");
    const second = named("b");
    const dying = mortal(() => named("c"));
    await pass(10);
    dying.die();
    await pass(DEAD, 10);
    assert.deepEqual(await codeOf(await named("d")), [503, "busy"]); // it begins to doubt
    await pass(600, 10);
    const last = named("e");
    await pass(10);
    asked[0].resolve(RECORDS);
    await pass(60);
    asked[1].resolve(RECORDS);
    await pass(60);
    assert.equal(names(), "abe");
    asked[2].resolve(RECORDS);
    for (const answer of [first, second, last]) assert.equal((await answer).status, 200);
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

  test("wrong options are thrown when the handler is made", () => {
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
    const made = (options) => () => createUsageHandler({ ...open, records: () => [], ...options });
    assert.throws(made({ version: "1" }), { path: "/version" });
    assert.throws(made({ version: () => "1", keepCounts: 1 }), { path: "/keepCounts" });
    assert.throws(made({ keepCounts: true }), { path: "/keepCounts" });
    const rollup = () => new packed.UsageRollup();
    assert.throws(made({ records: undefined, rollup, version: () => "1", keepCounts: true }), { path: "/keepCounts" });
    made({ keepCounts: false })();
  });
});

describe("equal questions", () => {
  /** A rollup that a function gives after a while, and that counts how often it is asked. */
  function counting(more) {
    const asked = [];
    const answer = (name) => (query) => {
      asked.push(name);
      return { data: [], name, tz: query?.tz };
    };
    const rollup = Object.fromEntries(
      ["byAgent", "usage", "daily", "monthly", "byNumber"].map((name) => [name, answer(name)]),
    );
    return { asked, handler: createUsageHandler({ ...open, rollup, ...more }) };
  }

  test("over one rollup are computed once", async () => {
    const { handler, asked } = counting({ limits: { computing: 1 } });
    const paths = [
      PATH,
      PATH,
      `${PATH}&tz=Europe/Paris`,
      PATH,
      `${PATH}&offset=-1`,
      "/v1/usage/daily",
      "/v1/usage/daily",
      PATH,
    ];
    const answers = paths.map(async (path) => (await ask(handler, path)).text());
    await pass(100);
    const texts = await Promise.all(answers);
    assert.deepEqual(asked, ["byAgent", "byAgent", "byAgent", "daily"]);
    assert.equal(new Set([0, 1, 3, 7].map((at) => texts[at])).size, 1);
    assert.match(texts[2], /Europe\/Paris/);
    await ask(handler);
    assert.equal(asked.length, 5); // later it is computed anew, because the rollup may have counted more
  });

  test("are those of one quarter hour", async () => {
    let now = Date.UTC(2024, 5, 15, 12, 0, 0);
    const { asked, named, names } = waiting({ version: () => "1", now: () => now });
    const answers = [];
    for (const [name, after] of [
      ["a", 0],
      ["b", 899_999],
      ["c", 1],
      ["d", 1],
    ]) {
      now += after;
      answers.push(named(name));
      await settled();
    }
    assert.equal(names(), "ac");
    for (const given of asked) given.resolve(RECORDS);
    await pass(60);
    for (const answer of answers) assert.equal((await answer).status, 200);
  });

  test("are computed for each request where functions of the request give the records", async () => {
    for (const option of [{ query: () => ({}) }, { account: () => ({}) }]) {
      const { handler, asked } = counting(option);
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
    const { asked, named, names } = waiting({ version });
    const answers = ["1", "1", "2", "1"].map((name) => named(name));
    await pass(10);
    assert.equal(names(), "12");
    asked[0].resolve(RECORDS);
    asked[1].resolve([]);
    await pass(60);
    const found = await Promise.all(answers.map(async (answer) => (await (await answer).json()).data.length));
    assert.deepEqual(found, [1, 1, 0, 1]);
  });

  test("are answered when the client that came first leaves", async () => {
    const { asked, named, names } = waiting({ version: () => "1" });
    const leaving = new AbortController();
    const first = named("a", { signal: leaving.signal });
    const others = [named("b"), named("c")];
    await pass(10);
    assert.equal(names(), "a");
    leaving.abort();
    assert.equal((await first).status, 499);
    await pass(60);
    assert.equal(names(), "ab");
    asked[1].resolve(RECORDS);
    await pass(60);
    for (const answer of others) assert.equal((await answer).status, 200);
  });

  test("are answered when the request that came first ends without a word", async () => {
    const { asked, named, names } = waiting({ version: () => "1", limits: { computing: 1, waitMs: 300_000 } });
    const first = mortal(() => named("a"));
    const others = [named("b"), named("c")];
    await pass(300);
    first.die();
    await pass(2 * DEAD, 10); // another takes over, and then waits for the turn of the dead one
    assert.equal(names(), "ab");
    asked[1].resolve(RECORDS);
    await pass(60);
    for (const answer of others) assert.equal((await answer).status, 200);
  });

  test("get one error", async () => {
    const { asked, errors, named } = waiting({ version: () => "1" });
    const answers = [named("a"), named("b")];
    await settled();
    asked[0].reject(new Error("no database"));
    await pass(60);
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
    "a stream that has begun": {
      records: () => new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode("[")), pull: never }),
    },
    "an async iterable": { records: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }) },
    rollup: { rollup: never },
    query: { records: () => RECORDS, query: never },
    version: { records: () => RECORDS, version: never },
    "records that are kept": { records: never, version: () => "1", keepCounts: true },
  };
  for (const [what, source] of Object.entries(STALLED)) {
    test(`a hundred requests beside a stalled source end: ${what}`, async () => {
      const errors = [];
      const handler = createUsageHandler({ ...open, ...source, onError: (error) => errors.push(error) });
      const ended = [];
      const answers = Array.from({ length: 100 }, async () => {
        const answer = await ask(handler);
        ended.push(Date.now());
        return codeOf(answer);
      });
      const began = Date.now();
      await pass(61_000, 500);
      const codes = (await Promise.all(answers)).map(([status, code]) => `${status} ${code}`);
      assert.equal(ended.filter((at) => at <= began + 60_500).length, 100);
      assert.equal(errors.length, 100);
      for (const code of codes) assert.match(code, /^(504 records_timeout|503 busy)$/);
      assert.ok(codes.filter((code) => code.startsWith("504")).length >= 4); // those that were computed
    });
  }

  test("a stalled account is a 504", async () => {
    const handler = createUsageHandler({ ...open, records: () => [], account: never, limits: { timeoutMs: 20 } });
    const answer = ask(handler, "/v1/usage/daily");
    await pass(20);
    assert.deepEqual(await codeOf(await answer), [504, "records_timeout"]);
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
    const answers = [ask(handler), ask(handler, PATH, { headers: { "x-late": "1" } })];
    await pass(20);
    for (const answer of answers) assert.equal((await answer).status, 504);
    late.resolve(stalled("too late"));
    await settled();
    assert.deepEqual(cancelled, ["in time", "too late"]);
  });

  test("after the limit the handler goes on", async () => {
    let isStalled = true;
    const records = () => (isStalled ? never() : RECORDS);
    const handler = createUsageHandler({ ...open, records, limits: { timeoutMs: 20, computing: 1 } });
    const stalled = ask(handler);
    await pass(20);
    assert.equal((await stalled).status, 504);
    isStalled = false;
    assert.equal((await ask(handler)).status, 200);
  });
});

describe("one consistent state", () => {
  /** Records, agents and an account of a version, which changes during the first readings. */
  function changing(changes, more = {}) {
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
      ...more,
    });
    return { handler, reads: () => reads, version: () => version };
  }

  for (const keepCounts of [false, true]) {
    test(`what has changed during the reading is read again, with keepCounts ${keepCounts}`, async () => {
      for (const changes of [0, 1, 2]) {
        const { handler, reads, version } = changing(changes, { keepCounts });
        const { data } = await (await ask(handler)).json();
        assert.equal(version(), changes + 1);
        assert.equal(reads(), changes + 1);
        assert.deepEqual([data[0].messages, data[0].agentName], [version(), `Agent ${version()}`]);
        const other = changing(changes, { keepCounts });
        const usage = await (await ask(other.handler, "/v1/usage")).json();
        assert.deepEqual([usage.numbers.used, usage.stats.totalMessages], [changes + 1, changes + 1]);
      }
    });
  }

  test("an error of a reading during which the version changed is no answer", async () => {
    let version = 1;
    const records = () => {
      if (version++ === 1) throw new Error("the file is being replaced");
      version = 2;
      return RECORDS;
    };
    const handler = createUsageHandler({ ...open, records, version: () => String(version) });
    assert.equal((await ask(handler)).status, 200);
  });

  test("what changes all the time is a 503 with Retry-After", async () => {
    for (const keepCounts of [false, true]) {
      const { handler, reads } = changing(100, { keepCounts });
      const answer = await ask(handler);
      assert.equal(answer.headers.get("retry-after"), "1");
      assert.deepEqual(await codeOf(answer), [503, "records_changed"]);
      assert.equal(reads(), 3);
    }
  });

  test("a version of other types is a 500", async () => {
    for (const version of [7, null, {}, { records: "1" }, { records: 1, others: "" }, ["1"]]) {
      const handler = createUsageHandler({ ...open, records: () => RECORDS, version: () => version });
      assert.deepEqual(await codeOf(await ask(handler)), [500, "invalid_option"]);
    }
  });
});
