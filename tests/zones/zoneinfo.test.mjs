/**
 * Compares periods with Python's zoneinfo. PyPI's `tzdata` has the release that the package has, so no difference is allowed. The
 * comparison covers every name, every month from 1970 to 2037, and every week that begins within two days of a transition. It
 * compares the start, the end, and the offsets of the first and the last second.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { periodBounds, timeZones, versions } from "usage-by-agent";
import { CHANGED } from "../support/tz-releases.mjs";
import { zonesFromPython } from "./support/python.mjs";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

test("the periods of every zone name have the bounds that zoneinfo computes", async (t) => {
  const { tzdb } = versions();
  const counts = { names: 0, transitions: 0, periods: 0 };
  const names = [];
  const differing = [];
  for await (const group of zonesFromPython(1970, 2038)) {
    if (group.tzdb) {
      t.diagnostic(`Python ${group.python}: tz database ${tzdb} in the package, ${group.tzdb} in Python`);
      assert.equal(group.tzdb, tzdb, "tests/clients/requirements.txt has tzdata of another release");
      continue;
    }
    for (const tz of group.names) {
      names.push(tz);
      counts.names += 1;
      counts.transitions += group.transitions;
      for (const period of ["week", "month"]) {
        for (const row of group[`${period}s`]) {
          counts.periods += 1;
          const difference = compare(tz, period, row);
          if (difference && differing.length < 20) differing.push(difference);
        }
      }
    }
  }
  t.diagnostic(`${counts.names} names, ${counts.transitions} transitions, ${counts.periods} periods compared`);
  assert.deepEqual(names.sort(), timeZones());
  assert.deepEqual(differing, []);
});

test("the package's tz database has every change that tz-releases.mjs lists", () => {
  for (const { zone, at, offset } of CHANGED) {
    const now = Date.parse(at);
    const weekday = new Date(`${at.slice(0, 19)}${flipped(offset)}`).getUTCDay();
    const query = {
      period: "week",
      tz: zone,
      now: new Date(now),
      weekStart: WEEKDAYS.at(weekday - 1),
      boundsAs: "wall-clock",
    };
    const { startMs, periodStart } = periodBounds(query);
    assert.deepEqual([startMs, Date.parse(periodStart.replace("Z", offset))], [now, now], zone);
    assert.match(periodStart, /T00:00:00Z$/);
  }
});

const flipped = (offset) => offset.replace(/[+-]/, (sign) => (sign === "+" ? "-" : "+"));

function compare(tz, period, [weekday, start, end, offsetAtStart, offsetAtEnd]) {
  const query = { period, tz, now: new Date(start * 1000), weekStart: WEEKDAYS[weekday], boundsAs: "wall-clock" };
  const { periodStart, periodEnd, startMs, endMs } = periodBounds(query);
  const got = [startMs, endMs, periodStart, periodEnd].join(" ");
  const wall = (second) => `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
  const expected = [start * 1000, end * 1000, wall(start + offsetAtStart), wall(end - 1 + offsetAtEnd)].join(" ");
  return got === expected ? undefined : { query, got, expected };
}
