import type { Audit } from "./audit.js";
import type { Part } from "./document.js";
import { markdown } from "./markdown.js";
import { partsOf, titleOf } from "./parts.js";

/** The longest answer that is part of a letter, in characters. */
const MAX_BODY = 100_000;

/**
 * The audit as a letter to the vendor, in Markdown: both sides, the causes, the ids of calls to look at, and the answer as it came. It
 * contains no token and no record. Names can't become markup.
 *
 * @example
 * ```ts
 * await writeFile("letter.md", letterOf(audit(answer, { records, query })));
 * ```
 */
export function letterOf(audit: Audit): string {
  const { body } = audit.answer;
  const quote: Part =
    body.length > MAX_BODY
      ? { kind: "text", text: `The answer has ${body.length} characters, and is not quoted.` }
      : { kind: "code", text: body };
  const parts: Part[] = [
    ...partsOf(audit, { isLetter: true }),
    { kind: "heading", text: "AgentPhone's answer, as it came" },
    quote,
  ];
  return `# ${markdown([{ kind: "text", text: titleOf(audit) }])}\n${markdown(parts)}`;
}
