// Every record lands in one place, and no total disagrees with its rows.

import assert from "node:assert/strict";

const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

/** The number of ignored records. `notCompleted` counts by status. */
export const ignoredIn = ({ notCompleted, ...counts }) =>
  sumOf([...Object.values(counts), ...Object.values(notCompleted)]);

/** Asserts that the places of diagnostics add up to all records, and the totals to what is counted. */
export function assertPlaced(diagnostics, what) {
  const { records, counted, outsidePeriod, duplicates, ignored, invalid, totals } = diagnostics;
  assert.equal(records, counted + outsidePeriod + duplicates + ignoredIn(ignored) + invalid, what);
  assert.equal(counted, totals.messages + totals.calls, what);
}

/** Asserts that a report's rows sum to the totals of its diagnostics. */
export function assertSums({ data }, { totals }, what) {
  for (const field of ["messages", "calls", "totalSeconds"]) {
    assert.equal(sumOf(data.map((row) => row[field])), totals[field], what);
  }
}
