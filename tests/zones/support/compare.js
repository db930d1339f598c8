/**
 * Periods as the package has them beside periods as the runtime's own `Temporal` has them. It runs where both are: in Deno,
 * in a browser, whose server has a type for .js. Only counts and differences leave.
 */
/* global Temporal */

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const KINDS = [...WEEKDAYS.map((weekStart) => ["week", weekStart]), ["month"], ["year"]];
const ONE = { week: { days: 7 }, month: { months: 1 }, year: { years: 1 } };
const DAY = 86_400_000;
const END = 4_102_444_800_000; // 2100-01-01
const LAST_END = Temporal.PlainDate.from("2100-01-01");
const EDGES = [0, DAY, -DAY, END - 1, END, END - DAY, END + DAY];

/** The same numbers below `n` for the same seed (mulberry32): what differs once differs again. */
function random(seed) {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** When the zone's clocks change, 1970 to 2099. */
function transitions(zone) {
  const found = [];
  let at = Temporal.Instant.fromEpochMilliseconds(-1).toZonedDateTimeISO(zone).getTimeZoneTransition("next");
  while (at !== null && at.epochMilliseconds < END) {
    found.push(at.epochMilliseconds);
    at = at.getTimeZoneTransition("next");
  }
  return found;
}

/**
 * Moments just before, at or some hours from every transition, at the span's edges, and anywhere: 200 or more. `more`:
 * others that must be among them.
 */
function moments(zone, draw, more) {
  const beside = (n, at) => [at - 1, at, at + draw(2 * DAY) - DAY][n % 3];
  const shift = draw(3);
  const near = transitions(zone).map((at, n) => beside(n + shift, at));
  const anywhere = Array.from({ length: Math.max(30, 200 - near.length) }, () => draw(END));
  return [...near, ...anywhere, ...EDGES, ...more];
}

/** Where Temporal has the first instants of a zone's dates. Each is asked for many times. */
function startsOf(zone) {
  const known = new Map();
  return (date) => {
    const key = date.toString();
    if (!known.has(key)) known.set(key, date.toZonedDateTime(zone).epochMilliseconds);
    return known.get(key);
  };
}

/** The first date of the period of a kind that holds a date. */
function firstDate(date, period, weekStart) {
  if (period === "week") return date.subtract({ days: (date.dayOfWeek - 1 - WEEKDAYS.indexOf(weekStart) + 7) % 7 });
  return date.with(period === "month" ? { day: 1 } : { month: 1, day: 1 });
}

/** `[startMs, endMs]`, or undefined where the package has to refuse: a period not wholly inside 1970..2099 local. */
function theirs(now, date, period, weekStart, startOf) {
  let first = firstDate(date, period, weekStart);
  let next = first.add(ONE[period]);
  if (now < startOf(first)) {
    first = first.subtract(ONE[period]);
    next = first.add(ONE[period]);
  } else if (now >= startOf(next)) {
    // A period is found by instants: in a fold across midnight clocks show a date of the period before once more.
    first = next;
    next = first.add(ONE[period]);
  }
  if (first.year < 1970 || Temporal.PlainDate.compare(next, LAST_END) > 0) return undefined;
  return [startOf(first), startOf(next)];
}

/** The package's answer for that, to the letter. */
function asWritten(bounds, zone, boundsAs) {
  if (bounds === undefined) return "out_of_range";
  const [startMs, endMs] = bounds;
  const [periodStart, periodEnd] = [startMs, endMs - 1000].map((ms) => {
    if (boundsAs === "instant") return `${new Date(ms).toISOString().slice(0, 19)}Z`;
    const wall = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDateTime();
    return `${wall.toString({ smallestUnit: "second" })}Z`;
  });
  return [periodStart, periodEnd, startMs, endMs].join(" ");
}

function ours(periodBounds, query) {
  try {
    const { periodStart, periodEnd, startMs, endMs } = periodBounds(query);
    return [periodStart, periodEnd, startMs, endMs].join(" ");
  } catch (error) {
    return error.code;
  }
}

function knows(zone) {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone) !== undefined;
  } catch {
    return false;
  }
}

/** Compares one zone: how many moments and periods, and up to three differences of how many. */
function compareZone(periodBounds, zone, draw, more) {
  const startOf = startsOf(zone);
  const differences = { zone, count: 0, first: [] };
  const nows = moments(zone, draw, more);
  for (const [n, now] of nows.entries()) {
    const date = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
    for (const [kind, [period, weekStart]] of KINDS.entries()) {
      const boundsAs = (n + kind) % KINDS.length === 0 ? "wall-clock" : "instant";
      const query = { period, weekStart, tz: zone, now, boundsAs };
      const got = ours(periodBounds, query);
      const expected = asWritten(theirs(now, date, period, weekStart, startOf), zone, boundsAs);
      if (got === expected) continue;
      differences.count += 1;
      if (differences.first.length < 3) differences.first.push({ query, got, expected });
    }
  }
  return { moments: nows.length, periods: nows.length * KINDS.length, differences };
}

/**
 * Every zone that both know.
 * @param usage the package, initialised
 * @param changes rows of changed.mjs, from which it finds the release of the tz database that the runtime has
 */
export function compare({ periodBounds, timeZones, versions }, seed, changes) {
  const draw = random(seed);
  const names = timeZones();
  const known = names.filter(knows);
  const sums = { moments: 0, periods: 0 };
  const differing = [];
  for (const zone of known) {
    // Whether a change is there is never left to chance.
    const more = changes.filter((change) => change.zone === zone).map(({ at }) => Date.parse(at));
    const { differences, ...counts } = compareZone(periodBounds, zone, draw, more);
    for (const key of Object.keys(sums)) sums[key] += counts[key];
    if (differences.count > 0) differing.push(differences);
  }
  return {
    ...sums,
    zones: known.length,
    unknownToThem: names.filter((name) => !known.includes(name)),
    unknownToUs: Intl.supportedValuesOf("timeZone").filter((name) => !names.includes(name)),
    ours: versions().tzdb,
    has: changes.map(({ zone, at, offset }) => Temporal.Instant.from(at).toZonedDateTimeISO(zone).offset === offset),
    differing,
  };
}
