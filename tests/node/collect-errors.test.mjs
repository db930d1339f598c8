/** What goes wrong with a collection: each error has the right code, says what to do, and does not contain the token. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { makeAccount, makeVendor, TOKEN, WINDOW, withoutPauses } from "../support/collect-vendor.mjs";
import { collect } from "../support/collected.mjs";
import { packed } from "../support/packed.mjs";

let undo;
before(() => {
  undo = withoutPauses();
});
after(() => undo());

const GOOD = { token: TOKEN, window: WINDOW };
const account = makeAccount(1, { calls: 250, conversations: 20 });

/** Everything that an error says. */
const textOf = (error) =>
  [error.message, error.stack, JSON.stringify(error), String(error.cause), JSON.stringify(error.problems)].join("\n");

async function failing(options) {
  try {
    for await (const page of collect({ ...GOOD, ...options })) assert.ok(page.records.length > 0);
  } catch (error) {
    assert.ok(error instanceof packed.UsageError, String(error?.stack));
    assert.ok(!textOf(error).includes(options.token ?? TOKEN), "the token is in the error");
    return error;
  }
  assert.fail("it did not fail");
}

test("wrong options are refused at once, with their places", () => {
  const fetch = () => assert.fail("something was asked");
  const cases = [
    [undefined, ""],
    [null, ""],
    [{ ...GOOD, token: undefined }, "/token"],
    [{ ...GOOD, token: "" }, "/token"],
    [{ ...GOOD, token: `Bearer ${TOKEN}` }, "/token"],
    [{ ...GOOD, token: "ключ" }, "/token"],
    [{ ...GOOD, token: `${TOKEN}\n` }, "/token"],
    [{ ...GOOD, token: 5 }, "/token"],
    [{ ...GOOD, apiKey: TOKEN }, "/apiKey"],
    [{ ...GOOD, windows: {} }, "/windows"],
    [{ token: TOKEN }, "/window"],
    [{ ...GOOD, window: "month" }, "/window"],
    [{ ...GOOD, window: { startMs: 5, endMs: 5 } }, "/window"],
    [{ ...GOOD, window: { startMs: 5 } }, "/window/endMs"],
    [{ ...GOOD, window: { startMs: "2025", endMs: 5 } }, "/window/startMs"],
    [{ ...GOOD, window: { ...WINDOW, tz: "UTC" } }, "/window/tz"],
    [{ ...GOOD, window: { period: "month", timeZone: "UTC" } }, "/window/timeZone"],
    [{ ...GOOD, window: { period: "day" } }, "/window/period", "invalid_period"],
    [{ ...GOOD, window: { period: "week", tz: "Mars/Olympus" } }, "/window/tz", "invalid_tz"],
    [{ ...GOOD, baseUrl: "api.agentphone.ai" }, "/baseUrl"],
    [{ ...GOOD, baseUrl: "ftp://api.agentphone.ai" }, "/baseUrl"],
    [{ ...GOOD, baseUrl: "http://api.agentphone.ai" }, "/baseUrl"],
    [{ ...GOOD, baseUrl: "http://127.0.0.1.evil.example" }, "/baseUrl"],
    [{ ...GOOD, baseUrl: `https://user:${TOKEN}@a.example` }, "/baseUrl"],
    [{ ...GOOD, baseUrl: "https://a.example/?x=1" }, "/baseUrl"],
    [{ ...GOOD, subAccountId: "a b" }, "/subAccountId"],
    [{ ...GOOD, concurrency: 0 }, "/concurrency"],
    [{ ...GOOD, concurrency: 17 }, "/concurrency"],
    [{ ...GOOD, retries: 1.5 }, "/retries"],
    [{ ...GOOD, verify: "yes" }, "/verify"],
    [{ ...GOOD, signal: {} }, "/signal"],
    [{ ...GOOD, onProgress: 5 }, "/onProgress"],
    [{ ...GOOD, fetch: "fetch" }, "/fetch"],
    [{ ...GOOD, resume: 5 }, "/resume"],
    [{ ...GOOD, resume: "x".repeat(2 ** 21) }, "/resume"],
  ];
  for (const [options, path, code = "invalid_option"] of cases) {
    assert.throws(
      () => collect(options && { fetch, ...options }),
      (error) => {
        assert.deepEqual([error.code, error.path], [code, path], error.message);
        assert.ok(!textOf(error).includes(TOKEN), path);
        return true;
      },
    );
  }
  for (const baseUrl of [
    "http://localhost:1",
    "http://127.0.0.1",
    "http://[::1]:5/behind/",
    "https://a.example/behind",
  ]) {
    collect({ ...GOOD, baseUrl, fetch });
  }
});

test("a state of another window, account or version, and a damaged one, are refused at once", async () => {
  const vendor = makeVendor(account);
  const collection = collect({ ...GOOD, fetch: vendor.fetch });
  for await (const _ of collection) break;
  const state = collection.state();
  collect({ ...GOOD, resume: state });
  collect({ ...GOOD, resume: `${state}\n` });
  const other = { ...WINDOW, endMs: WINDOW.endMs - 1 };
  for (const [options, pattern] of [
    [{ resume: "" }, /state\(\) gave/],
    [{ resume: "{}" }, /state\(\) gave/],
    [{ resume: TOKEN }, /state\(\) gave/],
    [{ resume: state.slice(0, -1) }, /damaged/],
    [{ resume: state.slice(0, state.length / 2) }, /damaged/],
    [{ resume: state.replace('"listed":', '"listed":1') }, /damaged/],
    [{ resume: state.replace(/(?<=Collection":)\d+/, "999") }, /version 999, of a newer version.*update it/],
    [{ resume: state.replace(/(?<=Collection":)\d+/, "1") }, /version 1, of another version/],
    [{ resume: state, window: other }, /another window, 2025-06-01T00:00:00.000Z to .*wanted a state of/],
    [{ resume: state, subAccountId: "sub_1" }, /another `baseUrl` or `subAccountId`/],
    [{ resume: state, baseUrl: "https://a.example" }, /another `baseUrl` or `subAccountId`/],
  ]) {
    assert.throws(
      () => collect({ ...GOOD, ...options }),
      ({ code, path, message }) => {
        assert.deepEqual([code, path], ["invalid_option", "/resume"]);
        assert.match(message, pattern);
        return !message.includes(TOKEN);
      },
    );
  }
  for (let at = 0; at < state.length; at += 997) {
    const damaged = state.slice(0, at) + (state[at] === "7" ? "8" : "7") + state.slice(at + 1);
    assert.throws(
      () => collect({ ...GOOD, resume: damaged }),
      ({ code }) => code === "invalid_option",
      `at ${at}`,
    );
  }
});

const HTML = "<!doctype html><title>Please log in</title>";
const html = (status) => new Response(HTML, { status, headers: { "content-type": "text/html" } });
const echo = (_url, init) =>
  Response.json({ error: { message: `bad token ${init.headers.authorization}` } }, { status: 401 });

/** What a vendor answers, the code, how often it is asked, and what the message says. Retries: 3. */
const ANSWERS = [
  [
    () => Response.json({ error: { message: "Invalid API key" } }, { status: 401 }),
    "unauthorized",
    1,
    /Invalid API key.*wanted a valid API key/,
  ],
  [echo, "unauthorized", 1, /bad token Bearer …/],
  [() => html(403), "forbidden", 1, /Please log in.*wanted an API key that may/],
  [() => Response.json({}, { status: 429, headers: { "retry-after": "0" } }), "rate_limited", 4, /Retry-After/],
  [() => Response.json({}, { status: 429, headers: { "retry-after": "3600" } }), "rate_limited", 1, /3600/],
  [() => Response.json({}, { status: 429 }), "rate_limited", 4, /state\(\)/],
  [() => html(502), "upstream_unreachable", 4, /502.*Please log in.*state\(\)/],
  [() => Response.json({}, { status: 408 }), "upstream_unreachable", 4, /408/],
  [() => Response.json({}, { status: 425 }), "upstream_unreachable", 4, /425/],
  [
    () => Promise.reject(new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") })),
    "upstream_unreachable",
    4,
    /ECONNREFUSED.*check the network/,
  ],
  [(_url, init) => Promise.reject(new Error(JSON.stringify(init.headers))), "upstream_unreachable", 4, /…/],
  [() => html(200), "upstream_invalid", 4, /an HTML page titled "Please log in".*check `baseUrl`/],
  [() => new Response('{"data":[{"id":"a"'), "upstream_invalid", 4, /cut, or no JSON/],
  [() => new Response(""), "upstream_invalid", 4, /empty/],
  [() => Response.json([]), "upstream_invalid", 4, /JSON object/],
  [() => Response.json({ data: {} }), "upstream_invalid", 4, /wanted an object with a list "data"/],
  [() => Response.json({ data: [5] }), "upstream_invalid", 4, /objects/],
  [() => Response.json({ detail: "maintenance" }), "upstream_invalid", 4, /maintenance/],
  [() => Response.json({}, { status: 404 }), "upstream_invalid", 1, /404.*check `baseUrl`/],
  [() => Response.json({ error: { message: "no money" } }, { status: 402 }), "upstream_invalid", 1, /402.*no money/],
  [() => Response.json({ detail: "limit" }, { status: 422 }), "upstream_invalid", 1, /422/],
  [
    () => new Response(null, { status: 302, headers: { location: "https://evil.example/" } }),
    "upstream_invalid",
    1,
    /redirect.*not followed/,
  ],
  [() => new Response(null, { status: 204 }), "upstream_invalid", 1, /204/],
];

test("no beginning of the token is in an error, wherever a message is cut", async () => {
  for (let before = 0; before < 80; before++) {
    const said = (init) => `${"x".repeat(before)} ${init.headers.authorization} ${init.headers.authorization}`;
    const answers = [
      (_url, init) => Response.json({ error: { message: said(init) } }, { status: 401 }),
      (_url, init) => new Response(`<title>${said(init)}</title>`, { headers: { "content-type": "text/html" } }),
      (_url, init) => Response.json({ detail: said(init) }),
      (_url, init) => Response.json({ data: [], [said(init)]: 1, error: said(init) }, { status: 403 }),
    ];
    for (const fetch of answers) {
      const error = await failing({ retries: 0, concurrency: 1, fetch });
      assert.ok(!textOf(error).includes(TOKEN.slice(0, 5)), error.message);
    }
  }
});

for (const [answer, code, asked, pattern] of ANSWERS) {
  test(`${code}: ${pattern.source}`, async () => {
    let requests = 0;
    const error = await failing({
      retries: 3,
      concurrency: 1,
      fetch: async (url, init) => {
        requests++;
        return answer(url, init);
      },
    });
    assert.equal(error.code, code, error.message);
    assert.match(error.message, pattern);
    assert.equal(requests, asked, error.message);
    assert.match(error.message, /not wholly collected: agents, numbers, conversations, messages, calls/);
    assert.deepEqual(
      error.problems.map(({ message }) => message.split(":")[0]),
      ["agents", "numbers", "conversations", "messages", "calls"],
    );
  });
}

test("an error in the middle names what is missing, and the collection goes on after it", async () => {
  const vendor = makeVendor(account);
  let isForbidden = true;
  const fetch = (url, init) =>
    isForbidden && new URL(url).pathname === "/v1/calls" ? Response.json({}, { status: 403 }) : vendor.fetch(url, init);
  const collection = collect({ ...GOOD, fetch: async (url, init) => fetch(url, init) });
  const records = [];
  const read = async () => {
    for await (const page of collection) records.push(...page.records);
  };
  await assert.rejects(
    read(),
    ({ code, message }) => code === "forbidden" && /not wholly collected: calls\)/.test(message),
  );
  assert.equal(collection.completeness().complete, false);
  isForbidden = false;
  await read();
  assert.equal(collection.completeness().complete, true);
});

test("the token may be a function, which is called for each request, and whose error comes through", async () => {
  const vendor = makeVendor(account);
  let calls = 0;
  const token = async () => {
    calls++;
    return TOKEN;
  };
  const collection = collect({ ...GOOD, token, fetch: vendor.fetch });
  for await (const _ of collection);
  assert.equal(calls, vendor.requests.length);
  const own = new Error("no vault");
  const failed = collect({ ...GOOD, token: () => Promise.reject(own), fetch: vendor.fetch });
  await assert.rejects(failed[Symbol.asyncIterator]().next(), own);
  const wrong = collect({ ...GOOD, token: () => "a b", fetch: vendor.fetch });
  await assert.rejects(
    wrong[Symbol.asyncIterator]().next(),
    ({ code, path }) => code === "invalid_option" && path === "/token",
  );
});

test("an abort ends a request that never answers, and a pause", async () => {
  for (const answer of [
    () => new Promise(() => {}),
    () => new Response(new ReadableStream({})),
    () => Response.json({}, { status: 429, headers: { "retry-after": "100" } }),
  ]) {
    const controller = new AbortController();
    const fetch = async () => {
      setImmediate(() => controller.abort(new Error("enough")));
      return answer();
    };
    const collection = collect({ ...GOOD, fetch, signal: controller.signal });
    await assert.rejects(
      collection[Symbol.asyncIterator]().next(),
      ({ code, cause }) => code === "aborted" && cause.message === "enough",
    );
  }
  const aborted = collect({ ...GOOD, fetch: () => assert.fail("asked"), signal: AbortSignal.abort() });
  await assert.rejects(aborted[Symbol.asyncIterator]().next(), ({ code }) => code === "aborted");
});

test("a redirect of a real server is not followed, and nothing listens is unreachable", async () => {
  const asked = [];
  const evil = createServer((request, response) => {
    asked.push(request.url);
    response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(evil, "listening");
  const to = `http://127.0.0.1:${evil.address().port}`;
  const server = createServer((request, response) =>
    response.writeHead(307, { location: to + request.url }).end(),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  try {
    assert.equal((await failing({ baseUrl })).code, "upstream_invalid");
    assert.deepEqual(asked, []);
  } finally {
    for (const one of [server, evil]) {
      one.closeAllConnections();
      one.close();
      await once(one, "close");
    }
  }
  const error = await failing({ baseUrl, retries: 1 });
  assert.equal(error.code, "upstream_unreachable", error.message);
});

test("an answer that is too long is asked for in smaller pages", async () => {
  const small = makeAccount(2, { calls: 120, conversations: 3 });
  const text = "x".repeat(100_000);
  const vendor = makeVendor({ ...small, calls: small.calls.map((call) => ({ ...call, lastTranscriptSnippet: text })) });
  const ids = new Set();
  for await (const { kind, records } of collect({ ...GOOD, fetch: vendor.fetch })) {
    if (kind === "calls") for (const { id } of records) ids.add(id);
  }
  const wanted = small.calls.filter(
    ({ startedAt }) => Date.parse(startedAt) >= WINDOW.startMs && Date.parse(startedAt) < WINDOW.endMs,
  );
  assert.equal(ids.size, wanted.length);
  const huge = async () => Response.json({ data: [{ id: "a", text: "x".repeat(9_000_000) }] });
  assert.match((await failing({ fetch: huge })).message, /longer than 8 MiB/);
});

test("a list that never ends, and ids that would be other paths, do no harm", async () => {
  const asked = [];
  const page = {
    data: [
      {
        id: "../../admin",
        startedAt: "2025-06-03T00:00:00Z",
        status: "ringing",
        lastMessageAt: "2025-06-03T00:00:00Z",
        messageCount: 1,
      },
    ],
    hasMore: true,
  };
  const fetch = async (url) => {
    asked.push(new URL(url).pathname);
    assert.ok(asked.length < 1000, "it does not end");
    return Response.json(page);
  };
  const collection = collect({ ...GOOD, fetch, retries: 0 });
  await assert.rejects(async () => {
    for await (const _ of collection);
    assert.equal(collection.completeness().complete, false);
    throw new Error("ended");
  });
  for (const path of asked) assert.match(path, /^\/v1\/(agents|numbers|calls|conversations)(\/|$)|^\/v1\/usage\//);
});
