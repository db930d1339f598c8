/** The example on the vendor's page, to the letter: the same keys in the same order, the same rows in the same order. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { packed } from "../support/packed.mjs";

const { UsageAggregator, usageByAgent, usageByAgentStream } = packed;

const page = JSON.parse(readFileSync(new URL("../core/vendor_example.json", import.meta.url), "utf8"));
const expected = JSON.stringify(page);
const query = { period: "month", now: "2024-06-15T12:00:00Z" };

/** Records that make up the page's rows, those of all agents mixed, and others in between that must not count. */
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

test("the page says what we think it says", () => {
  const rows = page.data.map((row) => [row.messages, row.calls, row.totalSeconds, row.isOrphan]);
  assert.deepEqual(rows, [
    [152, 47, 7320, false],
    [98, 30, 5400, false],
    [25, 5, 600, true],
  ]);
  assert.equal(page.periodEnd, "2024-06-30T23:59:59Z");
});

test("from objects", () => {
  assert.equal(JSON.stringify(usageByAgent(records, query)), expected);
  assert.equal(JSON.stringify(usageByAgent([...records].reverse(), query)), expected);
  assert.equal(JSON.stringify(usageByAgent(new Set(records), query)), expected);
});

test("from a list page", () => {
  assert.equal(JSON.stringify(usageByAgent({ data: records, hasMore: false, total: 9 }, query)), expected);
});

test("from a string", () => {
  assert.equal(JSON.stringify(usageByAgent(ndjson, query)), expected);
  assert.equal(JSON.stringify(usageByAgent(JSON.stringify(records, null, 2), query)), expected);
});

test("from bytes", () => {
  assert.equal(JSON.stringify(usageByAgent(bytes, query)), expected);
  assert.equal(JSON.stringify(usageByAgent(bytes.buffer, query)), expected);
  assert.equal(JSON.stringify(usageByAgent(Buffer.from(ndjson), query)), expected);
});

test("from a stream", async () => {
  assert.equal(JSON.stringify(await usageByAgentStream(new Response(bytes), query)), expected);
});

test("in parts", () => {
  const usage = new UsageAggregator(query);
  usage.push(records.slice(0, 100));
  usage.push(ndjson); // the first hundred again, too
  assert.equal(JSON.stringify(usage.report()), expected);
  usage.free();
});

test("in New York, by wall time, as the page asks for it", () => {
  const shifted = records.map((record) =>
    JSON.parse(JSON.stringify(record).replace(/(20\d\d-\d\d-\d\dT[\d:.]+)Z/g, "$1-04:00")),
  );
  const there = { ...query, tz: "America/New_York", boundsAs: "wall-clock" };
  assert.equal(JSON.stringify(usageByAgent(shifted, there)), expected);
  assert.notEqual(JSON.stringify(usageByAgent(records, there)), expected);
});

test("names from the directory", () => {
  const nameless = records.map(({ agentName, ...record }) => record);
  const listed = page.data.slice(0, 2).map(({ agentId, agentName }) => ({ id: agentId, name: agentName }));
  assert.equal(JSON.stringify(usageByAgent(nameless, { ...query, agents: { data: listed, total: 2 } })), expected);
  assert.equal(JSON.stringify(usageByAgent(nameless, { ...query, agents: listed.values() })), expected);
});
