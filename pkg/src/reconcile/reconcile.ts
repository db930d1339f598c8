// The vendor's answer against one's own.

import { core } from "../bridge/module.js";
import { isIterable, isPage, RECORDS } from "../bridge/object-feed.js";
import { toCoreUsageQuery } from "../bridge/options.js";
import { bytesOf, typeName } from "../bridge/values.js";
import { UsageRollup } from "../counting/rollup.js";
import { attempt, UsageError } from "../errors.js";
import type { AgentUsageResponse } from "../types.js";
import { Causes } from "./causes.js";
import { explainBounds, explainDiagnostics, explainRows, explainSeconds } from "./checks.js";
import { comparedAgents, comparedPeriods, sums } from "./compare.js";
import { searchCauses } from "./evidence.js";
import { checked, FIELDS, rowsOf } from "./response.js";
import type { Evidence, Reconciliation } from "./types.js";
import { explained, windowOf } from "./windows.js";

/**
 * Compares the vendor's answer with one's own, and says what a difference comes from where arithmetic shows it: another zone
 * or first day of the week, failed calls or duplicates counted, seconds rounded up, …
 *
 * With `records` every likely mistake is made on purpose, alone and in pairs, and the one that gives theirs is named. That
 * reads them some fifty times at most; without a difference in numbers, not at all. With a `rollup` other periods and zones are
 * tried, with `diagnostics` only sums are compared.
 *
 * @param ours the report of one's own records
 * @param theirs the body of `GET /v1/usage/by-agent`, as a value
 * @param evidence what ours was counted from
 * @throws {UsageError} `invalid_option` for an answer that is none, at `/ours…` or `/theirs…`, and for evidence that is none, at
 *   `/evidence…`, where its query's `tz` is `invalid_tz`; `overflow` for numbers of an answer that come to more than 2^53 - 1
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
  const unexplained = () => differing.filter((field) => !causes.isShown(field));
  explainRows(causes, { agents, totals }, differing);
  if (differing.length > 0) {
    // An answer without usage is like every period without any, which explains nothing.
    if (window && FIELDS.some((field) => totals[field].theirs > 0)) {
      const question = {
        own: window,
        theirWindow: periods.equal ? null : theirWindow,
        bounds: periods.start.deltaSeconds || periods.end.deltaSeconds ? b : null,
        ours: rowsOf(a),
        theirs: rowsOf(b),
        differing,
      };
      searchCauses(causes, question, evidence);
    }
    // What could be tried out has been.
    if (evidence.records === undefined) {
      if (unexplained().includes("totalSeconds")) explainSeconds(causes, agents);
      const diagnostics = evidence.diagnostics ?? evidence.rollup?.diagnostics();
      if (diagnostics) explainDiagnostics(causes, totals, diagnostics);
    }
  }
  explainBounds(causes, periods, a, b, window, theirWindow);
  const equal = periods.equal && differing.length === 0;
  return { equal, periods, agents, totals, unexplained: unexplained(), causes: causes.all };
}

function checkEvidence(evidence: Evidence): void {
  const fail = (path: string, got: unknown, wanted: string): never => {
    throw new UsageError("invalid_option", `${path.slice(1)} is ${typeName(got)}: wanted ${wanted}`, { path });
  };
  if (typeof evidence !== "object" || evidence === null) {
    fail("/evidence", evidence, "{records, rollup, diagnostics, query}");
  }
  const { records, rollup, diagnostics, query } = evidence;
  if (records !== undefined) {
    const isText = typeof records === "string" || bytesOf(records) !== undefined;
    if (!isText && !isIterable(records) && !isPage(records)) fail("/evidence/records", records, RECORDS);
    if (typeof (records as { next?: unknown }).next === "function") {
      fail("/evidence/records", records, "what can be read more than once");
    }
  }
  if (rollup !== undefined && !(rollup instanceof UsageRollup)) fail("/evidence/rollup", rollup, "a UsageRollup");
  if (diagnostics !== undefined) {
    const { ignored, duplicates } = diagnostics ?? {};
    const counts = [duplicates, ignored?.voiceTurns, ...Object.values(ignored?.notCompleted ?? [Number.NaN])];
    if (!counts.every(Number.isSafeInteger)) fail("/evidence/diagnostics", diagnostics, "what diagnostics() gave");
  }
  if (query !== undefined) {
    if (typeof query !== "object" || query === null) fail("/evidence/query", query, "the query of ours");
    // The period is told by ours, and any will do here; names are not asked for.
    const json = JSON.stringify(toCoreUsageQuery({ ...query, period: "week", now: 1e12, offset: 0, agents: [] }));
    attempt(() => new (core().Aggregator)(json), "/evidence/query").free();
  }
}
