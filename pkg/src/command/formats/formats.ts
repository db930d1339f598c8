// Writes a result in one of the formats.

import { isTerminal, print, terminalWidth } from "../terminal/output.js";
import { printable, printableJson } from "../terminal/printable.js";
import { type Cell, csv } from "./csv.js";

/** The formats. */
export const FORMATS = ["table", "json", "csv", "ndjson"] as const;

export type Format = (typeof FORMATS)[number];

/** The option that chooses the format. */
export const FORMAT_OPTION = {
  format: {
    value: "FORMAT",
    choices: FORMATS,
    meant: ["output", "json", "csv", "ndjson", "table"],
    help: "table, json, csv or ndjson; by default a table on a terminal, and json elsewhere.",
  },
} as const;

/** The format that the arguments name, or else that of the place where the output goes. */
export function formatOf({ format }: { format?: string }): Format {
  return (format as Format | undefined) ?? (isTerminal ? "table" : "json");
}

/** A result that can be written in every format. */
export interface Result {
  /** The value that `json` writes. */
  value: unknown;
  /** The rows that `ndjson` writes, one a line. */
  rows: readonly object[];
  /** The columns of `csv`, and the cells of a row. */
  header: readonly string[];
  cells: readonly (readonly Cell[])[];
  /** The text of `table`, for lines of at most so many columns. */
  table(width: number | undefined): string;
}

/** Writes a result to standard output. */
export async function write(result: Result, format: Format): Promise<void> {
  await print(TEXTS[format](result));
}

/** JSON is the exact bytes of `JSON.stringify`. Only on a terminal a line feed follows, and harmful characters are escaped. */
const TEXTS: Record<Format, (result: Result) => string> = {
  table: (result) => result.table(terminalWidth()),
  json: ({ value }) => (isTerminal ? `${printableJson(JSON.stringify(value))}\n` : JSON.stringify(value)),
  csv: ({ header, cells }) => csv(header, isTerminal ? cells.map((row) => row.map(shown)) : cells),
  ndjson: ({ rows }) =>
    rows.map((row) => `${isTerminal ? printableJson(JSON.stringify(row)) : JSON.stringify(row)}\n`).join(""),
};

const shown = (cell: Cell) => (typeof cell === "string" ? printable(cell) : cell);
