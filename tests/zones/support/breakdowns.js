/**
 * Compares the package's breakdowns with counts that the runtime's own `Temporal` makes of the same records. It runs in Deno and in
 * a browser. The result contains only counts and differences.
 */
/* global Temporal */

/** Zones with a change of clocks in a window of a few days, and that window's middle. */
const CHANGES = [
  ["America/New_York", "2024-03-10"],
  ["America/New_York", "2024-11-03"],
  ["Europe/Paris", "2024-10-27"],
  ["Australia/Lord_Howe", "2024-04-07"],
  ["Australia/Lord_Howe", "2024-10-06"],
  ["Pacific/Apia", "2011-12-30"],
  ["Africa/Casablanca", "2024-03-10"],
  ["Africa/El_Aaiun", "2024-04-14"],
  ["America/St_Johns", "2024-11-03"],
  ["America/St_Johns", "2009-11-01"],
  ["America/Havana", "2024-11-03"],
  ["Africa/Cairo", "2024-04-26"],
  ["Asia/Beirut", "2021-03-28"],
  ["Antarctica/Casey", "2010-03-05"],
  ["Antarctica/Troll", "2024-10-27"],
  ["Pacific/Chatham", "2024-04-07"],
  ["Asia/Kathmandu", "1986-01-01"],
  ["Africa/Monrovia", "1972-01-07"],
  ["Pacific/Kiritimati", "1979-10-01"],
  ["Asia/Kolkata", "2024-06-15"],
  ["UTC", "2024-02-29"],
];
const DAY = 86_400_000;
const QUARTER = 900_000;
const AGENTS = ["a", "b", null];
const CHANNELS = ["sms", "imessage", ""];
const DIRECTIONS = ["inbound", "outbound", "web", ""];
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const DIMENSIONS = ["agent", "number", "channel", "direction", "weekday", "hour"];
const STEPS = ["hour", "day", "week", "month", undefined];

function random(seed) {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

const local = (ms, tz) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(tz);
const startOf = (date, tz) => date.toZonedDateTime(tz).epochMilliseconds;

/** The date whose day holds a moment. In a fold across midnight it is the day that has begun, not the date that clocks show. */
function dateOf(ms, tz) {
  const date = local(ms, tz).toPlainDate();
  const next = date.add({ days: 1 });
  return ms < startOf(next, tz) ? date : next;
}

function records(draw, middle) {
  return Array.from({ length: 1 + draw(60) }, () => {
    const isCall = draw(2) === 0;
    const at = middle + draw(8 * DAY) - 4 * DAY;
    return {
      agentId: AGENTS[draw(3)],
      phoneNumberId: ["n1", "n2", ""][draw(3)],
      direction: DIRECTIONS[draw(4)],
      ...(isCall
        ? { type: CHANNELS[draw(3)], startedAt: new Date(at), status: "completed", durationSeconds: draw(1000) }
        : { channel: CHANNELS[draw(3)], receivedAt: new Date(at) }),
    };
  });
}

/** Where the steps of a window begin, as `[text, ms]`; `undefined` if one is not on a quarter hour of UTC. */
function stepsOf(step, startMs, endMs, tz, sunday) {
  const found = [];
  if (step === "hour") {
    for (let at = startMs; at < endMs; ) {
      const now = local(at, tz);
      found.push([now.toString({ smallestUnit: "minute", timeZoneName: "never" }), at]);
      // The hour that clocks show ends at the next :00, or at the next change of the offset.
      const change = now.getTimeZoneTransition("next");
      const whole = at + 3_600_000 - (now.minute * 60 + now.second) * 1000;
      at = Math.min(whole, change === null ? Infinity : change.epochMilliseconds);
    }
  } else if (startMs < endMs) {
    const [first, last] = [dateOf(startMs, tz), dateOf(endMs - 1, tz)];
    for (let date = first; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
      const begins = step === "day" || (step === "week" ? date.dayOfWeek % 7 === (sunday ? 0 : 1) : date.day === 1);
      if (begins || date.equals(first)) found.push([date.toString(), Math.max(startMs, startOf(date, tz))]);
    }
  }
  return found.some(([, ms]) => ms % QUARTER !== 0) ? undefined : found;
}

const usageOf = (record) => (record.startedAt ? [0, 1, record.durationSeconds] : [1, 0, 0]);
const timeOf = (record) => (record.startedAt ?? record.receivedAt).getTime();

/** The values of a record in the dimensions. */
function valuesOf(record, by, tz) {
  const at = timeOf(record);
  const values = {
    agent: [record.agentId, record.agentId ?? "Unassigned"],
    number: [record.phoneNumberId],
    channel: [(record.startedAt ? record.type : record.channel) || ""],
    direction: [record.direction],
    weekday: [WEEKDAYS[dateOf(at, tz).dayOfWeek - 1]],
    hour: [local(at, tz).hour],
  };
  return DIMENSIONS.filter((dimension) => by.includes(dimension)).flatMap((dimension) => values[dimension]);
}

function theirs(all, by, step, startMs, endMs, tz, sunday) {
  const needed = [step, by.includes("hour") && "hour", by.includes("weekday") && "day"];
  const found = needed.map((unit) => unit && (stepsOf(unit, startMs, endMs, tz, sunday) ?? "refused"));
  if (found.includes("refused")) return "out_of_range";
  const steps = step && found[0];
  const rows = new Map();
  const rowOf = (values) => {
    const key = JSON.stringify(values);
    if (!rows.has(key)) rows.set(key, { sum: [0, 0, 0], steps: {} });
    return rows.get(key);
  };
  if (by.length === 0) rowOf([]);
  for (const record of all) {
    const at = timeOf(record);
    if (at < startMs || at >= endMs) continue;
    const row = rowOf(valuesOf(record, by, tz));
    const index = steps ? steps.findLastIndex(([, ms]) => ms <= at) : -1;
    for (const [n, more] of usageOf(record).entries()) {
      row.sum[n] += more;
      if (index < 0 || more === 0) continue;
      row.steps[`${index} ${n}`] = (row.steps[`${index} ${n}`] ?? 0) + more;
    }
  }
  return JSON.stringify([steps?.map(([start, ms]) => [start, ms]), [...rows].sort()]);
}

function ours(rollup, query) {
  let found;
  try {
    found = rollup.breakdown(query);
  } catch (error) {
    return error.code;
  }
  const rows = found.rows.map((row) => {
    const { messages, calls, totalSeconds, series, phoneNumber, ...values } = row;
    const steps = {};
    const arrays = series === undefined ? [] : [series.messages, series.calls, series.totalSeconds];
    for (let index = 0; index < (found.steps?.length ?? 0); index++)
      for (const [n, array] of arrays.entries()) if (array[index] !== 0) steps[`${index} ${n}`] = array[index];
    return [JSON.stringify(Object.values(values)), { sum: [messages, calls, totalSeconds], steps }];
  });
  return JSON.stringify([found.steps?.map(({ start, startMs }) => [start, startMs]), rows.sort()]);
}

/** The steps of a row in one order, whatever order they were added in. */
function ordered(text) {
  if (!text.startsWith("[")) return text;
  const [steps, rows] = JSON.parse(text);
  return JSON.stringify([steps, rows.map(([key, { sum, steps }]) => [key, sum, Object.entries(steps).sort()])]);
}

/** @param usage the package, after init */
export function compare({ UsageRollup }, seed) {
  const draw = random(seed);
  const result = { breakdowns: 0, refused: 0, differing: [] };
  for (const [tz, date] of CHANGES) {
    const middle = Date.parse(`${date}T00:00:00Z`);
    for (let round = 0; round < 30; round++) {
      const all = records(draw, middle);
      const rollup = new UsageRollup({ dedupe: false }).push(all);
      const by = DIMENSIONS.filter(() => draw(3) === 0);
      const step = STEPS[draw(STEPS.length)];
      const startMs = middle - 4 * DAY + draw(6 * 96) * QUARTER;
      const endMs = startMs + (1 + draw(40 * 96)) * QUARTER;
      const weekStart = draw(2) === 0 ? "sunday" : "monday";
      const query = { by, step, tz, weekStart, from: new Date(startMs), to: new Date(endMs) };
      const got = ordered(ours(rollup, query));
      const expected = ordered(theirs(all, by, step, startMs, endMs, tz, weekStart === "sunday"));
      rollup.free();
      result.breakdowns++;
      if (expected === "out_of_range") result.refused++;
      if (got !== expected && result.differing.length < 3) result.differing.push({ query, got, expected });
    }
  }
  return result;
}
