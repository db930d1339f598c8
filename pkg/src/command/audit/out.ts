// Writes the audit to a file: a letter for people, or JSON for programs.

import { writeFile } from "node:fs/promises";
import { type Audit, letterOf, resultOf } from "usage-by-agent/audit";
import { quoted } from "../arguments.js";
import { unreadable, wrongUsage } from "../failure.js";
import { note } from "../terminal/output.js";
import { printable } from "../terminal/printable.js";

/**
 * Writes the audit to a file.
 *
 * @throws {Failure} at once for another ending; later if the file can't be written
 */
export function outOf(path: string | undefined): ((audit: Audit) => Promise<void>) | undefined {
  if (path === undefined) return undefined;
  const [, ending] = /\.(json|md)$/i.exec(path) ?? [];
  if (ending === undefined) throw wrongUsage(`--out is ${quoted(path)}: wanted a name that ends with .md or .json`);
  return async (audit) => {
    const text = ending.toLowerCase() === "md" ? letterOf(audit) : `${JSON.stringify(resultOf(audit), null, 2)}\n`;
    try {
      await writeFile(path, text);
    } catch (error) {
      throw unreadable(`${printable(path)} can't be written`, error);
    }
    note(`the audit is written to ${printable(path)}`);
  };
}
