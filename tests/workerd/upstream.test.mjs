/** In front of an upstream: what is sent to it, what is passed on, and every error of the upstream. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect, createServer } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { EXAMPLE } from "./example.mjs";
import { answers, errorOf, GOOD_ANSWERS, PATH, startUpstream, startWorker, TOKEN } from "./support.mjs";

const QUERY = "?period=month&tz=America%2FNew_York";
const MEGABYTE = 1024 * 1024;

/** A valid response with white space, escapes and undocumented fields. */
const GOOD = JSON.stringify({ ...EXAMPLE, note: "PLACEHOLDER", reportGeneratedAt: "2024-06-15T12:00:00Z" }, null, 3)
  .replace("PLACEHOLDER", "\\u00e9 é \\/ 1.0")
  .concat("\n");

describe("upstream", () => {
  let worker;
  let upstream;
  before(async () => {
    upstream = await startUpstream();
    worker = await startWorker({ vars: { UPSTREAM_BASE_URL: `${upstream.url}/behind/` } });
  });
  beforeEach(() => {
    upstream.requests.length = 0;
    upstream.behave = answers(200, GOOD);
  });
  after(async () => {
    await worker?.stop();
    await upstream?.stop();
  });

  /** Asserts that the next request works after a failure. */
  const works = async (by = worker) => {
    upstream.behave = answers(200, GOOD);
    const answer = await by.request(QUERY);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.text, GOOD);
  };

  /** Runs a Worker with other settings, and stops it. */
  const withSettings = async (vars, run) => {
    const other = await startWorker({ vars: { UPSTREAM_BASE_URL: upstream.url, ...vars } });
    try {
      await run(other);
      await works(other);
    } finally {
      await other.stop();
    }
  };

  test("a valid response is passed on byte for byte", async () => {
    upstream.behave = answers(200, GOOD, { "x-request-id": "req_1", "set-cookie": "a=b", "cache-control": "public" });
    const answer = await worker.request(QUERY);
    assert.deepEqual(answer.bytes, Buffer.from(GOOD));
    assert.equal(answer.headers.get("x-request-id"), "req_1");
    assert.equal(answer.headers.get("set-cookie"), null);
    assert.equal(answer.headers.get("cache-control"), "private, no-cache");
  });

  test("a compressed response is passed on", async () => {
    upstream.behave = answers(200, gzipSync(GOOD), { "content-encoding": "gzip" });
    assert.equal((await worker.request(QUERY)).text, GOOD);
  });

  test("only documented parameters are sent", async () => {
    await worker.request(`${QUERY}&days=3&token=x`, {
      headers: {
        cookie: "session=1",
        "x-request-id": "abc-1",
        "x-forwarded-host": "evil.example",
        referer: "https://a.example/",
      },
    });
    const [{ method, url, headers }] = upstream.requests;
    assert.equal(method, "GET");
    assert.equal(url, `/behind/v1/usage/by-agent?period=month&tz=America%2FNew_York`);
    assert.equal(headers.authorization, `Bearer ${TOKEN}`);
    assert.equal(headers.accept, "application/json");
    assert.equal(headers["x-request-id"], "abc-1");
    for (const name of ["cookie", "x-forwarded-host", "referer"]) assert.equal(headers[name], undefined, name);
  });

  test("headers of one connection are not passed on, in both directions", async () => {
    upstream.behave = answers(200, GOOD, {
      ...{ connection: "keep-alive, x-hop", "x-hop": "1", "keep-alive": "timeout=9", trailer: "x-hop", upgrade: "h2c" },
      ...{ "proxy-authenticate": "Basic", te: "trailers", via: "1.1 inner", age: "9", expires: "0", vary: "*" },
      ...{ "access-control-allow-origin": "*", "x-request-id": "req_6", "retry-after": "1" },
    });
    const { hostname, port } = worker.base;
    const headers = {
      ...{ connection: "keep-alive, x-hop", "x-hop": "1", te: "trailers", "proxy-authorization": "Basic eA==" },
      ...{
        authorization: `Bearer ${TOKEN}`,
        "if-none-match": '"a"',
        "accept-encoding": "identity",
        range: "bytes=0-1",
      },
    };
    const sent = request({ hostname, port, path: PATH + QUERY, headers }).end();
    const [answer] = await once(sent, "response");
    const text = Buffer.concat(await answer.toArray()).toString();
    assert.equal(text, GOOD);
    const kept = ["x-request-id", "retry-after"];
    const own = ["content-type", "content-length", "cache-control", "etag", "vary", "x-content-type-options"];
    // Headers that the connection between workerd and this test needs.
    const received = Object.keys(answer.headers).filter((name) => !["connection", "keep-alive", "date"].includes(name));
    assert.deepEqual(received.sort(), [...kept, ...own].sort());
    assert.equal(answer.headers.vary, "Authorization, Origin, X-Sub-Account-Id");

    // Headers that workerd adds to each request of a Worker.
    const asked = Object.keys(upstream.requests[0].headers).sort();
    assert.deepEqual(asked, [
      "accept",
      "authorization",
      "cache-control",
      "cf-worker",
      "host",
      "pragma",
      "x-usage-hops",
    ]);
  });

  test("a header value that clients can't read is left out", async () => {
    const written = (status, header, body) => (asked) => {
      const head = `HTTP/1.1 ${status} X\r\n${header}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
      asked.socket.end(Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)]));
    };
    for (const value of ["a\u0001b", "caf\u00e9", "a\u007f"]) {
      upstream.behave = written(200, `X-Request-Id: ${value}`, GOOD);
      const answer = await worker.request(QUERY);
      assert.deepEqual([answer.status, answer.headers.get("x-request-id")], [200, null]);
      upstream.behave = written(401, `WWW-Authenticate: Bearer realm="${value}"`, "{}");
      const refused = await worker.request(QUERY);
      assert.deepEqual([refused.status, refused.headers.get("www-authenticate")], [401, "Bearer"]);
    }
    await works();
  });

  test("without tz no tz is sent", async () => {
    assert.equal((await worker.request("?period=month")).status, 200);
    assert.equal(upstream.requests[0].url, "/behind/v1/usage/by-agent?period=month");
  });

  test("HEAD sends GET, so that the response is checked", async () => {
    upstream.behave = answers(200, "{}");
    assert.equal((await worker.request(QUERY, { method: "HEAD" })).status, 502);
    assert.equal(upstream.requests[0].method, "GET");
  });

  for (const status of [400, 401, 402, 403, 404, 422, 429]) {
    test(`${status} is passed on`, async () => {
      const body = `{ "error" : {"message":"caf\\u00e9","code":"c${status}"}, "detail": "d" }\n`;
      // The wait does not fit into the time limit, so there is no further attempt.
      upstream.behave = answers(status, body, { "retry-after": "3600", "x-request-id": "req_2", "set-cookie": "a=b" });
      const answer = await worker.request(QUERY);
      assert.equal(answer.status, status);
      assert.equal(answer.text, body);
      assert.equal(answer.headers.get("content-type"), "application/json");
      assert.equal(answer.headers.get("retry-after"), "3600");
      assert.equal(answer.headers.get("x-request-id"), "req_2");
      assert.equal(answer.headers.get("set-cookie"), null);
      assert.equal(answer.headers.get("cache-control"), "private, no-store");
      assert.equal(answer.headers.get("www-authenticate"), status === 401 ? "Bearer" : null);
      assert.equal(upstream.requests.length, 1);
      await works();
    });

    test(`${status} with a page of HTML keeps its status and gets a JSON body`, async () => {
      upstream.behave = answers(status, "<html>no</html>", { "content-type": "text/html", "retry-after": "3600" });
      const answer = await worker.request(QUERY);
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get("content-type"), "application/json");
      assert.ok(answer.json().error.message.length > 0);
      assert.equal(answer.headers.get("retry-after"), "3600");
    });
  }

  test("the challenge of a 401 is kept", async () => {
    upstream.behave = answers(401, "{}", { "www-authenticate": 'Bearer realm="api"' });
    assert.equal((await worker.request(QUERY)).headers.get("www-authenticate"), 'Bearer realm="api"');
  });

  test("an error body that is too long is not passed on", async () => {
    upstream.behave = answers(404, JSON.stringify({ detail: "x".repeat(100_000) }));
    errorOf(await worker.request(QUERY), 404, "not_found");
  });

  for (const status of [500, 502, 503, 529]) {
    test(`${status} is tried three times, then the response is a 502`, async () => {
      upstream.behave = answers(status, '{"secret":"internals"}', { "x-request-id": "req_3" });
      const answer = await worker.request(QUERY);
      const error = errorOf(answer, 502, "upstream_error");
      assert.match(error.message, new RegExp(status));
      assert.equal(error.type, "api_error");
      assert.ok(!answer.text.includes("internals"));
      assert.match(worker.logs(), new RegExp(`${PATH}: Error: The upstream responded with status ${status}`));
      assert.equal(answer.headers.get("x-request-id"), "req_3");
      assert.equal(upstream.requests.length, 3);
      await works();
    });
  }

  test("a single failure is retried", async () => {
    upstream.behave = (request, response) => {
      upstream.behave = answers(200, GOOD);
      answers(503, "")(request, response);
    };
    assert.equal((await worker.request(QUERY)).text, GOOD);
    assert.equal(upstream.requests.length, 2);
  });

  test("Retry-After is respected if it fits", async () => {
    upstream.behave = (request, response) => {
      upstream.behave = answers(200, GOOD);
      answers(429, "{}", { "retry-after": "1" })(request, response);
    };
    const start = performance.now();
    assert.equal((await worker.request(QUERY)).text, GOOD);
    assert.ok(performance.now() - start >= 990);
    assert.equal(upstream.requests.length, 2);
  });

  test("Retry-After may be a date", async () => {
    const retryAfter = new Date(Date.now() + 60_000).toUTCString();
    upstream.behave = answers(429, "{}", { "retry-after": retryAfter });
    const answer = await worker.request(QUERY);
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get("retry-after"), retryAfter);
    assert.equal(upstream.requests.length, 1);
  });

  test("429 without Retry-After is tried three times, then passed on", async () => {
    upstream.behave = answers(429, '{"error":{}}');
    const answer = await worker.request(QUERY);
    assert.equal(answer.status, 429);
    assert.equal(answer.text, '{"error":{}}');
    assert.equal(upstream.requests.length, 3);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`a redirect (${status}) is not followed, so the token is not sent elsewhere`, async () => {
      const elsewhere = await startUpstream();
      elsewhere.behave = answers(200, GOOD);
      upstream.behave = answers(status, "", { location: `${elsewhere.url}/v1/usage/by-agent?period=month` });
      errorOf(await worker.request(QUERY), 502, "upstream_redirect");
      assert.equal(elsewhere.requests.length, 0);
      assert.equal(upstream.requests.length, 1);
      await elsewhere.stop();
      await works();
    });
  }

  for (const status of [201, 204, 206, 405, 407, 418]) {
    test(`${status} is not a response of this endpoint`, async () => {
      upstream.behave = answers(status, status === 204 ? undefined : GOOD);
      errorOf(await worker.request(QUERY), 502, "bad_upstream_answer");
      assert.equal(upstream.requests.length, 1);
      await works();
    });
  }

  const changed = (change) => {
    const body = structuredClone(EXAMPLE);
    change(body);
    return JSON.stringify(body);
  };
  /** What is wrong with a 200, its body, and the path of a problem that must be reported. */
  const NONSENSE = [
    ["a page of HTML", "<!doctype html><title>Welcome</title>", ""],
    ["nothing", "", ""],
    ["JSON cut short", GOOD.slice(0, -20), ""],
    ["text after the JSON", `${GOOD}{}`, ""],
    [
      "broken UTF-8",
      Buffer.concat([Buffer.from('{"data":[],"x":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
      "",
    ],
    ["another type", "[]", ""],
    ["null", "null", ""],
    ["no data", changed((body) => delete body.data), "/data"],
    ["data of another type", changed((body) => (body.data = {})), "/data"],
    ["text for a number", changed((body) => (body.data[0].messages = "152")), "/data/0/messages"],
    ["a negative number", changed((body) => (body.data[1].calls = -1)), "/data/1/calls"],
    ["a fraction", changed((body) => (body.data[1].totalSeconds = 1.5)), "/data/1/totalSeconds"],
    ["an unsafe integer", changed((body) => (body.data[1].totalSeconds = 2 ** 53)), "/data/1/totalSeconds"],
    ["a null id without the orphan flag", changed((body) => (body.data[2].isOrphan = false)), /^\/data\/2/],
    ["the orphan flag with an id", changed((body) => (body.data[0].isOrphan = true)), /^\/data\/0/],
    ["two orphan rows", changed((body) => body.data.push(body.data[2])), /^\/data/],
    ["an id twice", changed((body) => body.data.push(body.data[0])), /^\/data/],
    ["another period than asked", changed((body) => (body.period = "week")), /^\/period/],
    ["bounds that are none", changed((body) => (body.periodStart = "June")), "/periodStart"],
    ["bounds in the wrong order", changed((body) => (body.periodEnd = "2024-05-30T23:59:59Z")), /^\/period/],
    ["bounds of a shorter time", changed((body) => (body.periodEnd = "2024-06-29T23:59:59Z")), /^\/period/],
    [
      "bounds of another zone",
      changed((body) =>
        Object.assign(body, { periodStart: "2024-05-31T15:00:00Z", periodEnd: "2024-06-30T14:59:59Z" }),
      ),
      /^\/period/,
    ],
  ];
  for (const [what, body, path] of NONSENSE) {
    test(`200 with ${what}`, async () => {
      upstream.behave = answers(200, body, { "x-request-id": "req_4" });
      const answer = await worker.request(QUERY);
      const error = errorOf(answer, 502, "bad_upstream_answer");
      const fits = ({ field }) => (typeof path === "string" ? field === path : path.test(field));
      assert.ok(error.details.some(fits), answer.text);
      for (const detail of error.details) assert.deepEqual(Object.keys(detail), ["field", "message", "type"]);
      assert.equal(answer.headers.get("x-request-id"), "req_4");
      assert.equal(upstream.requests.length, 1);
      await works();
    });
  }

  /** Path and query, a change that makes the response invalid, and the path of the problem. */
  for (const [path, query, spoil, field] of [
    ["/v1/usage", "", (body) => delete body.stats.totalCalls, "/stats/totalCalls"],
    ["/v1/usage/daily", "?days=3", (body) => body.data.splice(1, 1), /^\/data/],
    ["/v1/usage/daily", "?days=4", () => {}, /^\/d/],
    ["/v1/usage/monthly", "", (body) => (body.data[2].month = "2024-04"), /^\/data/],
    ["/v1/usage/monthly", "?months=5", () => {}, /^\/(data|months)/],
    ["/v1/usage/by-number", "", (body) => (body.data[0].country = null), "/data/0/country"],
  ]) {
    test(`${path}${query}: an invalid response is a 502, and a valid one is passed on`, async () => {
      const body = structuredClone(GOOD_ANSWERS[path]);
      spoil(body);
      upstream.behave = answers(200, JSON.stringify(body), { "x-request-id": "req_5" });
      const answer = await worker.request(`${query}&token=x`.replace(/^&/, "?"), { path });
      const { details } = errorOf(answer, 502, "bad_upstream_answer");
      assert.ok(
        details.some((detail) => detail.field.match(field)),
        answer.text,
      );
      assert.equal(answer.headers.get("x-request-id"), "req_5");
      assert.equal(upstream.requests[0].url, `/behind${path}${query}`);

      const good = `${JSON.stringify(GOOD_ANSWERS[path], null, 1)}\n`;
      upstream.behave = answers(200, good);
      const sound = path === "/v1/usage/daily" ? "?days=3" : "";
      assert.equal((await worker.request(sound, { path })).text, good);
    });
  }

  test("the upstream's tag is passed on, and an invalid tag is not", async () => {
    for (const etag of ['"a,b"', 'W/"a,b"']) {
      upstream.behave = answers(200, GOOD, { etag });
      assert.equal((await worker.request(QUERY)).headers.get("etag"), etag);
      for (const given of ['"a,b"', 'W/"a,b"', '"x", "a,b"', "*"]) {
        const answer = await worker.request(QUERY, { headers: { "if-none-match": given } });
        assert.equal(answer.status, 304, given);
      }
      const other = await worker.request(QUERY, { headers: { "if-none-match": '"a", "b"' } });
      assert.equal(other.status, 200);
    }
    for (const etag of ["a", '"a', '"a"b"']) {
      upstream.behave = answers(200, GOOD, { etag });
      assert.match((await worker.request(QUERY)).headers.get("etag"), /^"[0-9a-f]{32}"$/, etag);
    }
    upstream.behave = answers(200, "{}", { etag: '"bad"' });
    assert.equal((await worker.request(QUERY)).headers.get("etag"), null);
  });

  test("at most 100 problems are listed", async () => {
    upstream.behave = answers(
      200,
      changed((body) => (body.data = Array.from({ length: 5000 }, () => ({ messages: "1" })))),
    );
    const { details } = errorOf(await worker.request(QUERY), 502, "bad_upstream_answer");
    assert.ok(details.length > 0 && details.length <= 100);
  });

  test("a response of 50 MB is not read to the end", async () => {
    let sent = 0;
    upstream.behave = async (_request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const chunk = Buffer.alloc(MEGABYTE, " ");
      while (sent < 50 * MEGABYTE && !response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) await Promise.race([once(response, "drain"), once(response, "close")]);
      }
      response.end(GOOD);
    };
    errorOf(await worker.request(QUERY), 502, "upstream_too_large");
    assert.equal(upstream.requests.length, 1);
    assert.ok(sent < 50 * MEGABYTE, `${sent} bytes were taken`);
    await works();
  });

  test("a response of 50 MB in a few compressed kilobytes is not read to the end", async () => {
    upstream.behave = answers(200, gzipSync(Buffer.alloc(50 * MEGABYTE, " ")), { "content-encoding": "gzip" });
    errorOf(await worker.request(QUERY), 502, "upstream_too_large");
    await works();
  });

  test("a response whose Content-Length is too large is not read", { timeout: 60_000 }, async () => {
    const closed = new Promise((resolve) => {
      upstream.behave = (_request, response) => {
        response.on("close", resolve);
        response.writeHead(200, { "content-length": 50 * MEGABYTE }).write(" ");
      };
    });
    errorOf(await worker.request(QUERY), 502, "upstream_too_large");
    await closed;
    assert.equal(upstream.requests.length, 1);
    await works();
  });

  test("invalid or truncated gzip data is a failure", async () => {
    for (const body of ["no gzip data", gzipSync(GOOD).subarray(0, -20)]) {
      upstream.requests.length = 0;
      upstream.behave = answers(200, body, { "content-encoding": "gzip" });
      errorOf(await worker.request(QUERY), 502, "upstream_unreachable");
      assert.equal(upstream.requests.length, 3);
      await works();
    }
  });

  const length = Buffer.byteLength(GOOD);
  for (const [what, stated, code] of [
    ["is less than what comes", `Content-Length: ${length - 20}`, "bad_upstream_answer"],
    ["is more than what comes", `Content-Length: ${length + 20}`, "upstream_unreachable"],
    ["is no number", "Content-Length: -1", "upstream_unreachable"],
    ["is two lengths", `Content-Length: 2\r\nContent-Length: ${length}`, "upstream_unreachable"],
    ["of a chunk is less than what comes", "Transfer-Encoding: chunked\r\n\r\n9", "upstream_unreachable"],
  ]) {
    test(`a length that ${what}`, async () => {
      upstream.behave = ({ socket }) => socket.end(`HTTP/1.1 200 OK\r\n${stated}\r\n\r\n${GOOD}`);
      errorOf(await worker.request(QUERY), 502, code);
      await works();
    });
  }

  test("a connection that breaks before or inside the response is retried, then the response is a 502", async () => {
    upstream.behave = (request) => request.socket.destroy();
    errorOf(await worker.request(QUERY), 502, "upstream_unreachable");
    assert.equal(upstream.requests.length, 3);
    upstream.behave = (_request, response) => {
      response.writeHead(200, { "content-length": String(GOOD.length) });
      response.write(GOOD.slice(0, 50), () => response.destroy());
    };
    errorOf(await worker.request(QUERY), 502, "upstream_unreachable");
    assert.equal(upstream.requests.length, 6);
    await works();
  });

  test("a client that closes the connection ends the upstream request", { timeout: 60_000 }, async () => {
    const closed = new Promise((resolve) => {
      upstream.behave = (_request, response) => response.on("close", resolve);
    });
    // The connection is reset, because a client that only stops sending may still read.
    const socket = connect(Number(worker.base.port), worker.base.hostname);
    socket.write(`GET ${PATH}${QUERY} HTTP/1.1\r\nHost: edge\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
    setTimeout(() => socket.resetAndDestroy(), 300);
    await closed;
    await works();
  });

  test("an unreachable upstream is a 502", async () => {
    const unused = createServer().listen(0, "127.0.0.1");
    await once(unused, "listening");
    const { port } = unused.address();
    unused.close();
    await once(unused, "close");
    const lost = await startWorker({ vars: { UPSTREAM_BASE_URL: `http://127.0.0.1:${port}` } });
    errorOf(await lost.request(QUERY), 502, "upstream_unreachable");
    errorOf(await lost.request(QUERY), 502, "upstream_unreachable");
    await lost.stop();
  });

  test("the time limit is for the first and the last byte, and for all attempts together", {
    timeout: 60_000,
  }, async () => {
    await withSettings({ UPSTREAM_TIMEOUT_MS: "4000" }, async (hurried) => {
      for (const behave of [
        () => {},
        (_request, response) => {
          response.writeHead(200, { "content-length": Buffer.byteLength(GOOD) + 20 }).write(GOOD);
        },
        (_request, response) => {
          response.writeHead(200);
          const drip = setInterval(() => response.write(" "), 50);
          response.on("close", () => clearInterval(drip));
        },
      ]) {
        upstream.requests.length = 0;
        upstream.behave = behave;
        const { message } = errorOf(await hurried.request(QUERY), 504, "upstream_timeout");
        assert.match(message, / 4000 ms/);
        assert.equal(upstream.requests.length, 1);
      }
      upstream.requests.length = 0;
      upstream.behave = answers(429, "{}", { "retry-after": "4" });
      const limited = await hurried.request(QUERY);
      assert.equal(limited.status, 429);
      assert.equal(limited.headers.get("retry-after"), "4");
      assert.equal(upstream.requests.length, 1, "a second try would have had no time");
    });
  });

  test("retries and size are settings", async () => {
    await withSettings({ UPSTREAM_RETRIES: "0", UPSTREAM_MAX_BYTES: String(GOOD.length + 10) }, async (strict) => {
      upstream.behave = answers(500, "");
      errorOf(await strict.request(QUERY), 502, "upstream_error");
      assert.equal(upstream.requests.length, 1);
      upstream.behave = answers(200, GOOD + " ".repeat(20));
      errorOf(await strict.request(QUERY), 502, "upstream_too_large");
    });
  });

  test("concurrent requests, valid and invalid, do not affect each other", async () => {
    upstream.behave = (request, response) => {
      const body = request.url.includes("week") ? "nonsense" : GOOD;
      setTimeout(() => answers(200, body)(request, response), Math.random() * 50);
    };
    const queries = Array.from({ length: 40 }, (_, i) => (i % 2 ? QUERY : "?period=week"));
    const statuses = await Promise.all(queries.map(async (query) => (await worker.request(query)).status));
    assert.deepEqual(
      statuses,
      queries.map((query) => (query === QUERY ? 200 : 502)),
    );
  });
});

test("an invalid upstream URL is a wrong setting", async () => {
  for (const [vars, named] of [
    [{ UPSTREAM_BASE_URL: "not a url" }, /UPSTREAM_BASE_URL/],
    [{ UPSTREAM_BASE_URL: "ftp://files.example" }, /UPSTREAM_BASE_URL/],
    [{ UPSTREAM_BASE_URL: "https://user:hunter2@api.example" }, /UPSTREAM_BASE_URL/],
    [{ UPSTREAM_BASE_URL: "https://api.example", UPSTREAM_TIMEOUT_MS: "soon" }, /UPSTREAM_TIMEOUT_MS.*300000/],
    [{ UPSTREAM_BASE_URL: "https://api.example", UPSTREAM_MAX_BYTES: "0" }, /UPSTREAM_MAX_BYTES/],
    [{ UPSTREAM_BASE_URL: "https://api.example", UPSTREAM_RETRIES: "99" }, /UPSTREAM_RETRIES/],
  ]) {
    const worker = await startWorker({ vars });
    try {
      const answer = await worker.request(QUERY);
      assert.match(errorOf(answer, 503, "not_configured").message, named);
      assert.ok(!answer.text.includes("hunter2"));
    } finally {
      await worker.stop();
    }
  }
});
