// Which other way of counting gives theirs: tried out.

import { UsageRollup } from "../counting/rollup.js";
import { unless } from "../errors.js";
import type { AgentUsageResponse } from "../types.js";
import type { CauseExtras, Causes } from "./causes.js";
import { areCompatible, type Mistake, mistakes, Recount } from "./recount.js";
import { FIELDS, isColumnEqual, type Rows, rowsOf } from "./response.js";
import type { CauseCode, Evidence, Field } from "./types.js";
import { BOUNDS, candidateWindows, secondaryCause, type Window } from "./windows.js";

/** The question to be answered by evidence. */
export interface Question {
  own: Window;
  /** The period that theirs states, where that is not ours. */
  theirWindow: Window | null;
  /** Theirs, where its bounds are written otherwise than ours. */
  bounds: AgentUsageResponse | null;
  ours: Rows;
  theirs: Rows;
  differing: Field[];
}

/** Tries what can be tried. */
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
    // Those of other periods may come to more than can be counted: then ours is looked at alone.
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

/** A window that explains something or is theirs, and the columns that remain. */
type Found = { window: Window | null; left: Field[] };

/** Windows that are counted exactly, at most. */
const MAX_EXACT_WINDOWS = 4;

/** Finds the first window that explains every column; where none does, those that explain some. */
function tryWindows(causes: Causes, question: Question, rollup: UsageRollup, recount?: Recount): Found {
  const { own, theirWindow, bounds, theirs, differing } = question;
  const partly: [Window, Field[]][] = [];
  let counted = 0;
  for (const window of candidateWindows(own, theirWindow)) {
    let equal = columnsOf(rowsIn(rollup, window), theirs);
    const isLikely = window.isStated || differing.some((field) => equal.includes(field));
    if (!isLikely) continue;
    // A rollup counts an id once in all time, a report once in its period: where ids come again, they differ.
    if (recount && equal.length < FIELDS.length && counted++ < MAX_EXACT_WINDOWS) {
      equal = columnsOf(recount.rows(window.query, []), theirs);
    }
    if (equal.length === FIELDS.length) {
      partly.splice(0, partly.length, [window, equal]);
      break;
    }
    // What is equal as it is must stay so.
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

/** The bounds, where a window explains theirs too. */
function boundsOf({ isStated, bounds }: Window, theirs: AgentUsageResponse | null): readonly string[] {
  const isWritten = theirs?.periodStart === bounds.periodStart && theirs.periodEnd === bounds.periodEnd;
  return isStated || isWritten ? BOUNDS : [];
}

function rowsIn(rollup: UsageRollup, { query }: Window): Rows | undefined {
  return unless("out_of_range", () => rowsOf(rollup.byAgent(query))); // not of quarter hours
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
  const tell = (code: CauseCode, rows: Rows, fields: Field[], more: CauseExtras, besides: readonly string[] = []) => {
    const explained = fields.filter((field) => isColumnEqual(field, rows, theirs));
    if (explained.length > 0) causes.add("shown", code, [...explained, ...besides], more);
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
    tell(mistake.code, rows, fields, { detail: mistake.detail });
  }

  // Two at once, where neither alone is it: first with a window, which if there is one is the likelier half.
  for (const mistake of effective) {
    const fields = open.filter((field) => mistake.fields.includes(field));
    if (!window || fields.length === 0) continue;
    const more = { with: mistake.code, detail: { ...detailOf(window), ...mistake.detail } };
    tell(window.code, rowsOf([mistake], window), fields, more, boundsOf(window, bounds));
  }
  const alone = open;
  for (const [n, a] of effective.entries()) {
    for (const b of effective.slice(n + 1).filter((other) => areCompatible(a, other))) {
      const fields = alone.filter((field) => a.fields.includes(field) && b.fields.includes(field));
      const more = { with: b.code, detail: { ...a.detail, ...b.detail } };
      if (fields.length > 0) tell(a.code, rowsOf([a, b]), fields, more);
    }
  }
}
