// The options that name a period, which most commands have.

import { type Instant, isTimeZone, type Period, type PeriodQuery, type Weekday } from "usage-by-agent";
import { WEEKDAYS } from "../constants.js";
import type { Arguments } from "./arguments.js";
import { quoted } from "./arguments.js";
import { wrongUsage } from "./failure.js";
import { note } from "./terminal/output.js";

const PERIODS = ["week", "month", "year"] as const;

/** The options. */
export const PERIOD_OPTIONS = {
  period: { value: "PERIOD", choices: PERIODS, meant: ["range", "unit"], help: "week, month or year." },
  tz: {
    value: "ZONE",
    meant: ["timezone", "zone"],
    help: "The IANA name of the time zone, such as Europe/Paris.",
  },
  offset: {
    value: "N",
    meant: ["shift"],
    help: "Whole periods to move by; -1 is the previous one. Default 0.",
  },
  "week-start": {
    value: "DAY",
    choices: WEEKDAYS,
    meant: ["firstday", "firstdayofweek"],
    help: "The first day of a week. Default monday.",
  },
  now: {
    value: "TIME",
    meant: ["date", "at", "asof", "when", "time"],
    help: "An instant of the period, such as 2024-06-15T12:00:00Z. Default: the current time.",
  },
} as const;

type Given = Arguments<typeof PERIOD_OPTIONS>["options"];

/**
 * The query that the options ask for, as far as they say it.
 *
 * @throws {Failure} for values that the package could not judge
 */
export function partialQueryOf(given: Given): Partial<PeriodQuery> {
  const { period, tz, offset, now } = given;
  return {
    ...(period !== undefined && { period: period as Period }),
    ...(tz !== undefined && { tz }),
    ...(offset !== undefined && { offset: integerOf("--offset", offset) }),
    ...(given["week-start"] !== undefined && { weekStart: given["week-start"] as Weekday }),
    ...(now !== undefined && { now: instantOf("--now", now) }),
  };
}

/** A query with its zone, and whether that is this machine's because none was named. */
export interface Asked<Q extends { tz: string } = PeriodQuery & { tz: string }> {
  query: Q;
  isMachinesZone: boolean;
}

/**
 * The query that the options ask for. The zone is this machine's if none is named.
 *
 * @throws {Failure} without a period, or without a zone that is known
 */
export function queryOf(given: Given): Asked {
  const { period } = given;
  if (period === undefined) throw wrongUsage("--period is missing; wanted week, month or year");
  return zonedQueryOf(given, { period: period as Period });
}

/**
 * The query that the options ask for, with what is known besides. The zone is this machine's if none is named.
 *
 * @throws {Failure} without a zone that is known
 */
export function zonedQueryOf<T extends object>(
  given: Given,
  more: T,
): Asked<Partial<PeriodQuery> & { tz: string } & T> {
  const asked = partialQueryOf(given);
  const tz = asked.tz ?? machinesZone();
  return { query: { ...asked, ...more, tz }, isMachinesZone: asked.tz === undefined };
}

function machinesZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  if (isTimeZone(timeZone)) return timeZone;
  throw wrongUsage(`this machine's time zone ${quoted(String(timeZone))} is not known: name a zone with --tz`);
}

/** The zone, for the head of a table. */
export function zoneInWords({ query, isMachinesZone }: Asked<{ tz: string }>): string {
  return isMachinesZone ? `${query.tz}, this machine's zone` : query.tz;
}

/** Says on standard error which zone is meant, where the output does not. */
export function noteZone({ query, isMachinesZone }: Asked<{ tz: string }>): void {
  if (isMachinesZone) note(`the time zone is ${query.tz}, this machine's; --tz names another`);
}

/**
 * A whole number.
 *
 * @throws {Failure} for any other text
 */
export function integerOf(option: string, text: string): number {
  const isInteger = /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text));
  if (!isInteger) throw wrongUsage(`${option} is ${quoted(text)}: wanted a whole number`);
  return Number(text);
}

const INSTANT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/;

/**
 * An instant. Digits are epoch milliseconds. The package judges the rest.
 *
 * @param wanted what the option wants
 * @throws {Failure} for a text that is not meant as an instant
 */
export function instantOf(option: string, text: string, wanted = "an instant"): Exclude<Instant, Date> {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (INSTANT.test(text)) return text;
  const forms = "with its offset, such as 2024-06-15T12:00:00Z, or epoch milliseconds";
  throw wrongUsage(`${option} is ${quoted(text)}: wanted ${wanted} ${forms}`);
}
