// Compares the vendor's response with one's own.

import { checkKeys, EVIDENCE, QUERY } from "../bridge/known-keys.js";
import { once } from "../bridge/module.js";
import { isList, RECORDS } from "../bridge/object-feed.js";
import { toCoreUsageQuery } from "../bridge/options.js";
import { bytesOf, isIterable, isObject, property, typeName } from "../bridge/values.js";
import { UsageRollup } from "../counting/rollup.js";
import { UsageError, unless } from "../errors.js";
import type { AgentUsageResponse, UsageQuery } from "../types.js";
import { Causes } from "./causes.js";
import {
  explainBounds,
  explainDeletion,
  explainDiagnostics,
  explainRows,
  explainSeconds,
  explainUnassigned,
  explainUnknown,
} from "./checks.js";
import { comparedAgents, comparedPeriods, sums } from "./compare.js";
import { searchCauses } from "./evidence.js";
import type { Question } from "./question.js";
import { checked, FIELDS, rowsOf } from "./response.js";
import type { Evidence, Reconciliation } from "./types.js";
import { explained, literalWindow, windowOf } from "./windows.js";

/**
 * Compares the vendor's response with your own report, and finds the causes of a difference: another zone, another first day of the
 * week, failed calls that were counted, duplicates that were counted, seconds that were rounded up, agents that were deleted, and
 * others.
 *
 * With `records`, every likely mistake is made on purpose, alone and up to three together, and those that give the vendor's numbers are named.
 * The records are read about two hundred times at most, and not at all if the numbers are equal. With a `rollup`, other periods and zones
 * are tried. With `diagnostics`, only sums are compared.
 *
 * @param ours the report of your own records
 * @param theirs the body of the vendor's `GET /v1/usage/by-agent`, as a value
 * @param evidence the data that `ours` was counted from; all of it is optional
 * @returns the differences of periods, agents and totals, and their causes
 * @throws {UsageError} `invalid_option` for a value that is not a valid response (the path begins with `/ours` or `/theirs`) or not
 *   valid evidence (`/evidence`); `invalid_tz` or `invalid_now` for an unknown zone or moment in the evidence's query; `overflow` if the numbers of a response
 *   sum to more than 2^53 - 1
 *
 * @example
 * ```ts
 * const query = { period: "month", tz: "Europe/Paris", now: "2024-06-15T12:00:00Z" } as const;
 * const { equal, causes } = reconcile(usageByAgent(records, query), await response.json(), { records, query });
 * if (!equal) console.warn(causes.map(({ certainty, message, fields }) => `${fields}: ${message} (${certainty})`));
 * ```
 */
export function reconcile(
  ours: AgentUsageResponse,
  theirs: AgentUsageResponse,
  evidence: Evidence = {},
): Reconciliation {
  const [a, b] = [checked(ours, "ours"), checked(theirs, "theirs")];
  checkEvidence(evidence);
  const { tz, weekStart } = evidence.query ?? {};
  const own = explained(a, tz, weekStart);
  const convention = explained(b, own?.tz ?? tz, own?.weekStart ?? weekStart);
  const window = windowOf(a, own);
  const theirWindow = windowOf(b, convention, window);
  const agents = comparedAgents(a, b);
  const periods = comparedPeriods(a, b, window, theirWindow, convention);
  const totals = sums(agents);
  const differing = FIELDS.filter((field) => agents.some((row) => row[field].delta !== 0));

  const causes = new Causes();
  explainNumbers(causes, evidence, {
    own: window,
    theirWindow: periods.equal ? null : theirWindow,
    literalWindow: periods.equal ? literalWindow(b, window) : null,
    bounds: periods.start.deltaSeconds || periods.end.deltaSeconds ? b : null,
    ours: rowsOf(a),
    theirs: rowsOf(b),
    agents,
    totals,
    differing,
  });
  explainBounds(causes, periods, a, b, window, theirWindow);
  const equal = periods.equal && differing.length === 0;
  return { equal, periods, agents, totals, unexplained: causes.open(differing), causes: causes.all };
}

function explainNumbers(causes: Causes, evidence: Evidence, question: Question): void {
  const { own, totals, differing } = question;
  explainDeletion(causes, question);
  explainRows(causes, question);
  if (differing.length === 0) return;
  // If theirs has no usage, every period without usage would give its numbers. That explains nothing.
  const canSearch = own !== null && FIELDS.some((field) => totals[field].theirs > 0);
  const searched = canSearch ? searchCauses(causes, { ...question, own }, evidence) : undefined;
  const { records, rollup } = evidence;
  const diagnostics = searched ?? evidence.diagnostics ?? (records === undefined ? rollup?.diagnostics() : undefined);
  // With records, every likely mistake has been tried already.
  if (records === undefined) {
    if (causes.open(differing).includes("totalSeconds")) explainSeconds(causes, question.agents);
    if (diagnostics) explainDiagnostics(causes, totals, diagnostics);
  }
  explainUnassigned(causes, question);
  if (diagnostics) explainUnknown(causes, question, diagnostics);
}

function checkEvidence(evidence: Evidence): void {
  const fail = (path: string, got: unknown, wanted: string): never => {
    throw new UsageError("invalid_option", `${path.slice(1)} is ${typeName(got)}: wanted ${wanted}`, { path });
  };
  if (!isObject(evidence)) {
    fail("/evidence", evidence, "{records, rollup, diagnostics, query}");
  }
  checkKeys(evidence, EVIDENCE, "/evidence");
  const { records, rollup, diagnostics, query } = evidence;
  if (records !== undefined) {
    const isText = typeof records === "string" || bytesOf(records) !== undefined;
    if (!isText && !isIterable(records) && !isList(records)) fail("/evidence/records", records, RECORDS);
    if (typeof property(records, "next") === "function") {
      fail("/evidence/records", records, "an iterable that can be read more than once");
    }
  }
  if (rollup !== undefined && !(isObject(rollup) && rollup instanceof UsageRollup))
    fail("/evidence/rollup", rollup, "a UsageRollup");
  if (diagnostics !== undefined) {
    const ignored = property(diagnostics, "ignored");
    const notCompleted = property(ignored, "notCompleted");
    const statuses = Object.values(isObject(notCompleted) ? notCompleted : [Number.NaN]);
    const named = ["voiceTurns", "tests", "other"].map((name) => property(ignored, name));
    const counts = [property(diagnostics, "duplicates"), ...named, ...statuses];
    if (!counts.every(Number.isSafeInteger)) fail("/evidence/diagnostics", diagnostics, "the result of diagnostics()");
  }
  if (query !== undefined) {
    if (!isObject(query)) fail("/evidence/query", query, "the query of ours");
    // Checks the other options. The period is that of ours and names are not needed, so any values serve here.
    checkKeys(query, QUERY, "/evidence/query");
    const check = (query: UsageQuery) => {
      const json = JSON.stringify(toCoreUsageQuery(query));
      once((glue) => new glue.Counter(json, true).free(), "/evidence/query");
    };
    check({ ...query, period: "week", now: 1e12, offset: 0, agents: [] });
    const { now } = query;
    if (now !== undefined) unless("out_of_range", () => check({ period: "week", now }));
  }
}
