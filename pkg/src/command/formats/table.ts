// Tables for people, aligned in columns.

import stringWidth from "string-width";
import { style } from "../terminal/output.js";
import { printable } from "../terminal/printable.js";

/** A column of a table. */
export interface Column {
  title: string;
  /** Whether its cells are numbers, which end in one column. */
  isNumber?: boolean;
  /** Whether its cells may be cut where the table is wider than the terminal. */
  mayBeCut?: boolean;
}

const GAP = "  ";

/** No column is cut to fewer columns of the terminal than this. */
const NARROWEST = 8;

/**
 * A table with a line of titles. Each line ends with `\n`.
 *
 * @param width the most columns of a line; `undefined` for as many as needed
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width?: number): string {
  const harmless = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, n) =>
    harmless.reduce((most, row) => Math.max(most, widthOf(row[n])), title.length),
  );
  narrow(columns, widths, width);
  const line = (row: readonly string[]) => {
    const cells = columns.map((column, n) => padded(cut(row[n] ?? "", widths[n] ?? 0), column, widths[n] ?? 0));
    return cells.join(GAP).trimEnd();
  };
  const head = style.bold(line(columns.map(({ title }) => title)));
  return [head, ...harmless.map(line)].map((text) => `${text}\n`).join("");
}

/** The columns that a text takes on a terminal. CJK and emoji take two, and what combines with another character takes none. */
const widthOf = (text = "") => stringWidth(text);

/** Takes columns from the widest columns that may be cut, until the table fits. */
function narrow(columns: readonly Column[], widths: number[], width = Number.POSITIVE_INFINITY): void {
  const least = columns.map(({ title, mayBeCut }, n) =>
    mayBeCut ? Math.min(widths[n] ?? 0, Math.max(NARROWEST, title.length)) : (widths[n] ?? 0),
  );
  let over = widths.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1)) - width;
  while (over > 0) {
    const room = widths.map((each, n) => (each > (least[n] ?? 0) ? each : 0));
    const widest = room.indexOf(Math.max(...room));
    if ((room[widest] ?? 0) === 0) return;
    const [first = 0, second = 0] = room.toSorted((a, b) => b - a);
    const taken = Math.min(over, Math.max(1, first - second), first - (least[widest] ?? 0));
    widths[widest] = first - taken;
    over -= taken;
  }
}

/** A text of at most so many columns; `…` stands for what was cut. Characters are cut as wholes, as people see them. */
function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

function padded(text: string, { isNumber = false }: Column, width: number): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return isNumber ? blanks + text : text + blanks;
}
