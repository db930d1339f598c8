import { type Diagnostics, UsageError, UsageRollup } from "usage-by-agent";
import type { Reading } from "../usage/usage.js";

/** How much of a text is tried, in bytes. */
export const TRIAL_BYTES = 1_000_000;

/**
 * Counts the beginning of a text apart from all others. A short text that can't be used is found here, before it touches any counts.
 *
 * @returns the error to be thrown if the rest of the text is not understood either
 * @throws {UsageError} if the text can't be used
 */
export function tried(head: Uint8Array, isWhole: boolean, reading: Reading): UsageError | null {
  const trial = new UsageRollup({ ...reading });
  try {
    trial.pushBytes(head);
    const misfit = isWhole ? null : misfitIn(trial);
    // A text that is not JSON does not become JSON further on. Where an error stops the count, its end may not be that of the text.
    if (isWhole || reading.onInvalid === "skip") trial.finish();
    if (misfit === null) trial.checkUnderstood();
    return misfit;
  } finally {
    trial.free();
  }
}

/** The error of records that are all of unknown kinds; `null` if there are others, or none at all. */
function misfitIn(rollup: UsageRollup): UsageError | null {
  try {
    rollup.checkUnderstood();
    return null;
  } catch (error) {
    if (error instanceof UsageError && error.code === "unknown_records") return error;
    throw error;
  }
}

/** The number of records of known kinds. */
export const knownIn = ({ records, invalid, ignored }: Diagnostics) => records - invalid - ignored.other;
