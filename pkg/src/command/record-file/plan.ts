// Decides what to do with a file of records: begin, go on, collect again, or nothing.

import type { Completeness } from "usage-by-agent/collect";
import { wrongUsage } from "../failure.js";
import { type Window, type WindowQuery, windowOf } from "../window-options.js";
import type { Round } from "./record-file.js";
import type { Saved } from "./saved.js";

/** The round of a file that has nothing yet. A relative period is fixed from then on. */
export function firstRound(query: WindowQuery, now: number): Round {
  const fixed = { ...query, now: query.now ?? now };
  return { query: fixed, window: windowOf(fixed), round: 1, began: now };
}

/** The round after one that has ended. */
export const nextRound = ({ query, window, round }: Round, now: number): Round => {
  return { query, window, round: round + 1, began: now };
};

/**
 * The round that a file is in, if the options ask for its window. Without `now`, a round that has not ended stands for the period
 * that it began with, also when the present is in a later one.
 *
 * @param name the file's name for messages
 * @throws {Failure} if the options ask for another window
 */
export function roundOf(saved: Saved, query: WindowQuery, now: number, name: string): Round {
  const { window, round, began, isFinished } = saved;
  const instants = query.now !== undefined ? [query.now] : isFinished ? [now] : [saved.query.now ?? now, now];
  const asked = instants.map((instant) => ({ ...query, now: instant }));
  const found = asked.find((each) => isEqual(windowOf(each), window));
  if (found !== undefined) return { query: found, window, round, began };
  const [first = query] = asked;
  const got = `${name} has the records from ${inWords(window)}, and the options ask for ${inWords(windowOf(first))}`;
  const goOn = isFinished ? "" : "give the options of the first run to go on, or ";
  throw wrongUsage(`${got}; ${goOn}name another file with --out`);
}

/** How long after a window records of it may still come, and how much two clocks may differ, in milliseconds: a day. */
const LATE = 86_400_000;

/**
 * Why a round that has ended does not tell everything that the vendor may know by now.
 *
 * @returns `undefined` if it does
 */
export function reasonToCollectAgain(
  { window, began }: Round,
  { complete, notes }: Completeness,
  verify: boolean,
): string | undefined {
  if (!complete) return "not everything was collected";
  if (began < window.endMs + LATE) return "the period had not been over for a day";
  if (notes.callsNotFinal > 0) return "some calls had not ended";
  if (verify && notes.verified === null) return "its messages were not compared by phone number";
  return undefined;
}

const isEqual = (a: Window, b: Window) => a.startMs === b.startMs && a.endMs === b.endMs;

/** A window for people, without its fractions of seconds. */
export function inWords({ startMs, endMs }: Window): string {
  const [start, end] = [startMs, endMs].map((ms) => new Date(ms).toISOString().replace(".000Z", "Z"));
  return `${start} to ${end}`;
}
