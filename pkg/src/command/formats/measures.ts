// The measures of usage.

import type { BreakdownRow } from "usage-by-agent";

/** What usage is measured in. */
export type Tally = Pick<BreakdownRow, "messages" | "calls" | "totalSeconds">;

/** The measures, in the order in which rows have them. */
export const MEASURES = ["messages", "calls", "totalSeconds"] as const satisfies (keyof Tally)[];

/** Their titles in a table. */
export const MEASURE_TITLES = { messages: "Messages", calls: "Calls", totalSeconds: "Seconds" } as const;

/** Their columns in a table. */
export const MEASURE_COLUMNS = MEASURES.map((measure) => ({ title: MEASURE_TITLES[measure], isNumber: true }));

/** The cells of usage in these columns. */
export const measureCells = (usage: Tally) => MEASURES.map((measure) => String(usage[measure]));

/** Whether nothing was used. */
export const isIdle = (usage: Tally) => MEASURES.every((measure) => usage[measure] === 0);
