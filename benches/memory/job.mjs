// Does one job in a process of its own, and prints how much memory it took as JSON: `node job.mjs NAME SIZE [PACKAGE]`.
//
// PACKAGE is the folder of another build of the package, to compare with.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The peak of each instance's memory, which never shrinks. An instance that was replaced still counts as long as it lived.
const instances = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...args) {
    super(...args);
    instances.push(new WeakRef(this.exports.memory));
  }
};

const [, , name, size, folder] = process.argv;
const require = createRequire(folder === undefined ? import.meta.url : pathToFileURL(`${folder}/`));
const usage = require("usage-by-agent");
const { createUsageHandler } = require("usage-by-agent/handler");

const YEAR = { period: "year", now: "2024-12-15T12:00:00Z" };
const START = Date.UTC(2024, 0, 1);
const HOUR = 3_600_000;
const utf8 = new TextEncoder();
const count = Number(size);

/** Chunks of records as JSON text, of about a megabyte each. */
function* chunks(records, line) {
  let text = "";
  for (let n = 0; n < records; n++) {
    text += `${line(n)}\n`;
    if (text.length < 1 << 20) continue;
    yield utf8.encode(text);
    text = "";
  }
  yield utf8.encode(text);
}

const at = (n) => START + ((n * 7919) % 8000) * HOUR;
const id = (n) => n.toString(16).padStart(24, "0");
const LINES = {
  /** Messages of 200 agents, each with an id. */
  ids: (n) => `{"id":"${id(n)}","agentId":"agent-${n % 200}","numberId":"number-${n % 200}","receivedAt":${at(n)}}`,
  /** Messages without ids, of 200 agents. */
  records: (n) => `{"agentId":"agent-${n % 200}","numberId":"number-${n % 200}","receivedAt":${at(n)}}`,
  /** A message for each agent. */
  agents: (n) => `{"agentId":"agent-${id(n)}","agentName":"Agent ${n}","receivedAt":${at(n)}}`,
  statuses: (n) => `{"startedAt":${at(n)},"status":"failed after ${n} attempts"}`,
};

const stream = (line) => ReadableStream.from(chunks(count, LINES[line]));

/** A counter that has counted the records. */
async function counted(counter, line) {
  for (const chunk of chunks(count, LINES[line])) counter.pushBytes(chunk);
  return counter.finish();
}

/** What of the results is kept alive until the end, so that its memory counts. */
const kept = [];

/** Asks a handler so many times at once. */
async function asked(line, callers, path) {
  const records = () => stream(line);
  const handler = createUsageHandler({ records, authorize: () => true, now: () => YEAR.now });
  const headers = { authorization: "Bearer x" };
  const ask = async () => {
    const response = await handler(new Request(`https://edge.example/v1/usage/${path}`, { headers }));
    const { length } = await response.text();
    if (response.status !== 200 || length < 100) throw new Error(`${path} gave ${response.status}`);
  };
  await Promise.all(Array.from({ length: callers }, ask));
}

const JOBS = {
  "one-shot": async (line) => kept.push(await usage.usageByAgentStream(stream(line), { ...YEAR, onInvalid: "skip" })),
  "one-shot without dedupe": async (line) =>
    kept.push(await usage.usageByAgentStream(stream(line), { ...YEAR, dedupe: false })),
  aggregator: async (line) => kept.push(await counted(new usage.UsageAggregator(YEAR), line)),
  rollup: async (line) => kept.push(await counted(new usage.UsageRollup(), line)),
  byAgent: async (line) => kept.push((await counted(new usage.UsageRollup(), line)).byAgent(YEAR)),
  byNumber: async (line) => kept.push((await counted(new usage.UsageRollup(), line)).byNumber()),
  breakdown: async (line) =>
    kept.push((await counted(new usage.UsageRollup(), line)).breakdown({ by: ["agent", "channel"], step: "month" })),
  snapshot: async (line) => kept.push((await counted(new usage.UsageRollup(), line)).snapshot()),
  merge: async (line) => {
    const rollup = await counted(new usage.UsageRollup(), line);
    kept.push(rollup, new usage.UsageRollup().merge(rollup.snapshot()));
  },
  "10 questions at once": (line) => asked(line, 10, "by-agent?period=year"),
  question: (line) => asked(line, 1, "by-agent?period=year"),
  "/v1/usage/daily": (line) => asked(line, 1, "daily?days=365"),
  "/v1/usage/by-number": (line) => asked(line, 1, "by-number"),
  /** A record of so many bytes that never ends. */
  "endless line": async () => {
    const endless = async function* () {
      yield utf8.encode('{"id":"');
      const chunk = new Uint8Array(1 << 20).fill(0x78);
      for (let read = 0; read < count; read += chunk.length) yield chunk;
    };
    await usage.usageByAgentStream(endless(), { ...YEAR, onInvalid: "skip" }).catch(({ code }) => kept.push(code));
  },
  /** The check of a response with so many rows. */
  validateResponse: () => {
    const row = (n) =>
      `{"agentId":"agent-${id(n)}","agentName":"Agent ${n}","messages":1,"calls":0,"totalSeconds":0,"isOrphan":false}`;
    const rows = Array.from({ length: count }, (_, n) => row(n)).join();
    const text = `{"data":[${rows}],"period":"year","periodStart":"2024-01-01T00:00:00Z","periodEnd":"2024-12-31T23:59:59Z"}`;
    const { ok } = usage.validateResponse("by-agent", utf8.encode(text));
    if (!ok) throw new Error("the response is not valid");
  },
};

const [job, line = "ids"] = name.split(" of ");
let peak = 0;
const watch = () => {
  const living = instances.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0);
  peak = Math.max(peak, living);
};
const timer = setInterval(watch, 1);
const before = process.memoryUsage.rss();
await JOBS[job](line);
watch();
clearInterval(timer);

console.log(
  JSON.stringify({ module: peak, process: process.resourceUsage().maxRSS * 1024 - before, results: kept.length }),
);
