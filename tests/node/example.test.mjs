/** The example in the vendor's documentation: the report has its keys and its rows, in its order. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, usageByAgent, usageByAgentStream } = packed;

const page = JSON.parse(readFileSync(new URL("../core/vendor_example.json", import.meta.url), "utf8"));
const expected = JSON.stringify(page);
const query = { period: "month", now: "2024-06-15T12:00:00Z" };

/** Records that give the example's rows. The agents are mixed, and some records must not count. */
const records = [...page.data].reverse().flatMap(({ agentId, agentName, messages, calls, totalSeconds }) => {
  const agent = agentId === null ? {} : { agentId, agentName };
  const every = Math.floor(totalSeconds / calls);
  return [
    ...Array.from({ length: messages }, (_, i) => {
      const receivedAt = new Date(Date.UTC(2024, 5, 1) + i * 3_600_000).toISOString();
      return { id: `m${agentId}${i}`, direction: i % 2 ? "inbound" : "outbound", ...agent, receivedAt };
    }),
    ...Array.from({ length: calls }, (_, i) => ({
      id: `c${agentId}${i}`,
      status: "completed",
      ...agent,
      startedAt: "2024-06-30T23:59:59.999Z",
      durationSeconds: i > 0 ? every + 0.9 : totalSeconds - every * (calls - 1),
    })),
    { id: `m${agentId}0`, ...agent, receivedAt: "2024-06-01T00:00:00Z" },
    { id: `failed${agentId}`, status: "failed", ...agent, startedAt: "2024-06-30T00:00:00Z", durationSeconds: 9 },
    { id: `late${agentId}`, ...agent, receivedAt: "2024-07-01T00:00:00Z" },
    { event: "agent.message", channel: "voice", ...agent, timestamp: "2024-06-30T00:00:00Z", data: { callId: "c" } },
  ];
});
const ndjson = records.map((record) => JSON.stringify(record)).join("\n");
const bytes = new TextEncoder().encode(ndjson);

test("the example is the one in the vendor's documentation", () => {
  const rows = page.data.map((row) => [row.messages, row.calls, row.totalSeconds, row.isOrphan]);
  assert.deepEqual(rows, [
    [152, 47, 7320, false],
    [98, 30, 5400, false],
    [25, 5, 600, true],
  ]);
  assert.equal(page.periodEnd, "2024-06-30T23:59:59Z");
});

test("objects give the example", () => {
  assert.equal(JSON.stringify(usageByAgent(records, query)), expected);
  assert.equal(JSON.stringify(usageByAgent([...records].reverse(), query)), expected);
  assert.equal(JSON.stringify(usageByAgent(new Set(records), query)), expected);
});

test("a list page gives the example", () => {
  assert.equal(JSON.stringify(usageByAgent({ data: records, hasMore: false, total: 9 }, query)), expected);
});

test("a string gives the example", () => {
  assert.equal(JSON.stringify(usageByAgent(ndjson, query)), expected);
  assert.equal(JSON.stringify(usageByAgent(JSON.stringify(records, null, 2), query)), expected);
});

test("bytes give the example", () => {
  assert.equal(JSON.stringify(usageByAgent(bytes, query)), expected);
  assert.equal(JSON.stringify(usageByAgent(bytes.buffer, query)), expected);
  assert.equal(JSON.stringify(usageByAgent(Buffer.from(ndjson), query)), expected);
});

test("a stream gives the example", async () => {
  assert.equal(JSON.stringify(await usageByAgentStream(new Response(bytes), query)), expected);
});

test("parts give the example", () => {
  const usage = new UsageAggregator(query);
  usage.push(records.slice(0, 100));
  usage.push(ndjson); // repeats the first hundred
  assert.equal(JSON.stringify(usage.report()), expected);
  usage.free();
});

test("the example's request, New York by wall time, gives the example", () => {
  const shifted = records.map((record) =>
    JSON.parse(JSON.stringify(record).replace(/(20\d\d-\d\d-\d\dT[\d:.]+)Z/g, "$1-04:00")),
  );
  const there = { ...query, tz: "America/New_York", boundsAs: "wall-clock" };
  assert.equal(JSON.stringify(usageByAgent(shifted, there)), expected);
  assert.notEqual(JSON.stringify(usageByAgent(records, there)), expected);
});

test("names come from the directory", () => {
  const nameless = records.map(({ agentName, ...record }) => record);
  const listed = page.data.slice(0, 2).map(({ agentId, agentName }) => ({ id: agentId, name: agentName }));
  assert.equal(JSON.stringify(usageByAgent(nameless, { ...query, agents: { data: listed, total: 2 } })), expected);
  assert.equal(JSON.stringify(usageByAgent(nameless, { ...query, agents: listed.values() })), expected);
});
