// Counts the records in other ways, and finds those that give the numbers of theirs.

import { UsageRollup } from "../counting/rollup.js";
import { unless } from "../errors.js";
import type { AgentUsageResponse } from "../types.js";
import type { CauseExtras, Causes } from "./causes.js";
import { areCompatible, type Mistake, mistakes, Recount } from "./recount.js";
import { FIELDS, isColumnEqual, type Rows, rowsOf } from "./response.js";
import type { CauseCode, Evidence, Field } from "./types.js";
import { BOUNDS, candidateWindows, secondaryCause, type Window } from "./windows.js";

/** What the evidence has to explain. */
export interface Question {
  /** The period of ours. */
  own: Window;
  /** The period that theirs states; `null` if it equals the period of ours. */
  theirWindow: Window | null;
  /** Theirs, if its bounds are written differently from those of ours; otherwise `null`. */
  bounds: AgentUsageResponse | null;
  ours: Rows;
  theirs: Rows;
  /** The columns that differ. */
  differing: Field[];
}

/** Tries the windows, and with records also the mistakes, that may explain the difference. */
export function searchCauses(causes: Causes, question: Question, { records, rollup, query = {} }: Evidence): void {
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
      : { window: question.theirWindow, left: question.differing };
    const statuses = Object.keys(all.diagnostics().ignored.notCompleted).filter((status) => !status.includes("\n"));
    tryMistakes(causes, question, found, recount, mistakes(statuses, dedupe));
  } finally {
    all.free();
  }
}

/** The window that explains some columns or that theirs states, and the columns that are still unexplained. */
type Found = { window: Window | null; left: Field[] };

/** The most windows that are counted from the records, which is exact but slow. */
const MAX_EXACT_WINDOWS = 4;

/** Finds the first window that explains every column. If there is none, finds the windows that explain some columns. */
function tryWindows(causes: Causes, question: Question, rollup: UsageRollup, recount?: Recount): Found {
  const { own, theirWindow, bounds, theirs, differing } = question;
  const partly: [Window, Field[]][] = [];
  let counted = 0;
  for (const window of candidateWindows(own, theirWindow)) {
    let equal = columnsOf(rowsIn(rollup, window), theirs);
    const isLikely = window.isStated || differing.some((field) => equal.includes(field));
    if (!isLikely) continue;
    // A rollup counts each id once in all time, a report once in its period. They differ if an id is in two periods.
    if (recount && equal.length < FIELDS.length && counted++ < MAX_EXACT_WINDOWS) {
      equal = columnsOf(recount.rows(window.query, []), theirs);
    }
    if (equal.length === FIELDS.length) {
      partly.splice(0, partly.length, [window, equal]);
      break;
    }
    // A window must not change a column that is equal already.
    if (FIELDS.every((field) => differing.includes(field) || equal.includes(field))) partly.push([window, equal]);
  }
  let left = differing;
  let found = theirWindow;
  for (const [window, equal] of partly) {
    const fields = left.filter((field) => equal.includes(field));
    if (fields.length === 0) continue;
    causes.add("shown", window.code, [...fields, ...boundsOf(window, bounds)], {
      detail: detailOf(window),
      with: secondaryCause(own, window),
    });
    left = left.filter((field) => !fields.includes(field));
    found = window;
  }
  return { window: found, left };
}

function columnsOf(rows: Rows | undefined, theirs: Rows): Field[] {
  return rows ? FIELDS.filter((field) => isColumnEqual(field, rows, theirs)) : [];
}

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
  { own, bounds, ours, theirs, differing }: Question,
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
  for (const mistake of all) {
    const fields = mistake.fields.filter((field) => differing.includes(field));
    const isVariant = effective.some(({ code }) => code === "failed_calls_counted" && code === mistake.code);
    if (fields.length === 0 || (isVariant && !fields.some((field) => open.includes(field)))) continue;
    if (mistake.without && !recount.canSplitByDirection(own.query)) continue;
    const rows = rowsOf([mistake]);
    if (fields.every((field) => isColumnEqual(field, rows, base))) continue;
    if (!isVariant) effective.push(mistake);
    report(mistake.code, rows, fields, { detail: mistake.detail });
  }

  // Two causes together. A window and a mistake come first, because they are likelier than two mistakes.
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
