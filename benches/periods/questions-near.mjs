// The hard questions: periods whose first or last instant is near a transition.

import { localAt } from "../../tools/oracle.mjs";
import { hostZones } from "./questions.mjs";

const HOUR = 3_600_000;
const STEP = 144 * HOUR; // an offset lasts at least six days, except for a few long ago
const NEAR = 1.5 * HOUR;

/** @param {(period: string, tz: string, now: number) => {startMs: number, endMs: number}} ours */
export function* nearChanges(ours, { from, to }) {
  for (const tz of hostZones()) {
    for (const change of changes(tz, Date.UTC(from, 0, 10), Date.UTC(to, 11, 20))) {
      for (const period of ["week", "month"]) {
        for (const now of [change - 2 * HOUR, change - HOUR / 4, change + HOUR / 4, change + 2 * HOUR]) {
          const { startMs, endMs } = ours(period, tz, now);
          if (Math.abs(startMs - change) <= NEAR || Math.abs(endMs - change) <= NEAR) yield [period, tz, now];
        }
      }
    }
  }
}

function* changes(tz, start, end) {
  const offsetAt = (t) => localAt(tz, t) - t;
  let offset = offsetAt(start);
  for (let t = start; t < end; t += STEP) {
    const next = offsetAt(t + STEP);
    if (next === offset) continue;
    let [before, after] = [t, t + STEP];
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000;
      if (offsetAt(middle) === offset) before = middle;
      else after = middle;
    }
    yield after;
    offset = next;
  }
}
