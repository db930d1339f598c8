import type { Question } from "./protocol.js";

/**
 * The state in the page's address: the controls, but never the data. A link restores the controls, and opens the sample if the
 * sample was shown.
 */
export interface View extends Question {
  sample: boolean;
  /** The column that the bars in the table show. */
  bars: "messages" | "calls" | "totalSeconds";
}

export const DEFAULTS: Omit<View, "tz"> = {
  period: "month",
  date: null,
  weekStart: "monday",
  offset: 0,
  boundsAs: "instant",
  includeIdle: false,
  dedupe: true,
  onInvalid: "skip",
  naiveTimestamps: "reject",
  sample: false,
  bars: "messages",
};

const CHOICES: { [K in keyof View]?: readonly View[K][] } = {
  period: ["week", "month", "year"],
  weekStart: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
  boundsAs: ["instant", "wall-clock"],
  onInvalid: ["throw", "skip"],
  naiveTimestamps: ["reject", "utc"],
  bars: ["messages", "calls", "totalSeconds"],
};

/** Writes the values that differ from the defaults, and always the zone, whose default is the reader's own zone. */
export function writeAddress(view: View): string {
  const parts = new URLSearchParams();
  parts.set("period", view.period);
  parts.set("tz", view.tz);
  for (const [key, standard] of Object.entries(DEFAULTS)) {
    const value = view[key as keyof View];
    if (key !== "period" && value !== standard) parts.set(key, String(value));
  }
  // A slash needs no escape in a fragment, and half of the zones contain one.
  return `#${parts.toString().replaceAll("%2F", "/")}`;
}

/** Reads an address, which anybody may have written. Unknown keys and values are ignored. */
export function readAddress(hash: string, zones: readonly string[], ownZone: string): View {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const view: View = { ...DEFAULTS, tz: findZone(zones, parts.get("tz")) ?? findZone(zones, ownZone) ?? "UTC" };
  for (const [key, choices] of Object.entries(CHOICES)) {
    const value = parts.get(key);
    if (value !== null && (choices as readonly string[]).includes(value)) Object.assign(view, { [key]: value });
  }
  for (const key of ["includeIdle", "dedupe", "sample"] as const) {
    const value = parts.get(key);
    if (value === "true" || value === "false") view[key] = value === "true";
  }
  const offset = parts.get("offset");
  if (offset !== null && /^-?\d{1,4}$/.test(offset)) view.offset = Number(offset);
  const date = parts.get("date");
  if (date !== null && isDate(date)) view.date = date;
  return view;
}

function findZone(zones: readonly string[], name: string | null): string | undefined {
  const wanted = name?.toLowerCase();
  return zones.find((zone) => zone.toLowerCase() === wanted);
}

function isDate(text: string): boolean {
  if (!/^(19[7-9]\d|20\d\d)-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Some engines parse 31 June as 1 July.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
