// What was collected and what is missing, in every format.

import type { Completeness } from "usage-by-agent/collect";
import { WORDS } from "../collecting.js";
import { type Asked, zoneInWords } from "../period-options.js";
import { inWords } from "../record-file/plan.js";
import type { Result } from "./formats.js";
import { table } from "./table.js";

const HEADER = ["list", "listed", "given", "total", "read", "missing", "complete"] as const;

const READ = { end: "to its end", stop: "to older ones", open: "not wholly" } as const;

/**
 * The result of a collection.
 *
 * @param name the name of the file with the records
 */
export function completenessResult(value: Completeness, name: string, asked: Asked<{ tz: string }>): Result {
  const { lists, complete, window } = value;
  const columns = [
    { title: "List" },
    { title: "Read" },
    { title: "Listed", isNumber: true },
    { title: "There are", isNumber: true },
    { title: "Missing", isNumber: true },
    { title: "In the period", isNumber: true },
  ];
  const isOfRecords = (list: string) => list === "messages" || list === "calls";
  const rows = lists.map(({ list, listed, given, total, read, missing }) => [
    WORDS[list],
    READ[read],
    String(listed),
    total === null ? "?" : String(total),
    String(missing),
    isOfRecords(list) ? String(given) : "",
  ]);
  const records = lists.filter(({ list }) => isOfRecords(list)).reduce((sum, { given }) => sum + given, 0);
  const head =
    `${name} has the ${records} records from ${inWords(window)} (${zoneInWords(asked)})\n` +
    `${complete ? "Everything that the vendor lists was collected" : "Not everything was collected"}\n\n`;
  return {
    value,
    rows: lists,
    header: HEADER,
    cells: lists.map((list) => HEADER.map((field) => list[field])),
    table: (width) => head + table(columns, rows, width),
  };
}
