// Counts the evidence in other ways, and finds the ways that give the numbers of theirs.

import { UsageRollup } from "../counting/rollup.js";
import { unless } from "../errors.js";
import type { Diagnostics } from "../types.js";
import type { Causes } from "./causes.js";
import { fitsIn } from "./fits.js";
import type { PeriodQuestion } from "./question.js";
import { mistakes, Recount } from "./recount.js";
import { Search } from "./search.js";
import type { Evidence } from "./types.js";

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
  const open = causes.open(question.differing);
  if (records === undefined) {
    if (rollup) new Search(causes, question).takeFits(fitsIn(question, open, rollup));
    return;
  }
  const dedupe = query.dedupe ?? true;
  const reading = { dedupe, naiveTimestamps: query.naiveTimestamps ?? "reject", onInvalid: "skip" } as const;
  const recount = new Recount(records, reading);
  const all = new UsageRollup(reading);
  try {
    // The records of all time may overflow. Then only the period of ours is tried.
    const isCounted = unless("overflow", () => all.push(records)) !== undefined;
    const fits = isCounted ? fitsIn(question, open, all, recount) : [];
    const diagnostics = all.diagnostics();
    new Search(causes, question).tryAll(recount, mistakes(diagnostics.ignored.notCompleted, dedupe), fits);
    return diagnostics;
  } finally {
    all.free();
  }
}
