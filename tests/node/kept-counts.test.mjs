/** Counts that the handler keeps between requests: they change no response, and the records are read once for each version. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { Random } from "../../tools/generate/random.mjs";
import { mortal, pass, stopClock } from "../support/clock.mjs";
import { message } from "../support/faults.mjs";
import { installed, packed } from "../support/packed.mjs";

const { createUsageHandler } = await import(pathToFileURL(join(installed, "dist/handler.js")).href);

const NOW = Date.UTC(2024, 5, 15, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ACCOUNT = { numbers: { used: 1, limit: 2, remaining: 1 }, webhooks: { "2024-06-14": 3 } };

async function ask(handler, path) {
  const request = new Request(`https://edge.example${path}`, { headers: { authorization: "Bearer good" } });
  const answer = await handler(request);
  return { status: answer.status, text: await answer.text() };
}

/** Records of few ids, some of them near the edges of periods, and many of them again at another time or with other fields. */
function randomRecords(random, count) {
  const edges = [0, DAY, 7 * DAY, 14 * DAY, 31 * DAY].map((ago) => Date.UTC(2024, 5, 15) - ago);
  const moves = [0, 0, 0, 1000, 14 * 60_000, HOUR, DAY, 20 * DAY];
  const number = (most) => random.below(most);
  return Array.from({ length: count }, () => {
    const id = `id-${number(count)}`;
    const near = edges[number(edges.length)] + (number(5) - 2) * 450_000;
    const at = (number(2) ? near : NOW - number(200 * 24) * HOUR) + moves[number(moves.length)];
    const agent = { agentId: number(5) ? `agent-${number(3)}` : null, agentName: `Name ${number(3)}` };
    const route = { phoneNumberId: number(3) ? `number-${number(2)}` : null, channel: number(2) ? "sms" : undefined };
    if (number(2)) return { type: "message", id, receivedAt: at, ...agent, ...route };
    const durationSeconds = number(4) ? number(90) : null;
    return {
      type: "call",
      id,
      startedAt: at,
      status: number(6) ? "completed" : "no-answer",
      durationSeconds,
      ...agent,
      ...route,
    };
  });
}

/** Times that are not moved: an id comes again as it was. */
function repeated(random, count) {
  const records = randomRecords(random, count).map((record, index) => ({ ...record, id: `id-${index}` }));
  return [...records, ...records.slice(0, count / 2)];
}

const QUESTIONS = [
  ...["week", "month", "year"].flatMap((period) =>
    ["", "&offset=-1", "&offset=-2", "&tz=Asia/Kathmandu", "&tz=America/New_York&offset=-1"].map(
      (more) => `/v1/usage/by-agent?period=${period}${more}`,
    ),
  ),
  // In this zone and month a day begins on no quarter hour, so a rollup can't give the report.
  "/v1/usage/by-agent?period=month&tz=Africa/Monrovia&offset=-630",
  "/v1/usage/by-agent?period=year&offset=-1200",
  "/v1/usage",
  "/v1/usage/daily?days=3",
  "/v1/usage/daily?days=40",
  "/v1/usage/monthly?months=2",
  "/v1/usage/by-number",
  "/v1/usage/breakdown?by=agent,channel",
  "/v1/usage/breakdown?by=agent&period=week&step=day",
  "/v1/usage/breakdown?by=number,direction&from=2024-06-01&to=2024-06-10",
  "/v1/usage/breakdown?from=2024-06-10&to=2024-06-01",
];

describe("kept counts change no response", () => {
  const sources = {
    "all records": (records) => () => records,
    "a stream of gzip data": (records) => () =>
      new Blob([gzipSync(records.map((record) => JSON.stringify(record)).join("\n"))]).stream(),
  };
  for (const [what, source] of Object.entries(sources)) {
    test(what, async () => {
      const random = new Random(16);
      let [kept, read] = [0, 0];
      for (let round = 0; round < 15; round++) {
        const records = (round % 3 ? randomRecords : repeated)(random, 6 + 20 * round);
        const query = { agents: [{ id: "agent-1", name: "Known" }], ...(round % 4 === 3 && { dedupe: false }) };
        const options = { authorize: () => true, account: ACCOUNT, query, now: () => NOW, version: () => "1" };
        let calls = 0;
        const give = source(records);
        const counted = (window) => {
          calls++;
          assert.deepEqual(window, packed.recordsWindow("usage"));
          return give();
        };
        const keeping = createUsageHandler({ ...options, records: counted, keepCounts: true });
        const plain = createUsageHandler({ ...options, records: give });
        for (const path of QUESTIONS) {
          const before = calls;
          const got = await ask(keeping, path);
          assert.deepEqual(got, await ask(plain, path), `${path}\n${JSON.stringify(records)}`);
          if (before > 0 && calls === before) kept++;
          if (before > 0 && calls > before) read++;
        }
      }
      assert.ok(kept > 100 && read > 20, `${kept} of kept counts, ${read} of records`);
    });
  }

  test("agents and options of one request do not change the next response", async () => {
    const records = [
      message({ id: "m1", agentId: "a", receivedAt: NOW }),
      message({ id: "m1", agentId: "a", receivedAt: NOW }),
    ];
    let query = {};
    const options = { authorize: () => true, records: () => records, now: () => NOW, version: () => "1" };
    const keeping = createUsageHandler({ ...options, query: () => query, keepCounts: true });
    const plain = createUsageHandler({ ...options, query: () => query });
    for (query of [
      { agents: [{ id: "a", name: "A" }] },
      {},
      { dedupe: false },
      { includeIdle: true, agents: [] },
      {},
    ]) {
      for (const path of ["/v1/usage/by-agent?period=week", "/v1/usage/breakdown?by=agent"]) {
        assert.deepEqual(await ask(keeping, path), await ask(plain, path));
      }
    }
  });

  test("records that can't be counted are read for each request, with the error that they have", async () => {
    const huge = Number.MAX_SAFE_INTEGER;
    const call = { type: "call", status: "completed", durationSeconds: huge };
    for (const records of [
      [{ type: "message", receivedAt: "noon" }],
      '{"error":"x"}',
      "[1,",
      // A sum of all time that is too large, and one of a month that is not.
      [
        { ...call, id: "1", startedAt: NOW },
        { ...call, id: "2", startedAt: NOW - 200 * DAY },
      ],
    ]) {
      const options = {
        authorize: () => true,
        records: () => records,
        now: () => NOW,
        version: () => "1",
        account: ACCOUNT,
      };
      const keeping = createUsageHandler({ ...options, keepCounts: true });
      const plain = createUsageHandler(options);
      for (const path of ["/v1/usage/by-agent?period=month", "/v1/usage", "/v1/usage/by-agent?period=month"]) {
        assert.deepEqual(await ask(keeping, path), await ask(plain, path));
      }
    }
  });
});

describe("the records are read", () => {
  function reading(options = {}) {
    const state = { version: "1", reads: [], warnings: 0 };
    const handler = createUsageHandler({
      authorize: () => true,
      account: ACCOUNT,
      now: () => NOW,
      keepCounts: true,
      version: () => state.version,
      records: (window) => {
        state.reads.push(window);
        return [message({ id: "m1", agentId: "a", receivedAt: NOW }), { note: "?" }];
      },
      onWarning: () => state.warnings++,
      ...options,
    });
    return { handler, state };
  }

  test("once for each version, for all time, with one warning", async () => {
    const { handler, state } = reading();
    const paths = ["/v1/usage/by-agent?period=month", "/v1/usage", "/v1/usage/daily"];
    await Promise.all(paths.map((path) => ask(handler, path)));
    for (const path of paths) await ask(handler, path);
    assert.deepEqual(state.reads, [packed.recordsWindow("usage")]);
    assert.equal(state.warnings, 1);
    state.version = "2";
    for (const path of paths) await ask(handler, path);
    assert.equal(state.reads.length, 2);
  });

  test("once for the records, where another part of the version changes", async () => {
    let others = 0;
    const { handler, state } = reading({ version: () => ({ records: "1", others: String(others) }) });
    for (; others < 5; others++) assert.equal((await ask(handler, "/v1/usage")).status, 200);
    assert.equal(state.reads.length, 1);
  });

  test("again where the source failed", async () => {
    let isDown = true;
    const { handler } = reading({
      records: () => {
        if (isDown) throw new Error("down");
        return [];
      },
    });
    assert.equal((await ask(handler, "/v1/usage")).status, 500);
    isDown = false;
    assert.equal((await ask(handler, "/v1/usage")).status, 200);
  });

  test("by another request, if the one that reads them ends without a word", async () => {
    const goOn = stopClock();
    try {
      let calls = 0;
      const { handler } = reading({
        records: () => (calls++ === 0 ? new Promise(() => {}) : [message({ id: "m1", agentId: "a", receivedAt: NOW })]),
      });
      const first = mortal(() => ask(handler, "/v1/usage"));
      const others = ["/v1/usage/daily", "/v1/usage/by-number"].map((path) => ask(handler, path));
      await pass(300);
      assert.equal(calls, 1);
      first.die();
      await pass(3000, 10);
      for (const answer of others) assert.equal((await answer).status, 200);
      assert.equal(calls, 2);
    } finally {
      goOn();
    }
  });

  test("for each request, if there are more than two million", async () => {
    const line = new TextEncoder().encode(`{"receivedAt":${NOW}}\n`.repeat(50_000));
    let calls = 0;
    const { handler } = reading({
      records: () => {
        calls++;
        let left = 41;
        return new ReadableStream({ pull: (to) => (left-- > 0 ? to.enqueue(line) : to.close()) });
      },
    });
    for (let i = 0; i < 2; i++) {
      const { text } = await ask(handler, "/v1/usage/by-number");
      assert.equal(JSON.parse(text).data[0].messages, 2_050_000);
    }
    assert.equal(calls, 3);
  });
});
