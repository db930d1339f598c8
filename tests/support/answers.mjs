// Sound answers of the five endpoints, at random, written from the vendor's documents and not from src/contract.rs; and every
// way of spelling them that JSON allows.

import { Random } from "../../tools/generate/random.mjs";

const DAY = 86_400_000;
const MOST = Number.MAX_SAFE_INTEGER;

/** @param {number} seed @param {(query: object) => {periodStart: string, periodEnd: string}} periodBounds @param {string[]} zones */
export function* answers(seed, periodBounds, zones) {
  const random = new Random(seed);
  for (;;) {
    yield byAgent(random, periodBounds, zones);
    yield usage(random);
    yield series(random, "daily");
    yield series(random, "monthly");
    yield byNumber(random);
  }
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz 0123456789-_/~"\\\n\u0000äß€日😀', "\u2028"];
const text = (random, most) => Array.from({ length: random.below(most + 1) }, () => random.pick(LETTERS)).join("");
const count = (random) => random.pick([0, 1, random.below(100), random.below(1e6), random.below(1e15), MOST]);
const few = (random) => random.pick([0, 0, random.below(5), random.below(1e6)]);

function ids(random, length) {
  const found = new Set();
  while (found.size < length)
    found.add(random.pick([`a${random.below(1e9)}`, text(random, 12), "__proto__", "agentId", ""]));
  return [...found];
}

function byAgent(random, periodBounds, zones) {
  const query = {
    period: random.pick(["week", "month", "year"]),
    tz: random.pick(zones),
    weekStart: random.pick(["monday", "sunday", "saturday"]),
    boundaries: random.pick(["instant", "wall-clock"]),
    now: Date.UTC(1971, 0, 1) + random.below(128 * 365 * DAY),
  };
  const data = ids(random, random.below(20)).map((agentId) => {
    const calls = few(random);
    const row = {
      agentId,
      agentName: text(random, 20),
      messages: count(random),
      calls,
      totalSeconds: calls && count(random),
    };
    return random.chance(0.5) ? { ...row, isOrphan: false } : row;
  });
  if (random.chance(0.5)) {
    const calls = few(random);
    const totalSeconds = calls && count(random);
    const orphan = {
      agentId: null,
      agentName: "Unassigned",
      messages: count(random),
      calls,
      totalSeconds,
      isOrphan: true,
    };
    data.splice(random.below(data.length + 1), 0, orphan);
  }
  const { periodStart, periodEnd } = periodBounds(query);
  const { period, tz, weekStart, boundaries, now } = query;
  const expect = random.pick([
    { tz, weekStart },
    { period, tz, weekStart, now, boundaries },
    { ...query, offset: 0 },
  ]);
  return { endpoint: "by-agent", body: { data, period, periodStart, periodEnd }, expect };
}

function usage(random) {
  const grow = (names) => {
    const [day, week, month, all] = [few(random), few(random), few(random), few(random)].sort((a, b) => a - b);
    return Object.fromEntries(names.map((name, n) => [name, [all, day, week, month][n]]));
  };
  const used = random.below(50);
  const limit = used + random.below(50);
  const [good, bad] = [few(random), few(random)];
  const limits = {
    numbers: limit,
    messagesPerMonth: count(random),
    voiceMinutesPerMonth: count(random),
    maxCallDurationMinutes: count(random),
    concurrentCalls: count(random),
  };
  const start = random.below(4e12);
  const body = {
    plan: { name: text(random, 10), limits },
    numbers: { used, limit, remaining: limit - used },
    stats: {
      ...grow(["totalMessages", "messagesLast24h", "messagesLast7d", "messagesLast30d"]),
      ...grow(["totalCalls", "callsLast24h", "callsLast7d", "callsLast30d"]),
      totalWebhookDeliveries: good + bad + few(random),
      successfulWebhookDeliveries: good,
      failedWebhookDeliveries: bad,
    },
    periodStart: new Date(start).toISOString(),
    periodEnd: new Date(start + random.below(400 * DAY)).toISOString().replace("Z", random.pick(["Z", "+00:00"])),
  };
  if (random.chance(0.3)) body.stats.smsSegmentsLast30d = random.pick([null, count(random)]);
  if (random.chance(0.3)) body.reportGeneratedAt = random.pick([null, new Date(start).toISOString()]);
  return { endpoint: "usage", body, expect: {} };
}

function series(random, endpoint) {
  const isDaily = endpoint === "daily";
  const length = 1 + random.below(isDaily ? 365 : 24);
  const last = Date.UTC(1972, 0, 1) + random.below(120 * 365 * DAY);
  const of = (back) => {
    if (isDaily) return new Date(last - back * DAY).toISOString().slice(0, 10);
    const at = new Date(last);
    return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - back, 1)).toISOString().slice(0, 7);
  };
  const data = Array.from({ length }, (_, n) => {
    const when = of(length - 1 - n);
    return {
      [isDaily ? "date" : "month"]: when,
      messages: count(random),
      calls: count(random),
      webhooks: count(random),
    };
  });
  const name = isDaily ? "days" : "months";
  const expect = random.pick([{}, { [name]: length }, { [name]: length, now: last }]);
  return { endpoint, body: { data, [name]: length }, expect };
}

function byNumber(random) {
  const data = ids(random, random.below(20)).map((numberId) => {
    const some = () => text(random, 6);
    const row = {
      numberId,
      phoneNumber: some(),
      country: some(),
      status: some(),
      messages: count(random),
      calls: count(random),
    };
    const agent = random.pick([{}, { agentId: null, agentName: null }, { agentId: some(), agentName: some() }]);
    return { ...row, ...agent };
  });
  return { endpoint: "by-number", body: { data }, expect: {} };
}

/** An answer's JSON with its keys in any order, among ones that nobody knows, with white space and escapes where they may be. */
export function spelled(value, random) {
  const space = () => (random.chance(0.1) ? random.pick([" ", "\n", "\t", "\r\n  "]) : "");
  const quoted = (string) => {
    if (random.chance(0.8)) return JSON.stringify(string);
    const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return `"${string.replace(/[\s\S]/g, (unit) => (/["\\]|[^ -~]/.test(unit) || random.chance(0.3) ? escaped(unit) : unit))}"`;
  };
  const number = (n) => (random.chance(0.05) ? random.pick([`${n}.0`, `${n}e0`, `${n}E+0`]) : String(n));
  const write = (item) => {
    if (typeof item === "string") return quoted(item);
    if (typeof item === "number") return number(item);
    if (item === null || typeof item === "boolean") return String(item);
    if (Array.isArray(item)) return `[${space()}${item.map(write).join(`${space()},${space()}`)}${space()}]`;
    const entries = Object.entries(item).map(([key, inner]) => [key, write(inner)]);
    if (random.chance(0.05))
      entries.push([`x-${random.below(9)}`, random.pick(["[[], {}, [1, -0.5e-7]]", '{"data": [{}]}', "null"])]);
    if (random.chance(0.3)) entries.sort(() => random.below(3) - 1);
    if (random.chance(0.02) && entries.length > 0) entries.unshift([entries[0][0], '"the last counts"']);
    return `{${space()}${entries.map(([key, inner]) => `${quoted(key)}${space()}:${space()}${inner}`).join(`${space()},`)}${space()}}`;
  };
  return space() + write(value) + space();
}
