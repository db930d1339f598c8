/** What the reader looks at. The address holds all of it, and none of the data. */
import type { BoundsFormat, Period, Step, Weekday } from "usage-by-agent";
import type { Measure } from "../views/measures.js";

/** A period that contains a local date; without a date it is the newest one that has usage. Or the days from one to another. */
export type Shown =
  | { kind: "period"; period: Period; date: string | null }
  /** `to` is the day after the last one, as in every query of the package. */
  | { kind: "days"; from: string; to: string };

/** The columns that the table of agents can be sorted by. */
export const SORTABLE = ["agent", "messages", "calls", "totalSeconds", "average", "change"] as const;

/** The order of the table. `null` is the order of the report. */
export type Sort = { by: (typeof SORTABLE)[number]; descending: boolean } | null;

export interface View {
  shown: Shown;
  tz: string;
  weekStart: Weekday;
  /** What charts and changes are of; `null` is the first measure that has usage. */
  measure: Measure | null;
  /** The step of the chart; `null` is the one that suits the window. */
  step: Step | null;
  /** The agent whose usage is opened: its id, or `""` for usage without an agent; `null` if none is. */
  agent: string | null;
  sort: Sort;
  /** How the report that is copied writes its bounds. */
  boundsAs: BoundsFormat;
  includeIdle: boolean;
  /** How records are read. */
  dedupe: boolean;
  onInvalid: "throw" | "skip";
  naiveTimestamps: "reject" | "utc";
}

export const DEFAULTS: Omit<View, "tz"> = {
  shown: { kind: "period", period: "month", date: null },
  weekStart: "monday",
  measure: null,
  step: null,
  agent: null,
  sort: null,
  boundsAs: "instant",
  includeIdle: false,
  dedupe: true,
  onInvalid: "skip",
  naiveTimestamps: "reject",
};
