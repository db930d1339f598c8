// Writes the audit to a file: a letter for people, or JSON for programs.

import { writeFile } from "node:fs/promises";
import type { AuditFacts } from "../../audit/facts.js";
import { markdown } from "../../audit/markdown.js";
import { partsOf, titleOf } from "../../audit/page.js";
import { resultOf } from "../../audit/result.js";
import { quoted } from "../arguments.js";
import { unreadable, wrongUsage } from "../failure.js";
import { note } from "../terminal/output.js";
import { printable } from "../terminal/printable.js";

/**
 * Writes the audit to a file.
 *
 * @throws {Failure} at once for another ending; later if the file can't be written
 */
export function outOf(path: string | undefined): ((facts: AuditFacts) => Promise<void>) | undefined {
  if (path === undefined) return undefined;
  const [, ending] = /\.(json|md)$/i.exec(path) ?? [];
  if (ending === undefined) throw wrongUsage(`--out is ${quoted(path)}: wanted a name that ends with .md or .json`);
  return async (facts) => {
    const text = ending.toLowerCase() === "md" ? letterOf(facts) : `${JSON.stringify(resultOf(facts), null, 2)}\n`;
    try {
      await writeFile(path, text);
    } catch (error) {
      throw unreadable(`${printable(path)} can't be written`, error);
    }
    note(`the audit is written to ${printable(path)}`);
  };
}

/** The longest answer that is part of a letter, in characters. */
const MAX_BODY = 100_000;

function letterOf(facts: AuditFacts): string {
  const { body } = facts.answer;
  const isLong = body.length > MAX_BODY;
  const quote = isLong
    ? ({ kind: "text", text: `The answer has ${body.length} characters, and is not quoted.` } as const)
    : ({ kind: "code", text: body } as const);
  const parts = [...partsOf(facts, true), { kind: "heading", text: "AgentPhone's answer, as it came" } as const, quote];
  return `# ${markdown([{ kind: "text", text: titleOf(facts) }])}\n${markdown(parts)}`;
}
