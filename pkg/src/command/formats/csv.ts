// Comma-separated values by RFC 4180, harmless in spreadsheets. The page writes its files by these rules too.

/** A value of a cell. */
export type Cell = string | number | boolean | null | undefined;

/**
 * The beginnings of cells that a spreadsheet may take for a formula, by OWASP's rule: `=`, `+`, `-`, `@`, their full-width forms,
 * tab, carriage return and line feed. https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/;

/**
 * A separator of other settings inside a text, before what would then be the beginning of a formula. A spreadsheet that separates
 * cells by `;` or tabs does not see the quotes around a text, because they are not at the beginning of its own cell.
 */
const INNER_FORMULA = /([;\t\r\n])(?=["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

/** What has to be in quotes. Spreadsheets of some languages and settings separate cells by `;` or tabs. */
const SPECIAL = /[",;\t\r\n]|^\s|\s$/;

/** The text of a table, with `\r\n` after each line. */
export const csv = (header: readonly string[], rows: Iterable<readonly Cell[]>) => [...csvLines(header, rows)].join("");

/** The lines of {@link csv}, made one by one. */
export function* csvLines(header: readonly string[], rows: Iterable<readonly Cell[]>): Generator<string> {
  yield lineOf(header);
  for (const row of rows) yield lineOf(row);
}

const lineOf = (cells: readonly Cell[]) => `${cells.map(cell).join(",")}\r\n`;

/** A text gets an apostrophe wherever a spreadsheet may see the beginning of a formula, and is then put in quotes. */
function cell(value: Cell): string {
  if (typeof value !== "string") return String(value ?? "");
  const isFormula = FORMULA.test(value);
  const text = `${isFormula ? "'" : ""}${value}`.replace(INNER_FORMULA, "$1'");
  return isFormula || SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
