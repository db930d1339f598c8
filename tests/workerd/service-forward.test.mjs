/** Deliveries that the service passes on to the owner's endpoint. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { call, delivery, message, seconds, startService, TEST_TIMEOUT, voiceTurn } from "./service-support.mjs";
import { errorOf } from "./support.mjs";

/** The owner's endpoint. It keeps what it gets, byte by byte, and behaves as a test sets it. */
async function startEndpoint() {
  const endpoint = { got: [], behave: ({ response }) => response.end("ok"), url: "" };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const got = { method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks) };
    endpoint.got.push(got);
    endpoint.behave({ ...got, request, response });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endpoint.url = `http://127.0.0.1:${server.address().port}/hook?key=1`;
  endpoint.stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return endpoint;
}

describe("forwarding", { timeout: TEST_TIMEOUT }, () => {
  let endpoint;
  let service;
  let account;
  before(async () => {
    endpoint = await startEndpoint();
    service = await startService({ options: { forward: endpoint.url, forwardTimeoutMs: 1000 } });
    account = await service.account("acme");
  });
  after(async () => {
    await service?.stop();
    await endpoint?.stop();
  });
  beforeEach(async () => {
    await service.switch({ broken: [], aheadMs: 0 });
    endpoint.got.length = 0;
    endpoint.behave = ({ response }) => response.end("ok");
  });

  const deliver = (event, how) => service.deliver(account.name, event, { secret: account.secret, ...how });

  const texts = [
    '{"event":"agent.message","channel":"voice","data":{"callId":"c","transcript":"h\\u00e9"}}',
    ' {\n "event" : "agent.message", "channel":"sms", "agentId":"a","data":{"messageId":"m-é-😀","receivedAt":"2025-06-10T10:00:00Z"}}\r\n',
    '{"event":"agent.sneezed","data":{"n":1.0e3,"n":2}}',
    '{"event":"agent.message","data":{"receivedAt":"never"}}',
  ];
  for (const [n, text] of texts.entries()) {
    test(`the endpoint gets the delivery as the vendor sent it: ${n}`, async () => {
      const headers = {
        "user-agent": "AgentPhone/1",
        "x-custom": "ä, b",
        "accept-encoding": "br",
        connection: "x-private",
        "x-private": "1",
      };
      delete headers[n === 0 ? "connection" : ""];
      const sent = delivery(text, { secret: account.secret, id: `del_as_${n}`, headers });
      const answer = await service.request("/v1/webhooks/agentphone/acme", { method: "POST", ...sent });
      assert.deepEqual([answer.status, answer.text], [200, "ok"]);
      const [got, ...more] = endpoint.got;
      assert.deepEqual([got.method, got.url, more.length], ["POST", "/hook?key=1", 0]);
      assert.ok(got.body.equals(Buffer.from(text)));
      for (const [name, value] of Object.entries(sent.headers)) {
        if (["connection", "x-private", "accept-encoding"].includes(name)) continue;
        assert.equal(got.headers[name], value, name);
      }
      assert.equal(got.headers["x-usage-hops"], "1");
      assert.equal(got.headers.host, new URL(endpoint.url).host);
    });
  }

  const answers = {
    "a text": [200, "text/plain; charset=utf-8", "Grüße"],
    "no content": [204, undefined, ""],
    "a created thing": [201, "application/json", '{"a":  1}'],
    "a redirect": [302, "text/html", "moved"],
    "a refusal": [404, "application/problem+json", "{}"],
    "a failure": [500, "text/html", "<h1>oops</h1>"],
    "a busy endpoint": [503, "text/plain", "later"],
    bytes: [200, "application/octet-stream", Buffer.from([0, 255, 13, 10, 0])],
  };
  for (const [what, [status, type, body]] of Object.entries(answers)) {
    for (const [kind, event] of Object.entries({ "voice turn": voiceTurn, message, call })) {
      test(`the endpoint's response to a ${kind} comes back as it is: ${what}`, async () => {
        endpoint.behave = ({ response }) => {
          response.setHeader("x-own", "1");
          response.setHeader("set-cookie", ["a=1", "b=2"]);
          if (status === 302) response.setHeader("location", "/elsewhere");
          response.writeHead(status, type && { "content-type": type });
          response.end(body);
        };
        const answer = await deliver(event());
        assert.equal(answer.status, status);
        assert.ok(answer.bytes.equals(Buffer.from(body)));
        assert.equal(answer.headers.get("content-type"), type ?? null);
        assert.equal(answer.headers.get("x-own"), "1");
        assert.deepEqual(answer.headers.getSetCookie(), ["a=1", "b=2"]);
        assert.equal(answer.headers.get("etag"), null);
        assert.equal(answer.headers.get("location"), status === 302 ? "/elsewhere" : null);
        assert.equal(endpoint.got.length, 1, "a redirect is not followed, and nothing is tried again");
      });
    }
  }

  test("a compressed response comes back compressed", async () => {
    const zipped = gzipSync("a long answer ".repeat(100));
    endpoint.behave = ({ response }) => {
      response.writeHead(200, { "content-type": "text/plain", "content-encoding": "gzip" });
      response.end(zipped);
    };
    const { body, headers } = delivery(voiceTurn(), { secret: account.secret, headers: { "accept-encoding": "gzip" } });
    const response = await fetch(new URL("/v1/webhooks/agentphone/acme", service.base), {
      method: "POST",
      headers,
      body,
    });
    assert.equal(response.headers.get("content-encoding"), "gzip");
    assert.equal(await response.text(), "a long answer ".repeat(100));
  });

  test("the spoken answer to a voice turn is streamed, while the storage does not answer", async () => {
    await service.switch({ hanging: ["add", "claim", "registerAddTally"] });
    let next;
    endpoint.behave = ({ response }) => {
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      next = (text) => (text === null ? response.end() : response.write(text));
      next('{"text":"One moment"}\n');
    };
    const { body, headers } = delivery(voiceTurn(), { secret: account.secret });
    const response = await fetch(new URL("/v1/webhooks/agentphone/acme", service.base), {
      method: "POST",
      headers,
      body,
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, '{"text":"One moment"}\n');
    next('{"text":"Yes"}\n'); // only after the first part has arrived
    assert.equal((await reader.read()).value, '{"text":"Yes"}\n');
    next(null);
    assert.equal((await reader.read()).done, true);
    await service.switch({ hanging: [] });
  });

  test("a voice turn is streamed while the storage is broken, also where it was never asked before", async () => {
    endpoint.behave = ({ body, response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(body.subarray(0, 10));
      setImmediate(() => response.end(body.subarray(10)));
    };
    await service.switch({ broken: ["registerView", "registerAddTally", "add", "claim"], aheadMs: 120_000 });
    const timestamp = seconds(120);
    for (const name of ["acme", "never-asked"]) {
      const { body, headers } = delivery(voiceTurn(), { secret: account.secret, timestamp });
      const answer = await service.request(`/v1/webhooks/agentphone/${name}`, { method: "POST", headers, body });
      assert.deepEqual([answer.status, answer.text], [200, body], name);
      assert.equal(endpoint.got.at(-1).headers["x-webhook-signature"], headers["x-webhook-signature"]);
      errorOf(await service.deliver(name, message(), { secret: account.secret, timestamp }), 503, "unavailable");
      errorOf(await service.deliver(name, call(), { secret: account.secret, timestamp }), 503, "unavailable");
    }
    assert.equal(endpoint.got.length, 2);
  });

  test("what counts is durable before the endpoint gets it, and is not passed on if it can't be", async () => {
    const event = message();
    await service.switch({ broken: ["add"] });
    errorOf(await deliver(event), 503, "unavailable");
    assert.equal(endpoint.got.length, 0);
    await service.switch({ broken: [] });
    let seen;
    endpoint.behave = async ({ response }) => {
      seen = (await service.ingest(account.token)).counted;
      response.end();
    };
    const before = (await service.ingest(account.token)).counted;
    await deliver(event);
    assert.equal(seen, before + 1);
  });

  test("a failure of the endpoint has the vendor try again, and the repetition counts nothing twice", async () => {
    const { counted, duplicates } = await service.ingest(account.token);
    const event = call();
    endpoint.behave = ({ response }) => response.writeHead(500).end();
    assert.equal((await deliver(event)).status, 500);
    endpoint.behave = ({ response }) => response.end("done");
    assert.equal((await deliver(event)).text, "done");
    const now = await service.ingest(account.token);
    assert.deepEqual([now.counted - counted, now.duplicates - duplicates], [1, 1]);
  });

  test("an endpoint that is deaf or away is a 504 or 502, after what counts is durable", async () => {
    endpoint.behave = () => {};
    errorOf(await deliver(message()), 504, "forward_timeout");
    errorOf(await deliver(voiceTurn()), 504, "forward_timeout");
    endpoint.behave = ({ request }) => request.socket.destroy();
    errorOf(await deliver(message()), 502, "forward_unreachable");
    const { errors } = await service.calls();
    assert.ok(errors.some((error) => /1000 ms/.test(error)));
    await service.until(account.token, ({ forwardFailed }) => forwardFailed === 3);
  });

  test("a forgery is not passed on", async () => {
    for (const event of [message(), voiceTurn(), call()]) {
      errorOf(await deliver(event, { secret: "forged" }), 503, "bad_signature");
      errorOf(await deliver(event, { headers: { "x-webhook-signature": undefined } }), 401, "unsigned");
    }
    assert.equal(endpoint.got.length, 0);
  });

  test("what is signed and not JSON is passed on too, and counted as refused", async () => {
    assert.equal((await deliver("hello")).text, "ok");
    assert.equal(endpoint.got[0].body.toString(), "hello");
    await service.until(account.token, ({ refused }) => refused.not_json === 1);
  });

  test("a forward to the service itself ends", async () => {
    const loop = await service.account("loop", { forward: new URL("/v1/webhooks/agentphone/loop", service.base).href });
    const answer = await service.deliver("loop", message(), { secret: loop.secret });
    errorOf(answer, 508, "loop_detected");
    const { counted, duplicates } = await service.ingest(loop.token);
    assert.deepEqual([counted, duplicates], [1, 3]);
  });

  test("an account without an endpoint gets none from the service", async () => {
    const silent = await service.account("silent", { forward: false });
    const event = message({ id: "silent_1" });
    const send = (event) => service.deliver("silent", event, { secret: silent.secret });
    assert.deepEqual((await send(event)).json(), { status: "counted" });
    assert.deepEqual((await send(voiceTurn())).json(), { status: "ignored" });
    // Neither while its register can't be asked.
    await service.switch({ broken: ["registerView"], aheadMs: 60_000 });
    errorOf(await send(voiceTurn()), 503, "unavailable");
    assert.deepEqual(endpoint.got, []);
    assert.equal((await service.admin("GET", "/v1/admin/accounts/silent")).json().settings.forward, false);
    await service.switch({ broken: [] });
    assert.equal((await service.admin("PUT", "/v1/admin/accounts/silent", {})).status, 200);
    assert.equal((await send(event)).text, "ok");
    assert.equal(endpoint.got.length, 1);
  });

  test("the account's own endpoint is asked in place of the service's", async () => {
    const own = await startEndpoint();
    try {
      const other = await service.account("own", { forward: own.url });
      assert.equal((await service.deliver("own", message(), { secret: other.secret })).text, "ok");
      assert.deepEqual([own.got.length, endpoint.got.length], [1, 0]);
      assert.equal((await service.admin("PUT", "/v1/admin/accounts/own", {})).status, 200);
      assert.equal((await service.deliver("own", message(), { secret: other.secret })).text, "ok");
      assert.deepEqual([own.got.length, endpoint.got.length], [1, 1]);
    } finally {
      await own.stop();
    }
  });
});

describe("record, in one's own Worker", { timeout: TEST_TIMEOUT }, () => {
  let service;
  let account;
  before(async () => {
    service = await startService({ options: { forward: "https://never.invalid/asked" } });
    account = await service.account("acme");
  });
  after(() => service?.stop());

  const record = (event, how, name = "acme") =>
    service.request(`/test/record/${name}`, { method: "POST", ...delivery(event, { secret: account.secret, ...how }) });

  test("stores what counts, passes nothing on, and leaves the request to be read", async () => {
    const event = message();
    const answer = await record(event);
    const read = JSON.stringify(event).length;
    assert.deepEqual([answer.status, answer.json()], [200, { recorded: { status: "counted" }, read }]);
    assert.equal((await record(event)).json().recorded.status, "duplicate");
    assert.equal((await record(voiceTurn())).json().recorded.status, "ignored");
    const ingest = await service.until(account.token, ({ ignored }) => ignored.voiceTurns === 1);
    assert.deepEqual([ingest.counted, ingest.duplicates, ingest.forwarded], [1, 1, 0]);
  });

  test("gives the response that the vendor must get", async () => {
    errorOf(await record(message(), { secret: "forged" }), 503, "bad_signature");
    errorOf(await record(message(), { headers: { "x-webhook-timestamp": undefined } }), 401, "unsigned");
    errorOf(await record(message(), {}, "nobody"), 503, "unknown_account");
    errorOf(await record("[]"), 400, "not_json");
    errorOf(await record("x".repeat(2_000_000)), 413, "too_large");
    errorOf(await service.request("/test/record/acme"), 405, "method_not_allowed");
    await service.switch({ broken: ["add"] });
    const event = message();
    errorOf(await record(event), 503, "unavailable");
    await service.switch({ broken: [] });
    assert.equal((await record(event)).json().recorded.status, "counted");
    await service.until(account.token, ({ refused }) => refused.unavailable === 1 && refused.too_large === 1);
  });

  test("refuses a request that has been read", async () => {
    const answer = await service.request("/test/record-read", { method: "POST", ...delivery(message(), account) });
    assert.deepEqual(answer.json(), { code: "invalid_option", path: "/request" });
  });
});
