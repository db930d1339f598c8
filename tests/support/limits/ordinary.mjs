// A hundred ordinary calls of the package, with the results that the oracle computes for them. After whatever ended calls before, all
// of them must give these results. They run in workerd too, so nothing here is Node's.

import { Random } from "../../../tools/generate/random.mjs";
import { generate } from "../../../tools/generate/records.mjs";
import { bounds, report } from "../../../tools/oracle.mjs";

const ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Africa/Casablanca", "Pacific/Auckland"];
const PERIODS = ["week", "month", "year"];
const START = Date.UTC(2024, 0, 1);
const YEAR = 366 * 86_400_000;

/** A record in the shapes that every door takes: without lists, so that a text of lines has one on each. */
const records = [...generate({ records: 120, seed: 3, agents: 6, pages: false })].map(({ value }) => value);
const text = records.map((record) => JSON.stringify(record)).join("\n");
const bytes = new TextEncoder().encode(text);

/** The counter that two counters of the records' halves were merged into. The caller frees it. */
function merged(make) {
  const [first, second, empty] = [make().push(records.slice(0, 60)), make().push(records.slice(60)), make()];
  first.merge(second).merge(empty.snapshot());
  second.free();
  empty.free();
  return first;
}

const DOORS = {
  objects: ({ usageByAgent }, query) => usageByAgent(records, query),
  text: ({ usageByAgent }, query) => usageByAgent(text, query),
  bytes: ({ usageByAgent }, query) => usageByAgent(bytes, query),
  aggregator: ({ UsageAggregator }, query) => {
    const usage = new UsageAggregator(query);
    for (let at = 0; at < bytes.length; at += 700) usage.pushBytes(bytes.subarray(at, at + 700));
    const found = usage.finish().report();
    usage.free();
    return found;
  },
  merged: ({ UsageAggregator }, query) => {
    const usage = merged(() => new UsageAggregator(query));
    const found = usage.report();
    usage.free();
    return found;
  },
  rollup: ({ UsageRollup }, { dedupe, ...query }) => {
    const rollup = merged(() => new UsageRollup({ dedupe, onInvalid: "skip" }));
    const found = rollup.byAgent(query);
    rollup.free();
    return found;
  },
};

/** The calls: each has a name, `run`, which takes the package, and `wanted`, its result. */
export const ordinary = Array.from({ length: 100 }, (_, n) => {
  const random = new Random(n);
  const query = {
    period: random.pick(PERIODS),
    tz: random.pick(ZONES),
    now: START + random.below(YEAR),
    offset: random.below(3) - 1,
    boundsAs: random.pick(["instant", "wall-clock"]),
  };
  if (n % 2 === 0) {
    const now = random.pick([query.now, new Date(query.now).toISOString()]);
    const { startMs, endMs, periodStart, periodEnd } = bounds(query);
    const { period, tz } = query;
    return {
      name: `periodBounds ${JSON.stringify(query)}`,
      run: ({ periodBounds }) => periodBounds({ ...query, now }),
      wanted: { period, tz, periodStart, periodEnd, startMs, endMs },
    };
  }
  const counting = { ...query, onInvalid: "skip", dedupe: true };
  const wanted = report(records, counting).report;
  const doors = Object.keys(DOORS);
  if (n % 10 === 9) {
    return {
      name: `validateResponse ${JSON.stringify(query)}`,
      run: ({ validateResponse }) => {
        const good = validateResponse("by-agent", wanted, { period: query.period });
        const bad = validateResponse("by-agent", { ...wanted, data: 5 });
        return [good.ok, bad.ok, bad.problems?.[0].path];
      },
      wanted: [true, false, "/data"],
    };
  }
  const door = doors[random.below(doors.length)];
  return { name: `${door} ${JSON.stringify(query)}`, run: (usage) => DOORS[door](usage, counting), wanted };
});

/** Asserts that a call of {@link ordinary} gives what the oracle computed. */
export function assertOrdinary(usage, { name, run, wanted }, when) {
  let got;
  try {
    got = run(usage);
  } catch (error) {
    throw new Error(`${when}: ${name} threw ${error?.code}: ${error?.message}`, { cause: error });
  }
  const [given, computed] = [got, wanted].map(written);
  if (given !== computed) throw new Error(`${when}: ${name} gave ${given}: the oracle computes ${computed}`);
}

/** The value as JSON whose keys are sorted. */
const written = (value) => JSON.stringify(value, (_, part) => (isObject(part) ? sorted(part) : part));
const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Asserts that all of {@link ordinary} give what the oracle computed. */
export function assertAllOrdinary(usage, when) {
  for (const call of ordinary) assertOrdinary(usage, call, when);
}
