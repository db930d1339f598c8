/**
 * Audits a bill, and says what was found in the words of a person who reads a bill: as parts that a page shows, as a letter in
 * Markdown, or as a value for programs. The command `audit` uses it.
 *
 * @module
 */

export { type Answer, periodOf, readAnswer } from "./answer.js";
export { type Audit, type AuditOptions, audit, isRight } from "./audit.js";
export type { Explanation } from "./causes.js";
export type { Part, TableColumn } from "./document.js";
export { type Finding, type Findings, findingsOf } from "./findings.js";
export type { ExampleIds } from "./ids.js";
export { letterOf } from "./letter.js";
export { markdown } from "./markdown.js";
export { type PartsOptions, partsOf, titleOf, verdictOf } from "./parts.js";
export { resultOf } from "./result.js";
