/** Properties that the package's periods have in every zone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { periodBounds, timeZones } from "usage-by-agent";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const KINDS = [
  ...WEEKDAYS.map((weekStart) => ({ period: "week", weekStart })),
  { period: "month", weekStart: undefined },
  { period: "year", weekStart: undefined },
];
const DAY = 86_400_000;

/** Zones with unusual rules: a skipped day, skipped or repeated midnights, offsets of odd minutes, negative summer time. */
const ODD = [
  "Africa/Cairo",
  "Africa/Casablanca",
  "Africa/Monrovia",
  "America/Havana",
  "America/Scoresbysund",
  "America/St_Johns",
  "Antarctica/Troll",
  "Asia/Beirut",
  "Asia/Gaza",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Europe/Dublin",
  "Pacific/Apia",
  "Pacific/Kwajalein",
  "UTC",
];
const SAMPLE = [...new Set([...ODD, ...timeZones().filter((_, n) => n % 12 === 0)])];

test("the end of a period is the start of the next period: unusual zones, from 1970 to the end of 2099", (t) => {
  let steps = 0;
  for (const [z, tz] of ODD.entries()) {
    for (const kind of [KINDS[z % 7], ...KINDS.slice(7)]) {
      const first = periodBounds({ ...kind, tz, now: new Date(10 * DAY), offset: kind.period === "week" ? 0 : 1 });
      const [last, count] = walk(kind, tz, first, Number.POSITIVE_INFINITY);
      assert.match(last.periodEnd, /^2(099-12-(2[5-9]|3.)|100-01-01)/, `${tz} ${kind.period} ends early`);
      steps += count;
    }
  }
  t.diagnostic(`${steps} steps`);
});

test("the end of a period is the start of the next period: a sample of zones, every week start, 200 steps", (t) => {
  let steps = 0;
  for (const [z, tz] of SAMPLE.entries()) {
    for (const kind of KINDS) {
      const first = periodBounds({ ...kind, tz, now: new Date(200 * DAY * (z + 1)) });
      steps += walk(kind, tz, first, 200)[1];
    }
  }
  t.diagnostic(`${steps} steps in ${SAMPLE.length} zones`);
});

/**
 * Steps from the end of each period to the start of the next. Stops after `most` steps or at the end of the supported span.
 * Returns the last period and the number of steps.
 */
function walk(kind, tz, first, most) {
  let bounds = first;
  for (let steps = 0; ; steps += 1) {
    const next = boundsOrCode({ ...kind, tz, now: new Date(bounds.endMs) });
    if (next === "out_of_range" || steps === most) return [bounds, steps];
    const of = `${tz} ${kind.period} ${kind.weekStart} after ${bounds.periodEnd}`;
    assert.equal(next.startMs, bounds.endMs, of);
    assert.ok(next.endMs > next.startMs, of);
    assert.equal(periodBounds({ ...kind, tz, now: new Date(next.startMs - 1) }).startMs, bounds.startMs, of);
    bounds = next;
  }
}

test("a period contains its moment, and an offset followed by the opposite offset gives the same period", (t) => {
  let count = 0;
  for (const [z, tz] of SAMPLE.entries()) {
    for (const [k, kind] of KINDS.entries()) {
      for (let n = 0; n < 24; n += 1) {
        // Scattered moments from 1973 to 2096, far from both edges. They are equal in every run.
        const ms = 1096 * DAY + (((z * 7919 + k * 104_729 + n * 1_299_709) * 99_991_001) % (45_000 * DAY));
        const now = new Date(ms);
        const here = periodBounds({ ...kind, tz, now });
        const of = `${tz} ${kind.period} ${kind.weekStart} ${ms}`;
        assert.ok(here.startMs <= ms && ms < here.endMs, of);
        for (const offset of [1, -1, (n % 3) + 1, -(n % 3) - 1]) {
          const there = periodBounds({ ...kind, tz, now, offset });
          assert.deepEqual(periodBounds({ ...kind, tz, now: new Date(there.startMs), offset: -offset }), here, of);
          assert.deepEqual(periodBounds({ ...kind, tz, now: new Date(there.endMs - 1), offset: -offset }), here, of);
          if (offset === 1) assert.equal(there.startMs, here.endMs, of);
          if (offset === -1) assert.equal(there.endMs, here.startMs, of);
          count += 1;
        }
      }
    }
  }
  t.diagnostic(`${count} offsets in ${SAMPLE.length} zones`);
});

/** Zones on both sides of UTC. The numbers are their offsets in hours in 1970, and in 2099 by today's rules. */
const EDGES = [
  ["UTC", 0, 0],
  ["Asia/Tokyo", 9, 9],
  ["Asia/Kathmandu", 5.5, 5.75],
  ["Pacific/Tongatapu", 13, 13],
  ["Pacific/Kiritimati", -10 - 2 / 3, 14],
  ["America/Bogota", -5, -5],
  ["America/New_York", -5, -5],
  ["Pacific/Pago_Pago", -11, -11],
];

for (const [tz, ahead1970, ahead2099] of EDGES) {
  test(`${tz}: local time from 1970-01-01 to 2099-12-31 is supported, and the next millisecond on both sides is refused`, () => {
    const first = Date.UTC(1970, 0, 1) - Math.round(ahead1970 * 3_600_000);
    const end = Date.UTC(2100, 0, 1) - ahead2099 * 3_600_000;
    for (const period of ["month", "year"]) {
      assert.equal(periodBounds({ period, tz, now: new Date(first) }).startMs, first);
      assert.equal(periodBounds({ period, tz, now: new Date(end - 1) }).endMs, end);
      refuses({ period, tz, now: new Date(first - 1) }, "/now");
      refuses({ period, tz, now: new Date(end) }, "/now");
      refuses({ period, tz, now: new Date(first), offset: -1 }, "/offset");
      refuses({ period, tz, now: new Date(end - 1), offset: 1 }, "/offset");
    }
    // Both dates are Thursdays. Only weeks from Thursday begin with the first date. Only weeks from Friday end with the last one.
    for (const weekStart of WEEKDAYS) {
      const week = { period: "week", weekStart, tz };
      if (weekStart === "thursday") assert.equal(periodBounds({ ...week, now: new Date(first) }).startMs, first);
      else refuses({ ...week, now: new Date(first) }, "/now");
      if (weekStart === "friday") assert.equal(periodBounds({ ...week, now: new Date(end - 1) }).endMs, end);
      else refuses({ ...week, now: new Date(end - 1) }, "/now");
      assert.ok(periodBounds({ ...week, now: new Date(first + 7 * DAY) }).startMs > first - 1);
      assert.ok(periodBounds({ ...week, now: new Date(end - 7 * DAY - 1) }).endMs <= end);
    }
  });
}

function refuses(query, path) {
  assert.throws(
    () => periodBounds(query),
    (error) => error.code === "out_of_range" && error.path === path,
    JSON.stringify(query),
  );
}

function boundsOrCode(query) {
  try {
    return periodBounds(query);
  } catch (error) {
    return error.code;
  }
}
