// The dimensions of breakdowns, as columns.

import type { BreakdownRow, Dimension } from "usage-by-agent";
import { WEEKDAYS } from "../../constants.js";
import type { Cell } from "./csv.js";
import type { Column } from "./table.js";

/** What a dimension is in the fields of a row, and in a table for people. */
interface Shown {
  fields: readonly (keyof BreakdownRow)[];
  columns: readonly Column[];
  cells(row: BreakdownRow): string[];
}

/** What stands in a table for usage that lacks the value. */
const NONE = "(none)";

/** The dimensions, in the order in which rows have their fields. */
export const DIMENSIONS: Record<Dimension, Shown> = {
  agent: {
    fields: ["agentId", "agentName"],
    columns: [
      { title: "Agent", mayBeCut: true },
      { title: "Agent id", mayBeCut: true },
    ],
    cells: ({ agentId, agentName = "" }) => [agentName, agentId ?? ""],
  },
  number: {
    fields: ["numberId", "phoneNumber"],
    columns: [{ title: "Phone number" }, { title: "Number id", mayBeCut: true }],
    cells: ({ numberId = "", phoneNumber = "" }) => [numberId === "" ? NONE : phoneNumber, numberId],
  },
  channel: {
    fields: ["channel"],
    columns: [{ title: "Channel", mayBeCut: true }],
    cells: ({ channel }) => [channel || NONE],
  },
  direction: {
    fields: ["direction"],
    columns: [{ title: "Direction" }],
    cells: ({ direction }) => [direction || NONE],
  },
  weekday: {
    fields: ["weekday"],
    columns: [{ title: "Weekday" }],
    cells: ({ weekday = "" }) => [weekday.charAt(0).toUpperCase() + weekday.slice(1)],
  },
  hour: {
    fields: ["hour"],
    columns: [{ title: "Hour" }],
    cells: ({ hour = 0 }) => [`${String(hour).padStart(2, "0")}:00`],
  },
};

/** The dimensions of a list, in the order in which rows have their fields. */
function shownOf(by: readonly Dimension[]): Shown[] {
  const names = Object.keys(DIMENSIONS) as Dimension[];
  return names.filter((name) => by.includes(name)).map((name) => DIMENSIONS[name]);
}

/** The fields of rows that differ in these dimensions. */
export const fieldsOf = (by: readonly Dimension[]) => shownOf(by).flatMap(({ fields }) => fields);

/** The values of some fields of a row. */
export const valuesOf = (row: BreakdownRow, fields: readonly (keyof BreakdownRow)[]) =>
  fields.map((field) => row[field] as Cell);

/** The columns of a table for these dimensions. */
export const columnsOf = (by: readonly Dimension[]) => shownOf(by).flatMap(({ columns }) => columns);

/** The cells of a row in these columns. */
export const cellsOf = (row: BreakdownRow, by: readonly Dimension[]) => shownOf(by).flatMap(({ cells }) => cells(row));

/**
 * Rows in the order in which people read them: rows that differ in the time alone in the order of time, and others as they are.
 *
 * @param weekStart the first day of the week
 */
export function inReadingOrder(
  rows: readonly BreakdownRow[],
  by: readonly Dimension[],
  weekStart: BreakdownRow["weekday"] = "monday",
): readonly BreakdownRow[] {
  const isOfTime = by.length > 0 && by.every((dimension) => dimension === "weekday" || dimension === "hour");
  if (!isOfTime) return rows;
  const first = WEEKDAYS.indexOf(weekStart);
  const dayOf = ({ weekday }: BreakdownRow) => (weekday ? (WEEKDAYS.indexOf(weekday) - first + 7) % 7 : 0);
  return rows.toSorted((a, b) => dayOf(a) - dayOf(b) || (a.hour ?? 0) - (b.hour ?? 0));
}
