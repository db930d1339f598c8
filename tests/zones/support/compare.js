/**
 * Compares the package's periods with periods computed by the runtime's own `Temporal`. It runs in Deno and in a browser,
 * whose server has a media type for .js. The result contains only counts and differences.
 */
/* global Temporal */

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const KINDS = [...WEEKDAYS.map((weekStart) => ["week", weekStart]), ["month"], ["year"]];
const ONE = { week: { days: 7 }, month: { months: 1 }, year: { years: 1 } };
const DAY = 86_400_000;
const END = 4_102_444_800_000; // 2100-01-01
const LAST_END = Temporal.PlainDate.from("2100-01-01");
const EDGES = [0, DAY, -DAY, END - 1, END, END - DAY, END + DAY];

/** Makes a generator of numbers below `n` (mulberry32). A seed always gives the same numbers, so a difference can be repeated. */
function random(seed) {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** Returns the zone's transitions from 1970 to 2099. */
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
 * Returns 200 or more moments: just before, at or some hours from every transition, at the edges of the span, and random ones.
 * The moments of `more` are always included.
 */
function moments(zone, draw, more) {
  const beside = (n, at) => [at - 1, at, at + draw(2 * DAY) - DAY][n % 3];
  const shift = draw(3);
  const near = transitions(zone).map((at, n) => beside(n + shift, at));
  const anywhere = Array.from({ length: Math.max(30, 200 - near.length) }, () => draw(END));
  return [...near, ...anywhere, ...EDGES, ...more];
}

/** Makes a function that returns the first instant of a local date, by Temporal. Results are kept, because dates repeat. */
function startsOf(zone) {
  const known = new Map();
  return (date) => {
    const key = date.toString();
    if (!known.has(key)) known.set(key, date.toZonedDateTime(zone).epochMilliseconds);
    return known.get(key);
  };
}

/** Returns the first date of the period that contains a date. */
function firstDate(date, period, weekStart) {
  if (period === "week") return date.subtract({ days: (date.dayOfWeek - 1 - WEEKDAYS.indexOf(weekStart) + 7) % 7 });
  return date.with(period === "month" ? { day: 1 } : { month: 1, day: 1 });
}

/** Returns `[startMs, endMs]`, or undefined if the package must refuse: the period is not wholly in local 1970 to 2099. */
function theirs(now, date, period, weekStart, startOf) {
  let first = firstDate(date, period, weekStart);
  let next = first.add(ONE[period]);
  if (now < startOf(first)) {
    first = first.subtract(ONE[period]);
    next = first.add(ONE[period]);
  } else if (now >= startOf(next)) {
    // Instants decide, and not dates. In a fold across midnight, clocks repeat a date of the period before.
    first = next;
    next = first.add(ONE[period]);
  }
  if (first.year < 1970 || Temporal.PlainDate.compare(next, LAST_END) > 0) return undefined;
  return [startOf(first), startOf(next)];
}

/** Writes the expected bounds as `ours` writes the package's. */
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

/** Compares one zone. Returns the numbers of moments, periods and differences, and the first three differences. */
function compareZone(periodBounds, zone, draw, more) {
  const startOf = startsOf(zone);
  const differences = { zone, count: 0, first: [] };
  const nows = moments(zone, draw, more);
  for (const [n, now] of nows.entries()) {
    const date = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
    for (const [kind, [period, weekStart]] of KINDS.entries()) {
      const boundsAs = (n + kind) % KINDS.length === 0 ? "wall-clock" : "instant";
      const query = { period, weekStart, tz: zone, now: new Date(now), boundsAs };
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
 * Compares every zone that the package and the runtime know.
 * @param usage the package, after init
 * @param changes the rows of tz-releases.mjs. `has` reports which of them the runtime's tz database contains
 */
export function compare({ periodBounds, timeZones, versions }, seed, changes) {
  const draw = random(seed);
  const names = timeZones();
  const known = names.filter(knows);
  const sums = { moments: 0, periods: 0 };
  const differing = [];
  for (const zone of known) {
    // The moments of known changes are always compared, because random moments may miss them.
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
