// A window beside the one before it, in every format.

import type { BreakdownRow, Dimension } from "usage-by-agent";
import { changeInPercent } from "./change.js";
import type { Cell } from "./csv.js";
import { cellsOf, columnsOf, fieldsOf, inReadingOrder, valuesOf } from "./dimensions.js";
import { mapped, type Result } from "./formats.js";
import { MEASURE_TITLES, MEASURES, type Tally } from "./measures.js";
import { table } from "./table.js";
import type { Head } from "./window-head.js";

/** A window and the one before it. `json` writes both. */
export interface Compared<T> {
  current: T;
  previous: T;
}

/**
 * The result of a comparison.
 *
 * @param value what `json` writes
 * @param rows the rows of both windows
 * @param by what the rows differ in
 * @param head what stands above a table
 */
export function comparisonResult(
  value: () => Compared<object>,
  rows: Compared<readonly BreakdownRow[]>,
  by: readonly Dimension[],
  head: Head,
): Result {
  const fields = fieldsOf(by);
  const header = [...fields, ...MEASURES, ...MEASURES.map(previousName)];
  const pairs = pairsOf(rows, fields);
  const cells = pairs.map(({ row, current, previous }) => [
    ...valuesOf(row, fields),
    ...[current, previous].flatMap((usage) => MEASURES.map((measure): Cell => usage[measure])),
  ]);
  return {
    get value() {
      return value();
    },
    get rows() {
      return mapped(cells, (line) => Object.fromEntries(header.map((name, n) => [name, line[n]])));
    },
    header,
    cells,
    table: (width) => head.text + tableOf(pairs, by, head, width),
  };
}

/** `messages` of the previous window is `previousMessages`. */
const previousName = (measure: string) => `previous${measure.charAt(0).toUpperCase()}${measure.slice(1)}`;

/** The usage of a row in both windows. */
interface Pair {
  /** The row, of the current window if it has usage there. */
  row: BreakdownRow;
  current: Tally;
  previous: Tally;
}

const IDLE: Tally = { messages: 0, calls: 0, totalSeconds: 0 };

/** The rows of the current window, and then those that the previous one alone has; those that lack a value stay last. */
function pairsOf(
  { current, previous }: Compared<readonly BreakdownRow[]>,
  fields: readonly (keyof BreakdownRow)[],
): Pair[] {
  const keyOf = (row: BreakdownRow) => JSON.stringify(valuesOf(row, fields));
  const pairs = new Map<string, Pair>();
  for (const row of current) pairs.set(keyOf(row), { row, current: row, previous: IDLE });
  for (const row of previous) {
    const pair = pairs.get(keyOf(row)) ?? { row, current: IDLE, previous: IDLE };
    pairs.set(keyOf(row), { ...pair, previous: row });
  }
  return [...pairs.values()].sort((a, b) => lacks(a.row) - lacks(b.row)); // sorting keeps the order of equal ones
}

/** How far behind a row stands that lacks a value: first of all without an agent, then without a phone number, and so on. */
function lacks({ agentId, numberId, channel, direction }: BreakdownRow): number {
  const missing = [agentId === null, numberId === "", channel === "", direction === ""];
  return missing.reduce((sum, is) => 2 * sum + Number(is), 0);
}

function tableOf(pairs: readonly Pair[], by: readonly Dimension[], { weekStart }: Head, width?: number): string {
  const columns = [
    ...columnsOf(by),
    ...MEASURES.flatMap((measure) => [
      { title: MEASURE_TITLES[measure], isNumber: true },
      { title: "Change", isNumber: true },
    ]),
  ];
  const pairOf = new Map(pairs.map((pair) => [pair.row, pair]));
  const lines = inReadingOrder([...pairOf.keys()], by, weekStart).map((row) => {
    const { current, previous } = pairOf.get(row) as Pair;
    return [...cellsOf(row, by), ...changes(current, previous)];
  });
  const blanks = columnsOf(by)
    .slice(1)
    .map(() => "");
  const total = (of: "current" | "previous") => pairs.map((pair) => pair[of]).reduce(sum, IDLE);
  lines.push(["Total", ...blanks, ...changes(total("current"), total("previous"))]);
  return table(columns, lines, width);
}

const sum = (a: Tally, b: Tally): Tally => ({
  messages: a.messages + b.messages,
  calls: a.calls + b.calls,
  totalSeconds: a.totalSeconds + b.totalSeconds,
});

/** For each measure the previous value with the current one, and the change. */
const changes = (current: Tally, previous: Tally) =>
  MEASURES.flatMap((measure) => changeInWords(current[measure], previous[measure]));

function changeInWords(current: number, previous: number): [string, string] {
  if (current === 0 && previous === 0) return ["0", ""];
  return [`${previous} → ${current}`, changeInPercent(current, previous)];
}
