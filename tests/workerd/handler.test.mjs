/** `usage-by-agent/handler` in a user's Worker, which esbuild packs. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { errorOf, PATH, startBundled } from "./support.mjs";

const ROW = { agentId: "a", agentName: "a", messages: 1, calls: 0, totalSeconds: 0, isOrphan: false };

describe("createUsageHandler", () => {
  let bundled;
  let base;
  before(async () => {
    bundled = await startBundled("own-worker.mjs");
    ({ base } = bundled);
  });
  after(() => bundled?.stop());

  const ask = async (name, headers = {}, query = "?period=month", path = PATH) => {
    const sent = { authorization: "Bearer good", "x-case": name, ...headers };
    const response = await fetch(new URL(path + query, base), { headers: sent });
    const text = await response.text();
    assert.ok(!text.includes("hunter2"), text);
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  };
  const rows = async (...args) => {
    const answer = await ask(...args);
    assert.equal(answer.status, 200, answer.text);
    return answer.json().data;
  };

  for (const name of ["rollup", "rollupByRequest"]) {
    test(`a rollup gives the report: ${name}`, async () => {
      for (let time = 0; time < 2; time++) {
        assert.deepEqual(await rows(name), [ROW]);
        const get = async (path, query = "") => (await ask(name, {}, query, `/v1/usage${path}`)).json();
        assert.deepEqual((await get("/daily", "?days=6")).data[0], {
          date: "2024-06-10",
          messages: 1,
          calls: 0,
          webhooks: 0,
        });
        const months = (await get("/monthly")).data.map(({ messages }) => messages);
        assert.deepEqual(months, [0, 0, 0, 0, 1, 1]);
        assert.deepEqual(
          (await get("/by-number")).data.map(({ numberId, messages }) => [numberId, messages]),
          [["", 2]],
        );
        const { plan, stats } = await get("");
        assert.deepEqual(
          [plan.name, stats.totalMessages, stats.messagesLast7d, stats.messagesLast24h],
          ["Own", 2, 1, 0],
        );
      }
    });
  }

  for (const name of ["objects", "page", "text", "stream", "slowly"]) {
    test(`records give the report: ${name}`, async () => assert.deepEqual(await rows(name), [ROW]));
  }

  test("the records function gets the half-open window and the request", async () => {
    await rows("objects", {}, "?period=month&tz=America/New_York");
    const { window, url } = (await ask("noted")).json();
    assert.deepEqual(window, {
      startMs: Date.parse("2024-06-01T04:00:00Z"),
      endMs: Date.parse("2024-07-01T04:00:00Z"),
    });
    assert.match(url, /\?period=month&tz=America\/New_York$/);
  });

  /** Case, status, code. Every case contains `hunter2`, which must not be in a response. */
  for (const [name, code] of [
    ["noRollup", "records_unavailable"],
    ["notRollup", "invalid_option"],
    ["brokenStream", "records_unavailable"],
    ["throwing", "records_unavailable"],
    ["rejecting", "records_unavailable"],
    ["namesFailing", "records_unavailable"],
    ["badRecord", "invalid_record"],
    ["overflowing", "overflow"],
    ["badQuery", "invalid_option"],
    ["badClock", "invalid_now"],
    ["farClock", "out_of_range"],
    ["authorizeFailing", "internal_error"],
  ]) {
    test(`the response is a 500: ${name}`, async () => {
      errorOf(await ask(name), 500, code);
      assert.deepEqual(await rows("objects"), [ROW]);
    });
  }

  test("values that are not records give a 500", async () => {
    assert.equal((await ask("notRecords")).status, 500);
    assert.deepEqual(await rows("objects"), [ROW]);
  });

  test("an invalid object's place is named", async () => {
    const { details } = errorOf(await ask("badRecord"), 500, "invalid_record");
    assert.equal(details[0].field, "/2/receivedAt");
  });

  test("names are fixed or by request", async () => {
    assert.deepEqual(await rows("names"), [{ ...ROW, agentName: "Ann" }]);
    const answer = await ask("namesByRequest", { "x-name": "Bob" }, "?period=month&tz=Asia/Tokyo");
    assert.deepEqual(answer.json().data, [{ ...ROW, agentName: "Bob" }]);
    assert.equal(answer.json().periodStart, "2024-06-01T00:00:00Z");
  });

  test("only `true` authorizes a request", async () => {
    errorOf(await ask("truthy"), 401, "invalid_token");
    errorOf(await ask("slowly", { authorization: "Bearer bad" }), 401, "invalid_token");
  });

  test("with an upstream, authorize is called first", async () => {
    errorOf(await ask("guarded"), 401, "invalid_token");
    assert.equal((await ask("noted")).json().asked, undefined);
  });

  test("the time limit ends a fetch that ignores its signal", async () => {
    errorOf(await ask("deaf"), 504, "upstream_timeout");
    errorOf(await ask("deafBody"), 504, "upstream_timeout");
    errorOf(await ask("failing"), 502, "upstream_unreachable");
  });

  test("any origin is allowed, without credentials", async () => {
    const { headers } = await ask("anyOrigin", { origin: "https://any.example" });
    assert.equal(headers.get("access-control-allow-origin"), "*");
    assert.equal(headers.get("access-control-allow-credentials"), null);
  });

  test("contradictory or out-of-range options are refused at once", async () => {
    const refusals = (await ask("refused")).json();
    for (const refusal of refusals) assert.equal(refusal?.code, "invalid_option", JSON.stringify(refusals));
    for (const refusal of refusals) assert.equal(refusal.name, "UsageError");
    const sources = ["", "", "", "", "", "/authorize", "/authorize", "/rollup", "/rollup", "/account/plan"];
    const query = ["", "/weekStart", "/agents", "/agents/1/name"].map((place) => `/query${place}`);
    const cors = ["", "", "/0", "/1"].map((place) => `/cors/origins${place}`);
    const names = ["baseUrl", "baseUrl", "timeoutMs", "maxBytes", "retries", "fetch"];
    const upstream = ["/upstream", ...names.map((name) => `/upstream/${name}`)];
    assert.deepEqual(
      refusals.map(({ path }) => path ?? ""),
      [...sources, "/records", "/authorize", "/now", ...query, ...cors, ...upstream],
    );
  });
});
