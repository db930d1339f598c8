/** Many requests to the Worker: counts that are kept, queues, changes of the bucket's objects, and an upstream that is the Worker. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXAMPLE, exampleDirectory, exampleRecords, ndjson } from "./example.mjs";
import { errorOf, startUpstream, startWorker, TOKEN } from "./support.mjs";

const QUERY = "?period=month&tz=America%2FNew_York";
const VARS = { NOW: "2024-06-15T12:00:00Z", API_TOKENS: TOKEN, BOUNDS_AS: "wall-clock" };
const EXAMPLE_TEXT = JSON.stringify(EXAMPLE);
/** Records that give a warning each time they are read. */
const WARNING = `${ndjson(exampleRecords())}{"error":"x"}`;

async function withWorker({ vars = {}, objects = {} }, run) {
  const worker = await startWorker({
    vars: { ...VARS, ...vars },
    objects: {
      "records.ndjson": ndjson(exampleRecords()),
      "agents.json": JSON.stringify(exampleDirectory()),
      "account.json": JSON.stringify({ numbers: { used: 1, limit: 2, remaining: 1 } }),
      ...objects,
    },
  });
  try {
    await run(worker);
  } finally {
    await worker.stop();
  }
}

const readings = (worker) => worker.logs().split("warning unknown_records").length - 1;

describe("the counts", () => {
  const QUESTIONS = [
    ["/v1/usage/by-agent", QUERY],
    ["/v1/usage", ""],
    ["/v1/usage/daily", ""],
    ["/v1/usage/monthly", ""],
    ["/v1/usage/by-number", ""],
    ["/v1/usage/by-agent", QUERY],
  ];
  const askAll = async (worker) => {
    const texts = [];
    for (const [path, query] of QUESTIONS) {
      const answer = await worker.request(query, { path });
      assert.equal(answer.status, 200, answer.text);
      texts.push(answer.text);
    }
    return texts;
  };

  test("are kept until the object changes, and are those of a reading for each request", async () => {
    let kept;
    await withWorker({ objects: { "records.ndjson": WARNING } }, async (worker) => {
      kept = await askAll(worker);
      assert.equal(readings(worker), 1);
      await worker.put("records.ndjson", `${WARNING}\n`);
      assert.deepEqual(await askAll(worker), kept);
      assert.equal(readings(worker), 2);
    });
    await withWorker({ vars: { KEEP_ROLLUP: "false" }, objects: { "records.ndjson": WARNING } }, async (worker) => {
      assert.deepEqual(await askAll(worker), kept);
      assert.equal(readings(worker), QUESTIONS.length);
    });
  });

  test("a change of any object is seen by the next request", async () => {
    await withWorker({}, async (worker) => {
      assert.equal((await worker.request(QUERY)).text, EXAMPLE_TEXT);
      const { data } = exampleDirectory();
      const renamed = { data: data.map((agent) => ({ ...agent, name: `New ${agent.name}` })) };
      await worker.put("agents.json", JSON.stringify(renamed));
      assert.match((await worker.request(QUERY)).text, /"agentName":"New /);
      await worker.put("records.ndjson", "");
      assert.deepEqual((await worker.request(QUERY)).json().data, []);
      const used = async () => (await worker.request("", { path: "/v1/usage" })).json().numbers.used;
      assert.equal(await used(), 1);
      await worker.put("account.json", JSON.stringify({ numbers: { used: 2, limit: 2, remaining: 0 } }));
      assert.equal(await used(), 2);
      await worker.bucket.delete("records.ndjson");
      errorOf(await worker.request(QUERY), 500, "records_unavailable");
      await worker.put("records.ndjson", ndjson(exampleRecords()));
      await worker.put("agents.json", JSON.stringify(exampleDirectory()));
      assert.equal((await worker.request(QUERY)).text, EXAMPLE_TEXT);
    });
  });

  test("records that are wrong are not kept", async () => {
    await withWorker({ objects: { "records.ndjson": '{"detail":"none"}' } }, async (worker) => {
      for (let i = 0; i < 2; i++) errorOf(await worker.request(QUERY), 500, "unknown_records");
      await worker.put("records.ndjson", ndjson(exampleRecords()));
      assert.equal((await worker.request(QUERY)).text, EXAMPLE_TEXT);
    });
  });
});

describe("many requests at once", () => {
  for (const KEEP_ROLLUP of ["true", "false"]) {
    test(`are all answered, with KEEP_ROLLUP=${KEEP_ROLLUP}`, async () => {
      await withWorker({ vars: { KEEP_ROLLUP, LIMIT_COMPUTING: "2" } }, async (worker) => {
        const asked = Array.from({ length: 40 }, (_, i) =>
          i % 8 === 7
            ? worker.request("", { path: "/openapi.json" })
            : worker.request(i % 3 ? QUERY : `${QUERY}&offset=-1`),
        );
        const answers = await Promise.all(asked);
        assert.deepEqual(
          answers.map(({ status }) => status),
          Array(40).fill(200),
        );
        assert.equal(new Set(answers.map(({ text }) => text)).size, 3);
      });
    });

    test(`get a 503 with Retry-After where the queue is full, with KEEP_ROLLUP=${KEEP_ROLLUP}`, async () => {
      const vars = { KEEP_ROLLUP, LIMIT_COMPUTING: "1", LIMIT_WAITING: "0", LIMIT_WAIT_MS: "7000" };
      await withWorker({ vars }, async (worker) => {
        // Different questions, which are not computed together.
        const asked = Array.from({ length: 30 }, (_, i) => worker.request(`${QUERY}&offset=-${i}`));
        let answered = 0;
        for (const answer of await Promise.all(asked)) {
          if (answer.status === 200) answered++;
          else {
            errorOf(answer, 503, "busy");
            assert.equal(answer.headers.get("retry-after"), "7");
          }
        }
        assert.ok(answered > 0);
        assert.equal((await worker.request(QUERY)).text, EXAMPLE_TEXT);
      });
    });
  }

  test("are answered when some clients leave", async () => {
    await withWorker({ vars: { LIMIT_COMPUTING: "1" } }, async (worker) => {
      const left = new AbortController();
      const gone = Array.from({ length: 5 }, () => worker.request(QUERY, { signal: left.signal }).catch(() => null));
      const staying = Array.from({ length: 10 }, () => worker.request(QUERY));
      left.abort();
      await Promise.all(gone);
      for (const answer of await Promise.all(staying)) assert.equal(answer.text, EXAMPLE_TEXT);
      assert.equal((await worker.request(QUERY)).text, EXAMPLE_TEXT);
    });
  });
});

test("a Worker whose upstream leads back to it answers 508 after three hops", async () => {
  const upstream = await startUpstream();
  const vars = { UPSTREAM_BASE_URL: upstream.url, PASS_LISTS: "true" };
  try {
    await withWorker({ vars }, async (worker) => {
      upstream.behave = async (request, response) => {
        const { host, connection, ...headers } = request.headers;
        const answer = await fetch(new URL(request.url, worker.base), { headers });
        response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
      };
      for (const [path, query] of [
        ["/v1/usage/by-agent", QUERY],
        ["/v1/calls", "?limit=1"],
      ]) {
        upstream.requests.length = 0;
        errorOf(await worker.request(query, { path }), 508, "loop_detected");
        assert.deepEqual(
          upstream.requests.map(({ headers }) => headers["x-usage-hops"]),
          ["1", "2", "3"],
        );
      }
    });
  } finally {
    await upstream.stop();
  }
});

test("settings that can't be used are named", async () => {
  for (const [vars, message] of [
    [{ LIMIT_COMPUTING: "0" }, /LIMIT_COMPUTING can't be used/],
    [{ LIMIT_WAITING: "many" }, /LIMIT_WAITING can't be used/],
    [{ LIMIT_WAIT_MS: "0" }, /LIMIT_WAIT_MS can't be used/],
    [{ LIMIT_TIMEOUT_MS: "1.5" }, /LIMIT_TIMEOUT_MS can't be used/],
    [{ KEEP_ROLLUP: "yes" }, /KEEP_ROLLUP can't be used: wanted true or false/],
    [{ UPSTREAM_BASE_URL: "http://api.example" }, /UPSTREAM_BASE_URL can't be used.*must be https/],
    [{ UPSTREAM_BASE_URL: "https://api.example", UPSTREAM_ALLOW_HTTP: "1" }, /UPSTREAM_ALLOW_HTTP can't be used/],
  ]) {
    await withWorker({ vars }, async (worker) => {
      assert.match(errorOf(await worker.request(QUERY), 503, "not_configured").message, message);
    });
  }
  // The name is not known anywhere, so the request fails, but the setting is taken.
  const vars = { UPSTREAM_BASE_URL: "http://api.invalid", UPSTREAM_ALLOW_HTTP: "true", UPSTREAM_RETRIES: "0" };
  await withWorker({ vars }, async (worker) => {
    errorOf(await worker.request(QUERY), 502, "upstream_unreachable");
  });
});
