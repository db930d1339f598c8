// The steps of a breakdown, for people.

import type { BreakdownStep, Step } from "usage-by-agent";

/** The steps, with the titles of the column that says where they begin. */
export const STEP_TITLES: Record<Step, string> = {
  hour: "Hour from",
  day: "Day",
  week: "Week from",
  month: "Month from",
};

/** Where a step begins: a date, or `2024-11-03 01:00 -04:00`. */
export const stepInWords = ({ start }: BreakdownStep) => start.replace("T", " ").replace(/(?<=:\d\d)(?=[+-])/, " ");
