// Puts the causes of all columns together, so that each mistake is told once.

import type { Cause, CauseCode, Field, Reconciliation } from "../reconcile/types.js";
import { type Explanation, explain, zoneIn } from "./causes.js";

/** One mistake, and the columns that it changes. */
export interface Finding extends Explanation {
  code: CauseCode;
  certainty: Cause["certainty"];
  columns: Field[];
  /** The zone that the words name, if the vendor counted another one. */
  tz?: string;
}

/** The findings of a comparison, and the other causes that would explain a column too. */
export interface Findings {
  findings: Finding[];
  alternatives: Cause[];
}

const FIELDS: readonly Field[] = ["messages", "calls", "totalSeconds"];

/** The findings: first those that change numbers, and of them the certain ones. Rows of one side only are not a finding where every number is explained. */
export function findingsOf({ causes: all, unexplained }: Pick<Reconciliation, "causes" | "unexplained">): Findings {
  const causes = unexplained.length > 0 ? all : all.filter(({ code }) => !code.startsWith("agents_only_in"));
  const findings = new Map<string, Finding>();
  const alternatives: Cause[] = [];
  const taken = new Set<string>();
  for (const cause of causes) {
    const isShown = cause.certainty === "shown";
    const fresh = cause.fields.filter((field) => !isShown || !taken.has(field));
    if (fresh.length === 0) alternatives.push(cause);
    else for (const code of [cause.code, ...(cause.with ?? [])]) add(findings, code, cause, fresh);
    if (isShown) for (const field of fresh) taken.add(field);
  }
  const changing = ({ columns }: Finding) => Number(columns.length > 0);
  return { findings: [...findings.values()].sort((a, b) => changing(b) - changing(a)), alternatives };
}

function add(findings: Map<string, Finding>, code: CauseCode, cause: Cause, fields: readonly string[]): void {
  const explanation = explain(code, cause.detail);
  const known = findings.get(explanation.what);
  const columns = FIELDS.filter((field) => fields.includes(field) || known?.columns.includes(field));
  const certainty = known?.certainty ?? cause.certainty;
  const tz = code === "other_zone" ? { tz: zoneIn(cause.detail ?? {}) } : {};
  findings.set(explanation.what, { ...explanation, code, certainty, columns, ...tz });
}
