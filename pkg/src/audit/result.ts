// The audit as JSON, for programs.

import { type Audit, isRight } from "./audit.js";
import { verdictOf } from "./parts.js";

/** The audit as a value for `JSON.stringify`. It contains no token and no record. */
export function resultOf(audit: Audit): object {
  const { query, bounds, answer, problems, ours, theirs, result, completeness, grown, ids, diagnostics, isShort } =
    audit;
  const { records, counted, outsidePeriod, duplicates, invalid, ignored } = diagnostics;
  return {
    right: isRight(audit),
    verdict: verdictOf(audit),
    query: { period: query.period, tz: query.tz, ...(query.weekStart && { weekStart: query.weekStart }) },
    periodStart: bounds.periodStart,
    periodEnd: bounds.periodEnd,
    request: answer.request,
    theirs,
    ours,
    problems,
    reconciliation: result,
    records: { records, counted, outsidePeriod, duplicates, invalid, ignored, tooLongToCountAgain: isShort },
    completeness,
    grown,
    ids,
    versions: audit.versions,
  };
}
