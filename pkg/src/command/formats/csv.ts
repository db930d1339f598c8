// Comma-separated values by RFC 4180, harmless in spreadsheets.

/** A value of a cell. */
export type Cell = string | number | boolean | null | undefined;

/**
 * The beginnings of cells that a spreadsheet may take for a formula, by OWASP's rule: `=`, `+`, `-`, `@`, their full-width forms,
 * tab, carriage return and line feed. https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/;

/** What has to be in quotes. Spreadsheets of some languages and settings separate cells by `;` or tabs. */
const SPECIAL = /[",;\t\r\n]|^\s|\s$/;

/** The text of a table, with `\r\n` after each line. */
export function csv(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [header.map(cell).join(",")];
  for (const row of rows) lines.push(row.map(cell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

/** A text that may be a formula gets an apostrophe before it, and is put in quotes. */
function cell(value: Cell): string {
  if (typeof value !== "string") return String(value ?? "");
  const isFormula = FORMULA.test(value);
  const text = isFormula ? `'${value}` : value;
  return isFormula || SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
