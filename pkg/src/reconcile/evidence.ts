// Counts the records in other ways, and finds the ways that give the numbers of theirs. Each count is also tried without the
// agents that theirs lacks, as if they were deleted.

import { UsageRollup } from "../counting/rollup.js";
import { unless } from "../errors.js";
import type { AgentUsageResponse, Diagnostics } from "../types.js";
import type { CauseExtras, Causes } from "./causes.js";
import { equalColumns, goneFrom, namesOf, withoutAgents } from "./deletion.js";
import { areCompatible, type Mistake, mistakes, Recount } from "./recount.js";
import { FIELDS, isColumnEqual, type Rows, rowsOf } from "./response.js";
import type { AgentDifference, CauseCode, Evidence, Field, Reconciliation } from "./types.js";
import { BOUNDS, candidateWindows, secondaryCause, type Window } from "./windows.js";

/** The difference to explain. */
export interface Question {
  /** The period of ours, if its bounds are those of one. */
  own: Window | null;
  /** The period that theirs states; `null` if it equals the period of ours. */
  theirWindow: Window | null;
  /** Theirs, if its bounds are written differently from those of ours; otherwise `null`. */
  bounds: AgentUsageResponse | null;
  ours: Rows;
  theirs: Rows;
  agents: AgentDifference[];
  totals: Reconciliation["totals"];
  /** The columns that differ. */
  differing: Field[];
}

/** A question about a period. */
type PeriodQuestion = Question & { own: Window };

/**
 * Tries the windows, and with records also the mistakes, that may explain the difference.
 *
 * @returns the diagnostics of the records, of all time
 */
export function searchCauses(
  causes: Causes,
  question: PeriodQuestion,
  { records, rollup, query = {} }: Evidence,
): Diagnostics | undefined {
  if (records === undefined) {
    if (rollup) tryWindows(causes, question, rollup);
    return;
  }
  const dedupe = query.dedupe ?? true;
  const reading = { dedupe, naiveTimestamps: query.naiveTimestamps ?? "reject", onInvalid: "skip" } as const;
  const recount = new Recount(records, reading);
  const all = new UsageRollup(reading);
  try {
    // The records of all time may overflow. Then only the period of ours is tried.
    const isCounted = unless("overflow", () => all.push(records)) !== undefined;
    const found = isCounted
      ? tryWindows(causes, question, all, recount)
      : { window: question.theirWindow, left: causes.open(question.differing) };
    const diagnostics = all.diagnostics();
    const statuses = Object.keys(diagnostics.ignored.notCompleted).filter((status) => !status.includes("\n"));
    tryMistakes(causes, question, found, recount, mistakes(statuses, dedupe));
    return diagnostics;
  } finally {
    all.free();
  }
}

/** The window that explains some columns or that theirs states, and the columns that are still unexplained. */
type Found = { window: Window | null; left: Field[] };

/** A window with the columns that are equal in it if these agents are deleted. */
type Fit = { window: Window; equal: Field[]; gone: string[] };

/** Counts without a deletion and, if theirs lacks agents of ours, also with a deletion. */
function fitsOf(window: Window, rows: Rows | undefined, theirs: Rows): Fit[] {
  if (rows === undefined) return [];
  const gone = goneFrom(rows, theirs);
  const fit = (gone: string[]): Fit => ({ window, equal: equalColumns(withoutAgents(rows, gone), theirs), gone });
  return gone.length === 0 ? [fit([])] : [fit([]), fit(gone)];
}

/** The most windows that are counted from the records, which is exact but slow. */
const MAX_EXACT_WINDOWS = 4;

/** Finds the first window that explains every column. If there is none, finds the windows that explain some columns. */
function tryWindows(causes: Causes, question: PeriodQuestion, rollup: UsageRollup, recount?: Recount): Found {
  const { own, theirWindow, bounds, theirs, agents, differing } = question;
  let left = causes.open(differing);
  const partly: Fit[] = [];
  let counted = 0;
  for (const window of left.length > 0 ? candidateWindows(own, theirWindow) : []) {
    let fits = fitsOf(window, rowsIn(rollup, window), theirs);
    const isLikely = window.isStated || left.some((field) => fits.some(({ equal }) => equal.includes(field)));
    if (!isLikely) continue;
    // A rollup counts each id once in all time, a report once in its period. They differ if an id is in two periods.
    if (recount && !fits.some(isWhole) && counted++ < MAX_EXACT_WINDOWS) {
      fits = fitsOf(window, recount.rows(window.query, []), theirs);
    }
    const whole = fits.find(isWhole);
    if (whole !== undefined) {
      partly.splice(0, partly.length, whole);
      break;
    }
    // A window must not change a column that is equal already.
    partly.push(...fits.filter(({ equal }) => FIELDS.every((one) => differing.includes(one) || equal.includes(one))));
  }
  let found = theirWindow;
  for (const { window, equal, gone } of partly) {
    const fields = left.filter((field) => equal.includes(field));
    if (fields.length === 0) continue;
    const deleted = gone.length > 0 ? namesOf(gone, agents) : undefined;
    causes.add("shown", window.code, [...fields, ...boundsOf(window, bounds)], {
      with: deleted ? "agent_deleted" : secondaryCause(own, window),
      agents: deleted?.agents,
      detail: { ...detailOf(window), ...deleted?.detail },
    });
    left = left.filter((field) => !fields.includes(field));
    found = window;
  }
  return { window: found, left };
}

const isWhole = ({ equal }: Fit) => equal.length === FIELDS.length;

/** The names of the bounds' fields, if the window also explains the bounds of theirs. */
function boundsOf({ isStated, bounds }: Window, theirs: AgentUsageResponse | null): readonly string[] {
  const isWritten = theirs?.periodStart === bounds.periodStart && theirs.periodEnd === bounds.periodEnd;
  return isStated || isWritten ? BOUNDS : [];
}

function rowsIn(rollup: UsageRollup, { query }: Window): Rows | undefined {
  return unless("out_of_range", () => rowsOf(rollup.byAgent(query))); // the period does not consist of quarter hours
}

function detailOf({ query, bounds, zones, code }: Window): Record<string, unknown> {
  const { tz, periodStart, periodEnd } = bounds;
  const { weekStart } = query;
  return {
    tz,
    ...(weekStart && { weekStart }),
    periodStart,
    periodEnd,
    ...(code === "other_zone" && { zones: [...zones] }),
  };
}

function tryMistakes(
  causes: Causes,
  { own, bounds, ours, theirs, agents, differing }: PeriodQuestion,
  { window, left }: Found,
  recount: Recount,
  all: Mistake[],
): void {
  const rowsOf = (made: Mistake[], { query }: Window = own) => recount.rows(query, made);
  const base = rowsOf([]);
  causes.add(
    "possible",
    "evidence_differs",
    FIELDS.filter((field) => !isColumnEqual(field, base, ours)),
  );

  let open = left;
  const report = (
    code: CauseCode,
    rows: Rows,
    fields: Field[],
    more: CauseExtras,
    boundFields: readonly string[] = [],
  ) => {
    const explained = fields.filter((field) => isColumnEqual(field, rows, theirs));
    if (explained.length > 0) causes.add("shown", code, [...explained, ...boundFields], more);
    open = open.filter((field) => !explained.includes(field));
  };
  const effective: Mistake[] = [];
  const tried: Mistake[] = [];
  for (const mistake of all) {
    const fields = mistake.fields.filter((field) => differing.includes(field));
    const isVariant = effective.some(({ code }) => code === "failed_calls_counted" && code === mistake.code);
    if (fields.length === 0 || (isVariant && !fields.some((field) => open.includes(field)))) continue;
    const rows = rowsOf([mistake]);
    if (fields.every((field) => isColumnEqual(field, rows, base))) continue;
    if (!isVariant) effective.push(mistake);
    tried.push(mistake);
    report(mistake.code, rows, fields, { detail: mistake.detail });
  }

  // Two causes together. A deletion comes first, because theirs shows which agents it lacks. A window and a mistake are likelier than
  // two mistakes.
  for (const mistake of tried) {
    const fields = open.filter((field) => mistake.fields.includes(field));
    const gone = fields.length > 0 ? goneFrom(rowsOf([mistake]), theirs) : [];
    if (gone.length === 0) continue;
    const rows = recount.rows(own.query, [mistake], (counted) => withoutAgents(counted, gone));
    const { agents: ids, detail } = namesOf(gone, agents);
    report(mistake.code, rows, fields, {
      with: "agent_deleted",
      agents: ids,
      detail: { ...mistake.detail, ...detail },
    });
  }
  for (const mistake of effective) {
    const fields = open.filter((field) => mistake.fields.includes(field));
    if (!window || fields.length === 0) continue;
    const more = { with: mistake.code, detail: { ...detailOf(window), ...mistake.detail } };
    report(window.code, rowsOf([mistake], window), fields, more, boundsOf(window, bounds));
  }
  const alone = open;
  for (const [n, a] of effective.entries()) {
    for (const b of effective.slice(n + 1).filter((other) => areCompatible(a, other))) {
      const fields = alone.filter((field) => a.fields.includes(field) && b.fields.includes(field));
      const more = { with: b.code, detail: { ...a.detail, ...b.detail } };
      if (fields.length > 0) report(a.code, rowsOf([a, b]), fields, more);
    }
  }
}
