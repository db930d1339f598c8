// Writes a document for a terminal.

import type { Part } from "usage-by-agent/audit";
import { style } from "../terminal/output.js";
import { printable } from "../terminal/printable.js";
import { wrapped } from "../terminal/wrapped.js";
import { table } from "./table.js";

/** The widest paragraph, in columns. Longer lines are hard to read. */
const WIDEST = 100;

/**
 * A document as text.
 *
 * @param width the columns of the terminal; `undefined` if there is none
 */
export function documentText(title: string, parts: readonly Part[], width?: number): string {
  const columns = Math.min(width ?? WIDEST, WIDEST);
  return [
    `${style.bold(wrapped(printable(title), columns))}\n`,
    ...parts.map((part) => partText(part, columns, width)),
  ].join("\n");
}

function partText(part: Part, columns: number, width: number | undefined): string {
  switch (part.kind) {
    case "heading":
      return `${style.bold(printable(part.text))}\n`;
    case "text":
      return `${wrapped(printable(part.text), columns)}\n`;
    case "list":
      return part.items.map((item) => `- ${wrapped(printable(item), columns - 2).replaceAll("\n", "\n  ")}\n`).join("");
    case "code":
      return `${printable(part.text)}\n`;
    case "table":
      return table(part.columns, part.rows, width);
  }
}
