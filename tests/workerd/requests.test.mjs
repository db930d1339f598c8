/** Checks of requests that come before the records or the upstream, in both modes. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { EXAMPLE, exampleDirectory, exampleRecords, ndjson } from "./example.mjs";
import { answers, errorOf, GOOD_ANSWERS, OTHER_TOKEN, startUpstream, startWorker, TOKEN } from "./support.mjs";

const ORIGIN = "https://app.example";
const GOOD = "?period=month&tz=America%2FNew_York";
const EXPECTED = "'week', 'month' or 'year'";

const missing = { type: "missing", loc: ["query", "period"], msg: "Field required", input: null };
const notAllowed = (input) => ({
  type: "literal_error",
  loc: ["query", "period"],
  msg: `Input should be ${EXPECTED}`,
  input,
  ctx: { expected: EXPECTED },
});
const unknownZone = (input, ctx) => ({
  type: "value_error",
  loc: ["query", "tz"],
  msg: `Value error, unknown IANA time zone '${input}'`,
  input,
  ...(ctx && { ctx }),
});
const EAST = {
  did_you_mean: "Etc/GMT-2",
  reason: "the signs of Etc zones are the other way round: Etc/GMT-2 is 2 h ahead of UTC",
};

/** The responses of the other endpoints, for the account in `ACCOUNT`. */
const OTHERS = [
  { path: "/v1/usage", query: "" },
  { path: "/v1/usage/daily", query: "?days=%2B3.0", sent: "?days=3", bad: ["days", "365"] },
  { path: "/v1/usage/monthly", query: "", bad: ["months", "24"] },
  { path: "/v1/usage/by-number", query: "" },
];
const ACCOUNT = { plan: { name: "Pro" }, numbers: { used: 1, limit: 2, remaining: 1 } };

/** A query, and the `detail` of its 422. */
const BAD_QUERIES = [
  ["", [missing]],
  ["?tz=UTC", [missing]],
  ["?Period=month", [missing]],
  ["?period=decade", [notAllowed("decade")]],
  ["?period=", [notAllowed("")]],
  ["?period=Month", [notAllowed("Month")]],
  ["?period=month&period=day", [notAllowed("day")]],
  ["?period=month&tz=Mars%2FOlympus", [unknownZone("Mars/Olympus")]],
  ["?period=month&tz=", [unknownZone("")]],
  ["?period=month&tz=UTC&tz=null", [unknownZone("null")]],
  ["?period=month&tz=%2B02%3A00", [unknownZone("+02:00", EAST)]],
  ["?period=month&tz=%00%E2%82%AC%22", [unknownZone('\u0000€"')]],
  ["?tz=Nowhere", [missing, unknownZone("Nowhere")]],
  ["?tz=Nowhere&period=fortnight", [notAllowed("fortnight"), unknownZone("Nowhere")]],
];

const MODES = {
  async computed() {
    const objects = {
      "records.ndjson": ndjson(exampleRecords()),
      "agents.json": JSON.stringify(exampleDirectory()),
      "account.json": JSON.stringify(ACCOUNT),
    };
    const vars = {
      API_TOKENS: `tok_first, ${TOKEN}`,
      NOW: "2024-06-15T12:00:00Z",
      BOUNDS_AS: "wall-clock",
      CORS_ORIGINS: ORIGIN,
    };
    return { worker: await startWorker({ vars, objects }), upstream: null };
  },
  async proxied() {
    const upstream = await startUpstream();
    upstream.behave = (request, response) => {
      const body = request.url.includes("/by-agent") ? EXAMPLE : GOOD_ANSWERS[request.url.replace(/\?.*/, "")];
      answers(200, JSON.stringify(body))(request, response);
    };
    return { worker: await startWorker({ vars: { UPSTREAM_BASE_URL: upstream.url, CORS_ORIGINS: ORIGIN } }), upstream };
  },
};

for (const [mode, start] of Object.entries(MODES)) {
  describe(`requests, ${mode}`, () => {
    let worker;
    let upstream;
    before(async () => {
      ({ worker, upstream } = await start());
    });
    after(async () => {
      await worker.stop();
      await upstream?.stop();
    });

    const vary = `Authorization, Origin${mode === "proxied" ? ", X-Sub-Account-Id" : ""}`;

    const works = async () => {
      const answer = await worker.request(GOOD);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.text, JSON.stringify(EXAMPLE));
      return answer;
    };
    /** Asserts that no request reached the upstream meanwhile. */
    const unasked = async (run) => {
      const before = upstream?.requests.length;
      await run();
      assert.equal(upstream?.requests.length, before);
    };

    test("a valid request gets the report", async () => {
      const { headers } = await works();
      assert.equal(headers.get("content-type"), "application/json");
      assert.equal(headers.get("cache-control"), "private, no-cache");
      assert.equal(headers.get("vary"), vary);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.match(headers.get("etag"), /^"[0-9a-f]{32}"$/);
    });

    test("the scheme's case and unknown parameters are ignored", async () => {
      const headers = { authorization: `bEARER   ${TOKEN}` };
      const answer = await worker.request(`${GOOD}&days=7&now=1`, { token: null, headers });
      assert.equal(answer.text, JSON.stringify(EXAMPLE));
    });

    test("unknown parameters are named in X-Ignored-Parameters, on a 200, a 304 and a 422", async () => {
      const query = `${GOOD}&Period=x&a%2Cb=1&caf%C3%A9=1&Period=y`;
      const named = async (query, headers) => {
        const answer = await worker.request(query, { headers: { origin: ORIGIN, ...headers } });
        assert.match(answer.headers.get("access-control-expose-headers"), /\bX-Ignored-Parameters\b/);
        return [answer.status, answer.headers.get("x-ignored-parameters")];
      };
      const names = "Period, a%2Cb, caf%C3%A9";
      assert.deepEqual(await named(query), [200, names]);
      assert.deepEqual(await named(query, { "if-none-match": "*" }), [304, names]);
      assert.deepEqual(await named("?Period=x"), [422, "Period"]);
      assert.deepEqual(await named(GOOD), [200, null]);
      assert.deepEqual(await named(query, { authorization: "Basic x" }), [401, null]);
      const isOurs = mode === "computed";
      assert.deepEqual(await named(`${GOOD}&offset=0`), [200, isOurs ? null : "offset"]);
      assert.deepEqual(await named(`${GOOD}&offset=1`), isOurs ? [422, null] : [200, "offset"]);
    });

    test("X-Sub-Account-Id is passed on, or is ignored where there is no upstream", async () => {
      const visible = "!#~".repeat(42);
      for (const id of ["acc_1", `${visible}xy`]) {
        const answer = await worker.request(GOOD, { headers: { "x-sub-account-id": id } });
        assert.equal(answer.status, 200);
        if (upstream !== null) assert.equal(upstream.requests.at(-1).headers["x-sub-account-id"], id);
      }
      await works();
      if (upstream !== null) assert.equal(upstream.requests.at(-1).headers["x-sub-account-id"], undefined);
      for (const id of ["", "a b", "a, b", "caf\u00e9", `${visible}xyz`]) {
        const answer = await worker.request(GOOD, { headers: { "x-sub-account-id": id } });
        if (upstream === null) assert.equal(answer.text, JSON.stringify(EXAMPLE));
        else await unasked(async () => errorOf(answer, 400, "invalid_header"));
      }
    });

    test("the last value of a repeated parameter counts", async () => {
      const answer = await worker.request("?period=century&tz=X&period=month&tz=america%2Fnew_york");
      assert.equal(answer.text, JSON.stringify(EXAMPLE));
    });

    test("a request without a token is a 401", async () => {
      for (const authorization of [undefined, "", "Bearer", "Bearer ", `Basic ${TOKEN}`, TOKEN, `Bearer ${TOKEN} x`]) {
        await unasked(async () => {
          const headers = authorization === undefined ? {} : { authorization };
          // The parameters are wrong too, but the token is checked first.
          const answer = await worker.request("?period=decade", { token: null, headers });
          assert.equal(errorOf(answer, 401, "missing_token").type, "authentication_error");
          assert.equal(answer.headers.get("www-authenticate"), "Bearer");
          assert.equal(answer.headers.get("cache-control"), "private, no-store");
        });
      }
      await works();
    });

    for (const [query, detail] of BAD_QUERIES) {
      test(`the query "${query}" is a 422`, async () => {
        await unasked(async () => {
          const answer = await worker.request(query);
          assert.equal(answer.status, 422);
          assert.equal(answer.headers.get("content-type"), "application/json");
          assert.equal(answer.text, JSON.stringify({ detail }));
        });
        await works();
      });
    }

    test("unknown paths are a 404", async () => {
      for (const path of [
        "/v1/",
        "/v1/usage/",
        "/v1/usage/weekly",
        "/v1/usage/by-agent/",
        "/v1/usage/By-Agent",
        "/v1/usage//by-agent",
        "/v1/agents",
      ]) {
        await unasked(async () => {
          const error = errorOf(await worker.request("", { path }), 404, "not_found");
          assert.match(error.message, /\/openapi\.json/);
        });
      }
    });

    for (const { path, query, sent = "", bad } of OTHERS) {
      test(path, async () => {
        const get = await worker.request(query, { path });
        assert.equal(get.status, 200, get.text);
        if (upstream !== null) {
          assert.equal(upstream.requests.at(-1).url, path + sent);
          assert.equal(get.text, JSON.stringify(GOOD_ANSWERS[path]));
        }
        const etag = get.headers.get("etag");
        assert.match(etag, /^"[0-9a-f]{32}"$/);
        assert.equal(get.headers.get("cache-control"), "private, no-cache");
        const again = await worker.request(query, { path, headers: { "if-none-match": etag } });
        assert.deepEqual([again.status, again.text], [304, ""]);
        const head = await worker.request(query, { path, method: "HEAD" });
        assert.deepEqual([head.status, head.text, head.headers.get("etag")], [200, "", etag]);

        await unasked(async () => {
          const headers = { accept: "text/html" };
          const post = await worker.request("?days=0&months=0", { path, headers, method: "POST", token: null });
          errorOf(post, 405, "method_not_allowed");
          assert.equal(post.headers.get("allow"), "GET, HEAD, OPTIONS");
          errorOf(await worker.request("?days=0&months=0", { path, headers, token: null }), 406, "not_acceptable");
          errorOf(await worker.request("?days=0&months=0", { path, token: null }), 401, "missing_token");
          const preflight = await worker.request("", {
            path,
            headers: { origin: ORIGIN },
            method: "OPTIONS",
            token: null,
          });
          assert.equal(preflight.status, 204);
          assert.equal(preflight.headers.get("access-control-allow-origin"), ORIGIN);
          if (bad === undefined) return;
          const [name, most] = bad;
          const above = {
            type: "less_than_equal",
            loc: ["query", name],
            msg: `Input should be less than or equal to ${most}`,
          };
          const answer = await worker.request(`?${name}=1&${name}=366`, { path });
          assert.equal(answer.status, 422);
          assert.equal(
            answer.text,
            JSON.stringify({ detail: [{ ...above, input: "366", ctx: { le: Number(most) } }] }),
          );
        });
      });
    }

    test("the OpenAPI document needs no token", async () => {
      await unasked(async () => {
        const { status, headers, json } = await worker.request("", { path: "/openapi.json", token: null });
        assert.equal(status, 200);
        assert.match(headers.get("cache-control"), /^public/);
        const paths = [...OTHERS.map(({ path }) => path), "/v1/usage/by-agent"];
        if (mode === "computed") paths.push("/v1/usage/breakdown");
        assert.deepEqual(Object.keys(json().paths).sort(), paths.sort());
        const names = json().paths["/v1/usage/by-agent"].get.parameters.map(({ name }) => name);
        const last = mode === "computed" ? "offset" : "X-Sub-Account-Id";
        assert.deepEqual(names, ["period", "tz", last]);
      });
    });

    test("an Accept without JSON is a 406", async () => {
      const asked = (accept) => worker.request(GOOD, { headers: { accept } });
      assert.equal((await asked("text/html, application/*;q=0.1")).text, JSON.stringify(EXAMPLE));
      await unasked(async () => errorOf(await asked("text/html, */*;q=0"), 406, "not_acceptable"));
    });

    test("other methods are a 405", async () => {
      for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        await unasked(async () => {
          const answer = await worker.request(GOOD, { method });
          errorOf(answer, 405, "method_not_allowed");
          assert.equal(answer.headers.get("allow"), "GET, HEAD, OPTIONS");
        });
      }
      await works();
    });

    test("HEAD has GET's headers and no body", async () => {
      const get = await works();
      const head = await worker.request(GOOD, { method: "HEAD" });
      assert.equal(head.status, 200);
      assert.equal(head.bytes.length, 0);
      for (const name of ["content-type", "etag", "cache-control", "vary"]) {
        assert.equal(head.headers.get(name), get.headers.get(name), name);
      }
      const bad = await worker.request("?period=decade", { method: "HEAD" });
      assert.equal(bad.status, 422);
      assert.equal(bad.bytes.length, 0);
    });

    test("If-None-Match with the tag is a 304", async () => {
      const etag = (await works()).headers.get("etag");
      for (const value of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const answer = await worker.request(GOOD, { headers: { "if-none-match": value } });
        assert.equal(answer.status, 304, value);
        assert.equal(answer.bytes.length, 0);
        assert.equal(answer.headers.get("etag"), etag);
      }
      const changed = await worker.request(GOOD, { headers: { "if-none-match": '"other"' } });
      assert.equal(changed.status, 200);
    });

    test("a preflight of an allowed origin needs no token", async () => {
      await unasked(async () => {
        const headers = {
          origin: ORIGIN,
          "access-control-request-method": "GET",
          "access-control-request-headers": "authorization",
        };
        const answer = await worker.request("", { method: "OPTIONS", token: null, headers });
        assert.equal(answer.status, 204);
        assert.equal(answer.headers.get("access-control-allow-origin"), ORIGIN);
        assert.match(answer.headers.get("access-control-allow-headers"), /\bAuthorization\b/);
        assert.match(answer.headers.get("access-control-allow-methods"), /\bGET\b/);
        assert.equal(answer.headers.get("access-control-allow-credentials"), null);
        assert.equal(answer.headers.get("allow"), "GET, HEAD, OPTIONS");
      });
    });

    test("only listed origins may read responses and errors", async () => {
      for (const [origin, allowed] of [
        [ORIGIN, ORIGIN],
        ["https://app.example.evil.test", null],
        ["http://app.example", null],
        ["null", null],
      ]) {
        for (const [query, token] of [
          [GOOD, TOKEN],
          ["?period=x", TOKEN],
          [GOOD, null],
        ]) {
          const answer = await worker.request(query, { token, headers: { origin } });
          assert.equal(answer.headers.get("access-control-allow-origin"), allowed);
          assert.equal(answer.headers.get("vary"), vary);
        }
        const preflight = await worker.request("", { method: "OPTIONS", token: null, headers: { origin } });
        assert.equal(preflight.headers.get("access-control-allow-origin"), allowed);
      }
    });
  });
}

test("a token that is not accepted is a 401", async () => {
  const { worker } = await MODES.computed();
  const near = [OTHER_TOKEN, TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase(), "tok_first,", "x".repeat(5000)];
  for (const token of near) {
    const answer = await worker.request("?period=decade", { token });
    const code = token.length > 4096 ? "missing_token" : "invalid_token";
    errorOf(answer, 401, code);
    assert.match(answer.headers.get("www-authenticate"), /^Bearer\b/);
  }
  assert.equal((await worker.request(GOOD)).status, 200);
  assert.equal((await worker.request(GOOD, { token: "tok_first" })).status, 200);
  await worker.stop();
});
