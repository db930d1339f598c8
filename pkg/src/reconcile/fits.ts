// Finds the windows in which a count gives numbers of theirs. Each count is also tried without the agents that theirs lacks, as if
// they were deleted.

import type { UsageRollup } from "../counting/rollup.js";
import { unless } from "../errors.js";
import { equalColumns, goneFrom, withoutAgents } from "./deletion.js";
import type { PeriodQuestion } from "./question.js";
import type { Recount } from "./recount.js";
import { FIELDS, type Rows, rowsOf } from "./response.js";
import type { Field } from "./types.js";
import { candidateWindows, type Window } from "./windows.js";

/** A window with the columns that are equal in it if these agents are deleted. */
export type Fit = { window: Window; equal: Field[]; gone: string[] };

/** Counts without a deletion and, if theirs lacks agents of ours, also with a deletion. */
function fitsOf(window: Window, rows: Rows | undefined, theirs: Rows): Fit[] {
  if (rows === undefined) return [];
  const gone = goneFrom(rows, theirs);
  const fit = (gone: string[]): Fit => ({ window, equal: equalColumns(withoutAgents(rows, gone), theirs), gone });
  return gone.length === 0 ? [fit([])] : [fit([]), fit(gone)];
}

/** The most windows that are counted from the records, which is exact but slow. */
const MAX_EXACT_WINDOWS = 4;

/**
 * The first window that explains every column; if there is none, the windows that explain some columns.
 *
 * @param open the columns that are not explained yet
 */
export function fitsIn(
  { own, theirWindow, theirs, differing }: PeriodQuestion,
  open: readonly Field[],
  rollup: UsageRollup,
  recount?: Recount,
): Fit[] {
  const partly: Fit[] = [];
  let counted = 0;
  for (const window of open.length > 0 ? candidateWindows(own, theirWindow) : []) {
    let fits = fitsOf(window, rowsIn(rollup, window), theirs);
    const isLikely = window.isStated || open.some((field) => fits.some(({ equal }) => equal.includes(field)));
    if (!isLikely) continue;
    // A rollup counts each id once in all time, a report once in its period. They differ if an id is in two periods.
    if (recount && !fits.some(isWhole) && counted++ < MAX_EXACT_WINDOWS) {
      fits = fitsOf(window, recount.rows(window.query, []), theirs);
    }
    const whole = fits.find(isWhole);
    if (whole !== undefined) return [whole];
    // A window must not change a column that is equal already.
    partly.push(...fits.filter(({ equal }) => FIELDS.every((one) => differing.includes(one) || equal.includes(one))));
  }
  return partly;
}

/** Whether the window explains every column. */
export const isWhole = ({ equal }: Fit) => equal.length === FIELDS.length;

function rowsIn(rollup: UsageRollup, { query }: Window): Rows | undefined {
  return unless("out_of_range", () => rowsOf(rollup.byAgent(query))); // the period does not consist of quarter hours
}
