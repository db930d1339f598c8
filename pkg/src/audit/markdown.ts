// Writes a document as Markdown (CommonMark, with the tables of GitHub).

import type { Part } from "./document.js";

/** The document as Markdown. Names can't become markup. */
export function markdown(parts: readonly Part[]): string {
  return `${parts.map(partOf).join("\n\n")}\n`;
}

function partOf(part: Part): string {
  switch (part.kind) {
    case "heading":
      return `## ${escaped(part.text)}`;
    case "text":
      return escaped(part.text);
    case "list":
      return part.items.map((item) => `- ${escaped(item)}`).join("\n");
    case "code":
      return fenced(part.text);
    case "table": {
      const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
      const rule = `|${part.columns.map(({ isNumber }) => (isNumber ? "---:" : "---")).join("|")}|`;
      return [line(part.columns.map(({ title }) => title)), rule, ...part.rows.map(line)].join("\n");
    }
  }
}

/** Text on one line, in which every character that could be markup is escaped. A backslash may stand before any punctuation. */
function escaped(text: string): string {
  return text
    .replace(/\p{White_Space}+/gu, " ")
    .replace(/[\p{Control}\p{Format}\p{Surrogate}]/gu, "�")
    .replace(/[\\`*_{}[\]<>#|~&!$@]/g, "\\$&")
    .replace(/^(\d+)([.)])/, "$1\\$2")
    .replace(/^[-+=]/, "\\$&")
    .replace(/(https?|www)([:.])/gi, "$1\\$2"); // a name must not become a link
}

/** The text between fences that are longer than every run of backticks in it. */
function fenced(text: string): string {
  const runs = text.match(/`{3,}/g) ?? [];
  const fence = "`".repeat(runs.reduce((most, { length }) => Math.max(most, length + 1), 3));
  return `${fence}\n${text.replace(/\n$/, "")}\n${fence}`;
}
