import type { AgentUsageResponse, Diagnostics, PeriodBounds, PeriodQuery, Problem } from "usage-by-agent";
import type { Completeness, VendorAnswer } from "usage-by-agent/collect";
import type { Reconciliation } from "../reconcile/types.js";

/** What AgentPhone answered. */
export interface Answer extends Pick<VendorAnswer, "body"> {
  /** The other facts of the request; `null` if only the body was kept. */
  request: Omit<VendorAnswer, "body"> | null;
}

/** Everything that an audit has found. */
export interface AuditFacts {
  /** The period that was audited. */
  query: PeriodQuery & { tz: string };
  bounds: PeriodBounds;
  answer: Answer;
  /** What is wrong with the answer, and the warnings about it. */
  problems: readonly Problem[];
  /** The answer's report. */
  theirs: AgentUsageResponse;
  /** The own report. */
  ours: AgentUsageResponse;
  diagnostics: Diagnostics;
  /** The comparison. */
  result: Reconciliation;
  /** Whether the records were too long to be counted again, so that fewer causes can be found. */
  isShort: boolean;
  /** What is known about the lists that were collected; `null` if the records are from files. */
  completeness: Completeness | null;
  /** How much AgentPhone's numbers grew while the records were collected; `null` if that is not known. */
  grown: { messages: number; calls: number; totalSeconds: number } | null;
  /** The ids of some records that make a difference. */
  ids: { what: string; ids: readonly string[]; more: number }[];
  /** The versions of this package and of the tz database. */
  versions: { package: string; tzdb: string };
}

/** Whether the bill is right: the numbers and the period agree, and nothing is wrong with the answer. */
export function isRight({ result, problems }: AuditFacts): boolean {
  return result.equal && problems.every(({ severity }) => severity !== "error");
}
