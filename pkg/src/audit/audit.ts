// Compares an answer with one's own count, and puts together everything that is found.

import {
  type AgentUsageResponse,
  type Diagnostics,
  type PeriodBounds,
  type PeriodQuery,
  type Problem,
  periodBounds,
  type Reconciliation,
  type Records,
  reconcile,
  UsageAggregator,
  UsageError,
  type UsageQuery,
  type UsageRollup,
  validateResponse,
  versions,
} from "usage-by-agent";
import { checkKeys, keys } from "../bridge/known-keys.js";
import { isObject, typeName } from "../bridge/values.js";
import type { Completeness } from "../collect/types.js";
import { type Answer, periodOf } from "./answer.js";
import { type ExampleIds, idsOf } from "./ids.js";

/** What an answer is compared with: the own records, or what was counted of them. */
export interface AuditOptions {
  /** The own records. They are read many times, so they must not be an iterator. With them, most causes are found. */
  records?: Records;
  /** A rollup of the own records, in place of records: other periods and zones are tried. */
  rollup?: UsageRollup;
  /** The own report, if it is counted already. */
  report?: AgentUsageResponse;
  /** The diagnostics of `report`. */
  diagnostics?: Diagnostics;
  /**
   * The zone, the first day of the week, the directory of agents, and how records are read. `period` and `now` are those of the answer
   * where they are missing; `onInvalid` is `"skip"`.
   */
  query?: Partial<UsageQuery>;
  /** What a collection says about its lists, if the records were collected. */
  completeness?: Completeness | null;
}

/** Everything that an audit has found. */
export interface Audit {
  /** The period that was audited. */
  query: PeriodQuery & { tz: string };
  bounds: PeriodBounds;
  /** What the vendor answered. */
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
  /** Whether the records could not be counted again, so that fewer causes can be found. */
  isShort: boolean;
  /** What is known about the lists that were collected; `null` if the records were not collected. */
  completeness: Completeness | null;
  /** How much AgentPhone's numbers grew while the records were collected; `null` if that is not known. */
  grown: { messages: number; calls: number; totalSeconds: number } | null;
  /** The ids of some records that make a difference. */
  ids: readonly ExampleIds[];
  /** The versions of this package and of the tz database. */
  versions: { package: string; tzdb: string };
}

const OPTIONS = keys("records rollup report diagnostics query completeness");

/**
 * Audits a bill: checks the vendor's answer, counts the own records for its period, compares the two, and finds the causes of a
 * difference. `verdictOf`, `partsOf` and `letterOf` say in words what was found.
 *
 * @param answer an answer that `readAnswer` has read
 * @param options the own records or a rollup of them, or else a report with its diagnostics; and how to count
 * @returns everything that was found
 * @throws {UsageError} `invalid_option` for a wrong option, or if there is nothing to compare with; the errors of `periodBounds`, below
 *   `/query`; the errors of counting
 *
 * @example
 * ```ts
 * const answer = readAnswer(await readFile("answers/june.json"));
 * const found = audit(answer, { records: await readFile("june.ndjson"), query: { tz: "Europe/Paris" } });
 * console.log(verdictOf(found));
 * if (!isRight(found)) await writeFile("letter.md", letterOf(found));
 * ```
 */
export function audit(answer: Answer, options: AuditOptions): Audit {
  if (!isObject(options)) throw wrong("", `the options are ${typeName(options)}: wanted {records, query}`);
  checkKeys(options, OPTIONS);
  const { records, rollup, completeness = null } = options;
  const tz = options.query?.tz ?? "UTC";
  const query: UsageQuery = { onInvalid: "skip", ...periodOf(answer), ...options.query, tz };
  const bounds = boundsOf(query);
  const { report: ours, diagnostics } = counted(options, query);
  const evidence = records !== undefined ? { records } : rollup !== undefined ? { rollup } : { diagnostics };
  const result = reconcile(ours, answer.report, { ...evidence, query });
  const { period, now, weekStart } = query;
  const asked = { period, tz, ...(weekStart && { weekStart }) };
  const checked = validateResponse("by-agent", answer.body, {
    ...asked,
    ...(now !== undefined && { now }),
    offset: query.offset ?? 0,
  });
  return {
    query: asked,
    bounds,
    answer,
    problems: checked.ok ? checked.warnings : checked.problems,
    theirs: answer.report,
    ours,
    diagnostics,
    result,
    isShort: records === undefined,
    completeness,
    grown: null,
    ids: records === undefined ? [] : idsOf(records, result, bounds),
    versions: versions(),
  };
}

/** Whether the bill is right: the numbers and the period agree, and nothing is wrong with the answer. */
export function isRight({ result, problems }: Audit): boolean {
  return result.equal && problems.every(({ severity }) => severity !== "error");
}

const wrong = (path: string, message: string) => new UsageError("invalid_option", message, { path });

/** The bounds of the period. An error names the option below `/query`, where the caller wrote it. */
function boundsOf(query: UsageQuery): PeriodBounds {
  try {
    return periodBounds(query);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = error.message.replace(/ \(at [^()]*\)$/, "");
    throw new UsageError(error.code, message, { path: `/query${error.path ?? ""}`, cause: error });
  }
}

/** The own report and its diagnostics: as they are given, or counted. */
function counted(options: AuditOptions, query: UsageQuery): { report: AgentUsageResponse; diagnostics: Diagnostics } {
  const { records, rollup, report, diagnostics } = options;
  if (report !== undefined && diagnostics !== undefined) return { report, diagnostics };
  if (report !== undefined) throw wrong("/diagnostics", "diagnostics is missing: wanted the diagnostics of report");
  if (records !== undefined) {
    const usage = new UsageAggregator(query);
    try {
      usage.push(records);
      return { report: usage.report(), diagnostics: usage.diagnostics() };
    } finally {
      usage.free();
    }
  }
  if (rollup === undefined) throw wrong("", "there is nothing to compare with: wanted records, rollup or report");
  return { report: rollup.byAgent(query), diagnostics: rollup.diagnostics() };
}
