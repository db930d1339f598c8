// Asks, counts and compares.

import { type PeriodBounds, periodBounds, type UsageQuery, validateResponse, versions } from "usage-by-agent";
import type { AuditFacts } from "../../audit/facts.js";
import type { Input } from "../input.js";
import type { Asked } from "../period-options.js";
import { clearProgress, progress, warn } from "../terminal/output.js";
import type { Vendor } from "../vendor-options.js";
import { answerOf, type ReadAnswer } from "./answer.js";
import { bestPair, growth } from "./compare.js";
import { idsOf } from "./ids.js";
import { countFiles, countLists, type OwnCount } from "./own-count.js";

/** What an audit is of. */
export interface Subject {
  asked: Asked;
  /** The period, with its moment, and how records are counted. */
  query: UsageQuery & { tz: string };
  /** Where to ask; not needed with an answer and files. */
  vendor: Vendor | undefined;
  /** The answer that was kept, if the vendor is not asked. */
  kept: ReadAnswer | undefined;
  /** The files of records; `null` to collect them. */
  files: readonly Input[] | null;
}

/**
 * Audits.
 *
 * @throws {Failure} if the vendor can't be asked, or a file can't be used
 */
export async function auditOf({ asked, query, vendor, kept, files }: Subject): Promise<AuditFacts> {
  const bounds = periodBounds(query);
  const first = kept ?? (await answerOf(vendor as Vendor, asked));
  // Without the time of the answer, all records of the period are compared with it.
  const until = first.request === null ? Number.POSITIVE_INFINITY : Date.parse(first.request.answeredAt) + 999;
  const own =
    files === null ? await countLists(vendor as Vendor, bounds, query, until) : await countFiles(files, query);
  const second = kept || vendor === undefined ? null : await askedAgain(vendor, asked);
  progress("comparing");
  try {
    return factsOf(query, bounds, first, second, own);
  } finally {
    clearProgress();
  }
}

/** The second answer. Without it, the first is still good. */
async function askedAgain(vendor: Vendor, asked: Asked): Promise<ReadAnswer | null> {
  try {
    return await answerOf(vendor, asked);
  } catch (error) {
    warn(`AgentPhone was not asked a second time: ${(error as Error).message}`);
    return null;
  }
}

function factsOf(
  query: UsageQuery & { tz: string },
  bounds: PeriodBounds,
  first: ReadAnswer,
  second: ReadAnswer | null,
  own: OwnCount,
): AuditFacts {
  const grown = growth(first, second);
  const { answer, count, result } = bestPair(first, grown === null ? null : second, own, query);
  const { period, tz, now, weekStart } = query;
  const expected = { period, tz, ...(now !== undefined && { now }), ...(weekStart && { weekStart }) };
  const checked = validateResponse("by-agent", answer.body, { ...expected, offset: query.offset ?? 0 });
  return {
    query: { period, tz, ...(weekStart && { weekStart }) },
    bounds,
    answer,
    problems: checked.ok ? checked.warnings : checked.problems,
    theirs: answer.report,
    ours: count.report,
    diagnostics: count.diagnostics,
    result,
    isShort: count.text.isTooLong,
    completeness: own.completeness,
    grown,
    ids: count.text.isTooLong ? [] : idsOf(count.text.whole(), result, bounds),
    versions: versions(),
  };
}
