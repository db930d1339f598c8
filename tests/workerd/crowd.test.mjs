/** Many requests to the Worker: counts that are kept, queues, changes of the bucket's objects, and an upstream that is the Worker. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { importWorkerSource } from "../support/source.mjs";
import { EXAMPLE, exampleDirectory, exampleRecords, ndjson } from "./example.mjs";
import { errorOf, startBundled, startUpstream, startWorker, TOKEN } from "./support.mjs";

const QUERY = "?period=month&tz=America%2FNew_York";
const VARS = { NOW: "2024-06-15T12:00:00Z", API_TOKENS: TOKEN, BOUNDS_AS: "wall-clock" };
const EXAMPLE_TEXT = JSON.stringify(EXAMPLE);
/** Records that give a warning each time they are read. */
const WARNING = `${ndjson(exampleRecords())}{"error":"x"}\n`;

const OBJECTS = {
  "records.ndjson": ndjson(exampleRecords()),
  "agents.json": JSON.stringify(exampleDirectory()),
  "account.json": JSON.stringify({ numbers: { used: 1, limit: 2, remaining: 1 } }),
};

const QUESTIONS = [
  ["/v1/usage/by-agent", QUERY],
  ["/v1/usage", ""],
  ["/v1/usage/daily", ""],
  ["/v1/usage/monthly", ""],
  ["/v1/usage/by-number", ""],
  ["/v1/usage/by-agent", QUERY],
];

for (const KEEP_COUNTS of ["true", "false"]) {
  describe(`many requests, with KEEP_COUNTS=${KEEP_COUNTS}`, () => {
    let worker;
    before(async () => {
      const vars = { ...VARS, KEEP_COUNTS, LIMIT_COMPUTING: "2" };
      worker = await startWorker({ vars, objects: OBJECTS });
    });
    after(() => worker.stop());

    const readings = () => worker.logs().split("warning unknown_records").length - 1;
    const put = async (objects) => {
      for (const [key, value] of Object.entries(objects)) await worker.put(key, value);
    };

    test("read the records once for each upload, or for each request", async () => {
      const expected = [];
      for (const [path, query] of QUESTIONS) expected.push((await worker.request(query, { path })).text);
      assert.equal(expected[0], EXAMPLE_TEXT);
      for (const uploads of [1, 2]) {
        await worker.put("records.ndjson", WARNING);
        for (const [at, [path, query]] of QUESTIONS.entries()) {
          assert.equal((await worker.request(query, { path })).text, expected[at]);
        }
        assert.equal(readings(), KEEP_COUNTS === "true" ? uploads : uploads * QUESTIONS.length);
      }
      await put(OBJECTS);
    });

    test("see a change of any object", async () => {
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
      await worker.put("records.ndjson", '{"detail":"none"}');
      for (let i = 0; i < 2; i++) errorOf(await worker.request(QUERY), 500, "unknown_records");
      await put(OBJECTS);
      assert.equal((await worker.request(QUERY)).text, EXAMPLE_TEXT);
    });

    test("at once are all answered", async () => {
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

    test("at once read gzip data, and are answered as one is", async () => {
      await worker.put("records.ndjson", gzipSync(WARNING.repeat(20)));
      const paths = Array.from({ length: 18 }, (_, i) => [`${QUERY}&offset=-${i % 6}`, "/v1/usage/by-agent"]);
      const others = [
        ["", "/openapi.json"],
        ["?days=3", "/v1/usage/daily"],
      ];
      const answers = await Promise.all([...paths, ...others].map(([query, path]) => worker.request(query, { path })));
      for (const answer of answers) assert.equal(answer.status, 200, answer.text);
      for (const [at, [query, path]] of paths.entries()) {
        assert.equal(answers[at].text, answers[at % 6].text);
        if (at < 6) assert.equal(answers[at].text, (await worker.request(query, { path })).text);
      }
      await put(OBJECTS);
    });

    test("are answered when other clients leave", async () => {
      await worker.put("records.ndjson", WARNING); // it is not counted yet
      const left = new AbortController();
      // Some read the records, and the others wait for a turn or for an equal question.
      const gone = Array.from({ length: 12 }, (_, i) =>
        worker.request(i % 2 ? QUERY : `${QUERY}&offset=-${i}`, { signal: left.signal }).catch(() => null),
      );
      await worker.request("", { path: "/openapi.json" }); // by now some have arrived
      const staying = Array.from({ length: 10 }, () => worker.request(QUERY));
      left.abort();
      await Promise.all(gone);
      for (const answer of await Promise.all(staying)) assert.equal(answer.text, EXAMPLE_TEXT);
      await put(OBJECTS);
    });

    test("are answered from one state while the objects change", async () => {
      const states = Array.from({ length: 6 }, (_, i) => [
        ["records.ndjson", ndjson(exampleRecords().slice(0, 10 + i))],
        ["account.json", JSON.stringify({ numbers: { used: i, limit: 9, remaining: 9 - i } })],
      ]);
      const request = () => worker.request("", { path: "/v1/usage" });
      // Between two uploads there is a state with the new records and the old account.
      const known = new Set();
      for (const [key, value] of [...states, ...states].flat()) {
        await worker.put(key, value);
        known.add((await request()).text);
      }
      assert.equal(known.size, 13);
      const seen = [];
      let isOver = false;
      const asking = Array.from({ length: 4 }, async () => {
        while (!isOver) seen.push(await request());
      });
      for (const [key, value] of [...states, ...states].flat()) await worker.put(key, value);
      isOver = true;
      await Promise.all(asking);
      seen.push(await request());
      for (const { status, text } of seen) {
        if (status === 503) assert.match(text, /"records_changed"/);
        else assert.ok(known.has(text), text);
      }
      assert.equal(seen.at(-1).status, 200);
      await put(OBJECTS);
    });
  });
}

test("where the queue is full, the answer is a 503 with Retry-After", async () => {
  const vars = { ...VARS, KEEP_COUNTS: "false", LIMIT_COMPUTING: "1", LIMIT_WAITING: "0", LIMIT_WAIT_MS: "7000" };
  const worker = await startWorker({ vars, objects: OBJECTS });
  try {
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
  } finally {
    await worker.stop();
  }
});

test("a request that the runtime ends without a word loses its turn", async () => {
  const { base, stop } = await startBundled("crowd-worker.mjs");
  try {
    const answers = ["reading", "keeping"].map(async (name) => {
      const ask = (headers) =>
        fetch(new URL("/v1/usage/by-agent?period=month", base), {
          headers: { authorization: "Bearer x", "x-case": name, connection: "close", ...headers },
        });
      assert.equal((await ask({ "x-stalled": "1" })).status, 200);
      // Without the turn and the work of the dead request, these would be a 504 at their time limit.
      for (const response of await Promise.all([ask(), ask(), ask()])) {
        assert.equal(response.status, 200);
        assert.equal((await response.json()).data[0].messages, 1);
      }
    });
    await Promise.all(answers);
  } finally {
    await stop();
  }
});

test("a Worker whose upstream leads back to it answers 508 after three hops", async () => {
  const upstream = await startUpstream();
  const worker = await startWorker({ vars: { ...VARS, UPSTREAM_BASE_URL: upstream.url, PASS_LISTS: "true" } });
  try {
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
  } finally {
    await worker.stop();
    await upstream.stop();
  }
});

test("settings that can't be used are named", async () => {
  const { configure } = await importWorkerSource("configure.ts");
  const request = () => new Request(`https://edge.example/v1/usage/by-agent${QUERY}`);
  for (const [vars, message] of [
    [{ LIMIT_COMPUTING: "0" }, /LIMIT_COMPUTING can't be used/],
    [{ LIMIT_WAITING: "many" }, /LIMIT_WAITING can't be used/],
    [{ LIMIT_WAIT_MS: "0" }, /LIMIT_WAIT_MS can't be used/],
    [{ LIMIT_TIMEOUT_MS: "1.5" }, /LIMIT_TIMEOUT_MS can't be used/],
    [{ KEEP_COUNTS: "yes" }, /KEEP_COUNTS can't be used: wanted true or false/],
    [{ UPSTREAM_BASE_URL: "http://api.example" }, /UPSTREAM_BASE_URL can't be used.*must be https/],
    [
      { UPSTREAM_BASE_URL: "https://api.example", UPSTREAM_MAX_HELD_BYTES: "0" },
      /UPSTREAM_MAX_HELD_BYTES can't be used/,
    ],
    [{ UPSTREAM_BASE_URL: "https://api.example", UPSTREAM_ALLOW_HTTP: "1" }, /UPSTREAM_ALLOW_HTTP can't be used/],
  ]) {
    const answer = await configure({ ...VARS, RECORDS: {}, ...vars })(request());
    assert.equal(answer.status, 503);
    const { error } = await answer.json();
    assert.equal(error.code, "not_configured");
    assert.match(error.message, message);
  }
  // Settings that can be used. The request has no token.
  for (const vars of [
    { LIMIT_COMPUTING: "9", LIMIT_WAITING: "0", LIMIT_WAIT_MS: "1", LIMIT_TIMEOUT_MS: "2", KEEP_COUNTS: "false" },
    { UPSTREAM_BASE_URL: "http://api.example", UPSTREAM_ALLOW_HTTP: "true", UPSTREAM_MAX_HELD_BYTES: "9" },
  ]) {
    assert.equal((await configure({ ...VARS, RECORDS: {}, ...vars })(request())).status, 401);
  }
});
