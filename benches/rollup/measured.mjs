// Feeds, queries and merges rollups, and prints the times and the memory as JSON.

import init, { timeZones, UsageAggregator, UsageRollup } from "usage-by-agent";
import { moduleBytes as memory } from "../../tests/support/module-memory.mjs";
import { median, quantile, ratios } from "../measure.mjs";
import { interleaved } from "../rounds.mjs";

await init();
const EVENTS = 10_000_000;
const AGENTS = 200;
const YEAR = Date.UTC(2024, 0, 1);
const LENGTH = Date.UTC(2025, 0, 1) - YEAR;
const utf8 = new TextEncoder();

/** Events of a year, nearly in order. A fifth of them are calls. */
function* batches(events, { from = 0, step = 1 } = {}) {
  let state = 42;
  const random = (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  let text = "";
  for (let i = 0; i < events; i++) {
    const at = YEAR + Math.floor((i / events) * (LENGTH - 60_000)) + random(60_000);
    const agent = random(AGENTS);
    const kind = random(5)
      ? `"receivedAt":${at}`
      : `"startedAt":${at},"status":"completed","durationSeconds":${random(900)}`;
    if (i % step !== from) continue;
    text += `{"id":"${i.toString(16).padStart(32, "0")}","agentId":"agent-${agent}","numberId":"number-${agent}",${kind}}\n`;
    if (text.length > 1 << 20) {
      yield utf8.encode(text);
      text = "";
    }
  }
  yield utf8.encode(text);
}

function timed(runs, run) {
  const taken = [];
  for (let i = 0; i < runs; i++) {
    const began = performance.now();
    run(i);
    taken.push(performance.now() - began);
  }
  return { count: runs, median: quantile(taken, 0.5), worst: Math.max(...taken) };
}

/** The milliseconds of a run. */
function taken(run) {
  const began = performance.now();
  run();
  return performance.now() - began;
}

/**
 * Breakdowns of the year beside its `byAgent`, in turn. The first question in a zone reads every quarter hour, and later ones read the
 * sums of days that it left, so both are measured.
 */
async function broken(rollup) {
  const period = { period: "year", tz: "America/New_York", now: YEAR + LENGTH / 2 };
  const first = taken(() => rollup.breakdown({ ...period, by: ["agent"], step: "day" }));
  const contenders = { byAgent: () => taken(() => rollup.byAgent(period)) };
  const queries = {
    "by agent": { by: ["agent"] },
    "by agent and day": { by: ["agent"], step: "day" },
    "by agent and hour": { by: ["agent"], step: "hour" },
    "by weekday and hour": { by: ["weekday", "hour"] },
  };
  for (const [name, query] of Object.entries(queries)) {
    contenders[name] = () => taken(() => rollup.breakdown({ ...period, ...query }));
  }
  const { byAgent, ...costs } = await interleaved(contenders, { rounds: 15 });
  const figures = Object.entries(costs).map(([name, cost]) => [
    name,
    { time: median(cost), ratio: median(ratios(cost, byAgent)) },
  ]);
  return { first, figures };
}

const zones = timeZones();
const rollups = {};
const start = memory();
for (const dedupe of [false, true]) {
  const rollup = new UsageRollup({ dedupe });
  let feeding = 0;
  for (const batch of batches(EVENTS)) {
    const began = performance.now();
    rollup.pushBytes(batch);
    feeding += performance.now() - began;
  }
  rollup.finish();
  const { counted } = rollup.diagnostics();
  if (counted !== EVENTS) throw new Error(`${counted} events were counted`);
  const grown = memory() - start;
  const now = (i) => new Date(YEAR + ((i * 7919) % 366) * 86_400_000);
  const asked = {
    months: timed(500, (i) => rollup.byAgent({ period: "month", tz: zones[(i * 31) % zones.length], now: now(i) })),
    years: timed(100, (i) =>
      rollup.byAgent({ period: "year", tz: zones[(i * 31) % zones.length], now: YEAR + LENGTH / 2 }),
    ),
    days: timed(5, (i) => rollup.daily({ days: 365, tz: zones[(i * 31) % zones.length], now: YEAR + LENGTH - 1 })),
  };
  rollups[dedupe ? "with ids" : "without ids"] = {
    asked,
    breakdowns: await broken(rollup),
    memory: grown,
    feeding: (feeding * 1e6) / EVENTS,
    snapshot: rollup.snapshot().length,
  };
  rollup.free();
}

const PARTS = 64;
const MERGED = 1_000_000;
const query = { period: "year", now: YEAR };
const merged = { parts: PARTS, counted: MERGED };
for (const [name, make] of [
  ["aggregators", () => new UsageAggregator(query)],
  ["rollups", () => new UsageRollup()],
]) {
  const parts = Array.from({ length: PARTS }, (_, from) => {
    const part = make();
    for (const batch of batches(MERGED, { from, step: PARTS })) part.pushBytes(batch);
    const snapshot = part.finish().snapshot();
    part.free();
    return snapshot;
  });
  merged[name] = timed(7, () => {
    const whole = make();
    for (const part of parts) whole.merge(part);
    const { counted } = whole.diagnostics();
    if (counted !== MERGED) throw new Error(`${counted} events were counted`);
    whole.free();
  });
}
console.log(JSON.stringify({ events: EVENTS, agents: AGENTS, rollups, merged }));
