// A breakdown in every format.

import type { Breakdown, BreakdownRow, BreakdownStep } from "usage-by-agent";
import { withArrays } from "../../handler/computed/breakdown.js";
import type { Shape } from "../breakdown-options.js";
import type { Cell } from "./csv.js";
import { cellsOf, columnsOf, fieldsOf, inReadingOrder, valuesOf } from "./dimensions.js";
import { mapped, type Result } from "./formats.js";
import { isIdle, MEASURE_COLUMNS, MEASURES, measureCells, type Tally } from "./measures.js";
import { STEP_TITLES, stepInWords } from "./steps.js";
import { table } from "./table.js";
import type { Head } from "./window-head.js";

/**
 * The result of a breakdown.
 *
 * @param shape what its rows differ in, and its step
 * @param head what stands above a table
 */
export function breakdownResult(breakdown: Breakdown, shape: Shape, head: Head): Result {
  const fields = fieldsOf(shape.by);
  const header = [...(breakdown.steps ? ["start"] : []), ...fields, ...MEASURES];
  const lines = () => linesOf(breakdown, breakdown.rows);
  return {
    // Made when it is written, because the arrays may be long.
    get value() {
      return withArrays(breakdown);
    },
    get rows() {
      return mapped(lines(), ({ step, row, usage }) => Object.fromEntries(pairs(header, cellsIn(step, row, usage))));
    },
    header,
    get cells() {
      return mapped(lines(), ({ step, row, usage }) => cellsIn(step, row, usage));
    },
    table: (width) => head.text + tableOf(breakdown, shape, head, width),
  };

  function cellsIn(step: BreakdownStep | undefined, row: BreakdownRow, usage: Tally): Cell[] {
    return [...(step ? [step.start] : []), ...valuesOf(row, fields), ...MEASURES.map((measure) => usage[measure])];
  }
}

/** The usage of one row, or of one row in one step. */
interface Line {
  step: BreakdownStep | undefined;
  row: BreakdownRow;
  usage: Tally;
}

const NO_SERIES = { messages: [], calls: [], totalSeconds: [] };

/** A line for each row; with steps a line for each step and row, in the order of time. */
function* linesOf({ steps }: Breakdown, rows: readonly BreakdownRow[]): Generator<Line> {
  if (steps === undefined) {
    for (const row of rows) yield { step: undefined, row, usage: row };
    return;
  }
  for (const [at, step] of steps.entries()) {
    for (const row of rows) {
      const { messages, calls, totalSeconds } = row.series ?? NO_SERIES;
      const usage = { messages: messages[at] ?? 0, calls: calls[at] ?? 0, totalSeconds: totalSeconds[at] ?? 0 };
      yield { step, row, usage };
    }
  }
}

const pairs = (names: readonly string[], values: readonly Cell[]) => names.map((name, n) => [name, values[n]] as const);

const NOT_OVER = "*";

function tableOf(breakdown: Breakdown, { by, step }: Shape, { nowMs, weekStart }: Head, width?: number): string {
  const columns = [...(step ? [{ title: STEP_TITLES[step] }] : []), ...columnsOf(by), ...MEASURE_COLUMNS];
  const rows = inReadingOrder(breakdown.rows, by, weekStart);
  const lines = [];
  let isRunning = false;
  for (const line of linesOf(breakdown, rows)) {
    if (!isWorthALine(line, by.length > 0, nowMs)) continue;
    const isNow = line.step !== undefined && line.step.startMs <= nowMs && nowMs < line.step.endMs;
    isRunning ||= isNow;
    const begins = line.step ? [stepInWords(line.step) + (isNow ? ` ${NOT_OVER}` : "")] : [];
    lines.push([...begins, ...cellsOf(line.row, by), ...measureCells(line.usage)]);
  }
  const blanks = columns.slice(MEASURE_COLUMNS.length + 1).map(() => "");
  lines.push(["Total", ...blanks, ...measureCells(breakdown.totals)]);
  return table(columns, lines, width) + (isRunning ? `${NOT_OVER} not over yet\n` : "");
}

/**
 * Whether people want to see a line. In a table of steps and rows, most lines would be without usage. In one of steps alone, they show
 * when nothing was used; but not what is to come.
 */
function isWorthALine({ step, usage }: Line, hasRows: boolean, nowMs: number): boolean {
  return step === undefined || !isIdle(usage) || (!hasRows && !(step.startMs > nowMs));
}
