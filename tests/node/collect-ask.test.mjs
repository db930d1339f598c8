/** `askByAgent` gives the vendor's report by agent as it came. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TOKEN, withoutPauses } from "../support/collect-vendor.mjs";
import { askByAgent } from "../support/collected.mjs";
import { packed } from "../support/packed.mjs";

const { UsageError, validateResponse } = packed;

let undo;
before(() => {
  undo = withoutPauses();
});
after(() => undo());

const BODY = '{"data": [],  "period":"month","periodStart":"2025-06-01T00:00:00Z","periodEnd":"2025-06-30T23:59:59Z"}';

/** Asks a vendor that gives these responses, one after the other. */
async function asked(responses, more = {}) {
  const requests = [];
  const answer = await askByAgent({
    token: TOKEN,
    period: "month",
    fetch: async (url, init) => {
      requests.push({ url: String(url), headers: init.headers });
      const [body, options] = responses[requests.length - 1];
      return new Response(body, options);
    },
    ...more,
  });
  return { answer, requests };
}

test("the body comes as it is, with the time, the id and the URL of the request", async () => {
  const headers = { date: "Mon, 30 Jun 2025 21:59:58 GMT", "x-request-id": "req_7f" };
  const { answer, requests } = await asked([[BODY, { headers }]], { tz: "Europe/Paris", subAccountId: "sub_1" });
  assert.deepEqual(answer, {
    url: "https://api.agentphone.ai/v1/usage/by-agent?period=month&tz=Europe%2FParis",
    answeredAt: "2025-06-30T21:59:58Z",
    requestId: "req_7f",
    body: BODY,
  });
  const [{ headers: sent }] = requests;
  assert.equal(sent.authorization, `Bearer ${TOKEN}`);
  assert.equal(sent["x-sub-account-id"], "sub_1");
  assert.equal(validateResponse("by-agent", answer.body, { period: "month" }).ok, true);
});

test("without its headers, the time is the clock's and the id is null; without tz, none is sent", async () => {
  const clock = Date.now;
  Date.now = () => Date.UTC(2025, 5, 18, 12, 34, 56, 789);
  let answer;
  try {
    ({ answer } = await asked([[BODY]]));
  } finally {
    Date.now = clock;
  }
  assert.equal(answer.answeredAt, "2025-06-18T12:34:56Z");
  assert.equal(answer.requestId, null);
  assert.equal(answer.url, "https://api.agentphone.ai/v1/usage/by-agent?period=month");
});

test("a response of a busy server is asked for again", async () => {
  const { answer, requests } = await asked([["busy", { status: 503 }], ["{cut"], [BODY]]);
  assert.deepEqual([answer.body, requests.length], [BODY, 3]);
});

for (const [what, response, code] of [
  ["401", ["{}", { status: 401 }], "unauthorized"],
  ["403", ["{}", { status: 403 }], "forbidden"],
  ["404", ["{}", { status: 404 }], "upstream_invalid"],
  ["422", ["{}", { status: 422 }], "upstream_invalid"],
  ["a redirect", [null, { status: 302, headers: { location: "https://elsewhere.example/" } }], "upstream_invalid"],
  ["429", [`{"detail":"slow down, ${TOKEN}"}`, { status: 429 }], "rate_limited"],
  ["HTML", ["<title>Sign in</title>"], "upstream_invalid"],
  ["a list", ["[]"], "upstream_invalid"],
  ["a long body", ["x".repeat(9 * 1024 * 1024)], "upstream_invalid"],
]) {
  test(`${what} is ${code}`, async () => {
    await assert.rejects(asked([response], { retries: 0 }), (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.code, code);
      assert.ok(!error.message.includes(TOKEN), error.message);
      return true;
    });
  });
}

test("wrong options are errors with their place", async () => {
  for (const [more, path] of [
    [{ period: "day" }, "/period"],
    [{ period: undefined }, "/period"],
    [{ tz: 1 }, "/tz"],
    [{ token: "a b" }, "/token"],
    [{ baseUrl: "http://elsewhere.example" }, "/baseUrl"],
    [{ retries: 99 }, "/retries"],
    [{ fetch: 1 }, "/fetch"],
    [{ window: {} }, "/window"],
  ]) {
    await assert.rejects(asked([], more), { name: "UsageError", code: "invalid_option", path });
  }
});

test("a signal ends the request", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const fetch = (_, { signal }) => {
    controller.abort(reason);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
  };
  await assert.rejects(asked([], { fetch, signal: controller.signal }), { code: "aborted", cause: reason });
  await assert.rejects(asked([], { signal: AbortSignal.abort(reason) }), { code: "aborted", cause: reason });
});
