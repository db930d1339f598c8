/**
 * PyPI's `agentphone` is the vendor's own client, plain and asynchronous. Unmodified, it works with the Worker as it works with
 * the API.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as expected from "./records.mjs";
import {
  ask,
  OTHER_TOKEN,
  PATHS,
  runPython,
  startComputing,
  startFastApi,
  startProxying,
  startServing,
  TOKEN,
} from "./support.mjs";

/** A method, its arguments, and the endpoint and query that it requests. */
const CALLS = [
  ["get", {}, "usage", ""],
  ["get_daily", {}, "daily", ""],
  ["get_daily", { days: 365 }, "daily", "?days=365"],
  ["get_monthly", {}, "monthly", ""],
  ["get_monthly", { months: 1 }, "monthly", "?months=1"],
  ["get_by_number", {}, "by-number", ""],
  ["get_by_agent", { period: "week" }, "by-agent", "?period=week"],
  ["get_by_agent", { period: "month" }, "by-agent", "?period=month"],
  ["get_by_agent", { period: "year" }, "by-agent", "?period=year"],
];
const REFUSED = [
  ["get_by_agent", {}, "by-agent", ""], // the client's default
  ["get_by_agent", { period: "decade" }, "by-agent", "?period=decade"],
  ["get_daily", { days: 0 }, "daily", "?days=0"],
  ["get_daily", { days: 366 }, "daily", "?days=366"],
  ["get_monthly", { months: 25 }, "monthly", "?months=25"],
];

const computed = [
  expected.usage(),
  expected.daily(),
  expected.daily(365),
  expected.monthly(),
  expected.monthly(1),
  expected.byNumber(),
  expected.byAgent("week"),
  expected.byAgent("month"),
  expected.byAgent("year"),
];

const snake = (name) => name.replace(/[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`);
const snaked = (object) => Object.fromEntries(Object.entries(object).map(([name, value]) => [snake(name), value]));

/**
 * Returns a response as the client returns it. For `usage` the client makes its own objects, without the plan. For `by-number` it
 * returns only the rows. Other responses stay as they are.
 */
function readBySdk(endpoint, { plan: _, ...answer }) {
  if (endpoint === "by-agent") return answer;
  if (endpoint === "by-number") return answer.data;
  if (endpoint !== "usage") return answer;
  const stats = { sms_segments_last_30d: null, ...snaked(answer.stats) };
  return { report_generated_at: null, ...snaked({ ...answer, stats }) };
}

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

const MODES = {
  computed: { worker: () => computing, answer: async (i) => computed[i] },
  "from the service": { worker: () => serving, answer: async (i) => computed[i] },
  "passed on": {
    worker: () => proxying,
    answer: async (i) => (await ask(fastApi.base, PATHS[CALLS[i][2]] + CALLS[i][3])).json(),
  },
};

for (const [mode, { worker, answer }] of Object.entries(MODES)) {
  describe(mode, () => {
    let outcomes;
    let refusals;
    before(async () => {
      const { base: url, token = TOKEN } = worker();
      const base = url.origin;
      const calls = [...CALLS, ...REFUSED].map(([method, args]) => [method, args]);
      outcomes = await runPython("sdk.py", { base, token, calls });
      refusals = await runPython("sdk.py", { base, token: OTHER_TOKEN, calls: calls.slice(0, CALLS.length) });
    });

    for (const [i, [method, args, endpoint]] of CALLS.entries()) {
      test(`${method}(${JSON.stringify(args)})`, async () => {
        const value = readBySdk(endpoint, await answer(i));
        for (const way of ["sync", "async"]) assert.deepEqual(outcomes[way][i], { value }, way);
      });
      test(`${method}(${JSON.stringify(args)}) with an unknown token gives an AuthenticationError`, () => {
        for (const way of ["sync", "async"]) {
          const { error, status, message } = refusals[way][i];
          assert.deepEqual({ error, status }, { error: "AuthenticationError", status: 401 }, way);
          assert.equal(JSON.parse(message).error.type, "authentication_error"); // the message is the text of the body
        }
      });
    }

    for (const [i, [method, args, endpoint, query]] of REFUSED.entries()) {
      test(`${method}(${JSON.stringify(args)}) is refused with FastAPI's messages`, async () => {
        const { status, json } = await ask(fastApi.base, PATHS[endpoint] + query);
        assert.equal(status, 422);
        const refused = { error: "AgentPhoneError", status: 422, message: json().detail };
        for (const way of ["sync", "async"]) assert.deepEqual(outcomes[way][CALLS.length + i], refused, way);
      });
    }
  });
}

test("an unknown account gives a NotFoundError", async (t) => {
  const worker = await startComputing({ objects: { "account.json": "{}" } });
  t.after(() => worker.stop());
  const outcomes = await runPython("sdk.py", { base: worker.base.origin, token: TOKEN, calls: [["get", {}]] });
  for (const [{ error, status, message }] of Object.values(outcomes)) {
    assert.deepEqual([error, status], ["NotFoundError", 404]);
    assert.equal(JSON.parse(message).error.code, "account_unknown");
  }
});
