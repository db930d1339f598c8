/** The Worker as a service: which settings choose it and what they do, and the pages that it serves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { delivery, message, seconds } from "./service-support.mjs";
import { errorOf, startUpstream, startWorker } from "./support.mjs";

const ADMIN_TOKEN = "adm_9b1d7c55e0";
const SECRET = "whsec_4f2d";
const WEBHOOKS = "/v1/webhooks/agentphone/acme";

/** The Worker, until the end of the test. */
async function started(t, options) {
  const worker = await startWorker(options);
  t.after(() => worker.stop());
  return worker;
}

/** The Worker with an account. */
async function start(t, vars = {}, settings = {}) {
  const worker = await started(t, { mode: "service", vars: { ADMIN_TOKEN, ...vars } });
  const admin = (method, path, body) =>
    worker.request("", {
      path: `/v1/admin/accounts/acme${path}`,
      token: ADMIN_TOKEN,
      method,
      body: JSON.stringify(body),
    });
  const made = await admin("PUT", "", settings);
  assert.equal(made.status, 201, made.text);
  await admin("POST", "/secrets", { secret: SECRET });
  const { token } = (await admin("POST", "/tokens", {})).json();
  return {
    ...worker,
    token,
    settings: made.json().settings,
    deliver: (event, how) =>
      worker.request("", {
        path: WEBHOOKS,
        token: null,
        method: "POST",
        ...delivery(event, { secret: SECRET, ...how }),
      }),
    report: async (query = "?period=year") => (await worker.request(query, { token })).json(),
  };
}

const now = () => new Date().toISOString();

test("the Worker counts webhooks, and answers from them", async (t) => {
  const worker = await start(t);
  const delivered = await worker.deliver(message({ receivedAt: now() }));
  assert.deepEqual([delivered.status, delivered.json()], [200, { status: "counted" }]);
  assert.equal((await worker.report()).data[0].messages, 1);
  errorOf(await worker.request("", { token: null }), 401, "missing_token");
  assert.equal((await worker.request("", { path: "/openapi.json", token: null })).status, 200);
});

test("an upstream comes before the service, and a bucket after it", async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.stop());
  const asking = await started(t, { mode: "service", vars: { ADMIN_TOKEN, UPSTREAM_BASE_URL: upstream.url } });
  upstream.behave = (_request, response) => response.writeHead(402).end("{}");
  assert.equal((await asking.request()).status, 402);
  errorOf(await asking.request("", { path: WEBHOOKS, method: "POST" }), 404, "not_found");
  // Without the binding, the token of an administrator changes nothing.
  const reading = await started(t, { vars: { ADMIN_TOKEN } });
  assert.match(errorOf(await reading.request(), 503, "not_configured").message, /API_TOKENS/);
});

test("without the token of an administrator, its paths are not found", async (t) => {
  const worker = await started(t, { mode: "service" });
  errorOf(await worker.request("", { path: "/v1/admin/accounts/acme", method: "PUT", body: "{}" }), 404, "not_found");
  assert.equal((await worker.request("", { path: WEBHOOKS, token: null, method: "POST" })).status, 401);
});

const WRONG = {
  FORWARD_URL: "http://app.example/hook",
  FORWARD_TIMEOUT_MS: "soon",
  FORWARD_ALLOW_HTTP: "yes",
  TOLERANCE_MS: "1",
  MAX_DELIVERY_BYTES: "1.5",
  READ_TIMEOUT_MS: "0",
  DELIVERY_RATE: "many",
  SHARDS: "3",
  DIRECT_AT_ONCE: "-1",
  CORS_ORIGINS: "not an origin",
  LIMIT_COMPUTING: "0",
  TIME_ZONE: "Mars/Olympus",
  WEEK_START: "someday",
  BOUNDS_AS: "wall",
  PASS_LISTS: "true",
};

test("a wrong setting is named, and every request is refused", async (t) => {
  for (const [name, value] of Object.entries(WRONG)) {
    const worker = await started(t, { mode: "service", vars: { ADMIN_TOKEN, [name]: value } });
    for (const path of ["/v1/usage", "/v1/ingest", "/v1/admin/accounts/acme", WEBHOOKS]) {
      const { message } = errorOf(await worker.request("", { path, token: null }), 503, "not_configured");
      assert.ok(message.includes(name), `${name}: ${message}`);
    }
  }
});

test("settings reach the service", async (t) => {
  const worker = await start(t, {
    SHARDS: "2",
    TOLERANCE_MS: "60000",
    MAX_DELIVERY_BYTES: "2000",
    TIME_ZONE: "Asia/Kathmandu",
    WEEK_START: "thursday",
    BOUNDS_AS: "wall-clock",
    CORS_ORIGINS: "https://app.example",
  });
  assert.equal(worker.settings.shards, 2);
  const event = message({ receivedAt: now() });
  errorOf(await worker.deliver(event, { timestamp: seconds(-120) }), 400, "too_old");
  errorOf(await worker.deliver({ ...event, more: "x".repeat(2000) }), 413, "too_large");
  const { periodStart, periodEnd } = await worker.report("?period=week");
  assert.match(periodStart, /T00:00:00Z$/);
  assert.match(periodEnd, /T23:59:59Z$/);
  assert.equal(new Date(periodStart).getUTCDay(), 4);
  const answer = await worker.request("?period=week", {
    token: worker.token,
    headers: { origin: "https://app.example" },
  });
  assert.equal(answer.headers.get("access-control-allow-origin"), "https://app.example");
});

test("deliveries are passed on, and those beyond the rate come again", async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.stop());
  upstream.behave = (_request, response) => response.writeHead(201, { "content-type": "text/plain" }).end("thanks");
  const worker = await start(t, { FORWARD_URL: `${upstream.url}/hook` });
  const answer = await worker.deliver(message({ receivedAt: now() }));
  assert.deepEqual([answer.status, answer.text], [201, "thanks"]);
  assert.equal(upstream.requests[0].url, "/hook");
  assert.equal((await worker.report()).data[0].messages, 1);
  // An endpoint that does not answer in time.
  upstream.behave = () => {};
  const hasty = await start(t, { FORWARD_URL: upstream.url, FORWARD_TIMEOUT_MS: "20" });
  assert.equal((await hasty.deliver(message({ receivedAt: now() }))).status, 504);
  const limited = await start(t, { DELIVERY_RATE: "1" });
  const statuses = await Promise.all(Array.from({ length: 8 }, () => limited.deliver(message({ receivedAt: now() }))));
  assert.ok(statuses.some(({ status }) => status === 503));
});

test("the log has the reason of a failure, and neither a token nor a record", async (t) => {
  const worker = await start(t, { FORWARD_URL: "http://127.0.0.1:9/" });
  await worker.deliver(message({ receivedAt: now(), message: "a secret text" }));
  assert.match(worker.logs(), /\/v1\/webhooks\/agentphone\/acme: /);
  for (const secret of [ADMIN_TOKEN, SECRET, "a secret text"]) assert.ok(!worker.logs().includes(secret));
});

test("the page of the service is at /, and the page that counts files at /files", async (t) => {
  const titleOf = ({ text }) => /assets\/index-[^."]+\.js/.exec(text)?.[0];
  const pagesOf = async (mode) => {
    const worker = await started(t, { mode });
    const paths = ["/", "/files", "/service"];
    const found = await Promise.all(paths.map((path) => worker.request("", { path, token: null })));
    for (const { status, headers } of found) {
      assert.equal(status, 200);
      assert.match(headers.get("content-type"), /^text\/html/);
      assert.match(headers.get("content-security-policy"), /default-src 'none'/);
    }
    const [root] = found;
    const again = await worker.request("", {
      path: "/",
      token: null,
      headers: { "if-none-match": root.headers.get("etag") },
    });
    assert.equal(again.status, 304);
    return found.map(titleOf);
  };
  const [root, files, service] = await pagesOf("service");
  assert.notEqual(files, service);
  assert.equal(root, service);
  assert.deepEqual(await pagesOf("records"), [files, files, service]);
});
