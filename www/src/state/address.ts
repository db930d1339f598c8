/** The state in the page's address. A link restores what was looked at, but never contains the data. */
import type { Period, Step } from "usage-by-agent";
import { isLocalDate } from "../../../pkg/src/local-dates.js";
import { DEFAULTS, SORTABLE, type Sort, type View } from "./view.js";

const PERIODS: readonly Period[] = ["week", "month", "year"];
const STEPS: readonly Step[] = ["hour", "day", "week", "month"];

/** The parts that are one of a few words. Their defaults are left out of the address. */
const CHOICES = {
  measure: ["messages", "calls", "totalSeconds"],
  step: STEPS,
  weekStart: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
  boundsAs: ["instant", "wall-clock"],
  onInvalid: ["throw", "skip"],
  naiveTimestamps: ["reject", "utc"],
} as const;

const SWITCHES = ["includeIdle", "dedupe"] as const;

/** What a part of the address may be, for the words about a wrong one. */
const KNOWN = ["period", "date", "from", "to", "tz", "agent", "sort", ...Object.keys(CHOICES), ...SWITCHES];

/** Writes the window and the zone, and of all else what differs from the defaults. `from` and `to` are those of the API. */
export function writeAddress(view: View, defaults: Defaults): string {
  const { shown } = view;
  const parts = new URLSearchParams();
  if (shown.kind === "days") {
    parts.set("from", shown.from);
    parts.set("to", shown.to);
  } else {
    parts.set("period", shown.period);
    if (shown.date !== null) parts.set("date", shown.date);
  }
  parts.set("tz", view.tz);
  if (view.agent !== null) parts.set("agent", view.agent);
  if (view.sort !== null) parts.set("sort", `${view.sort.descending ? "-" : ""}${view.sort.by}`);
  for (const key of [...(Object.keys(CHOICES) as (keyof typeof CHOICES)[]), ...SWITCHES]) {
    if (view[key] !== null && view[key] !== defaults[key]) parts.set(key, String(view[key]));
  }
  // A slash needs no escape in a fragment, and half of the zones contain one.
  return `#${parts.toString().replaceAll("%2F", "/")}`;
}

/** What an address asks for, and in words what of it can't be shown. */
export interface ReadAddress {
  view: View;
  faults: string[];
}

type Defaults = Omit<View, "tz">;

export interface AddressContext {
  /** The names of all zones; `null` while they are not known, so that any name is taken. */
  zones: readonly string[] | null;
  ownZone: string;
  defaults: Defaults;
}

/**
 * Reads an address, which anybody may have written. In place of what is wrong it takes the default.
 */
export function readAddress(hash: string, { zones, ownZone, defaults }: AddressContext): ReadAddress {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const faults: string[] = [];
  const wrong = (key: string, wanted: string) =>
    faults.push(`The link’s ${key} is “${(parts.get(key) ?? "").slice(0, 40)}”; wanted ${wanted}.`);
  const view: View = { ...defaults, tz: zoneOf(parts, zones, ownZone, wrong), shown: shownOf(parts, wrong) };
  for (const [key, choices] of Object.entries(CHOICES) as [keyof typeof CHOICES, readonly string[]][]) {
    const value = parts.get(key);
    if (value === null) continue;
    if (choices.includes(value)) Object.assign(view, { [key]: value });
    else wrong(key, listed(choices));
  }
  for (const key of SWITCHES) {
    const value = parts.get(key);
    if (value === null) continue;
    if (value === "true" || value === "false") view[key] = value === "true";
    else wrong(key, "true or false");
  }
  view.agent = parts.get("agent");
  view.sort = sortOf(parts, wrong);
  for (const key of new Set(parts.keys())) {
    if (!KNOWN.includes(key)) faults.push(`The link has “${key.slice(0, 40)}”, which this page does not know.`);
  }
  return { view, faults };
}

type Wrong = (key: string, wanted: string) => void;

function zoneOf(parts: URLSearchParams, zones: readonly string[] | null, ownZone: string, wrong: Wrong): string {
  const asked = parts.get("tz");
  if (zones === null) return asked ?? ownZone;
  const own = findZone(zones, ownZone) ?? "UTC";
  if (asked === null) return own;
  const found = findZone(zones, asked);
  if (found === undefined) wrong("tz", `a time zone, such as America/New_York; this is ${own}`);
  return found ?? own;
}

function findZone(zones: readonly string[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return zones.find((zone) => zone.toLowerCase() === wanted);
}

function shownOf(parts: URLSearchParams, wrong: Wrong): View["shown"] {
  const [period, date, from, to] = ["period", "date", "from", "to"].map((key) => parts.get(key)) as (string | null)[];
  const isDay = (text: string | null | undefined): text is string => text != null && isLocalDate(text) && inRange(text);
  if (from != null || to != null) {
    if (isDay(from) && isDay(to) && from < to) return { kind: "days", from, to };
    if (!isDay(from)) wrong("from", "a date, such as 2025-06-01");
    else if (!isDay(to)) wrong("to", "the day after the last one, such as 2025-07-01");
    else wrong("to", `a date after ${from}, because it is the day after the last one`);
    return isDay(from) ? { kind: "period", period: "month", date: from } : DEFAULTS.shown;
  }
  const known = PERIODS.find((each) => each === period);
  if (period != null && known === undefined) wrong("period", listed(PERIODS));
  if (date != null && !isDay(date)) wrong("date", "a date from 1970 to 2099, such as 2025-06-01");
  return { kind: "period", period: known ?? "month", date: isDay(date) ? date : null };
}

const inRange = (date: string) => date >= "1970-01-01" && date <= "2100-01-01";

function sortOf(parts: URLSearchParams, wrong: Wrong): Sort {
  const value = parts.get("sort");
  if (value === null) return null;
  const by = SORTABLE.find((each) => each === value.replace(/^-/, ""));
  if (by !== undefined) return { by, descending: value.startsWith("-") };
  wrong("sort", `${listed(SORTABLE)}, after a minus for descending`);
  return null;
}

const listed = (words: readonly string[]) => new Intl.ListFormat("en", { type: "disjunction" }).format(words);
