// Random valid responses of the five endpoints, and every spelling of them that JSON allows. The code follows the vendor's
// documents and is independent of src/contract/.

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
    boundsAs: random.pick(["instant", "wall-clock"]),
    now: new Date(Date.UTC(1971, 0, 1) + random.below(128 * 365 * DAY)),
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
  const { period, tz, weekStart, boundsAs, now } = query;
  const expect = random.pick([
    { tz, weekStart },
    { period, tz, weekStart, now, boundsAs },
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
  if (random.chance(0.3)) delete body.plan;
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
  const expect = random.pick([{}, { [name]: length }, { [name]: length, now: new Date(last) }]);
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

const JUNK = [
  null,
  true,
  false,
  0,
  -0,
  1,
  7,
  366,
  -1,
  1.5,
  1e-7,
  MOST,
  MOST + 1,
  1e300,
  "",
  "x",
  "7",
  "\ud800",
  [],
  {},
  [[]],
  [{}],
];

/** Breaks a valid response in a few random places. It may also change `expect`. */
export function broken({ endpoint, body, expect }, random) {
  const copy = { endpoint, body: structuredClone(body), expect: { ...expect } };
  if (random.chance(0.2)) thinned(copy.body, random, random.pick([0.3, 0.9, 1]));
  for (let n = random.below(4); n >= 0; n--) {
    if (random.chance(0.15)) asked(copy, random);
    else copy.body = changed(copy.body, random);
  }
  return copy;
}

/**
 * Removes fields, so that a response has many rows in few bytes. The rows keep their ids and dates, but some agent ids become
 * null.
 */
function thinned(value, random, chance) {
  for (const key of Object.keys(value)) {
    const inner = value[key];
    if (key === "agentId" && random.chance(0.1)) value[key] = null;
    else if (!/^(data|agentId|numberId|date|month|[0-9]+)$/.test(key) && random.chance(chance)) delete value[key];
    else if (typeof inner === "object" && inner !== null) thinned(inner, random, chance);
  }
}

function asked({ expect }, random) {
  const now =
    Number(random.pick([expect.now ?? 1.7e12, 1.7e12])) + random.pick([-400, -31, -7, -1, -0.5, 0.5, 1, 31, 400]) * DAY;
  const zone = random.pick(["UTC", "America/New_York", "Pacific/Kiritimati", "Africa/Cairo", undefined]);
  Object.assign(
    expect,
    random.pick([
      { now: new Date(Math.max(now, 400 * DAY)) },
      { tz: zone },
      { period: random.pick(["week", "month", "year"]) },
      { weekStart: "tuesday" },
      { boundsAs: random.pick(["instant", "wall-clock"]) },
      { offset: random.pick([-1, 1]) },
      { days: 1 + random.below(40), months: 1 + random.below(24) },
    ]),
  );
  for (const key of Object.keys(expect)) if (expect[key] === undefined) delete expect[key];
}

/** Changes a value in one random place. */
function changed(value, random) {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (keys.length > 0 && random.chance(0.9)) {
    const key = random.pick(keys);
    if (Array.isArray(value) && random.chance(0.3)) return rearranged(value, random);
    if (random.chance(0.1)) delete value[key];
    else value[key] = changed(value[key], random);
    return Array.isArray(value) ? value.filter(() => true) : value; // removes the hole that `delete` leaves
  }
  if (typeof value === "number" && random.chance(0.7)) return value + random.pick([-1, 1, 0.5, 1000, -value]);
  if (typeof value === "string" && random.chance(0.7)) return respelled(value, random);
  if (typeof value === "boolean" && random.chance(0.7)) return !value;
  return structuredClone(random.pick(JUNK));
}

function rearranged(list, random) {
  const [a, b] = [random.below(list.length), random.below(list.length)];
  const copy = [...list];
  switch (random.below(4)) {
    case 0:
      return copy.reverse();
    case 1:
      [copy[a], copy[b]] = [copy[b], copy[a]];
      return copy;
    case 2:
      return copy.toSpliced(a, 1 + random.below(2));
    default:
      return copy.toSpliced(a, 0, structuredClone(copy[b]));
  }
}

function respelled(value, random) {
  const at = random.below(value.length + 1);
  const one = random.pick(["0", "1", "2", "9", "-", ":", "Z", ".5", "+", "T", " ", "é", "\ud800"]);
  const time = () => new Date(random.below(4e12)).toISOString();
  return random.pick([
    () => value.slice(0, at) + one + value.slice(at),
    () => value.slice(0, at) + one + value.slice(at + 1),
    () => value.slice(0, at) + value.slice(at + 1),
    () => time().slice(0, value.length),
    () => `${time().slice(0, 19)}Z`,
    () => value.replace("Z", "+00:00"),
    () => value.replace("Z", ".000Z"),
  ])();
}

/** Writes a value as JSON in a random spelling: the order of keys, unknown and repeated keys, white space and escapes vary. */
export function spelled(value, random) {
  const space = () => (random.chance(0.1) ? random.pick([" ", "\n", "\t", "\r\n  "]) : "");
  const quoted = (string) => {
    if (random.chance(0.8)) return JSON.stringify(string);
    const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return `"${string.replace(/[\s\S]/g, (unit) => (/["\\]|[^ -~]/.test(unit) || random.chance(0.3) ? escaped(unit) : unit))}"`;
  };
  const number = (n) => {
    if (!Number.isSafeInteger(n)) return JSON.stringify(n);
    return random.chance(0.05) ? random.pick([`${n}.0`, `${n}e0`, `${n}E+0`]) : String(n);
  };
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
