/** npm's `agentphone` is the vendor's own client. Unmodified, it works with the Worker as it works with the API. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import * as esm from "agentphone";
import { createUsageHandler } from "usage-by-agent/handler";
import { report } from "../../tools/oracle.mjs";
import * as expected from "./records.mjs";
import { OTHER_TOKEN, startComputing, startFastApi, startProxying, startServing, TOKEN } from "./support.mjs";

const SDKS = { "by import": esm, "by require": createRequire(import.meta.url)("agentphone") };

let fastApi;
let computing;
let proxying;
let serving;
before(async () => {
  fastApi = await startFastApi();
  computing = await startComputing();
  proxying = await startProxying(fastApi.base);
  serving = await startServing();
});
after(async () => {
  await serving?.stop();
  await computing?.stop();
  await proxying?.stop();
  await fastApi?.stop();
});

/** The client's five methods, with their arguments and the response that the Worker computes. */
const tz = "America/New_York";
const { NOW, RECORDS, DIRECTORY } = expected;
const METHODS = [
  ["getUsage", [], () => expected.usage()],
  ["getDailyUsage", [], () => expected.daily()],
  ["getDailyUsage", [{ days: 365 }], () => expected.daily(365)],
  ["getMonthlyUsage", [], () => expected.monthly()],
  ["getMonthlyUsage", [{ months: 24 }], () => expected.monthly(24)],
  ["getUsageByNumber", [], () => expected.byNumber()],
  ["getUsageByAgent", [{ period: "week" }], () => expected.byAgent("week")],
  ["getUsageByAgent", [{ period: "month" }], () => expected.byAgent("month")],
  ["getUsageByAgent", [{ period: "year", tz: undefined }], () => expected.byAgent("year")],
  [
    "getUsageByAgent",
    [{ period: "month", tz }],
    () => report(RECORDS, { period: "month", tz, now: NOW, agents: DIRECTORY.data }).report,
  ],
];

/** Invalid arguments. The client does not check them. It sends the requests, and the response is a 422. */
const REFUSED = [
  ["getUsageByAgent", {}],
  ["getUsageByAgent", { period: "decade" }],
  ["getUsageByAgent", { period: "week", tz: "Mars/Olympus" }],
  ["getUsageByAgent", { period: "week", tz: null }], // the client sends null as an empty value
  ["getDailyUsage", { days: 0 }],
  ["getDailyUsage", { days: 366 }],
  ["getDailyUsage", { days: 1.5 }],
  ["getMonthlyUsage", { months: 25 }],
  ["getMonthlyUsage", { months: "six" }],
];

for (const [way, sdk] of Object.entries(SDKS)) {
  describe(way, () => {
    /** The client's usage methods. Retries are off, because the client would repeat failed requests for seconds. */
    const client = (base, { token = TOKEN, ...more } = {}) =>
      new sdk.AgentPhoneClient({ baseUrl: base.origin, token, maxRetries: 0, ...more }).usage;

    for (const [method, args, answer] of METHODS) {
      const what = `${method}(${args.map((arg) => JSON.stringify(arg)).join()})`;
      test(`${what}: the Worker computes the response`, async () => {
        const got = await client(computing.base)[method](...args);
        assert.deepEqual(got, answer());
      });
      test(`${what}: the service answers from what it has received`, async () => {
        const got = await client(serving.base, { token: serving.token })[method](...args);
        assert.deepEqual(got, answer());
      });
      test(`${what}: the Worker passes on FastAPI's response`, async () => {
        const [ours, theirs] = [proxying, fastApi].map(({ base }) =>
          client(base)
            [method](...args)
            .withRawResponse(),
        );
        const { data, rawResponse } = await ours;
        assert.deepEqual(data, (await theirs).data);
        assert.equal(rawResponse.status, 200);
      });
    }

    for (const [method, args] of REFUSED) {
      test(`${method}(${JSON.stringify(args)}) gives an UnprocessableEntityError with FastAPI's messages`, async () => {
        const errorOf = ({ base, token }) =>
          client(base, { ...(token && { token }) })
            [method](args)
            .then(assert.fail, (error) => error);
        const theirs = await errorOf(fastApi);
        assert.ok(theirs instanceof sdk.AgentPhone.UnprocessableEntityError, theirs);
        for (const worker of [computing, proxying, serving]) {
          const ours = await errorOf(worker);
          assert.ok(ours instanceof sdk.AgentPhone.UnprocessableEntityError, ours);
          assert.equal(ours.statusCode, 422);
          assert.deepEqual(ours.body, theirs.body);
          assert.equal(ours.message, theirs.message);
        }
      });
    }

    for (const method of new Set(METHODS.map(([name]) => name))) {
      test(`${method} with an unknown token gives an AgentPhoneError`, async () => {
        for (const { base } of [computing, proxying, serving]) {
          const asked = client(base, { token: OTHER_TOKEN })[method]({ period: "month" });
          const error = await asked.then(assert.fail, (thrown) => thrown);
          assert.ok(error instanceof sdk.AgentPhoneError, error);
          assert.equal(error.statusCode, 401);
          assert.equal(error.body.error.type, "authentication_error");
          assert.match(error.rawResponse.headers.get("www-authenticate"), /^Bearer/);
        }
      });
    }
  });
}

test("a handler in the same program can replace the network", async () => {
  const handler = createUsageHandler({ records: () => RECORDS, authorize: () => true, now: () => NOW });
  const inside = (input, init) => handler(new Request(input, init));
  const { usage } = new esm.AgentPhoneClient({ baseUrl: "https://inside.invalid", token: TOKEN, fetch: inside });
  const { data } = await usage.getUsageByAgent({ period: "month" });
  const counts = ({ agentId, messages, calls, totalSeconds }) => [agentId, messages, calls, totalSeconds];
  assert.deepEqual(data.map(counts), expected.byAgent("month").data.map(counts));
});

test("an unknown account gives a 404, and the client does not retry", async (t) => {
  const worker = await startComputing({ objects: { "account.json": "{}" } });
  t.after(() => worker.stop());
  let requests = 0;
  const counting = (...args) => {
    requests += 1;
    return fetch(...args);
  };
  const client = new esm.AgentPhoneClient({ baseUrl: worker.base.origin, token: TOKEN, fetch: counting });
  const error = await client.usage.getUsage().then(assert.fail, (thrown) => thrown);
  assert.deepEqual([error.statusCode, error.body?.error?.code, requests], [404, "account_unknown", 1]);
});

test("an unreachable upstream gives a 502, and the client retries", async (t) => {
  const worker = await startProxying(new URL("http://127.0.0.1:9")); // no server listens on the port of `discard`
  t.after(() => worker.stop());
  const statuses = [];
  const noting = async (...args) => {
    const response = await fetch(...args);
    statuses.push(response.status);
    return response;
  };
  const options = { baseUrl: worker.base.origin, token: TOKEN, fetch: noting, maxRetries: 1 };
  const asked = new esm.AgentPhoneClient(options).usage.getDailyUsage();
  const error = await asked.then(assert.fail, (thrown) => thrown);
  assert.deepEqual([error.statusCode, error.body?.error?.code, statuses], [502, "upstream_unreachable", [502, 502]]);
});

test("a page of an allowed origin may send the client's headers", async (t) => {
  const worker = await startComputing({ vars: { CORS_ORIGINS: "https://app.example" } });
  t.after(() => worker.stop());
  let sent;
  const noting = (url, init) => {
    sent = [...new Headers(init.headers).keys()];
    return fetch(url, init);
  };
  const client = new esm.AgentPhoneClient({ baseUrl: worker.base.origin, token: TOKEN, fetch: noting });
  await client.usage.getUsageByAgent({ period: "month" });
  const safe = ["accept", "accept-language", "content-language", "range"];
  const asked = sent.filter((name) => !safe.includes(name));
  assert.ok(asked.includes("x-fern-sdk-version"), "the client no longer sends x-fern-sdk-version");

  const answer = await fetch(new URL("/v1/usage/by-agent?period=month", worker.base), {
    method: "OPTIONS",
    headers: {
      origin: "https://app.example",
      "access-control-request-method": "GET",
      "access-control-request-headers": asked.sort().join(","),
    },
  });
  assert.ok(answer.ok);
  const allowed = answer.headers.get("access-control-allow-headers").toLowerCase().split(/, */);
  // In requests without credentials, `*` allows every header except Authorization (the Fetch standard, CORS-preflight fetch).
  const refused = asked.filter(
    (name) => !allowed.includes(name) && (name === "authorization" || !allowed.includes("*")),
  );
  assert.deepEqual(refused, []);
});
