// Writes a result in one of the formats.

import { isTerminal, print, terminalWidth } from "../terminal/output.js";
import { printable, printableJson } from "../terminal/printable.js";
import { type Cell, csvLines } from "./csv.js";

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

/** A result that can be written in every format. There may be millions of rows, which are then made one by one. */
export interface Result {
  /** The value that `json` writes. */
  readonly value: unknown;
  /** The rows that `ndjson` writes, one a line. */
  readonly rows: Iterable<object>;
  /** The columns of `csv`, and the cells of a row. */
  readonly header: readonly string[];
  readonly cells: Iterable<readonly Cell[]>;
  /** The text of `table`, for lines of at most so many columns. */
  table(width: number | undefined): string;
}

/** Writes a result to standard output, as far as somebody reads it. */
export async function write(result: Result, format: Format): Promise<void> {
  for (const text of inPieces(TEXTS[format](result))) if (!(await print(text))) return;
}

/** The least length of a piece that is written at once, but of the last one. */
const PIECE = 1 << 16;

/** Puts short texts together. A result without text is one empty piece. */
function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** JSON is the exact bytes of `JSON.stringify`. Only on a terminal a line feed follows, and harmful characters are escaped. */
const TEXTS: Record<Format, (result: Result) => Iterable<string>> = {
  table: (result) => [result.table(terminalWidth())],
  json: ({ value }) => [isTerminal ? `${printableJson(JSON.stringify(value))}\n` : JSON.stringify(value)],
  csv: ({ header, cells }) => csvLines(header, isTerminal ? mapped(cells, (row) => row.map(shown)) : cells),
  ndjson: ({ rows }) =>
    mapped(rows, (row) => `${isTerminal ? printableJson(JSON.stringify(row)) : JSON.stringify(row)}\n`),
};

const shown = (cell: Cell) => (typeof cell === "string" ? printable(cell) : cell);

/** What a function makes of each item, one by one. */
export function* mapped<T, U>(items: Iterable<T>, change: (item: T) => U): Generator<U> {
  for (const item of items) yield change(item);
}
