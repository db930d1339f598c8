// The report of a period in every format.

import type { AgentUsageResponse, Diagnostics } from "usage-by-agent";
import { type Asked, zoneInWords } from "../period-options.js";
import { cellsOf, columnsOf } from "./dimensions.js";
import type { Result } from "./formats.js";
import { MEASURE_COLUMNS, measureCells } from "./measures.js";
import { table } from "./table.js";
import { periodInWords } from "./window-head.js";

const HEADER = ["agentId", "agentName", "messages", "calls", "totalSeconds", "isOrphan"] as const;

/** The result of a report. */
export function reportResult(value: AgentUsageResponse, { totals }: Diagnostics, asked: Asked): Result {
  const { data } = value;
  const columns = [...columnsOf(["agent"]), ...MEASURE_COLUMNS];
  const rows = data.map((row) => [...cellsOf(row, ["agent"]), ...measureCells(row)]);
  const head = `${periodInWords(value)} (${zoneInWords(asked)})\n\n`;
  return {
    value,
    rows: data,
    header: HEADER,
    cells: data.map((row) => HEADER.map((name) => row[name])),
    table: (width) => head + table(columns, [...rows, ["Total", "", ...measureCells(totals)]], width),
  };
}
