/** The lists that the Worker passes on: only if it is switched on, exactly these paths, and nothing else of the request. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { answers, errorOf, GOOD_ANSWERS, OTHER_TOKEN, startUpstream, startWorker, TOKEN } from "./support.mjs";

const ORIGIN = "https://app.example";
const LISTS = [
  ["/v1/agents", ["limit", "offset"]],
  ["/v1/agents/agt_1/calls", ["limit", "offset"]],
  ["/v1/calls", ["limit", "offset", "status", "direction", "type", "search"]],
  ["/v1/calls/call_1.a:b~c-d", []],
  ["/v1/conversations", ["limit", "offset"]],
  ["/v1/conversations/conv_1", ["message_limit"]],
  ["/v1/conversations/conv_1/messages", ["limit", "before", "after"]],
  ["/v1/numbers", ["limit", "offset"]],
  ["/v1/numbers/num_1", []],
  ["/v1/numbers/num_1/calls", ["limit", "offset"]],
  ["/v1/numbers/num_1/messages", ["limit", "before", "after"]],
  ["/v1/sub-accounts", ["limit", "offset"]],
];
const PARAMETERS = [...new Set(LISTS.flatMap(([, names]) => names))];
const BODY = '{"data": [{"id": "é"}],\n "hasMore": false}';

/** Paths that are no lists. The last ones are lists in disguise. */
const OTHERS = [
  ...[
    "/v1/",
    "/v1/webhooks",
    "/v1/webhooks/deliveries",
    "/v1/messages",
    "/v1/agents/a",
    "/v1/sub-accounts/a",
    "/v1/calls/a/recording",
  ],
  ...[
    "/v1/calls/",
    "/v1//calls",
    "/v1/calls/a/",
    "/v1/conversations/a/messages/b",
    "/v1/Calls",
    "/v2/calls",
    "/v1/calls;a",
  ],
  ...[
    "/v1/calls/a%2Fb",
    "/v1/calls/%2e%2e%2fwebhooks",
    "/v1/calls/..%2Fagents",
    "/v1/conversations/a%5Cb",
    "/v1/calls/%00",
    "/v1/calls/a%20b",
  ],
  ...["/v1/calls/../webhooks", "/v1/conversations/%2e%2e/webhooks", `/v1/calls/${"a".repeat(129)}`, "/v1/calls/é"],
];

describe("lists", () => {
  let worker;
  let upstream;
  before(async () => {
    upstream = await startUpstream();
    worker = await startWorker({
      vars: {
        UPSTREAM_BASE_URL: `${upstream.url}/behind`,
        PASS_LISTS: "true",
        CORS_ORIGINS: ORIGIN,
        UPSTREAM_MAX_BYTES: "5000",
      },
    });
  });
  beforeEach(() => {
    upstream.requests.length = 0;
    upstream.behave = answers(200, BODY, { "set-cookie": "a=b", "x-request-id": "req_1" });
  });
  after(async () => {
    await worker?.stop();
    await upstream?.stop();
  });

  for (const [path, names] of LISTS) {
    test(`${path} is passed on with its own parameters`, async () => {
      const query = `?${[...PARAMETERS, "token", "admin"].map((name) => `${name}=1%2B${name}`).join("&")}`;
      const answer = await worker.request(query, {
        path,
        headers: {
          origin: ORIGIN,
          cookie: "session=1",
          "x-sub-account-id": "sub_1",
          "x-forwarded-host": "evil.example",
        },
      });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.text, BODY);
      assert.equal(answer.headers.get("access-control-allow-origin"), ORIGIN);
      assert.equal(answer.headers.get("cache-control"), "private, no-store");
      assert.equal(answer.headers.get("x-request-id"), "req_1");
      assert.equal(answer.headers.get("set-cookie"), null);
      const [{ method, url, headers }] = upstream.requests;
      const sent = new URL(url, "http://upstream.example");
      assert.equal(method, "GET");
      assert.equal(sent.pathname, `/behind${path}`);
      assert.deepEqual(
        [...sent.searchParams],
        names.map((name) => [name, `1+${name}`]),
      );
      assert.equal(headers.authorization, `Bearer ${TOKEN}`);
      assert.equal(headers["x-sub-account-id"], "sub_1");
      for (const name of ["cookie", "x-forwarded-host", "origin"]) assert.equal(headers[name], undefined, name);
    });
  }

  test("nothing else is passed on", async () => {
    for (const path of OTHERS) {
      const answer = await worker.request("", { path });
      assert.equal(answer.status, 404, `${path}: ${answer.text}`);
    }
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "HEAD"]) {
      const answer = await worker.request("", { path: "/v1/calls", method });
      assert.equal(answer.status, 405, method);
    }
    assert.equal((await worker.request("", { path: "/v1/calls", token: null })).status, 401);
    errorOf(
      await worker.request("", { path: "/v1/calls", headers: { "x-sub-account-id": "a b" } }),
      400,
      "invalid_header",
    );
    assert.deepEqual(upstream.requests, []);
  });

  test("a page of another origin can't read the lists, and a preflight names the methods", async () => {
    const other = await worker.request("", { path: "/v1/calls", headers: { origin: "https://evil.example" } });
    assert.equal(other.headers.get("access-control-allow-origin"), null);
    const asked = {
      origin: ORIGIN,
      "access-control-request-method": "GET",
      "access-control-request-headers": "authorization",
    };
    const preflight = await worker.request("", { path: "/v1/calls", method: "OPTIONS", token: null, headers: asked });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-origin"), ORIGIN);
    assert.match(preflight.headers.get("access-control-allow-headers"), /Authorization/);
  });

  test("refusals are passed on, and redirects are not followed", async () => {
    const elsewhere = await startUpstream();
    try {
      for (const status of [400, 401, 403, 404, 422, 429, 500, 503]) {
        upstream.behave = answers(status, BODY, { "retry-after": "7" });
        const answer = await worker.request("", { path: "/v1/calls", token: OTHER_TOKEN });
        assert.deepEqual([answer.status, answer.text, answer.headers.get("retry-after")], [status, BODY, "7"]);
      }
      upstream.behave = answers(302, "", { location: `${elsewhere.url}/v1/calls` });
      errorOf(await worker.request("", { path: "/v1/calls" }), 502, "upstream_redirect");
      assert.deepEqual(elsewhere.requests, []);
    } finally {
      await elsewhere.stop();
    }
  });

  test("a body that is too long is a 502, or is cut off", async () => {
    const page = (length) => JSON.stringify({ data: ["a".repeat(length - 13)] });
    upstream.behave = answers(200, page(5000));
    assert.equal((await worker.request("", { path: "/v1/calls" })).text, page(5000));
    upstream.behave = answers(200, page(5001), { "content-length": "5001" });
    errorOf(await worker.request("", { path: "/v1/calls" }), 502, "upstream_too_large");
    upstream.behave = (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      for (const byte of page(5001)) response.write(byte);
      response.end();
    };
    const text = await worker.request("", { path: "/v1/calls" }).then(
      (answer) => answer.text,
      () => "",
    );
    assert.throws(() => JSON.parse(text), SyntaxError);
  });

  test("the usage endpoints are there as before", async () => {
    upstream.behave = answers(200, JSON.stringify(GOOD_ANSWERS["/v1/usage"]));
    assert.equal((await worker.request("", { path: "/v1/usage" })).status, 200);
    assert.equal((await worker.request("", { path: "/openapi.json", token: null })).status, 200);
    assert.equal((await worker.request("", { path: "/v1/usages" })).status, 404);
  });
});

test("without PASS_LISTS no list is passed on, and a wrong value is a wrong setting", async () => {
  const upstream = await startUpstream();
  upstream.behave = answers(200, BODY);
  try {
    for (const [vars, status] of [
      [{}, 404],
      [{ PASS_LISTS: "false" }, 404],
      [{ PASS_LISTS: "" }, 404],
      [{ PASS_LISTS: "yes" }, 503],
      [{ PASS_LISTS: "true", UPSTREAM_BASE_URL: "" }, 503],
    ]) {
      const worker = await startWorker({ vars: { UPSTREAM_BASE_URL: upstream.url, ...vars } });
      try {
        const answer = await worker.request("", { path: "/v1/calls" });
        assert.equal(answer.status, status, JSON.stringify(vars));
        if (status === 503) assert.match(answer.text, /PASS_LISTS/);
      } finally {
        await worker.stop();
      }
    }
    assert.deepEqual(upstream.requests, []);
  } finally {
    await upstream.stop();
  }
});

test("a list that hangs is a 504, and options are checked", async () => {
  const { createListsHandler } = await import("../../pkg/dist/handler.js");
  const handler = createListsHandler({
    upstream: { baseUrl: "https://api.agentphone.ai", timeoutMs: 1, fetch: () => new Promise(() => {}) },
  });
  const headers = { authorization: `Bearer ${TOKEN}` };
  assert.equal((await handler(new Request("https://a.example/v1/calls", { headers }))).status, 504);
  for (const options of [
    null,
    {},
    { upstream: { baseUrl: "ftp://a" } },
    { upstream: { baseUrl: "https://a" }, cors: 5 },
    { records: [] },
  ]) {
    assert.throws(
      () => createListsHandler(options),
      ({ code }) => code === "invalid_option",
    );
  }
});
