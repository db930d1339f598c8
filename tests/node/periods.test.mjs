/** Periods equal the oracle's, whose zones are the runtime's. They do not depend on the machine's zone. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Random } from "../../tools/generate.mjs";
import { bounds } from "../../tools/oracle.mjs";
import { installed, packed, runModule } from "../support/packed.mjs";
import { changesBetween, OLDEST } from "../support/tz-releases.mjs";

const { periodBounds, timeZones, usageByAgent, versions } = packed;
const DAY = 86_400_000;
const PERIODS = ["week", "month", "year"];
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const runtime = process.versions.tz;

const zones = timeZones();
const shared = zones.filter((tz) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: tz });
    return true;
  } catch {
    return false; // a zone that this runtime does not have
  }
});

/** The result of a function for a query: the bounds, or the code of an error. */
function answer(of, query) {
  try {
    return of(query);
  } catch (error) {
    return { code: error.code };
  }
}

/** Both results, if they differ. */
function difference(query) {
  const [ours, theirs] = [answer(periodBounds, query), answer(bounds, query)];
  return JSON.stringify(ours) === JSON.stringify(theirs) ? null : { ours, theirs };
}

test("both implementations have nearly all zones", () => {
  console.log(
    `tz database: ${versions().tzdb} in the package, ${runtime} in this runtime; ${shared.length} shared zones`,
  );
  assert.ok(zones.length > 590);
  assert.ok(zones.length - shared.length < 10, zones.filter((tz) => !shared.includes(tz)).join());
});

test("every zone's periods at random instants equal the oracle's", (t) => {
  if (runtime < OLDEST) return t.skip(`this runtime's tz database is ${runtime}: its differences aren't listed`);
  const changes = changesBetween(versions().tzdb, runtime);
  const random = new Random(1);
  const unexcused = [];
  let compared = 0;
  for (const tz of shared) {
    for (let i = 0; i < 6; i++) {
      const query = {
        tz,
        period: random.pick(PERIODS),
        now: new Date(Math.floor(random.unit() * Date.UTC(2101, 0, 1)) - 182 * DAY), // some are out of range
        weekStart: random.pick(WEEKDAYS),
        offset: random.chance(0.5) ? 0 : random.below(200) - 100,
        boundsAs: random.pick(["instant", "wall-clock"]),
      };
      compared += 1;
      const found = difference(query);
      if (found === null) continue;
      const { startMs, endMs } = found.ours;
      // A bound may differ by as much as the clocks were changed.
      const isKnown = changes.some((c) => c.zone === tz && endMs + DAY > c.from && startMs - DAY < c.to);
      if (!isKnown) unexcused.push({ query, ...found });
    }
  }
  assert.ok(compared > 3500);
  assert.deepEqual(unexcused, []);
});

test("the listed differences between the two tz releases exist", (t) => {
  if (runtime < OLDEST) return t.skip(`this runtime's tz database is ${runtime}: its differences aren't listed`);
  for (const { release, zone, from, to } of changesBetween(versions().tzdb, runtime)) {
    const moments = Array.from({ length: 90 }, (_, i) => from + i * DAY).filter((now) => now < to + 7 * DAY);
    const differs = moments.some((now) =>
      WEEKDAYS.some((weekStart) => difference({ period: "week", tz: zone, now, weekStart }) !== null),
    );
    assert.ok(differs, `${zone} is excused by ${release}, and is the same in both`);
  }
});

test("bounds around each transition of well-known zones equal the oracle's", () => {
  const known = ["America/New_York", "Europe/London", "Asia/Gaza", "America/Havana", "Africa/Cairo", "Asia/Beirut"];
  const changes = changesBetween(versions().tzdb, runtime).map(({ zone }) => zone);
  for (const tz of [...known, "America/St_Johns", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu"]) {
    if (changes.includes(tz)) continue;
    for (let now = Date.UTC(2005, 0, 1); now < Date.UTC(2015, 0, 1); now += 11 * DAY + 7_200_000) {
      const weekStart = WEEKDAYS[Math.floor(now / DAY) % 7];
      for (const period of ["week", "month"]) assert.equal(difference({ period, tz, now, weekStart }), null, tz);
    }
  }
});

test("periods leave no gaps and do not overlap", () => {
  const random = new Random(2);
  for (const tz of zones) {
    const query = {
      tz,
      period: random.pick(PERIODS),
      weekStart: random.pick(WEEKDAYS),
      now: new Date(random.below(4_000_000) * 1e6),
    };
    const here = periodBounds(query);
    const next = periodBounds({ ...query, offset: 1 });
    assert.ok(here.startMs <= query.now && query.now < here.endMs, tz);
    assert.equal(next.startMs, here.endMs, tz);
    assert.equal(periodBounds({ ...query, now: new Date(here.endMs) }).startMs, here.endMs, tz);
    assert.equal(periodBounds({ ...query, now: new Date(here.endMs - 1) }).startMs, here.startMs, tz);
  }
});

test("a result does not depend on earlier queries", () => {
  const random = new Random(3);
  const other = (tz) => random.pick([tz.toLowerCase(), tz.toUpperCase(), tz]); // more spellings than the cache keeps
  const asked = Array.from({ length: 4000 }, () => ({
    tz: other(random.pick(zones)),
    period: random.pick(PERIODS),
    weekStart: random.pick([undefined, null, ...WEEKDAYS]),
    offset: random.pick([undefined, null, 0, -3, 7]),
    boundsAs: random.pick([undefined, null, "instant", "wall-clock"]),
    now: Date.UTC(1975, 0, 1) + random.below(3_700_000) * 1e6,
  }));
  const answers = asked.map(periodBounds);
  for (const [i, query] of asked.entries()) {
    assert.deepEqual(answers[i], periodBounds({ ...query, now: new Date(query.now) }));
    assert.deepEqual(answers[i], periodBounds({ ...query, now: new Date(query.now).toISOString() }));
  }
  const { tz, startMs } = periodBounds(asked[0]);
  for (const now of [Number.NaN, Number.POSITIVE_INFINITY, 8.65e15, "today", null, {}, 1n]) {
    assert.throws(() => periodBounds({ ...asked[0], now }), { code: "invalid_now", path: "/now" });
  }
  for (const now of [-1e14, 1e14, new Date(-1e15), new Date(8.64e15)]) {
    assert.throws(() => periodBounds({ ...asked[0], now }), { code: "out_of_range" });
  }
  const long = `{"data": [], "pad": "${" ".repeat(40 << 20)}"}`; // the module's memory grows, and moves
  assert.deepEqual(usageByAgent(long, { period: "month" }).data, []);
  assert.deepEqual(periodBounds(asked[0]), { ...answers[0], tz, startMs });
});

test("the machine's zone does not change a result", async () => {
  const module = `
    import { createHash } from "node:crypto";
    import { periodBounds, timeZones, usageByAgent } from "usage-by-agent";
    const hash = createHash("sha256");
    for (const [i, tz] of timeZones().entries()) {
      for (const period of ["week", "month", "year"]) {
        hash.update(JSON.stringify(periodBounds({ period, tz, now: 1.7e12 + i * 1e8 })));
      }
    }
    const records = [{ type: "message", receivedAt: new Date(1718452800000) }, { startedAt: "2024-06-30T23:59:59Z" }];
    hash.update(JSON.stringify(usageByAgent(records, { period: "month", now: new Date(1718452800000) })));
    console.log(new Date(1718452800000).getTimezoneOffset(), hash.digest("hex"));
  `;
  const machines = ["UTC", "Pacific/Kiritimati", "America/St_Johns"];
  const outputs = await Promise.all(machines.map((TZ) => runModule(module, { env: { TZ } })));
  const [offsets, answers] = [0, 1].map((i) => outputs.map((text) => text.trim().split(" ")[i]));
  assert.deepEqual(offsets, ["0", "-840", "150"]); // the processes did run in these zones
  assert.equal(new Set(answers).size, 1);
});

test("without `now` the period contains the current time", () => {
  const before = Date.now();
  const { startMs, endMs } = periodBounds({ period: "week" });
  assert.ok(startMs <= Date.now() && before < endMs);
  assert.ok(endMs - startMs === 7 * DAY);
  assert.deepEqual(periodBounds({ period: "year", now: undefined }), periodBounds({ period: "year", now: new Date() }));
});

test("zones are sorted and unique, and accepted in upper and lower case", () => {
  assert.deepEqual(zones, [...new Set(zones)].sort());
  const query = { period: "month", now: "2024-06-15T12:00:00Z" };
  for (const tz of zones) {
    assert.equal(periodBounds({ ...query, tz }).tz, tz);
    assert.equal(periodBounds({ ...query, tz: tz.toLowerCase() }).tz, tz);
    assert.equal(periodBounds({ ...query, tz: tz.toUpperCase() }).tz, tz);
  }
  for (const tz of ["UTC", "America/New_York", "Asia/Kolkata", "Asia/Calcutta", "Etc/GMT+12"])
    assert.ok(zones.includes(tz), tz);
  for (const tz of [undefined, null, "utc"]) assert.equal(periodBounds({ ...query, tz }).tz, "UTC");
  timeZones().length = 0; // each caller gets a new list
  assert.ok(timeZones().length > 590);
});

test("versions are those of the package and of the tz database", () => {
  const { version } = JSON.parse(readFileSync(`${installed}/package.json`, "utf8"));
  assert.equal(versions().package, version);
  assert.match(versions().tzdb, /^20\d\d[a-z]$/);
  assert.deepEqual(Object.keys(versions()), ["package", "tzdb"]);
});
